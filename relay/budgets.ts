/** What one connection may send; buckets are made when first needed. @module */
import type { Limits } from "../wire/mod.ts";
import { TokenBucket } from "./rate_limit.ts";

/** The allowances of a connection. Each method takes, or returns milliseconds to wait. */
export class Budgets {
  readonly #limits: Limits;
  #room: TokenBucket | undefined;
  #droppable: TokenBucket | undefined;
  #table: TokenBucket | undefined;
  #control: TokenBucket | undefined;

  /** Full allowances. */
  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** One reliable frame to the room. */
  room(now: number): number {
    const { rateCount, rateWindowMs } = this.#limits;
    return (this.#room ??= new TokenBucket(rateCount, rateCount * 1_000 / rateWindowMs, now)).take(now);
  }

  /** One droppable frame to the room. */
  droppable(now: number): number {
    const { droppableBurst, droppableRate } = this.#limits;
    return (this.#droppable ??= new TokenBucket(droppableBurst, droppableRate, now)).take(now);
  }

  /** A table of so many bytes going out. */
  table(now: number, bytes: number): number {
    const { tableBurstBytes, tableBytesRate } = this.#limits;
    return (this.#table ??= new TokenBucket(tableBurstBytes, tableBytesRate, now)).take(now, bytes);
  }

  /** One frame of any other type. */
  control(now: number): number {
    const { controlBurst, controlRate } = this.#limits;
    return (this.#control ??= new TokenBucket(controlBurst, controlRate, now)).take(now);
  }
}
