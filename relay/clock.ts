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
  /** Stops the whole thread for `ms`. Left out where the thread is not the relay's own. */
  readonly nap?: ((ms: number) => void) | undefined;
}

/** The machine's own clock. `setImmediate` adds no latency, where `setTimeout` with 0 adds 2 ms. */
export const systemClock: RelayClock = {
  now: () => performance.now(),
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
  setTurn: (run) => setImmediate(run),
  clearTurn: (handle) => clearImmediate(handle as ReturnType<typeof setImmediate>),
};

const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** The machine's own clock in a program that is nothing but a relay. */
export const ownThreadClock: RelayClock = {
  ...systemClock,
  nap: (ms) => void Atomics.wait(NEVER, 0, 0, ms),
};
