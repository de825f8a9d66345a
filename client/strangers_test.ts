import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import type { Range } from "./repair_frames.ts";
import type { Room } from "./room.ts";
import { MAX_STRANGERS, STRANGER_MS, Strangers } from "./strangers.ts";
import { Timers } from "./timers.ts";

const ME = "f".repeat(32);
const idOf = (i: number): string => i.toString(16).padStart(32, "0");

/** A room with so many members that never told where they stand, and are not connected. */
function stage(count: number): { clock: FakeClock; timers: Timers; strangers: Strangers; asked: Range[] } {
  const clock = new FakeClock();
  const timers = new Timers(clock);
  const asked: Range[] = [];
  const members = new Map(Array.from({ length: count }, (_, i) => {
    const id = idOf(i);
    return [id, { id, status: "in", order: i, operator: false }];
  }));
  const strangers = new Strangers({
    me: ME,
    timers,
    parts: { clock, welcome: undefined },
    state: { members, cuts: new Map() },
    delivery: { startOf: () => null },
    presence: { peerOf: () => undefined },
    reachable: () => [ME],
    repair: { askOnce: (ranges: readonly Range[]) => void asked.push(...ranges) },
  } as unknown as Room);
  return { clock, timers, strangers, asked };
}

Deno.test("Strangers asks for 4,096 at a time, and for others when it is done with those", () => {
  const { clock, timers, strangers, asked } = stage(MAX_STRANGERS + 3);
  strangers.back();
  for (let i = 0; i < MAX_STRANGERS + 3; i++) strangers.mind(idOf(i));
  assert.equal(clock.waiting, 1, "all of them at once");
  clock.advance(STRANGER_MS[0] ?? 0);
  const first = new Set(asked.splice(0).map(({ author }) => author));
  assert.equal(first.size, MAX_STRANGERS);
  clock.advance(600_000);
  assert.equal(asked.splice(0).length, MAX_STRANGERS * (STRANGER_MS.length - 1));
  assert.equal(clock.waiting, 0);
  const late = [idOf(MAX_STRANGERS), idOf(MAX_STRANGERS + 2)];
  for (const id of late) {
    assert.ok(!first.has(id));
    strangers.mind(id);
  }
  clock.advance(STRANGER_MS[0] ?? 0);
  assert.deepEqual(asked.map(({ author }) => author), late);
  timers.dispose();
});
