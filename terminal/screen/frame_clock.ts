/** When to paint: at once when it has been quiet, else thirty times a second at most. @module */
import type { Clock } from "../../client/options.ts";

/** How often. */
export interface FrameClockOptions {
  clock: Clock;
  /** Paints; while what it returns is pending, nothing more is painted. */
  paint: () => void | Promise<void>;
  /** Least milliseconds between two paints. @default 33 */
  intervalMs?: number;
}

/** Gathers many requests into few paints. */
export class FrameClock {
  readonly #clock: Clock;
  readonly #paint: () => void | Promise<void>;
  readonly #intervalMs: number;
  #last = -Infinity;
  #timer: unknown = null;
  #painting = false;
  #wanted = false;
  #stopped = false;

  /** Makes a clock that has not painted yet. */
  constructor({ clock, paint, intervalMs = 33 }: FrameClockOptions) {
    this.#clock = clock;
    this.#paint = paint;
    this.#intervalMs = intervalMs;
  }

  /** Asks for a paint: now where the last one is long enough ago, else as soon as it is. */
  request(): void {
    if (this.#stopped || this.#timer !== null) return;
    if (this.#painting) {
      this.#wanted = true;
      return;
    }
    const now = this.#clock.now();
    const wait = this.#last + this.#intervalMs - now;
    // A clock that was set back must not hold the screen up.
    if (wait <= 0 || wait > this.#intervalMs) return this.#run(now);
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = null;
      this.#run(this.#clock.now());
    }, wait);
  }

  /** Paints no more; what was asked for is dropped. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer);
    this.#timer = null;
  }

  /** Paints again when asked. */
  start(): void {
    this.#stopped = false;
  }

  #run(now: number): void {
    if (this.#stopped) return;
    this.#last = now;
    this.#wanted = false;
    this.#painting = true;
    let painted: void | Promise<void>;
    try {
      painted = this.#paint();
    } catch (error) {
      this.#painting = false;
      throw error;
    }
    if (painted instanceof Promise) void painted.finally(() => this.#done());
    else this.#done();
  }

  #done(): void {
    this.#painting = false;
    if (this.#wanted) this.request();
  }
}
