/** What has become of one's own messages: sent when the relay took them, delivered when a member has them. @module */
import type { SessionEvent } from "./events.ts";
import { type Id, messageId } from "./ids.ts";

/** Most own messages whose fate is followed. */
export const MAX_FOLLOWED = 20_000;

/** Most ranges of what cannot reach a member that are remembered of each. */
export const MAX_GONE = 64;

/** Follows own messages. */
export class Receipts {
  readonly #me: Id;
  readonly #emit: (event: SessionEvent) => void;
  readonly #followed: { number: number; ref: string | number | null }[] = [];
  readonly #handed: { last: number; ticket: number }[] = [];
  readonly #refs = new Map<number, string | number | null>();
  readonly #covered = new Map<Id, number>();
  readonly #gone = new Map<Id, { from: number; to: number }[]>();

  /** Tells through `emit`. */
  constructor(me: Id, emit: (event: SessionEvent) => void) {
    this.#me = me;
    this.#emit = emit;
  }

  /** A message has its number. */
  follow(number: number, ref: string | number | null): void {
    this.#refs.set(number, ref);
    this.#followed.push({ number, ref });
    if (this.#followed.length > MAX_FOLLOWED) this.#refs.delete(this.#followed.shift()?.number ?? 0);
  }

  /** Everything up to `last` has been handed to the link. */
  handed(last: number, ticket: number): void {
    this.#handed.push({ last, ticket });
  }

  /** The relay took everything up to `ticket`. */
  acked(ticket: number): void {
    let upTo = 0;
    while (this.#handed.length > 0 && (this.#handed[0]?.ticket ?? Infinity) <= ticket) {
      upTo = this.#handed.shift()?.last ?? upTo;
    }
    if (upTo === 0) return;
    for (const number of this.#refs.keys()) {
      if (number > upTo) break;
      this.#taken(number);
    }
  }

  #taken(number: number): void {
    const ref = this.#refs.get(number);
    if (ref === undefined) return;
    this.#refs.delete(number);
    this.#emit({ type: "sent", id: messageId(this.#me, number), ref });
  }

  /** Messages that have their number and that the relay has not taken yet. */
  get untaken(): number {
    return this.#refs.size;
  }

  /** Whether the relay has taken everything handed to it. */
  get allTaken(): boolean {
    return this.#handed.length === 0;
  }

  /** These cannot reach `to` any more, whatever it has of what came after them. */
  gone(to: Id, from: number, upTo: number): void {
    const ranges = this.#gone.get(to) ?? [];
    ranges.push({ from, to: upTo });
    this.#gone.set(to, ranges.slice(-MAX_GONE));
  }

  /** `to` has everything up to `upTo`. */
  covered(to: Id, upTo: number): void {
    const before = this.#covered.get(to) ?? 0;
    this.#covered.set(to, Math.max(before, upTo));
    for (let i = this.#firstAbove(before); i < this.#followed.length; i++) {
      const number = this.#followed[i]?.number ?? 0;
      if (number > upTo) break;
      if (this.#gone.get(to)?.some((range) => number >= range.from && number <= range.to)) continue;
      this.#taken(number); // whoever has it has it from the relay, whose word for it may be lost
      this.#emit({ type: "delivered", id: messageId(this.#me, number), to });
    }
  }

  #firstAbove(number: number): number {
    let low = 0;
    let high = this.#followed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#followed[middle]?.number ?? 0) <= number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** This message has disappeared: who has it is no longer told. Whether the relay took it still counts. */
  forget(number: number): void {
    const at = this.#firstAbove(number - 1);
    if (this.#followed[at]?.number === number) this.#followed.splice(at, 1);
  }

  /** A newcomer cannot have what was said before it came. */
  startAt(to: Id, number: number): void {
    if (!this.#covered.has(to)) this.#covered.set(to, number);
  }
}
