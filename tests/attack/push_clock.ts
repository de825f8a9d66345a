/** A clock that runs with the platform's and can be pushed ahead, so that no test waits for a deadline. @module */
import type { Clock } from "../../client/options.ts";
import { cryptoAtRest } from "../crypto_rest.ts";

/** How fast time flies where a deadline is waited for: so much at a time, and so long between two pushes. */
const FLY = { ms: 500, everyMs: 25 };

interface Timer {
  due: number;
  run: () => void;
  real: ReturnType<typeof setTimeout> | undefined;
}

/** Real time plus what it was pushed. */
export class PushClock implements Clock {
  #ahead = 0;
  /** What time it is while only pushes move it. */
  #held: number | null = null;
  readonly #timers = new Set<Timer>();

  /** @inheritdoc */
  now(): number {
    return this.#held ?? Date.now() + this.#ahead;
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
    if (this.#held === null) this.#ahead += ms;
    else this.#held += ms;
    const due = [...this.#timers].filter((timer) => timer.due <= this.now()).sort((a, b) => a.due - b.due);
    for (const timer of due) if (this.#timers.has(timer)) this.#fire(timer);
    for (const timer of this.#timers) this.#arm(timer);
  }

  /** From now on time passes only when it is pushed, however long the machine takes over what is done meanwhile. */
  hold(): void {
    this.#held = this.now();
    for (const timer of this.#timers) this.#arm(timer);
  }

  /** Time passes again by itself. */
  release(): void {
    this.#ahead = this.now() - Date.now();
    this.#held = null;
    for (const timer of this.#timers) this.#arm(timer);
  }

  /** Waits for what may take until a deadline, with time flying meanwhile, but not past what is being worked out. */
  async inTime<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const done = work.finally(() => over = true);
    done.catch(() => {});
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve, FLY.everyMs));
      await cryptoAtRest();
      if (!over) this.push(FLY.ms);
    }
    return await done;
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.real);
    const left = Math.max(0, timer.due - this.now());
    if (left > 0 && this.#held !== null) return;
    timer.real = setTimeout(() => this.#fire(timer), left);
  }

  #fire(timer: Timer): void {
    clearTimeout(timer.real);
    this.#timers.delete(timer);
    timer.run();
  }
}
