/** How late the event loop is. @module */
import type { RelayClock } from "./clock.ts";

/** How often it is looked at. */
const EVERY_MS = 100;

/** Lateness since it was read last, in milliseconds. */
export interface Lag {
  /** The worst. */
  max: number;
  /** The mean. */
  mean: number;
}

/** Samples how much later than asked a timer runs: whatever waits, waits as long. */
export class LoopLag {
  readonly #clock: RelayClock;
  #timer: unknown;
  #due = 0;
  #max = 0;
  #sum = 0;
  #count = 0;

  /** Begins to sample. */
  constructor(clock: RelayClock) {
    this.#clock = clock;
    this.#next();
  }

  /** What there was since the last time, and begins anew. A block that lasts still counts. */
  take(): Lag {
    const late = Math.max(0, this.#clock.now() - this.#due);
    const max = Math.max(this.#max, late);
    const mean = this.#count === 0 ? late : this.#sum / this.#count;
    [this.#max, this.#sum, this.#count] = [0, 0, 0];
    return { max, mean };
  }

  /** Ends it. */
  close(): void {
    this.#clock.clearTimer(this.#timer);
  }

  #next(): void {
    this.#due = this.#clock.now() + EVERY_MS;
    this.#timer = this.#clock.setTimer(() => {
      const late = Math.max(0, this.#clock.now() - this.#due);
      this.#max = Math.max(this.#max, late);
      this.#sum += late;
      this.#count++;
      this.#next();
    }, EVERY_MS);
  }
}
