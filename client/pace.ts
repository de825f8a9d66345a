/** When the next frame to the room may go: under the relay's announced rate, and not before it says so. @module */
import type { Clock } from "./options.ts";
import { TokenBucket } from "./token_bucket.ts";

/** Paces the frames to the room, so that a well-behaved client is never refused. */
export class Pace {
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  #pausedUntil = 0;

  /** Keeps `rateCount` frames in `rateWindowMs`, less two that are left for the last word. */
  constructor(clock: Clock, { rateCount, rateWindowMs }: { rateCount: number; rateWindowMs: number }) {
    this.#clock = clock;
    const capacity = Math.max(1, rateCount - 2);
    this.#bucket = new TokenBucket(clock, { capacity, perMs: capacity / Math.max(1, rateWindowMs) });
  }

  /** Whether the relay has asked for a pause. */
  get paused(): boolean {
    return this.#pausedUntil > this.#clock.now();
  }

  /** The relay asks for a pause. */
  pause(ms: number): void {
    this.#pausedUntil = this.#clock.now() + ms;
  }

  /** The pause that was asked for is over: there is another connection. */
  unpause(): void {
    this.#pausedUntil = 0;
  }

  /** Milliseconds until the next frame may go; 0 when it may go now. */
  wait(): number {
    return Math.max(this.#pausedUntil - this.#clock.now(), this.#bucket.wait(), 0);
  }

  /** How much of the rate is left, from 0 to 1. */
  get spare(): number {
    return this.#bucket.level;
  }

  /** Takes a place if there is one. */
  take(): boolean {
    return this.#bucket.take();
  }
}
