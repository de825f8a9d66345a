/** Time as the relay sees it. @module */
import { clearImmediate, setImmediate } from "node:timers";

/** Clock, timers and the end of a turn; a test brings its own. */
export interface RelayClock {
  /** Milliseconds that only grow. */
  now(): number;
  /** Runs `run` once after `ms`. */
  setTimer(run: () => void, ms: number): unknown;
  /** Forgets a timer. */
  clearTimer(handle: unknown): void;
  /** Runs `run` when everything that has arrived has been read, before waiting for more. */
  setTurn(run: () => void): unknown;
  /** Forgets what `setTurn` set. */
  clearTurn(handle: unknown): void;
}

/** The machine's own clock. `setImmediate` adds no latency, where `setTimeout` with 0 adds 2 ms. */
export const systemClock: RelayClock = {
  now: () => performance.now(),
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
  setTurn: (run) => setImmediate(run),
  clearTurn: (handle) => clearImmediate(handle as ReturnType<typeof setImmediate>),
};
