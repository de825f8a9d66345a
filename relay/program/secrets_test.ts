import assert from "node:assert/strict";
import { relayPassword } from "./secrets.ts";
import { configure } from "./settings.ts";

Deno.test("a relay whose password is an empty variable says that it has none", async () => {
  const said: string[] = [];
  const io = { print: () => {}, complain: (text: string) => void said.push(text) };
  const nothing = configure({ flags: new Map(), env: () => undefined });
  const before = Deno.env.get("ADMIN_PASSWORD");
  try {
    Deno.env.delete("ADMIN_PASSWORD");
    assert.equal(await relayPassword(nothing, io), undefined);
    assert.deepEqual(said, []);
    Deno.env.set("ADMIN_PASSWORD", "");
    assert.equal(await relayPassword(nothing, io), undefined);
    assert.deepEqual(said, ["Warning: ADMIN_PASSWORD is set, but empty: this relay has no password."]);
    const flag = new Map([["password", { by: "--password", given: "sesame" }]] as const);
    assert.equal(await relayPassword(configure({ flags: flag, env: () => undefined }), io), "sesame");
  } finally {
    if (before === undefined) Deno.env.delete("ADMIN_PASSWORD");
    else Deno.env.set("ADMIN_PASSWORD", before);
  }
});
