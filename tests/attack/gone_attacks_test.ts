/** Members that want something told as lost that may still come, or something lost never told. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { DELIVERY_LIMITS } from "../../client/delivery.ts";
import type { RepairAsk } from "../../client/repair_frames.ts";
import { type Crowd, type Person, until, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";
import { answering, between, entry, headOf, linger, losing, tellHave } from "./repair_helpers.ts";

/** Bob misses a text of alice's and has the next one; alice gives nothing to anybody. */
async function missingOne(
  play: (crowd: Crowd, people: [alice: Person, bob: Person, mallory: Hostile]) => Promise<void>,
): Promise<void> {
  await withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const dropped = losing(bob, alice);
    alice.room.repairAnswers.answer = function* () {};
    await alice.say("dropped");
    await until("it is dropped", () => dropped() === 1);
    await alice.say("and on");
    await until("mallory has it", () => mallory.texts.includes("and on"));
    await play(crowd, [alice, bob, hostile]);
  });
}

const goneOf = ({ ranges }: RepairAsk, notMine: boolean): { author: string; from: number; to: number }[] =>
  ranges.map((range) => ({ ...range, messages: 1, ...(notMine ? { notMine } : {}) }));

for (const [how, notMine] of [["gone", false], ["never meant for it", true]] as const) {
  Deno.test(`a member cannot have told as lost what somebody away may still bring by calling it ${how}`, () =>
    missingOne(async (crowd, [alice, bob, hostile]) => {
      const asks = answering(hostile, (ask) => [{ gone: goneOf(ask, notMine) as never }], [bob]);
      const hears = between(bob, ({ from }) => from !== alice.peerId);
      bob.room.peerIn = () => {}; // nor is it there for bob after a return of his own
      bob.room.peerOut(alice.peerId);
      await linger(crowd.clock, 10_000);
      ok(asks.some(({ ranges }) => ranges.some(({ author }) => author === alice.id)));
      await linger(crowd.clock, 80_000);
      deepEqual([bob.of("lost"), bob.texts.includes("and on")], [[], false]);
      hears();
      Reflect.deleteProperty(bob.room, "peerIn");
      Reflect.deleteProperty(alice.room.repairAnswers, "answer");
      bob.room.peerIn(alice.peerId);
      await crowd.untilInTime("bob has it of alice", () => bob.texts.includes("and on"));
      deepEqual([bob.texts.slice(-2), bob.of("lost")], [["dropped", "and on"], []]);
    }));
}

Deno.test("a member cannot hold open what is lost by promising it, coming and going, and saying that it never was for it", () =>
  missingOne(async (crowd, [alice, bob, hostile]) => {
    answering(hostile, (ask) => [{ gone: goneOf(ask, true) as never }], [bob]);
    // Alice is there, and silent: for five minutes she could be slow.
    for (let ms = 0; ms < DELIVERY_LIMITS.orderMs + 10_000; ms += 10_000) {
      await tellHave(hostile, { entries: [entry(alice, headOf(alice) + ms)] });
      bob.room.peerOut(hostile.person.peerId);
      await linger(crowd.clock, 4_000, 2_000);
      bob.room.peerIn(hostile.person.peerId);
      await linger(crowd.clock, 6_000, 2_000);
    }
    ok(bob.texts.includes("and on"));
    equal(bob.of("lost").reduce((sum, { count }) => sum + count, 0), 1);
  }));

Deno.test("a member cannot hold open what is lost by staying away, and by giving nothing when it is back", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, carol, mallory] = await crowd.party("alice", "bob", "carol", "mallory");
    const hostile = new Hostile(mallory);
    const dropped = [losing(bob, alice), losing(carol, alice)];
    for (const each of [alice, mallory]) each.room.repairAnswers.answer = function* () {};
    await alice.say("dropped");
    await until("it is dropped", () => dropped.every((count) => count() === 1));
    await alice.say("and on");
    await until("mallory has it", () => mallory.texts.includes("and on"));
    alice.room.abort();
    await until("bob knows it", () => bob.room.delivery.hasSaidGoodbye(alice.id));
    const asks = answering(hostile, () => [], [bob]);
    between(bob, ({ from }) => from !== mallory.peerId); // what it says would show that it is there
    const peerIn = bob.room.peerIn.bind(bob.room);
    // Nor is it there for bob after a return of his own.
    bob.room.peerIn = (peerId) => void (peerId !== mallory.peerId && peerIn(peerId));
    bob.room.peerOut(mallory.peerId);
    await linger(crowd.clock, 70_000);
    deepEqual([bob.of("lost"), bob.texts.at(-1)], [[], "and on"]);
    ok(bob.of("notice").some(({ code, message }) => code === "missing" && message.includes("mallory")));
    for (let i = 0; i < 3; i++) {
      peerIn(mallory.peerId);
      await linger(crowd.clock, 7_000);
      bob.room.peerOut(mallory.peerId);
      await linger(crowd.clock, 1_000);
    }
    ok(asks.some(({ ranges }) => ranges.some(({ author }) => author === alice.id)));
    deepEqual(bob.of("lost").map(({ nick, count }) => [nick, count]), [["alice", 1]]);
  }));
