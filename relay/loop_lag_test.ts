import assert from "node:assert/strict";
import { FakeClock } from "../tests/relay_helpers.ts";
import { LoopLag } from "./loop_lag.ts";

/** A clock whose timers run so much too late. */
class LateClock extends FakeClock {
  late = 0;

  override setTimer(run: () => void, ms: number): ReturnType<FakeClock["setTimer"]> {
    return super.setTimer(run, ms + this.late);
  }
}

Deno.test("LoopLag tells the worst and the mean since it was read last", () => {
  const clock = new LateClock();
  const lag = new LoopLag(clock);
  clock.advance(1_000);
  assert.deepEqual(lag.take(), { max: 0, mean: 0 });
  clock.late = 30;
  clock.advance(100);
  clock.late = 0;
  clock.advance(330);
  const { max, mean } = lag.take();
  assert.equal(max, 30);
  assert.ok(mean > 0 && mean < 30);
  clock.advance(1_000);
  assert.deepEqual(lag.take(), { max: 0, mean: 0 });
  lag.close();
  assert.equal(clock.waiting, 0);
});
