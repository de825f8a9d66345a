/** What one place may send, over all its connections; buckets are made when first needed. @module */
import type { Limits } from "../wire/mod.ts";
import { TokenBucket } from "./rate_limit.ts";

/** The allowances of a place, which coming back does not renew. Each method takes, or returns milliseconds to wait. */
export class Budgets {
  readonly #limits: Limits;
  #room: TokenBucket | undefined;
  #roomBytes: TokenBucket | undefined;
  #droppable: TokenBucket | undefined;
  #table: TokenBucket | undefined;

  /** Full allowances. */
  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** One reliable frame of so many bytes to the room. */
  room(now: number, bytes: number): number {
    const frames = this.#room ??= this.#frameBucket(now);
    const burst = this.#roomBytes ??= this.#byteBucket(now);
    const wait = Math.max(frames.wait(now), burst.wait(now, bytes));
    if (wait > 0) return wait;
    frames.spend();
    burst.spend(bytes);
    return 0;
  }

  #frameBucket(now: number): TokenBucket {
    const { rateCount, rateWindowMs } = this.#limits;
    return new TokenBucket(rateCount, rateCount * 1_000 / rateWindowMs, now);
  }

  /** Without it, one member could send so much at once that all others would seem to read too slowly. */
  #byteBucket(now: number): TokenBucket {
    const { rateCount, rateWindowMs, rateBurstBytes, maxPayload } = this.#limits;
    const perSecond = rateCount * maxPayload * 1_000 / rateWindowMs;
    return new TokenBucket(Math.max(rateBurstBytes, maxPayload), perSecond, now);
  }

  /** One droppable frame to the room. */
  droppable(now: number): number {
    const { droppableBurst, droppableRate } = this.#limits;
    return (this.#droppable ??= new TokenBucket(droppableBurst, droppableRate, now)).take(now);
  }

  /**
   * A table of so many bytes going out. What may be dropped leaves half of the burst to what may not: keys do not wait
   * behind files.
   */
  table(now: number, bytes: number, { droppable }: { droppable: boolean }): number {
    const { tableBurstBytes, tableBytesRate } = this.#limits;
    const bucket = this.#table ??= new TokenBucket(tableBurstBytes, tableBytesRate, now);
    const whole = Math.max(bytes, Math.min(tableBurstBytes, bytes + tableBurstBytes / 2));
    const left = droppable ? bucket.wait(now, whole) : 0;
    return left > 0 ? left : bucket.take(now, bytes);
  }
}
