/**
 * When to paint: at once when it has been quiet, else thirty times a second at most; what may wait a little, as
 * what others say may, twenty times.
 *
 * @module
 */
import type { Clock } from "../../client/options.ts";

/** How often. */
export interface FrameClockOptions {
  clock: Clock;
  /** Paints; while what it returns is pending, nothing more is painted. */
  paint: () => void | Promise<void>;
  /** Least milliseconds between two paints. @default 33 */
  intervalMs?: number;
  /** The same for what may wait. @default 50 */
  patientMs?: number;
}

/** Gathers many requests into few paints. */
export class FrameClock {
  readonly #clock: Clock;
  readonly #paint: () => void | Promise<void>;
  readonly #intervalMs: number;
  readonly #patientMs: number;
  #last = -Infinity;
  #timer: unknown = null;
  /** How long after the last paint the timer is. */
  #wait = 0;
  #painting = false;
  /** How soon after this paint another is wanted; null when none is. */
  #wanted: number | null = null;
  #stopped = false;

  /** Makes a clock that has not painted yet. */
  constructor({ clock, paint, intervalMs = 33, patientMs = 50 }: FrameClockOptions) {
    this.#clock = clock;
    this.#paint = paint;
    this.#intervalMs = intervalMs;
    this.#patientMs = patientMs;
  }

  /**
   * Asks for a paint: now where the last one is long enough ago, else as soon as it is.
   *
   * @param options.patient Whether it may wait for more of its kind.
   */
  request({ patient = false }: { patient?: boolean } = {}): void {
    const interval = patient ? this.#patientMs : this.#intervalMs;
    if (this.#stopped || (this.#timer !== null && this.#wait <= interval)) return;
    if (this.#painting) {
      this.#wanted = Math.min(interval, this.#wanted ?? interval);
      return;
    }
    this.#at(interval);
  }

  #at(interval: number): void {
    this.#drop();
    const now = this.#clock.now();
    const wait = this.#last + interval - now;
    // A clock that was set back must not hold the screen up.
    if (wait <= 0 || wait > interval) return this.#run(now);
    this.#wait = interval;
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = null;
      this.#run(this.#clock.now());
    }, wait);
  }

  /** Paints no more; what was asked for is dropped. */
  stop(): void {
    this.#stopped = true;
    this.#drop();
  }

  /** Paints again when asked. */
  start(): void {
    this.#stopped = false;
  }

  #run(now: number): void {
    if (this.#stopped) return;
    this.#last = now;
    this.#wanted = null;
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
    if (this.#wanted !== null && !this.#stopped) this.#at(this.#wanted);
  }

  #drop(): void {
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer);
    this.#timer = null;
  }
}
