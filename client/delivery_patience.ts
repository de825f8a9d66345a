/** For how long an author's turn is waited for (SPEC §9). @module */
import { type Author, DELIVERY_LIMITS, missingSince, type Waiting } from "./delivery_author.ts";
import type { DeliveryEvents } from "./delivery_events.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Id } from "./ids.ts";
import type { StillClock } from "./still_clock.ts";

/** What {@linkcode Patience} looks at. */
export interface PatienceParts {
  authors: ReadonlyMap<Id, Author>;
  deps: Dependencies;
  time: StillClock;
  events: Pick<DeliveryEvents, "mayCome" | "awaited" | "isAway">;
}

/** Says until when something is waited for. */
export class Patience {
  readonly #authors: ReadonlyMap<Id, Author>;
  readonly #deps: Dependencies;
  readonly #time: StillClock;
  readonly #events: PatienceParts["events"];
  /** Of whom it is known whether it may go on; until something moves. */
  readonly #goesOn = new Map<Id, boolean>();

  /** Nothing is known of anybody. */
  constructor({ authors, deps, time, events }: PatienceParts) {
    this.#authors = authors;
    this.#deps = deps;
    this.#time = time;
    this.#events = events;
  }

  /** Something has moved, or may have: what was found before counts no longer. */
  anew(): void {
    this.#goesOn.clear();
  }

  /**
   * Until when an author's next content is waited for, or what that lacks. Counted from its own arrival, so that many
   * that wait for something wait at the same time.
   */
  until(id: Id, author: Author, next: Waiting | undefined): number {
    const since = next?.at ?? missingSince(author);
    return since + (this.#isFresh(since) ? DELIVERY_LIMITS.waitMs : this.#patience(id, next));
  }

  /** Whether an author is away, and may come back with what is missing of it. */
  mayBring(id: Id): boolean {
    return this.#authors.get(id)?.goodbye !== true && this.#events.isAway(id);
  }

  /** Whether what waits since then is waited for by itself, whatever may come of it. */
  #isFresh(since: number): boolean {
    return this.#time.read() < since + DELIVERY_LIMITS.waitMs;
  }

  /**
   * How long is waited for what is missing: the author's own, or that on which its next content depends, also where
   * that is here and waits itself. An author that is away keeps its place in the order until it is back, or has been
   * away for too long.
   */
  #patience(id: Id, next: Waiting | undefined): number {
    const { waitMs, maxWaitMs, orderMs } = DELIVERY_LIMITS;
    if (next === undefined && this.mayBring(id)) return Infinity;
    if (next === undefined && this.#events.mayCome(id)) return orderMs;
    const lacking = next === undefined ? [id] : this.#deps.lacking(next);
    const seen = new Set<Id>();
    if (lacking.some((author) => this.#mayGoOn(author, seen))) return maxWaitMs;
    for (const one of seen) this.#goesOn.set(one, false); // all that these wait for has been looked at, in vain
    return waitMs;
  }

  /** Whether what an author says next may come, or is here and waits for what may come, or has not waited for long. */
  #mayGoOn(id: Id, seen: Set<Id>): boolean {
    const known = this.#goesOn.get(id);
    if (known !== undefined || seen.has(id)) return known === true;
    seen.add(id);
    const may = this.#events.mayCome(id) || this.mayBring(id) || this.#events.awaited(id) > 0 ||
      this.#mayFollow(id, seen);
    if (may) this.#goesOn.set(id, true);
    return may;
  }

  #mayFollow(id: Id, seen: Set<Id>): boolean {
    const author = this.#authors.get(id);
    const next = author?.waiting.get(author.head.number + 1);
    if (next === undefined) return false;
    if (this.#isFresh(next.at)) return true; // it is given out before long, with a gap or without
    const lacking = this.#deps.lacking(next);
    return lacking.length === 0 || lacking.some((other) => this.#mayGoOn(other, seen));
  }
}
