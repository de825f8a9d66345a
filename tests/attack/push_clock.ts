/** A clock that runs with the platform's and can be pushed ahead, so that no test waits for a deadline. @module */
import type { Clock } from "../../client/options.ts";

interface Timer {
  due: number;
  run: () => void;
  real: ReturnType<typeof setTimeout> | undefined;
}

/** Real time plus what it was pushed. */
export class PushClock implements Clock {
  #ahead = 0;
  readonly #timers = new Set<Timer>();

  /** @inheritdoc */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** @inheritdoc */
  setTimer(run: () => void, ms: number): unknown {
    const timer: Timer = { due: this.now() + ms, run, real: undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return timer;
  }

  /** @inheritdoc */
  clearTimer(timer: unknown): void {
    clearTimeout((timer as Timer | null)?.real);
    this.#timers.delete(timer as Timer);
  }

  /** Time jumps ahead by `ms`: what became due runs now, in order. */
  push(ms: number): void {
    this.#ahead += ms;
    const due = [...this.#timers].filter((timer) => timer.due <= this.now()).sort((a, b) => a.due - b.due);
    for (const timer of due) if (this.#timers.has(timer)) this.#fire(timer);
    for (const timer of this.#timers) this.#arm(timer);
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.real);
    timer.real = setTimeout(() => this.#fire(timer), Math.max(0, timer.due - this.now()));
  }

  #fire(timer: Timer): void {
    clearTimeout(timer.real);
    this.#timers.delete(timer);
    timer.run();
  }
}
