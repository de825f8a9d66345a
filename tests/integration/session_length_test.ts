import assert from "node:assert/strict";
import { createRoom, joinRoom, type SessionEvent } from "../../client/mod.ts";
import { openRelay } from "../../relay/mod.ts";
import { settle } from "../settle.ts";

Deno.test("a relay that allows longer texts than the protocol knows does not break those who send them", async () => {
  const relay = await openRelay({ port: 0, limits: { maxMessage: 262_144 } });
  let invite = "";
  const { promise: heard, resolve } = Promise.withResolvers<string>();
  const ada = await createRoom({
    relay: relay.url,
    nick: "ada",
    onEvent: (event: SessionEvent) => {
      if (event.type === "invite") invite = event.invite;
    },
  });
  const bob = await joinRoom({
    relay: relay.url,
    nick: "bob",
    code: invite,
    onEvent: (event) => {
      if (event.type === "message") resolve(event.text);
    },
  });
  await assert.rejects(ada.run({ command: "send", text: "x".repeat(131_073) }), { code: "too_long" });
  await ada.run({ command: "send", text: "y".repeat(131_072) });
  assert.equal((await heard).length, 131_072);
  for (const session of [ada, bob]) session.abort();
  await relay.close();
  await settle();
});
