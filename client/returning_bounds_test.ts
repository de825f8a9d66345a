import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import type { Deliver } from "./link.ts";
import { MAX_OUT, MAX_TOLD, Returning } from "./returning.ts";
import type { Room } from "./room.ts";

const OUT = "a".repeat(32);

/** A session in whose room everybody is out but itself. */
function stage(): { clock: FakeClock; returning: Returning; told: string[] } {
  const clock = new FakeClock();
  const told: string[] = [];
  const nothing = (): void => {};
  const room = {
    upkeep: { online: nothing },
    absence: { resume: nothing },
    strangers: { back: nothing },
    delivery: { waitAnew: nothing },
    repair: { renew: nothing },
    files: { renew: nothing },
    sender: { introduce: nothing },
    have: { news: nothing },
    mindTime: nothing,
    emit: nothing,
    me: "f".repeat(32),
    isOver: false,
    timers: { after: () => () => {} },
    presence: { peerOf: () => undefined, peers: () => [] },
    state: { members: { get: () => ({ status: "removed" }) } },
    parts: {
      clock,
      giveUpMs: Infinity,
      steadyMs: 0,
      log: {
        foundHash: new Uint8Array(32),
        about: () => [new Uint8Array(1)],
        bundleOf: (id: string) => {
          told.push(id);
          return null;
        },
        isVoid: () => false,
      },
    },
  };
  return { clock, returning: new Returning(room as unknown as Room), told };
}

Deno.test("Returning remembers 4,096 connections of those that are out, those that have been there longest go", () => {
  const { returning } = stage();
  for (let peer = 1; peer <= MAX_OUT + 1; peer++) returning.outsider(OUT, peer);
  assert.equal(returning.tellOut(1), false, "it is not known who that is");
  assert.deepEqual([2, MAX_OUT + 1].map((peer) => returning.tellOut(peer)), [true, true]);
});

Deno.test("Returning tells a member why it is out once in 10 s, and remembers that of a thousand", () => {
  const { clock, returning, told } = stage();
  const tell = (i: number): number => {
    returning.tellOut(i, i.toString(16).padStart(32, "0"));
    return told.splice(0).length;
  };
  for (let i = 0; i < MAX_TOLD; i++) assert.equal(tell(i), 1);
  assert.deepEqual([tell(0), tell(MAX_TOLD - 1)], [0, 0]);
  assert.equal(tell(MAX_TOLD), 1);
  assert.deepEqual([tell(1), tell(0)], [0, 1], "the oldest alone was forgotten");
  clock.advance(10_000);
  assert.equal(tell(MAX_TOLD), 1);
});

Deno.test("Returning remembers 4,096 connections that had ended before it was back", () => {
  const { returning } = stage();
  const heard = (from: number): void => returning.heard({ type: "deliver", from, seq: 1 } as Deliver);
  heard(1);
  assert.equal(returning.isPast(1), false, "nothing was missed");
  returning.back({
    joined: { peers: [], seq: 9, complete: true } as never,
    present: null,
    dropped: [],
  } as never);
  for (let peer = 1; peer <= MAX_OUT + 1; peer++) heard(peer);
  assert.deepEqual([1, MAX_OUT, MAX_OUT + 1].map((peer) => returning.isPast(peer)), [true, true, false]);
});
