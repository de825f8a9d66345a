/** A token bucket: how often something may happen, with room for a burst. @module */
import type { Clock } from "./options.ts";

/** Starts full; refills steadily. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  /** `capacity` is the burst, `perMs` the refill a millisecond. */
  constructor(clock: Clock, options: { capacity: number; perMs: number }) {
    this.#clock = clock;
    this.#capacity = options.capacity;
    this.#perMs = options.perMs;
    this.#tokens = options.capacity;
    this.#at = clock.now();
  }

  /** Takes one token if there is one. */
  take(): boolean {
    this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Milliseconds until there is a token; 0 when there is one. */
  wait(): number {
    this.#refill();
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#perMs);
  }

  /** How full it is, from 0 to 1. */
  get level(): number {
    this.#refill();
    return this.#tokens / this.#capacity;
  }

  #refill(): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
