/** The platform's clock, as sessions take it. @module */
import type { Clock } from "../client/options.ts";

/** Wall-clock time and timers of this process. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};
