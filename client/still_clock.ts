/** A clock for patience: it stands still while there is nobody to wait for. @module */
import type { Clock } from "./options.ts";

/** Time as it passes for what is waited for. */
export class StillClock {
  readonly #clock: Clock;
  #pausedAt: number | null = null;
  #pausedMs = 0;

  /** Goes as `clock` does. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it stands still. */
  get paused(): boolean {
    return this.#pausedAt !== null;
  }

  /** Milliseconds, less those for which it stood still. */
  now(): number {
    return (this.#pausedAt ?? this.#clock.now()) - this.#pausedMs;
  }

  /** Stands still from now on. */
  pause(): void {
    this.#pausedAt ??= this.#clock.now();
  }

  /** Goes on. */
  resume(): void {
    if (this.#pausedAt === null) return;
    this.#pausedMs += this.#clock.now() - this.#pausedAt;
    this.#pausedAt = null;
  }
}
