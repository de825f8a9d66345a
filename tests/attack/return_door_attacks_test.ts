/** Those that keep members away from their room by its door. */
import { ok } from "node:assert/strict";
import { Raw } from "./outsider.ts";
import { evict, place, returns } from "./return_helpers.ts";
import { until, withStage } from "./room_helpers.ts";

Deno.test("a thief of a resume token cannot keep its owner away by shutting the room's door", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const { token, roomEpoch } = place(bob.victim);
    const raw = await Raw.open(stage.relay.honest.url);
    raw.frame({ type: "hello", version: 1, auth: new Uint8Array(0) });
    raw.frame({ type: "resume", token, roomEpoch, lastSeq: 0 });
    raw.frame({ type: "door", action: "drop", doorId: bob.room.parts.roomId });
    try {
      await until("bob is back", () => returns(bob) === 1);
      await alice.say("for bob's eyes");
      await stage.untilInTime("bob is shown it", () => bob.count("for bob's eyes") === 1);
    } finally {
      await raw.close();
    }
  }));

Deno.test("a removed member cannot keep others from coming back by shutting the room's door", () =>
  withStage(async (stage) => {
    const [alice, bob, mallory] = await stage.party("alice", "bob", "mallory");
    ok(alice && bob && mallory);
    mallory.room.putOut = () => {};
    await alice.room.run({ command: "kick", member: "mallory" });
    await until("bob knows", () => bob.of("member_left").length === 1);
    mallory.room.parts.link.desk.shutDoor(mallory.room.parts.roomId);
    await stage.pass(1_000);
    await evict(bob); // its place is gone: it was away for more than a minute
    await alice.say("for bob's eyes");
    await stage.untilInTime("bob is shown it", () => bob.count("for bob's eyes") === 1);
  }));

Deno.test("a stranger with an old invite cannot keep all members apart after a restart by being there first", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    // The relay has restarted: this is the first connection, by the door that is in every invite.
    const { roomId } = alice.room.parts;
    const raw = await Raw.open(stage.relay.honest.url);
    raw.frame({ type: "hello", version: 1, auth: new Uint8Array(0) });
    raw.frame({ type: "join", doorId: roomId.map((byte) => byte ^ 0x66), mode: "any" });
    await until("it is there", () => raw.frames.some((frame) => frame.type === "joined"));
    try {
      for (const { victim } of [alice, bob]) {
        victim.toRelay = (frame) => {
          if (frame.type === "resume") return { ...frame, token: new Uint8Array(32) };
          if (frame.type !== "join" && frame.type !== "door") return frame;
          return { ...frame, doorId: frame.doorId.map((byte) => byte ^ 0x66) };
        };
        victim.cut();
      }
      await stage.untilInTime("they find each other", () => returns(alice) + returns(bob) >= 2);
    } finally {
      await raw.close();
    }
  }));
