/** Somebody outside with a wrong code, at an honest relay. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { Guesses, NAMED_BURST, SLOW_MS, SPOKEN_LIFE, WINDOW_MS } from "../../client/guesses.ts";
import { RefusedCode } from "../../client/payload.ts";
import { randomBytes, toHex } from "../../crypto/bytes.ts";
import type { Door } from "../../crypto/doors.ts";
import { Identity } from "../../crypto/identity.ts";
import { scalarFromBytes48 } from "../../crypto/spake2.ts";
import { type Crowd, type Person, until, withCrowd } from "./crowd.ts";
import { Joiner } from "./outsider.ts";
import { PushClock } from "./push_clock.ts";

/** A door as somebody guesses it who knows its id alone. */
function guessAt(doorId: Uint8Array): Door {
  return {
    kind: "named",
    doorId: doorId.slice() as Door["doorId"],
    w: scalarFromBytes48(randomBytes(48)),
    label: "",
  };
}

async function lobby(crowd: Crowd): Promise<{ alice: Person; bob: Person; doorId: Uint8Array }> {
  const alice = await crowd.create("alice", { name: "lobby", password: "hunter2" });
  const bob = await crowd.join("bob", alice);
  await crowd.meet(alice, bob);
  const door = alice.room.doors.find("named", alice.room.state.doors);
  ok(door);
  return { alice, bob, doorId: door.doorId };
}

Deno.test("a guesser at a named door is slowed down, and all members see it", () =>
  withCrowd(async (crowd) => {
    const { alice, bob, doorId } = await lobby(crowd);
    const identity = await Identity.generate();
    for (let i = 0; i < NAMED_BURST; i++) {
      const joiner = await Joiner.come(crowd, doorId);
      equal(await joiner.guess(guessAt(doorId), identity, i % 2 === 0 ? alice : bob), undefined, "answered");
      joiner.link.leave();
    }
    await until(
      "both have counted",
      () => [alice, bob].every(({ room }) => room.guesses.count(toHex(doorId)) === NAMED_BURST),
    );
    await crowd.pass(30_000);
    for (const person of [alice, bob]) {
      await until("all are told", () => person.of("knock_failed").length === NAMED_BURST);
      deepEqual(person.of("knock_failed").map(({ door }) => door), Array(NAMED_BURST).fill("named"));
      const joiner = await Joiner.come(crowd, doorId);
      const refused = await joiner.guess(guessAt(doorId), identity, person);
      equal(refused?.code, RefusedCode.slowDown, `${person.name} answers no more`);
      ok(refused.retryAfterSeconds > 60, "and says for how long");
      joiner.link.leave();
    }
    await crowd.pass(SLOW_MS);
    const joiner = await Joiner.come(crowd, doorId);
    equal(await joiner.guess(guessAt(doorId), identity, alice), undefined, "later one more");
    await until("bob knows", () => bob.room.guesses.count(toHex(doorId)) === NAMED_BURST + 1);
    equal((await joiner.guess(guessAt(doorId), identity, bob))?.code, RefusedCode.slowDown, "and no more");
    joiner.link.leave();
  }));

Deno.test("a guesser at a named door cannot keep a member's own invite shut", () =>
  withCrowd(async (crowd) => {
    const { alice, bob, doorId } = await lobby(crowd);
    const identity = await Identity.generate();
    const joiner = await Joiner.come(crowd, doorId);
    for (let i = 0; i < NAMED_BURST; i++) await joiner.guess(guessAt(doorId), identity, alice);
    equal((await joiner.guess(guessAt(doorId), identity, alice))?.code, RefusedCode.slowDown);
    joiner.link.leave();
    const carol = await crowd.join("carol", alice);
    await until("carol is in", () => bob.knows(carol)?.status === "in");
  }));

Deno.test("a guesser cannot be sure that a wrong code goes unseen: both sides are told", () =>
  withCrowd(async (crowd) => {
    const { alice, bob } = await lobby(crowd);
    await rejects(crowd.join("mallory", alice, { code: "lobby", password: "hunter3" }), {
      name: "ClientError",
      code: "wrong_code",
    });
    for (const person of [alice, bob]) {
      const told = await crowd.untilInTime("it is told", () => person.of("knock_failed")[0]);
      equal(told.door, "named");
      equal(told.count, 1);
    }
    equal(alice.members.length, 2);
  }));

Deno.test("a guesser has a thousand guesses at a spoken code and not one more", () => {
  const clock = new PushClock();
  const guesses = new Guesses(clock, [["door", SPOKEN_LIFE - 3]]);
  for (let i = 0; i < 3; i++) {
    equal(guesses.wait("door", "spoken"), 0);
    guesses.note(`alice-${i}`, "door");
  }
  equal(guesses.wait("door", "spoken"), Infinity);
  clock.push(100 * WINDOW_MS);
  equal(guesses.wait("door", "spoken"), Infinity, "time does not give them back");
  guesses.clear("alice-0");
  equal(guesses.wait("door", "spoken"), 0, "whoever knew the code was no guesser");
  guesses.note("alice-0", "door");
  guesses.note("alice-0", "door");
  guesses.note("alice-1", "door");
  equal(guesses.count("door"), SPOKEN_LIFE, "none counts twice");
  for (let i = 0; i < 5_000; i++) guesses.note(`bob-${i}`, "other door");
  equal(guesses.wait("door", "spoken"), Infinity, "and many at another door do not push them out");
});
