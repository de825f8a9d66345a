import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../tests/helpers.ts";
import { Pace } from "./pace.ts";

Deno.test("Pace leaves two frames of the relay's rate for the last word, and one at least for the rest", () => {
  for (const [rateCount, burst] of [[12, 10], [3, 1], [2, 1], [1, 1], [0, 1]] as const) {
    const pace = new Pace(new FakeClock(), { rateCount, rateWindowMs: 10_000 });
    let taken = 0;
    while (pace.take()) taken++;
    assert.equal(taken, burst);
    assert.equal(pace.wait(), 10_000 / burst);
  }
});

Deno.test("Pace gives a burst and what the rate refills since, and no more", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 100, max: 20_000 }),
      fc.array(fc.nat(500), { maxLength: 200 }),
      (rateCount, rateWindowMs, waits) => {
        const clock = new FakeClock();
        const pace = new Pace(clock, { rateCount, rateWindowMs });
        const start = clock.now();
        let taken = 0;
        for (const ms of waits) {
          while (pace.take()) taken++;
          clock.advance(ms);
        }
        const capacity = Math.max(1, rateCount - 2);
        const refilled = (clock.now() - start) * capacity / rateWindowMs;
        assert.ok(taken <= capacity + refilled + 1e-6, `${taken} of ${capacity} + ${refilled}`);
      },
    ),
  );
});

Deno.test("Pace waits while the relay has asked for a pause, and for the rate after it", () => {
  const clock = new FakeClock();
  const pace = new Pace(clock, { rateCount: 3, rateWindowMs: 1_000 });
  assert.deepEqual([pace.paused, pace.wait()], [false, 0]);
  pace.pause(300);
  assert.deepEqual([pace.paused, pace.wait()], [true, 300]);
  clock.advance(299);
  assert.deepEqual([pace.paused, pace.wait()], [true, 1]);
  clock.advance(1);
  assert.deepEqual([pace.paused, pace.wait(), pace.take()], [false, 0, true]);
  assert.equal(pace.wait(), 1_000);
  pace.pause(5_000);
  assert.equal(pace.wait(), 5_000, "the longer of both");
});
