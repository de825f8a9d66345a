/** What contents depend on, across all authors (SPEC §9): what of it is missing, lost, or void. @module */
import {
  type Author,
  DELIVERY_LIMITS,
  holes,
  lastKnown,
  openRanges,
  type Waiting,
} from "./delivery_author.ts";
import type { DeliveryEvents } from "./delivery_events.ts";
import { type Id, idOf } from "./ids.ts";

/** Answers what is still waited for. */
export class Dependencies {
  readonly #authors: ReadonlyMap<Id, Author>;
  readonly #events: Pick<DeliveryEvents, "isVoid" | "isGone" | "isAway" | "isExpired">;
  /** Up to where nothing is waited for of authors that have not introduced themselves. */
  readonly #strangers = new Map<Id, number>();

  /** Looks at `authors` as they are at each moment. */
  constructor(
    authors: ReadonlyMap<Id, Author>,
    events: Pick<DeliveryEvents, "isVoid" | "isGone" | "isAway" | "isExpired">,
  ) {
    this.#authors = authors;
    this.#events = events;
  }

  /** What somebody said up to `number` that has not introduced itself was not for us; false if that is no news. */
  notForUs(id: Id, number: number): boolean {
    if (number <= (this.#strangers.get(id) ?? 0)) return false;
    if (this.#strangers.size < DELIVERY_LIMITS.maxStrangers) this.#strangers.set(id, number);
    return true;
  }

  /** An author has introduced itself: from now on it is waited for by its own word. */
  introduced(id: Id): void {
    this.#strangers.delete(id);
  }

  /** Forgets everything. */
  clear(): void {
    this.#strangers.clear();
  }

  /** What is missing, by author: up to 64 ranges each. */
  missing(): { author: Id; from: number; to: number }[] {
    const out: { author: Id; from: number; to: number }[] = [];
    const needed = this.#needed();
    for (const [id, author] of this.#authors) {
      out.push(...openRanges(author).map((range) => ({ author: id, ...range })));
      const known = Math.max(lastKnown(author), needed.get(id) ?? 0);
      if (author.hint || known <= author.head.number) continue;
      const to = author.head.number + this.meant(id, author.head.number, known);
      if (to <= author.head.number) continue;
      if (to - author.head.number > DELIVERY_LIMITS.maxAhead) continue;
      out.push(...holes(author, to).map((range) => ({ author: id, ...range })));
    }
    return out;
  }

  /** Whether a content answers to something that has been given up. */
  answersToLost(waiting: Waiting): boolean {
    return waiting.item.content.deps.some(({ memberId, number }) => {
      const id = idOf(memberId);
      return this.#authors.get(id)?.lost.has(number) === true && !this.#events.isVoid(id, number);
    });
  }

  /** Somebody has something of another author that we do not have, and goes on without it. */
  noteMissed(waiting: Waiting): void {
    for (const { memberId, number } of waiting.item.content.deps) {
      const author = this.#authors.get(idOf(memberId));
      if (author === undefined || author.hint || number <= author.head.number) continue;
      if (number - author.head.number <= DELIVERY_LIMITS.maxWaiting) {
        author.missed = Math.max(author.missed, number);
      }
    }
  }

  /** The authors of whom something is missing on which this content depends. */
  lacking(waiting: Waiting): Id[] {
    return waiting.item.content.deps.filter(({ memberId, number }) => {
      const id = idOf(memberId);
      const author = this.#authors.get(id);
      if ((author?.head.number ?? 0) >= number || this.#events.isVoid(id, number)) return false;
      if (author?.hint === false && !author.unmet) return true;
      // Who has gone without a word to us will not say any: what it said was not for us.
      if (this.#events.isGone(id) || this.#events.isExpired(id)) return false;
      return number > (this.#strangers.get(id) ?? 0) || !this.#events.isAway(id);
    }).map(({ memberId }) => idOf(memberId));
  }

  /** How many of the numbers above `from` up to `to` are not void: nobody loses what counts for nobody. */
  meant(id: Id, from: number, to: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = low + Math.ceil((high - low) / 2); // the sum of two may be more than a number holds
      if (this.#events.isVoid(id, middle)) high = middle - 1;
      else low = middle;
    }
    return low - from;
  }

  /** Up to where each author is needed by what comes next of any. */
  #needed(): Map<Id, number> {
    const needed = new Map<Id, number>();
    for (const author of this.#authors.values()) {
      const next = author.waiting.get(author.head.number + 1);
      for (const { memberId, number } of next?.item.content.deps ?? []) {
        const id = idOf(memberId);
        needed.set(id, Math.max(needed.get(id) ?? 0, number));
      }
    }
    return needed;
  }
}
