/**
 * A clock for patience: it stands still while there is nobody to wait for, and what is waited for is looked for in all
 * that has come before it is given up.
 *
 * @module
 */
import type { Clock } from "./options.ts";

/** What has been lying here unread for longer than this is waited for no longer, in milliseconds. */
export const MAX_UNREAD_MS = 600_000;

/** Time as it passes for what is waited for. */
export class StillClock {
  readonly #clock: Clock;
  readonly #unreadMs: () => number;
  #pausedAt: number | null = null;
  #pausedMs = 0;

  /** Goes as `clock` does. `unreadMs` says for how long the oldest of what has come has been lying here unread. */
  constructor(clock: Clock, unreadMs: () => number = () => 0) {
    this.#clock = clock;
    this.#unreadMs = unreadMs;
  }

  /** Whether it stands still. */
  get paused(): boolean {
    return this.#pausedAt !== null;
  }

  /** Milliseconds, less those for which it stood still. */
  now(): number {
    return (this.#pausedAt ?? this.#clock.now()) - this.#pausedMs;
  }

  /** Whether something lies here unread. */
  get isBehind(): boolean {
    return this.#unreadMs() > 0;
  }

  /** The time up to which all that has come has been read: of what came later nothing is missing yet. */
  read(): number {
    return this.now() - Math.min(this.#unreadMs(), MAX_UNREAD_MS);
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
