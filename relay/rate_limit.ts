/** Token buckets. @module */

/** Lets `burst` units through at once and `perSecond` thereafter. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  /** A full bucket. */
  constructor(burst: number, perSecond: number, now: number) {
    this.#burst = burst;
    this.#perMs = perSecond / 1_000;
    this.#tokens = burst;
    this.#at = now;
  }

  #refill(now: number): void {
    if (now <= this.#at) return;
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
  }

  /** Takes `units` and returns 0, or takes nothing and returns the milliseconds until they are there. */
  take(now: number, units = 1): number {
    const wait = this.wait(now, units);
    if (wait === 0) this.spend(units);
    return wait;
  }

  /** Takes `units` for which `wait` has just said 0. */
  spend(units = 1): void {
    this.#tokens -= units;
  }

  /** Milliseconds until `units` can be taken; `Infinity` when they never can. */
  wait(now: number, units = 1): number {
    this.#refill(now);
    if (this.#tokens >= units) return 0;
    if (units > this.#burst || this.#perMs === 0) return Infinity;
    return Math.max(1, Math.ceil((units - this.#tokens) / this.#perMs));
  }

  /** True when nothing is missing, so that a fresh bucket would be the same. */
  full(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= this.#burst;
  }
}
