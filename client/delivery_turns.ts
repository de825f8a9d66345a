/**
 * Whose turn it is (SPEC §9): goes through the authors, gives out what lacks nothing, and gives up what has been
 * waited for long enough.
 *
 * @module
 */
import { toHex } from "../crypto/bytes.ts";
import { ContentKind, isStatement } from "../crypto/content.ts";
import {
  type Author,
  DELIVERY_LIMITS,
  endOfHole,
  firstKey,
  missingSince,
  trim,
  type Waiting,
} from "./delivery_author.ts";
import type { DeliveryEvents } from "./delivery_events.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Id } from "./ids.ts";
import type { LamportTime } from "./lamport_time.ts";
import type { Clock } from "./options.ts";
import type { StillClock } from "./still_clock.ts";

/** What {@linkcode Turns} works on. */
export interface TurnsParts {
  authors: ReadonlyMap<Id, Author>;
  deps: Dependencies;
  lamport: LamportTime;
  /** Runs the timer. */
  clock: Clock;
  /** Counts patience. */
  time: StillClock;
  events: DeliveryEvents;
}

/** Moves the heads of the authors. */
export class Turns {
  readonly #authors: ReadonlyMap<Id, Author>;
  readonly #deps: Dependencies;
  readonly #lamport: LamportTime;
  readonly #clock: Clock;
  readonly #time: StillClock;
  readonly #events: DeliveryEvents;
  /** Of whom it is known whether it may go on; until something moves. */
  readonly #goesOn = new Map<Id, boolean>();
  #timer: unknown = null;
  #running = false;
  #disposed = false;

  /** Nobody's turn until {@linkcode Turns.run}. */
  constructor({ authors, deps, lamport, clock, time, events }: TurnsParts) {
    this.#authors = authors;
    this.#deps = deps;
    this.#lamport = lamport;
    this.#clock = clock;
    this.#time = time;
    this.#events = events;
  }

  /** Stops the timer. */
  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer);
    this.#timer = null;
  }

  /** Stops for good. */
  dispose(): void {
    this.stop();
    this.#disposed = true;
  }

  /** Whether an author is away, and may come back with what is missing of it. */
  mayBring(id: Id): boolean {
    return this.#authors.get(id)?.goodbye !== true && this.#events.isAway(id);
  }

  /** Delivers all whose turn has come; a handler that calls back in is served by the loop already running. */
  run(): void {
    if (this.#running || this.#disposed) return;
    this.#running = true;
    try {
      let moved = true;
      while (moved) {
        moved = false;
        this.#goesOn.clear();
        for (const [id, author] of this.#authors) {
          while (this.#next(id, author)) {
            moved = true;
            this.#goesOn.clear();
          }
          this.#settle(id, author);
        }
      }
    } finally {
      this.#running = false;
    }
    this.#schedule();
  }

  /** Delivers or gives up one thing of an author; true when something moved. */
  #next(id: Id, author: Author): boolean {
    const next = author.waiting.get(author.head.number + 1);
    const behind = next === undefined && (author.waiting.size > 0 || author.claimed > author.head.number);
    author.deadline = null;
    if (next === undefined && this.#passGone(id, author)) return true;
    if (next === undefined && !behind) return false;
    if (next !== undefined && this.#deps.lacking(next).length === 0) {
      author.waiting.delete(author.head.number + 1);
      this.hand(id, author, next, this.#deps.answersToLost(next));
      return true;
    }
    // Counted from its own arrival, so that many that wait for something wait at the same time.
    const deadline = (next?.at ?? missingSince(author)) + this.#patience(id, next);
    // While nobody is there who could be asked, nothing seems to come: that says nothing of what still may.
    if (this.#time.paused || this.#time.now() < deadline) {
      author.deadline = deadline;
      return false;
    }
    if (next !== undefined) {
      author.waiting.delete(author.head.number + 1);
      this.#deps.noteMissed(next);
      this.hand(id, author, next, true);
    } else {
      const to = endOfHole(author, author.claimed);
      this.#skip(id, author, { to, count: to - author.head.number, gone: false, final: false });
    }
    return true;
  }

  /**
   * How long is waited for what is missing: the author's own, or that on which its next content depends, also where
   * that is here and waits itself. An author that is away keeps its place in the order until it is back, or has been
   * away for too long.
   */
  #patience(id: Id, next: Waiting | undefined): number {
    const { waitMs, maxWaitMs } = DELIVERY_LIMITS;
    if (next === undefined && this.mayBring(id)) return Infinity;
    const lacking = next === undefined ? [id] : this.#deps.lacking(next);
    const seen = new Set<Id>();
    if (lacking.some((author) => this.#mayGoOn(author, seen))) return maxWaitMs;
    for (const one of seen) this.#goesOn.set(one, false); // all that these wait for has been looked at, in vain
    return waitMs;
  }

  /** Whether what an author says next may come, or is here and waits only for what may come or has come just now. */
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
    const lacking = this.#deps.lacking(next);
    return lacking.length === 0 || lacking.some((other) => this.#mayGoOn(other, seen));
  }

  /** Passes over numbers that are known to be gone. */
  #passGone(id: Id, author: Author): boolean {
    const at = author.head.number + 1;
    const gone = author.gone.find(({ from, to, byAuthor }) =>
      from <= at && to >= at &&
      (byAuthor === true || author.unmet || this.#events.awaited(id, to) === 0)
    );
    if (gone === undefined) return false;
    const to = endOfHole(author, gone.to);
    author.gone = author.gone.filter((other) => other.to > to);
    const whole = to === gone.to && at === gone.from;
    const count = whole ? gone.messages : Math.min(gone.messages, to - at + 1);
    const byAuthor = gone.byAuthor === true;
    // Before anything shows that it knew of us, nobody has it who was to give it to us.
    this.#skip(id, author, {
      to,
      count: author.unmet ? 0 : count,
      gone: byAuthor,
      final: byAuthor && gone.notMine !== true,
    });
    return true;
  }

  /**
   * Gives up the numbers up to `to`, of which `count` are to be told; `gone` says by their author's own word, `final`
   * that nobody else has them either.
   */
  #skip(
    id: Id,
    author: Author,
    { to, count, gone, final }: { to: number; count: number; gone: boolean; final: boolean },
  ): void {
    const { number: before, lamport } = author.head;
    const meant = this.#deps.meant(id, before, to);
    const told = Math.min(count, meant);
    const waits = !final && meant > 0 && this.#events.awaited(id, before + meant) > 0;
    const opened = waits ? this.#open(author, { from: before + 1, to: before + meant, told: told > 0 }) : 0;
    for (let n = Math.max(before + 1, to - DELIVERY_LIMITS.maxWaiting); n <= to; n++) {
      if (author.unmet && !author.open.has(n)) continue; // it was not for us, or not as far as anybody knows
      author.lost.add(n);
      if (!gone) author.holes.add(n);
    }
    trim(author.holes, DELIVERY_LIMITS.maxWaiting);
    trim(author.lost, DELIVERY_LIMITS.maxWaiting);
    author.head = { number: to, hash: "", lamport };
    if (told > opened) this.#events.lost(id, told - opened);
    if (told > 0 && opened > 0) this.#events.awaiting(id, opened);
  }

  /** Passes numbers over that somebody may have who is away; gives how many of them may still come. */
  #open(author: Author, { from, to, told }: { from: number; to: number; told: boolean }): number {
    if (author.open.size === 0) author.openSince = this.#time.now();
    const room = DELIVERY_LIMITS.maxWaiting - author.open.size;
    const first = Math.max(from, to - room + 1);
    for (let n = first; n <= to; n++) author.open.set(n, told);
    return to - first + 1;
  }

  /** What has been passed over is told as lost when nobody is left who may have it. */
  #settle(id: Id, author: Author): void {
    if (author.open.size === 0) return;
    const last = Math.max(...author.open.keys());
    const until = author.openSince + this.#events.awaited(id, last);
    if (this.#time.paused || this.#time.now() < until) {
      author.deadline = Math.min(author.deadline ?? Infinity, until);
      return;
    }
    const lost = [...author.open].filter(([number, told]) => told && !this.#events.isVoid(id, number)).length;
    author.open.clear();
    if (lost > 0) this.#events.lost(id, lost);
  }

  /** Gives out a content; one that was given up before comes late. */
  hand(id: Id, author: Author, { item, pack }: Waiting, gap: boolean): void {
    const { number, prevHash, lamport } = item.content;
    const before = author.head;
    const late = number <= before.number;
    const sane = this.#lamport.mayFollow(lamport, before) && (late || lamport > before.lamport);
    if (!late) {
      if (before.hash !== "" && number > 1 && before.hash !== toHex(prevHash)) {
        this.#events.equivocation(id, before.number);
      }
      author.head = { number, hash: toHex(item.hash), lamport: sane ? lamport : before.lamport };
    }
    author.hashes.set(number, toHex(item.hash));
    if (author.hashes.size > DELIVERY_LIMITS.maxHashes) author.hashes.delete(firstKey(author.hashes));
    // A removed operator's REMOVE may count above its cut: the room's rules decide, not the order of arrival.
    const removal = item.content.kind === ContentKind.remove;
    if (!removal && this.#events.isVoid(id, number)) return this.#events.voided(item);
    if (!sane) return;
    if (author.unmet && this.#events.knewUs(id, item)) {
      author.unmet = false;
      author.start = author.notOurs = number - 1;
    }
    if (author.unmet && !isStatement(item.content.kind)) return;
    this.#lamport.saw(lamport);
    this.#events.deliver({ author: id, item, pack, gap });
  }

  #schedule(): void {
    this.stop();
    let earliest = Infinity;
    let missing = false;
    for (const { deadline } of this.#authors.values()) {
      if (deadline === null) continue;
      missing = true;
      earliest = Math.min(earliest, deadline);
    }
    if (!missing || this.#disposed) return;
    this.#events.missing();
    if (this.#time.paused || earliest === Infinity) return;
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = null;
      this.run();
    }, Math.max(1, earliest - this.#time.now()));
  }
}
