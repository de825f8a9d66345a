/** What has been handed to sockets and has not left, over the whole relay. @module */
import { CloseCode } from "../wire/mod.ts";
import type { Counters } from "./counters.ts";

/** How far cutting off goes once it begins, so that it does not begin again at once. */
const RELIEVED = 0.75;

/** Somebody who reads. */
export interface Debtor {
  /** Unsent bytes, as measured last. */
  readonly buffered: number;
  /** True once it is being closed. */
  readonly closing: boolean;
  /** Measures again. */
  measure(): void;
  /** Closes it. */
  close(code: number): void;
}

/**
 * The sum of all unsent bytes. One reader has a limit of its own; this one holds when very many of them each stay
 * under theirs: the readers with the most are cut off first.
 */
export class Backlog {
  /** Unsent bytes of open connections, as measured last. */
  open = 0;
  /** Those of connections that are closing: they stay in memory until the other end hangs up or is given up. */
  closing = 0;
  readonly #limit: number;
  readonly #readers: Iterable<Debtor>;
  readonly #counters: Counters;

  /** Nothing unsent. */
  constructor(limit: number, readers: Iterable<Debtor>, counters: Counters) {
    this.#limit = limit;
    this.#readers = readers;
    this.#counters = counters;
  }

  /** True when nobody further should be let in. */
  get full(): boolean {
    return this.open + this.closing > this.#limit;
  }

  /** The largest unsent part of one reader, as measured last. */
  largest(): number {
    let largest = 0;
    for (const { buffered } of this.#readers) largest = Math.max(largest, buffered);
    return largest;
  }

  /** Cuts off those who read the slowest, when all together have too much unsent. */
  relieve(): void {
    if (this.open <= this.#limit) return;
    const holding = [...this.#readers].filter(({ buffered, closing }) => buffered > 0 && !closing);
    for (const reader of holding) reader.measure(); // some of it has left since
    if (this.open <= this.#limit) return;
    holding.sort((a, b) => b.buffered - a.buffered);
    for (const reader of holding) {
      if (this.open <= RELIEVED * this.#limit) return;
      this.#counters.drops.relayMemory++;
      reader.close(CloseCode.tooSlow);
    }
  }
}
