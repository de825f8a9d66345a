/** What operators get wrong when they type commands for a relay that runs. */
import assert from "node:assert/strict";
import { AccessDesk } from "../../relay/access_desk.ts";
import { AccessTokens } from "../../relay/access_tokens.ts";
import { AdminDesk } from "../../relay/admin_desk.ts";
import { Accounts } from "../../relay/accounts.ts";
import { settle } from "../settle.ts";
import { Relay } from "../../relay/mod.ts";
import { makeVerifier } from "../../relay/password.ts";
import { run } from "./_program.ts";

Deno.test("a mistyped command is told from the name of a host, and the right one is named", async () => {
  const { status, out, err } = await run(["statsu"]);
  assert.deepEqual([status, out], [2, []]);
  assert.deepEqual(err, [
    "Cannot do this: there is no command statsu; did you mean status? A host of that name goes with --host",
  ]);
});

Deno.test("what is wrong with a command for a running relay is said in one line that names the way out", async () => {
  for (
    const [args, why] of [
      ["token-create", "missing required argument 'name'. server.ts token-create --help lists what there is"],
      ["status --jsno", "unknown option '--jsno'. Did you mean --json?"],
      ["ban 192.0.2.1 --for 1e99", /'1e99' is invalid: it must be a time from 1s to 3650d/],
      ["token-create x --uses 1.5", /'1.5' is invalid: it must be a whole number from 1 to 1000000/],
    ] as const
  ) {
    const { status, out, err } = await run(args.split(" "));
    assert.deepEqual([status, out, err.length], [2, [], 1], args);
    assert.match(err[0] ?? "", /^Cannot do this: [^\n]*$/);
    if (typeof why === "string") assert.equal(err[0], `Cannot do this: ${why}`);
    else assert.match(err[0] ?? "", why);
  }
});

/** A desk with one account, alice. */
async function desk(tokenTtlMs?: number): Promise<{ admin: AdminDesk; accounts: Accounts }> {
  const keys = await makeVerifier("sesame", { iterations: 10_000 });
  const accounts = new Accounts();
  accounts.add({ name: "alice", ...keys, disabled: false, operator: false, created: "2026-11-21" });
  const access = new AccessDesk({ password: keys, tokens: new AccessTokens(), accounts });
  const ttl = tokenTtlMs === undefined ? {} : { tokenTtlMs };
  return { admin: new AdminDesk({ relay: new Relay(), version: "1", access, accounts, ...ttl }), accounts };
}

Deno.test("a token of the admin socket lasts as long as the relay's tokens do, unless it is told otherwise", async () => {
  const { admin } = await desk(3_600_000);
  const lasts = async (request: { ttlMs?: number }): Promise<number> => {
    const made = await admin.do({ command: "token-create", name: "bob", ...request }) as Record<
      string,
      number
    >;
    return Math.round(((made["expiresAt"] ?? 0) - (made["createdAt"] ?? 0)) / 1_000);
  };
  assert.equal(await lasts({}), 3_600);
  assert.equal(await lasts({ ttlMs: 60_000 }), 60);
  admin.close();
});

Deno.test("an operator may write the name of an account in any case", async () => {
  const { admin, accounts } = await desk();
  await admin.do({ command: "account-disable", name: "Alice", disabled: true });
  assert.equal(accounts.get("alice")?.disabled, true);
  await admin.do({ command: "account-remove", name: "ALICE" });
  assert.equal(accounts.size, 0);
  admin.close();
});

Deno.test("a change of accounts is not called done before it is on the disk", async () => {
  const { admin, accounts } = await desk();
  const saves: ((saved: boolean) => void)[] = [];
  accounts.onChange = () => new Promise((resolve) => saves.push(resolve));
  let done = false;
  const disabling = admin.do({ command: "account-disable", name: "alice", disabled: true })
    .finally(() => done = true);
  await settle();
  assert.deepEqual([done, accounts.get("alice")?.disabled], [false, true]);
  saves[0]?.(true);
  assert.deepEqual(await disabling, { done: true });
  const removing = admin.do({ command: "account-remove", name: "alice" });
  await settle();
  saves[1]?.(false);
  await assert.rejects(removing, { code: "unsaved", message: /a restart would undo it.*every 30 s/ });
  admin.close();
});
