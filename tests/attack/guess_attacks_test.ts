import { deepEqual, equal, ok } from "node:assert/strict";
import { toHex } from "../../crypto/bytes.ts";
import { NAMED_BURST, SLOW_MS, SPOKEN_LIFE } from "../../client/guesses.ts";
import { PayloadKind, payloadKind, RefusedCode } from "../../client/payload.ts";
import { Intruder, type Outcome } from "./intruder.ts";
import { type Person, type Stage, until, withStage } from "./room_helpers.ts";

const NAME = "the vault";

/** Alice and bob in a room of a name that the attacker knows, and a password that it does not. */
async function vault(stage: Stage): Promise<{ alice: Person; bob: Person; doorId: Uint8Array; key: string }> {
  const alice = await stage.join("alice", NAME, { password: "hunter2" });
  const bob = await stage.join("bob", NAME, { password: "hunter2" });
  await stage.meet(alice, bob);
  const door = alice.room.doors.all.find(({ kind }) => kind === "named");
  ok(door);
  return { alice, bob, doorId: door.doorId, key: toHex(door.doorId) };
}

function answered(outcomes: readonly Outcome[]): number {
  return outcomes.filter((outcome) => outcome === "answered").length;
}

Deno.test("a relay cannot guess unseen by stopping before the proof", () =>
  withStage(async (stage) => {
    const { alice, bob, doorId, key } = await vault(stage);
    const mallory = await Intruder.come(stage, "mallory", doorId);
    equal(await mallory.knock(alice.victim.peerId), "answered");
    equal(alice.room.guesses.count(key), 1, "it counts before it has failed");
    await until("bob counts it too", () => bob.room.guesses.count(key) === 1);
    await stage.untilInTime("everybody is told", () => {
      return alice.of("knock_failed").length === 1 && bob.of("knock_failed").length === 1;
    });
    for (const person of [alice, bob]) {
      const [told] = person.of("knock_failed");
      deepEqual(told, { type: "knock_failed", door: "named", count: 1, by: "alice", proof: "missing" });
    }
    deepEqual(alice.room.members().map((m) => m.nick), ["alice", "bob"]);
  }));

Deno.test("a relay cannot guess at a name faster than the door lets it", () =>
  withStage(async (stage) => {
    const { alice, bob, doorId, key } = await vault(stage);
    const mallory = await Intruder.come(stage, "mallory", doorId);
    for (let i = 0; i < NAMED_BURST; i++) equal(await mallory.knock(alice.victim.peerId), "answered");
    await until("bob has counted", () => bob.room.guesses.count(key) === NAMED_BURST);
    for (const person of [alice, bob]) {
      const outcome = await mallory.knock(person.victim.peerId);
      ok(outcome !== "answered");
      equal(outcome.refused, RefusedCode.slowDown);
    }
    await stage.pass(20_000);
    const later = await mallory.knock(bob.victim.peerId);
    ok(later !== "answered" && later.retryAfterSeconds > SLOW_MS / 2_000, "the door is slow, not only busy");
    equal(alice.room.guesses.count(key), NAMED_BURST);
    equal(alice.of("knock_failed").length, NAMED_BURST);
  }));

Deno.test("a relay cannot guess uncounted by many exchanges at once at one member", () =>
  withStage(async (stage) => {
    const { alice, bob, doorId, key } = await vault(stage);
    const names = Array.from({ length: 12 }, (_, i) => `mallory-${i}`);
    const crowd = await Promise.all(names.map((name) => Intruder.come(stage, name, doorId)));
    const outcomes = await Promise.all(crowd.map((one) => one.knock(alice.victim.peerId)));
    ok(answered(outcomes) <= NAMED_BURST, `${answered(outcomes)} were answered`);
    ok(answered(outcomes) > 0);
    equal(alice.room.guesses.count(key), answered(outcomes));
    await until("bob has counted", () => bob.room.guesses.count(key) === answered(outcomes));
  }));

Deno.test("a relay cannot guess uncounted by exchanges at several members at once", () =>
  withStage(async (stage) => {
    const { alice, bob, doorId, key } = await vault(stage);
    const crowd = await Promise.all(
      Array.from({ length: 14 }, (_, i) => Intruder.come(stage, `mallory-${i}`, doorId)),
    );
    const targets = [alice.victim.peerId, bob.victim.peerId];
    const outcomes = await Promise.all(crowd.map((one, i) => one.knock(targets[i % 2] ?? 0)));
    const count = answered(outcomes);
    ok(count >= 2 && count <= 2 * NAMED_BURST, `${count} were answered`);
    await until("both have counted all", () => {
      return [alice, bob].every((person) => person.room.guesses.count(key) === count);
    });
    const [first] = crowd;
    ok(first);
    if (count >= NAMED_BURST) ok(await first.knock(targets[0] ?? 0) !== "answered");
    await stage.untilInTime("all failures are seen by both", () => {
      return [alice, bob].every((person) => person.of("knock_failed").length === count);
    });
  }));

Deno.test("a relay that keeps members apart gets the limit once for each, and is seen when they meet", () =>
  withStage(async (stage) => {
    const { alice, bob, doorId, key } = await vault(stage);
    stage.clock.hold(); // neither asks the other for what it lacks, however long all this takes
    const held: Parameters<typeof bob.victim.inject> = [];
    for (const person of [alice, bob]) {
      person.victim.toClient = (frame) => {
        const other = frame.type === "deliver" && payloadKind(frame.payload) === PayloadKind.sealed;
        if (other && person === bob) held.push(frame);
        return other ? null : frame;
      };
    }
    const mallory = await Intruder.come(stage, "mallory", doorId);
    const outcomes: Outcome[] = [];
    for (const person of [alice, bob]) {
      for (let i = 0; i <= NAMED_BURST; i++) outcomes.push(await mallory.knock(person.victim.peerId));
    }
    equal(answered(outcomes), 2 * NAMED_BURST);
    equal(bob.room.guesses.count(key), NAMED_BURST);
    bob.victim.inject(...held);
    await until("bob has counted all", () => bob.room.guesses.count(key) === 2 * NAMED_BURST);
  }));

Deno.test("a relay cannot guess at a spoken code beyond its life", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const door = alice.room.doors.all.find(({ kind }) => kind === "spoken");
    ok(door);
    const key = toHex(door.doorId);
    const mallory = await Intruder.come(stage, "mallory", door.doorId);
    equal(await mallory.knock(alice.victim.peerId), "answered");
    await until("bob has counted", () => bob.room.guesses.count(key) === 1);
    for (let i = 1; i < SPOKEN_LIFE; i++) bob.room.guesses.note(`rehearsed-${i}`, key);
    const outcome = await mallory.knock(bob.victim.peerId);
    ok(outcome !== "answered");
    equal(outcome.refused, RefusedCode.usedUp);
    const carol = await stage.join("carol", alice);
    await stage.meet(alice, bob, carol);
  }));
