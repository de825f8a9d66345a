/** Somebody takes over a member's place at the relay with a stolen token. */
import assert from "node:assert/strict";
import type { JoinedFrame } from "../../wire/mod.ts";
import { SocketClient } from "../relay_sockets.ts";
import { Scenario } from "./scenario.ts";
import { tapped } from "./tap.ts";

Deno.test("who steals a resume token reads only ciphertext, says nothing in its owner's name, and the owner comes back", async () => {
  await Scenario.run({ members: 2 }, async (s) => {
    let stolen: JoinedFrame | undefined;
    const connect = tapped({
      got: (frame) => {
        if (frame.type === "joined") stolen ??= frame;
      },
    });
    const owner = await s.join("owner", s.member("m0"), { connect });
    for (const member of s.members) member.tolerates = ["notice malformed"]; // the thief's own word
    await s.talkAll({ texts: 10, paceMs: 5 });
    await s.until("all is shown", () => s.members.every((m) => m.missing(s.members) === 0));
    const { token, roomEpoch } = stolen ?? assert.fail("no token came by");
    const thief = await SocketClient.open(`ws://127.0.0.1:${s.relay.port}/ws`);
    thief.send({ type: "resume", token, roomEpoch, lastSeq: 0 });
    const place = await thief.next("joined");
    assert.equal(place.member, true);
    thief.send({
      type: "send",
      sendId: 1_000_000,
      droppable: false,
      payload: new TextEncoder().encode("owner 11"),
    });
    await s.talkAll({ texts: 10, paceMs: 5 });
    const heard = await thief.next("deliver");
    for (const word of ["m0 ", "m1 ", "owner "]) {
      assert.equal(new TextDecoder("latin1").decode(heard.payload).includes(word), false);
    }
    await s.until("the owner was put out and is back", () => {
      return owner.counts.has("connection reconnecting") && owner.online;
    });
    await thief.close();
  });
});
