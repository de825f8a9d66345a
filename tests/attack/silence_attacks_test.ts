/** A member that silences another, for others, by saying that there is more of it and that it is gone. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Deliver } from "../../client/link.ts";
import { until, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";
import { answer, answering, between, entry, headOf, linger, losing, tellHave } from "./repair_helpers.ts";

Deno.test("a member cannot silence an author that is there by promising more of it than there is and calling it gone", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const asks = answering(hostile, ({ ranges }) => [{ gone: ranges.map((r) => ({ ...r, messages: 0 })) }], [
      alice,
      bob,
    ]);
    const far = headOf(alice) + 500_000;
    await tellHave(hostile, { entries: [entry(alice, far)] });
    await linger(crowd.clock, 15_000);
    ok(asks.length <= 8);
    equal(bob.room.delivery.head(alice.id)?.number, headOf(alice));
    await alice.say("still here");
    await crowd.untilInTime("bob hears alice", () => bob.texts.includes("still here"));
    deepEqual(bob.of("lost"), []);
  }));

Deno.test("a member cannot keep a loss from being told by saying that no messages were in it", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    answering(hostile, ({ ranges }) => [{ gone: ranges.map((r) => ({ ...r, messages: 0 })) }], [bob]);
    const dropped = losing(bob, alice);
    await alice.say("dropped");
    await until("it is dropped", () => dropped() === 1);
    alice.room.repairAnswers.answer = function* () {}; // the relay lets nothing of alice's through
    await alice.say("and on");
    await until("mallory has it", () => mallory.texts.includes("and on"));
    void alice.room.leave();
    await crowd.untilInTime("bob is shown what follows", () => bob.texts.includes("and on"));
    equal(bob.of("lost").reduce((sum, { count }) => sum + count, 0), 1);
  }));

Deno.test("a member cannot make a loss look larger than the numbers that are missing", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    answering(hostile, ({ ranges }) => [{ gone: ranges.map((r) => ({ ...r, messages: 2 ** 40 })) }], [bob]);
    const dropped = losing(bob, alice);
    await alice.say("dropped");
    await until("it is dropped", () => dropped() === 1);
    alice.room.repairAnswers.answer = function* () {}; // nor of this
    await alice.say("and on");
    await until("mallory has it", () => mallory.texts.includes("and on"));
    void alice.room.leave();
    await crowd.untilInTime("bob is shown what follows", () => bob.texts.includes("and on"));
    equal(bob.of("lost").reduce((sum, { count }) => sum + count, 0), 1);
  }));

Deno.test("a member cannot keep what is missing from being asked of others by answering without end", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory, carol] = await crowd.party("alice", "bob", "mallory", "carol");
    const hostile = new Hostile(mallory);
    const turns = new Map<number, unknown>();
    const asks = answering(hostile, ({ ask }) => {
      // By the clock that is pushed: it waits for what a slow machine makes of one part before the next one comes.
      const part = (): void => {
        void answer(hostile, bob, { ask, last: false }).catch(() => {}); // the test may be over
        turns.set(ask, crowd.clock.setTimer(part, 500));
      };
      part();
      return [];
    }, [bob]);
    // Nothing of hers reaches bob any more: she could give it herself before she is gone.
    const { peerId } = alice;
    let lost = 0;
    between(bob, ({ from }) => {
      if (from === peerId) lost++;
      return from !== peerId;
    });
    // That carol has it as well reaches bob only when mallory was asked: whom it asks first, and who answers, is not left to chance.
    const heardOf = ({ from }: Pick<Deliver, "from">): boolean => asks.length > 0 || from !== carol.peerId;
    between(bob, heardOf);
    await alice.say("dropped");
    await until("it is dropped", () => lost >= 1);
    await carol.hears("dropped");
    // Alice is gone for good, mallory says that it has it; so does carol.
    alice.room.abort();
    await until("alice is gone", () => lost >= 2 || bob.room.presence.peerOf(alice.id) === undefined);
    try {
      await tellHave(hostile, { entries: [entry(alice, headOf(alice))] });
      await crowd.untilInTime("mallory was asked", () => asks.length >= 1);
      deepEqual(bob.texts.includes("dropped"), false);
      await crowd.untilInTime("bob has it from carol", () => bob.texts.includes("dropped"));
    } finally {
      for (const turn of turns.values()) crowd.clock.clearTimer(turn);
    }
  }));

Deno.test("a member cannot use up all asking for an author's words by promising more of it than there is", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const asks = answering(hostile, () => [{}], [bob]);
    await tellHave(hostile, { entries: [entry(alice, headOf(alice) + 1_000)] });
    await linger(crowd.clock, 15_000);
    ok(asks.length <= 8);
    const dropped = losing(bob, alice);
    await alice.say("dropped");
    await until("it is dropped", () => dropped() === 1);
    await alice.say("and on");
    await crowd.untilInTime("bob is shown what follows", () => bob.texts.includes("and on"));
    deepEqual(bob.texts.slice(-2), ["dropped", "and on"]);
  }));
