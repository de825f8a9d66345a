import { deepEqual, equal, ok } from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import type { RelayFrame } from "../../wire/mod.ts";
import { changing, type Victim } from "./hostile_relay.ts";
import { type Person, until, withStage } from "./room_helpers.ts";

/**
 * Drops the next `count` messages on their way to `victim`, and with `repairs` everything that would repair the
 * loss; gives how many it has dropped.
 */
function dropNext(victim: Victim, count = 1, { repairs = true } = {}): () => number {
  let dropped = 0;
  const drop = changing(PayloadKind.sealed, (payload) => dropped < count ? (dropped++, null) : payload);
  victim.toClient = (frame) => repairs && isRepair(frame) ? null : drop(frame);
  return () => dropped;
}

function isRepair(frame: RelayFrame): boolean {
  return frame.type === "deliver" && payloadKind(frame.payload) === PayloadKind.repair;
}

/** The losses that a person was told of, in short. */
function losses(person: Person): string[] {
  return person.of("lost").map(({ nick, count }) => `${count} of ${nick}`);
}

Deno.test("a relay cannot drop a message and go on unnoticed", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    const dropped = dropNext(bob.victim);
    await alice.say("dropped");
    await until("carol sees it", () => carol.count("dropped") === 1);
    equal(dropped(), 1);
    await alice.say("and on");
    await until("carol sees what follows", () => carol.count("and on") === 1);
    await stage.untilInTime("bob sees what follows", () => bob.count("and on") === 1);
    deepEqual(losses(bob), ["1 of alice"]);
    deepEqual(losses(carol), []);
    const order = bob.events.filter((e) =>
      e.type === "lost" || (e.type === "message" && e.text === "and on")
    );
    deepEqual(order.map((event) => event.type), ["lost", "message"]);
    equal(bob.count("dropped"), 0);
  }));

Deno.test("a relay cannot keep a message from a member by dropping it", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    const dropped = dropNext(bob.victim, 2, { repairs: false });
    await alice.say("dropped");
    await carol.say("dropped too");
    await until("both were dropped", () => dropped() === 2);
    await alice.say("and on");
    await stage.untilInTime(
      "bob has all of it",
      () => bob.count("dropped") + bob.count("dropped too") + bob.count("and on") === 3,
    );
    deepEqual(bob.texts.filter((text) => text === "dropped" || text === "and on"), ["dropped", "and on"]);
    deepEqual(losses(bob), []);
  }));

Deno.test("a relay cannot drop a message that others answer unnoticed", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    const dropped = dropNext(bob.victim);
    await alice.say("shall we?");
    await until("carol is asked", () => carol.count("shall we?") === 1);
    await carol.say("yes");
    await stage.untilInTime("bob sees the answer", () => bob.count("yes") === 1);
    equal(dropped(), 1);
    deepEqual(bob.of("message").filter((message) => message.gap).map((message) => message.text), ["yes"]);
    ok(alice.of("message").every((message) => !message.gap));
  }));

Deno.test("a relay cannot drop an author's last message unnoticed", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    const dropped = dropNext(bob.victim);
    await alice.say("the last word");
    await until("carol sees it", () => carol.count("the last word") === 1);
    await stage.untilInTime("bob is told", () => bob.of("lost").length > 0);
    equal(dropped(), 1);
    deepEqual(losses(bob), ["1 of alice"]);
    deepEqual(losses(carol), []);
    equal(alice.of("delivered").filter(({ to }) => to === bob.id).length, 1, "only the greeting");
  }));

Deno.test("a relay cannot drop everything of an author unnoticed", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    const dropped = dropNext(bob.victim, Infinity);
    for (const word of ["one", "two", "three"]) await alice.say(word);
    await until("carol sees it", () => carol.count("three") === 1);
    await stage.untilInTime("bob is told", () => bob.of("lost").length > 0);
    ok(dropped() >= 1);
    deepEqual(losses(bob), ["3 of alice"]);
  }));

Deno.test("a relay cannot drop what was said under a whole chain unnoticed", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol", "dave", "eve");
    ok(alice && bob && carol);
    let dropped = 0;
    let chains = 0;
    carol.victim.toClient = (frame) => {
      if (isRepair(frame)) return null;
      if (frame.type !== "deliver" || frame.from !== alice.victim.peerId) return frame;
      if (payloadKind(frame.payload) === PayloadKind.distribution) chains++;
      if (chains >= 2) return frame;
      dropped++;
      return null;
    };
    await alice.room.run({ command: "kick", member: "dave" });
    await alice.say("under the second chain");
    await alice.room.run({ command: "kick", member: "eve" });
    await alice.say("under the third chain");
    await until("bob sees it", () => bob.count("under the third chain") === 1);
    await stage.untilInTime("carol sees it", () => carol.count("under the third chain") === 1);
    ok(dropped >= 5 && chains === 2, `${dropped} frames dropped, ${chains} chains`);
    equal(carol.count("under the second chain"), 0);
    // Of those that were put out carol has not heard that, and takes them to be away: they may have it.
    const missing = carol.of("notice").find(({ code }) => code === "missing")?.message ?? "nothing";
    const [, count] = /(\d+) messages from alice\..*(?:dave|eve)/.exec(missing) ?? [];
    ok(Number(count) >= 5, `carol is told: ${missing}`);
    deepEqual(losses(bob), []);
  }));

Deno.test("a relay cannot pass off half a message as whole", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const lengths = [0, 1, 2, 17, 18, 53, 54, 69, 70, 100, 200, 325];
    let cut = 0;
    bob.victim.toClient = (frame) => {
      if (frame.type !== "deliver" || payloadKind(frame.payload) !== PayloadKind.sealed) return frame;
      const pieces = lengths.map((length): RelayFrame => ({
        ...frame,
        payload: frame.payload.slice(0, length),
      }));
      cut += pieces.length;
      const longer = new Uint8Array(frame.payload.length + 1);
      longer.set(frame.payload);
      return [...pieces, { ...frame, payload: longer }, frame];
    };
    await alice.say("whole");
    await until("bob sees it", () => bob.count("whole") === 1);
    bob.victim.toClient = changing(PayloadKind.sealed, (payload) => {
      cut++;
      return payload.slice(0, payload.length - 1);
    });
    await alice.say("never whole");
    await until("it was cut", () => cut > lengths.length);
    bob.victim.toClient = (frame) => frame;
    await alice.say("and on");
    await stage.untilInTime("bob sees what follows", () => bob.count("and on") === 1);
    deepEqual(bob.texts, ["hello from alice", "whole", "never whole", "and on"], "asked for, and given");
    deepEqual(losses(bob), []);
    ok(bob.notices.includes("malformed") && bob.notices.includes("tampered"), "bob is told");
  }));

Deno.test("a relay cannot end a session by a broken batch: it says so and comes back", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    bob.victim.toClient = (frame) =>
      frame.type === "deliver" ? [frame, frame, { ...frame, type: "pong", opaque: 1 }] : frame;
    await alice.say("between pongs");
    await until("bob sees it", () => bob.count("between pongs") === 1);
    bob.victim.raw(Uint8Array.of(0, 0, 0, 9, 0x85));
    await until(
      "bob is told",
      () =>
        bob.of("connection").some((event) =>
          event.state === "reconnecting" && event.reason.includes("not Sotto")
        ),
    );
    await until(
      "bob is back",
      () => bob.of("connection").some((e) => e.state === "online" && e.back === true),
    );
    await alice.say("together again");
    await until("bob sees it", () => bob.count("together again") === 1);
  }));

Deno.test("a relay cannot make or unmake members by forged `peer_in` and `peer_out`", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    alice.victim.inject({ type: "peer_in", peerId: 4_711 }, { type: "peer_in", peerId: bob.victim.peerId });
    alice.victim.inject({ type: "peer_out", peerId: bob.victim.peerId, reason: "left" });
    await until("alice believes that bob is away", () => alice.room.presence.peerOf(bob.id) === undefined);
    alice.victim.inject({ type: "peer_in", peerId: bob.victim.peerId });
    alice.victim.inject({ type: "peer_out", peerId: 4_711, reason: "closed" });
    await bob.say("still here");
    await alice.say("I can hear you");
    await until("both are heard", () => alice.count("still here") === 1 && bob.count("I can hear you") === 1);
    deepEqual(alice.room.members().map((m) => m.nick), ["alice", "bob", "carol"]);
    deepEqual(alice.confirmed, ["bob", "carol"]);
    equal(
      alice.of("member_left").length + alice.of("member_joined").length,
      2,
      "bob and carol, at the start",
    );
  }));

Deno.test("a relay cannot acknowledge for a member what only the relay has", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    await stage.untilInTime("the greeting is delivered", () => alice.of("delivered").length === 1);
    let swallowed = 0;
    alice.victim.toRelay = (frame) => {
      if (frame.type !== "send") return frame;
      swallowed = Math.max(swallowed, frame.sendId);
      return null;
    };
    await alice.say("swallowed");
    const sendId = await until("the relay swallowed it", () => swallowed > 0 && swallowed);
    alice.victim.inject({ type: "ack", sendId, seq: 9 });
    await until("alice is told that it was sent", () => alice.of("sent").length === 2);
    await stage.pass(40_000);
    equal(alice.of("delivered").length, 1);
    equal(bob.count("swallowed"), 0);
  }));
