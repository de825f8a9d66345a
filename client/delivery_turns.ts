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
  trim,
  waitAnew,
  type Waiting,
} from "./delivery_author.ts";
import type { DeliveryEvents } from "./delivery_events.ts";
import { Looks } from "./delivery_looks.ts";
import { Patience } from "./delivery_patience.ts";
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

/** Whether an author has said something that is not here. */
function isBehind(author: Author): boolean {
  return author.waiting.size > 0 || author.claimed > author.head.number;
}

/** Moves the heads of the authors. */
export class Turns {
  readonly #authors: ReadonlyMap<Id, Author>;
  readonly #deps: Dependencies;
  readonly #lamport: LamportTime;
  readonly #time: StillClock;
  readonly #events: DeliveryEvents;
  readonly #patience: Patience;
  readonly #looks: Looks;
  #running = false;
  #disposed = false;

  /** Nobody's turn until {@linkcode Turns.run}. */
  constructor({ authors, deps, lamport, clock, time, events }: TurnsParts) {
    this.#authors = authors;
    this.#deps = deps;
    this.#lamport = lamport;
    this.#time = time;
    this.#events = events;
    this.#looks = new Looks({ clock, time, run: () => this.run() });
    this.#patience = new Patience({ authors, deps, time, events });
  }

  /** Stops the timer. */
  stop(): void {
    this.#looks.stop();
  }

  /** What is waited for, of one author or of all, is waited for from now on. */
  anew(only?: Id): void {
    const now = this.#time.now();
    for (const [id, author] of this.#authors) if (only === undefined || id === only) waitAnew(author, now);
  }

  /** Stops for good. */
  dispose(): void {
    this.stop();
    this.#disposed = true;
  }

  /** Whether an author is away, and may come back with what is missing of it. */
  mayBring(id: Id): boolean {
    return this.#patience.mayBring(id);
  }

  /** Delivers all whose turn has come; a handler that calls back in is served by the loop already running. */
  run(): void {
    if (this.#running || this.#disposed) return;
    this.#running = true;
    // Others have had no time either, or were not asked: who could give what is missing must be found again first.
    if (this.#looks.haveSlept) this.anew();
    try {
      do {
        while (this.#pass()) { /* what one has said may be what another waits for */ }
      } while (this.#giveUpDue(true) || this.#giveUpDue(false));
    } finally {
      this.#running = false;
    }
    this.#schedule();
  }

  /** Goes through the authors once; true when something moved. */
  #pass(): boolean {
    this.#patience.anew();
    let moved = false;
    for (const [id, author] of this.#authors) {
      while (this.#next(id, author)) moved = true;
      this.#settle(id, author);
    }
    return moved;
  }

  /**
   * Gives up what has been waited for long enough; true when something moved. What waits for something that is not here
   * comes `first`: what waits for that is given out after it and lacks nothing. Then, one at a time, what is left: such
   * as waits for one another, or has waited for as long as anything may.
   */
  #giveUpDue(first: boolean): boolean {
    let moved = false;
    for (const [id, author] of this.#authors) {
      if (author.deadline === null || this.#time.read() < author.deadline) continue;
      while (this.#giveUp(id, author, first)) {
        moved = true;
        if (!first) return true;
        while (this.#next(id, author)) { /* what it had said after that */ }
      }
    }
    return moved;
  }

  /** Delivers one thing of an author, or passes over what is gone; true when something moved. */
  #next(id: Id, author: Author): boolean {
    const next = author.waiting.get(author.head.number + 1);
    author.deadline = null;
    if (next === undefined && !this.#passGone(id, author)) {
      if (isBehind(author)) author.deadline = this.#patience.until(id, author, next);
      return false;
    }
    if (next === undefined) return this.#moved();
    if (this.#deps.lacking(next).length > 0) {
      author.deadline = this.#patience.until(id, author, next);
      return false;
    }
    author.waiting.delete(author.head.number + 1);
    this.hand(id, author, next, this.#deps.answersToLost(next));
    return this.#moved();
  }

  /** Gives up what an author's next content lacks, or the content itself, if that is due; true when something moved. */
  #giveUp(id: Id, author: Author, first: boolean): boolean {
    const next = author.waiting.get(author.head.number + 1);
    const lacking = next === undefined ? [] : this.#deps.lacking(next);
    if (next === undefined ? !isBehind(author) : lacking.length === 0) return false;
    if (first && lacking.some((other) => this.#isHere(other))) return false;
    // While nobody is there who could be asked, nothing seems to come: that says nothing of what still may.
    if (this.#time.paused || this.#time.read() < this.#patience.until(id, author, next)) return false;
    if (next !== undefined) {
      author.waiting.delete(author.head.number + 1);
      this.#deps.noteMissed(next);
      this.hand(id, author, next, true);
    } else {
      const to = endOfHole(author, author.claimed);
      this.#skip(id, author, { to, count: to - author.head.number, gone: false, final: false });
    }
    return this.#moved();
  }

  /** Whether an author's next content is here, and waits itself. */
  #isHere(id: Id): boolean {
    const author = this.#authors.get(id);
    return author !== undefined && author.waiting.has(author.head.number + 1);
  }

  #moved(): true {
    this.#patience.anew();
    return true;
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
    this.#looks.wait(earliest);
  }
}
