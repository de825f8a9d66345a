import assert from "node:assert/strict";
import type { Clock } from "../../client/options.ts";
import { FrameClock } from "./frame_clock.ts";

/** Time that a test moves. */
class ManualClock implements Clock {
  time = 1000;
  #timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  setTimer(run: () => void, ms: number): unknown {
    const timer = { at: this.time + ms, run };
    this.#timers.push(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  get waiting(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    this.time += ms;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
  }
}

Deno.test("the first paint comes at once, and many requests make few paints", () => {
  const clock = new ManualClock();
  let paints = 0;
  const frames = new FrameClock({ clock, paint: () => void paints++ });
  frames.request();
  assert.equal(paints, 1);
  for (let i = 0; i < 1000; i++) {
    frames.request();
    clock.advance(1);
  }
  assert.ok(paints >= 30 && paints <= 31, String(paints));
  clock.advance(40);
  const before = paints;
  clock.advance(1000);
  assert.equal(paints, before, "nobody asked");
  frames.request();
  assert.equal(paints, before + 1);
});

Deno.test("nothing is painted while the frame before is still on its way", async () => {
  const clock = new ManualClock();
  const sent: PromiseWithResolvers<void>[] = [];
  const frames = new FrameClock({
    clock,
    paint: () => {
      const way = Promise.withResolvers<void>();
      sent.push(way);
      return way.promise;
    },
  });
  frames.request();
  for (let i = 0; i < 100; i++) {
    frames.request();
    clock.advance(50);
  }
  assert.equal(sent.length, 1);
  sent[0]?.resolve();
  await sent[0]?.promise;
  await Promise.resolve().then(() => {}).then(() => {});
  assert.equal(sent.length, 2);
  assert.equal(clock.waiting, 0);
});

Deno.test("a stopped frame clock leaves no timer behind, and a clock set back holds nothing up", () => {
  const clock = new ManualClock();
  let paints = 0;
  const frames = new FrameClock({ clock, paint: () => void paints++ });
  frames.request();
  frames.request();
  assert.equal(clock.waiting, 1);
  frames.stop();
  assert.equal(clock.waiting, 0);
  frames.request();
  assert.equal(paints, 1);
  frames.start();
  clock.time -= 1_000_000;
  frames.request();
  assert.equal(paints, 2);
});

Deno.test("what may wait is painted twenty times a second, and what may not is not kept waiting by it", () => {
  const clock = new ManualClock();
  let paints = 0;
  const frames = new FrameClock({ clock, paint: () => void paints++ });
  frames.request({ patient: true });
  assert.equal(paints, 1, "after a rest at once");
  for (let i = 0; i < 1000; i++) {
    frames.request({ patient: true });
    clock.advance(1);
  }
  assert.ok(paints >= 20 && paints <= 21, String(paints));
  clock.advance(1000);
  frames.request();
  const before = paints;
  frames.request({ patient: true });
  clock.advance(10);
  frames.request();
  frames.request({ patient: true });
  assert.equal(clock.waiting, 1);
  clock.advance(22);
  assert.equal(paints, before);
  clock.advance(1);
  assert.equal(paints, before + 1);
});
