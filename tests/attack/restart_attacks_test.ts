/** Relays that pretend to have restarted, and keep those apart who come back. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { PayloadKind } from "../../client/payload.ts";
import { toHex, u32 } from "../../crypto/bytes.ts";
import { admittedBy, evict, place, readAll, restart, sentBy, usedTwice, words } from "./return_helpers.ts";
import { type Person, until, withStage } from "./room_helpers.ts";

Deno.test("a relay that pretends to have restarted gains no second reading of anything", () =>
  withStage(async (stage) => {
    const people = await stage.party("alice", "bob", "carol");
    const [alice, bob, carol] = people;
    ok(alice && bob && carol);
    const before = await Promise.all(people.map(words));
    const founds = people.map((person) => toHex(person.room.parts.log.foundHash));
    // One message that does not arrive, and one of which its author does not hear that it has.
    alice.victim.toClient = (frame) => frame.type === "ack" ? null : frame;
    await alice.say("arrived, not acknowledged");
    await until(
      "it has arrived",
      () => [bob, carol].every((p) => p.count("arrived, not acknowledged") === 1),
    );
    alice.victim.toRelay = (frame) => frame.type === "send" ? null : frame;
    const sealed = sentBy(alice.victim, PayloadKind.sealed).length;
    await alice.say("on its way");
    await until("it is on its way", () => sentBy(alice.victim, PayloadKind.sealed).length > sealed);
    const oldFrames = people.map(({ victim }) => victim.offered.filter((f) => f.type === "deliver"));
    const oldClaims = people.map(({ victim }) => place(victim));
    alice.victim.toClient = (frame) => frame;
    await restart(0x5a, ...people);
    ok(
      people.every(({ victim }, i) =>
        toHex(place(victim).roomEpoch) !== toHex(oldClaims[i]?.roomEpoch ?? u32(0))
      ),
    );
    await until("it comes now", () => [bob, carol].every((p) => p.count("on its way") === 1));
    await stage.meet(...people);
    for (const { victim } of people) victim.inject(...oldFrames.flat());
    for (const person of people) await readAll(person, ...people.filter((other) => other !== person));
    for (const person of people) {
      equal(new Set(person.texts).size, person.texts.length, `${person.name} is shown nothing twice`);
      equal(person.of("joined").length, 1);
      deepEqual([person.of("lost"), person.of("equivocation"), person.of("split_view")], [[], [], []]);
      deepEqual(person.room.members().map(({ nick }) => nick).sort(), ["alice", "bob", "carol"]);
      ok(person.victim.said.every((f) => f.type !== "join" || f.mode !== "mustBeNew" || person === alice));
    }
    equal(alice.victim.said.filter((f) => f.type === "join" && f.mode === "mustBeNew").length, 1);
    deepEqual(bob.texts.filter((text) => text === "arrived, not acknowledged" || text === "on its way"), [
      "arrived, not acknowledged",
      "on its way",
    ]);
    deepEqual(people.map((person) => toHex(person.room.parts.log.foundHash)), founds);
    deepEqual(await Promise.all(people.map(words)), before);
    const all = people.flatMap(({ victim }) => sentBy(victim, PayloadKind.sealed));
    ok(all.length > 6);
    deepEqual(usedTwice(all), []);
  }));

Deno.test("a word about where a member is cannot be used again after the relay has restarted", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    await evict(bob);
    const old = [
      ...sentBy(bob.victim, PayloadKind.comingBack),
      ...sentBy(bob.victim, PayloadKind.present),
    ];
    const oldPeer = bob.victim.peerId;
    bob.victim.toRelay = () => null; // bob comes later
    bob.victim.cut();
    await restart(0x33, alice, carol);
    const admitted = [alice, carol].map(({ victim }) => admittedBy(victim).length);
    for (const { victim } of [alice, carol]) {
      for (const payload of old) for (const from of [oldPeer, 77]) victim.deliver(from, payload);
    }
    await readAll(alice, carol);
    await readAll(carol, alice);
    deepEqual([alice, carol].map((person) => person.room.presence.peerOf(bob.id)), [undefined, undefined]);
    deepEqual([alice, carol].map(({ victim }) => admittedBy(victim).length), admitted);
    await stage.inTime(restart(0x33, bob));
    await stage.meet(alice, bob, carol);
  }));

async function apart(people: Person[]): Promise<void> {
  const [alice, bob, carol, dave] = people;
  ok(alice && bob && carol && dave);
  await Promise.all([restart(0x11, alice, bob), restart(0x22, carol, dave)]);
  await alice.say("among us");
  await carol.say("among ourselves");
  await until("each hears its own", () => bob.count("among us") + dave.count("among ourselves") === 2);
  equal(alice.count("among ourselves") + dave.count("among us"), 0);
}

Deno.test("a relay that keeps members apart after a pretended restart is noticed at the first message that crosses", () =>
  withStage(async (stage) => {
    const people = await stage.party("alice", "bob", "carol", "dave");
    const [alice, , carol, dave] = people;
    ok(alice && carol && dave);
    await apart(people);
    await stage.untilInTime("alice is told that they are away", () => alice.of("member_away").length === 2);
    await carol.say("this crosses");
    await until("dave hears it", () => dave.count("this crosses") === 1);
    const frame = dave.victim.payloads(PayloadKind.sealed).at(-1);
    ok(frame);
    alice.victim.deliver(4_000, frame.payload);
    await stage.untilInTime("alice is shown it, and that something is missing", () => {
      const crossed = alice.of("message").find(({ text }) => text === "this crosses");
      const lost = alice.of("lost").filter(({ nick }) => nick === "carol");
      return crossed !== undefined && (crossed.gap || lost.length > 0);
    });
  }));

Deno.test("a relay that keeps members apart for a while gains nothing but delay", () =>
  withStage(async (stage) => {
    const people = await stage.party("alice", "bob", "carol", "dave");
    await apart(people);
    await restart(0x44, ...people);
    for (const word of ["among us", "among ourselves"]) {
      const others = people.filter(({ name }) => name !== (word === "among us" ? "alice" : "carol"));
      await stage.untilInTime(`all have ${word}`, () => others.every((person) => person.count(word) === 1));
    }
    await stage.meet(...people);
    for (const person of people) {
      equal(new Set(person.texts).size, person.texts.length, person.name);
      deepEqual([person.of("lost"), person.of("equivocation"), person.of("split_view")], [[], [], []]);
    }
  }));
