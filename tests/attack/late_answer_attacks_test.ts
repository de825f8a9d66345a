/** Answers that come too late count as no guess, and nobody's guess goes with them. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { NAMED_BURST } from "../../client/guesses.ts";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { toHex } from "../../crypto/bytes.ts";
import type { RelayFrame } from "../../wire/mod.ts";
import { Intruder } from "./intruder.ts";
import { type Person, type Stage, until, withStage } from "./room_helpers.ts";

const NAME = "the vault";
const password = "hunter2";

/** Alice and bob in a room of a name and a password. */
async function vault(stage: Stage): Promise<{ both: Person[]; doorId: Uint8Array; key: string }> {
  const alice = await stage.join("alice", NAME, { password });
  const bob = await stage.join("bob", NAME, { password });
  await stage.meet(alice, bob);
  const door = alice.room.doors.all.find(({ kind }) => kind === "named");
  ok(door);
  return { both: [alice, bob], doorId: door.doorId, key: toHex(door.doorId) };
}

/**
 * Carol comes in by whoever is asked second; gives what lets the answer of the first through to her. Time passes only
 * when it is pushed from then on: a slow machine makes nobody late.
 */
async function comeInBySecond(stage: Stage): Promise<(change?: (answer: Uint8Array) => void) => void> {
  const { victim } = stage.person("carol");
  const held: Extract<RelayFrame, { type: "deliver" }>[] = [];
  victim.toClient = (frame) => {
    if (held.length > 0 || frame.type !== "deliver") return frame;
    if (payloadKind(frame.payload) !== PayloadKind.answer) return frame;
    held.push(frame);
    return null;
  };
  const coming = stage.join("carol", NAME, { password });
  await until("the first has answered", () => held.length === 1);
  stage.clock.hold();
  await stage.pass(5_000);
  await coming;
  return (change = () => {}) => {
    const frames = held.map((frame) => ({ ...frame, payload: frame.payload.slice() }));
    for (const { payload } of frames) change(payload);
    victim.inject(...frames);
  };
}

function counts(people: readonly Person[], key: string): number[] {
  return people.map((person) => person.room.guesses.count(key));
}

Deno.test("a sponsor whose answer came too late counts no guess, and nobody is told of one", () =>
  withStage(async (stage) => {
    const { both, key } = await vault(stage);
    const letThrough = await comeInBySecond(stage);
    await until("the late one counts as a guess until then", () => counts(both, key).every((n) => n === 1));
    letThrough();
    await until("none is counted", () => counts(both, key).every((n) => n === 0));
    await stage.pass(30_000);
    deepEqual(both.map((person) => person.of("knock_failed")), [[], []]);
  }));

Deno.test("a relay that keeps a late answer for itself has it counted as the guess that it may be", () =>
  withStage(async (stage) => {
    const { both, key } = await vault(stage);
    await comeInBySecond(stage);
    await stage.untilInTime("both are told", () => both.every((one) => one.of("knock_failed").length === 1));
    deepEqual(counts(both, key), [1, 1]);
  }));

Deno.test("a guesser at several members is counted at each, also while somebody is let in by the same door", () =>
  withStage(async (stage) => {
    const { both, doorId, key } = await vault(stage);
    const mallory = await Intruder.come(stage, "mallory", doorId);
    for (const { victim } of both) equal(await mallory.knock(victim.peerId), "answered");
    const letThrough = await comeInBySecond(stage);
    letThrough();
    await until("carol's count no more", () => counts(both, key).every((n) => n === 2));
    await stage.untilInTime(
      "all failures are told",
      () => both.every((one) => one.of("knock_failed").length === 2),
    );
    deepEqual(counts(both, key), [2, 2]);
    for (let i = 2; i < NAMED_BURST; i++) {
      equal(await mallory.knock(both[i % 2]?.victim.peerId ?? 0), "answered");
    }
    await until("both have counted", () => counts(both, key).every((n) => n === NAMED_BURST));
    for (const { victim } of both) ok(await mallory.knock(victim.peerId) !== "answered", "the door is slow");
  }));

Deno.test("a relay that guesses at a newcomer's code by a late answer has one guess, and the newcomer is told", () =>
  withStage(async (stage) => {
    const { both } = await vault(stage);
    const letThrough = await comeInBySecond(stage);
    const carol = stage.person("carol");
    letThrough((answer) => answer[1230] = (answer[1230] ?? 0) ^ 1);
    await until("carol is told", () => carol.notices.includes("wrong_answer"));
    letThrough();
    await stage.untilInTime("both are told", () => both.every((one) => one.of("knock_failed").length === 1));
    equal(carol.notices.filter((code) => code === "wrong_answer").length, 1);
  }));
