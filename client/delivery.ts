/**
 * Puts contents in order (SPEC §9): each author's by number, and none before what it depends on.
 *
 * What is missing is waited for, a bounded time and a bounded amount; then the gap is reported and what
 * comes after it goes on. Two different contents of one author under one number are reported by name.
 *
 * @module
 */
import { ContentKind, isStatement } from "../crypto/content.ts";
import type { Pack, PackedContent } from "../crypto/pack.ts";
import { toHex } from "../crypto/bytes.ts";
import {
  type Author,
  DELIVERY_LIMITS,
  endOfHole,
  firstKey,
  type Gone,
  hashOf,
  type Head,
  holes,
  lastKnown,
  lastShown,
  makeRoom,
  missingSince,
  newAuthor,
  trim,
  type Waiting,
} from "./delivery_author.ts";
import type { Id } from "./ids.ts";
import { idOf } from "./ids.ts";
import type { Clock } from "./options.ts";

export type { Pack, PackedContent } from "../crypto/pack.ts";
export { DELIVERY_LIMITS, type Gone, type Head } from "./delivery_author.ts";

/** A content whose turn has come. */
export interface Delivered {
  author: Id;
  item: PackedContent;
  pack: Pack;
  /** True when something that it follows or depends on has not arrived. */
  gap: boolean;
}

/** What {@linkcode Delivery} tells. */
export interface DeliveryEvents {
  /** A content's turn has come. */
  deliver(delivered: Delivered): void;
  /** A content has come that counts for nobody. */
  voided(item: PackedContent): void;
  /** `count` contents of `author` are given up for lost. */
  lost(author: Id, count: number): void;
  /** `author` said two different things under `number`. */
  equivocation(author: Id, number: number): void;
  /** Whether what `author` says from `number` on is void, so that nothing needs to wait for it. */
  isVoid(author: Id, number: number): boolean;
  /** Whether what is missing of `author` has been asked for and may still come. */
  mayCome(author: Id): boolean;
  /** Whether the author is a member that is not connected, so that it may bring itself what is missing of it. */
  isAway(author: Id): boolean;
  /** Whether the author has been a member here and is none any more. */
  isGone(author: Id): boolean;
  /** Whether this content of `author` shows that it knew of us. */
  knewUs(author: Id, item: PackedContent): boolean;
  /** Something is missing: it may be asked for. */
  missing(): void;
}

/** The contents of all authors of a room, on their way to being shown. */
export class Delivery {
  readonly #authors = new Map<Id, Author>();
  /** Up to where nothing is waited for of authors that have not introduced themselves. */
  readonly #strangers = new Map<Id, number>();
  readonly #clock: Clock;
  readonly #events: DeliveryEvents;
  #timer: unknown = null;
  #running = false;
  #lamport = 0;
  #pausedAt: number | null = null;
  #pausedMs = 0;
  #disposed = false;

  /** Starts with no authors. */
  constructor(clock: Clock, events: DeliveryEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  /** Everybody's head, as far as delivered here; hints are not among them. */
  vector(): Map<Id, Head> {
    const out = new Map<Id, Head>();
    for (const [id, author] of this.#authors) if (!author.hint) out.set(id, author.head);
    return out;
  }

  /** The head of one author, if anything of it counts as delivered. */
  head(author: Id): Head | undefined {
    return this.#authors.get(author)?.head;
  }

  /** Largest Lamport time known here; what runs too far ahead moves it by little. */
  get lamport(): number {
    return this.#lamport;
  }

  /** A Lamport time that is known from elsewhere. */
  sawLamport(lamport: number): void {
    this.#lamport = Math.max(
      this.#lamport,
      Math.min(lamport, this.#lamport + DELIVERY_LIMITS.maxLamportStep),
    );
  }

  /** Where an author stands by its own word: what it said up to there was not for us. Never moves a head back. */
  setHead(id: Id, head: Head): void {
    const author = this.#author(id);
    const fresh = author.hint || head.number > author.head.number;
    if (fresh || (head.number === author.head.number && author.head.hash === "")) {
      const known = Math.max(this.#lamport, author.head.lamport);
      author.head = { ...head, lamport: Math.min(head.lamport, known + DELIVERY_LIMITS.maxLamportStep) };
    }
    if (author.hint) author.start = head.number;
    author.hint = false;
    this.#strangers.delete(id);
    if (author.rumoured > author.head.number) this.#events.missing();
    this.sawLamport(head.lamport);
    for (const number of author.waiting.keys()) {
      if (number <= author.head.number) author.waiting.delete(number);
    }
    this.#run();
  }

  /** Where an author stands by somebody else's word: it counts until the author itself has said. */
  hint(id: Id, number: number): void {
    if (this.#authors.has(id)) return;
    const author = this.#author(id);
    author.head = { number, hash: "", lamport: 0 };
    author.hint = true;
  }

  /** An author's own word that it has said things up to `number`: what does not arrive in time is lost. */
  claim(id: Id, number: number): void {
    const author = this.#author(id);
    if (number <= author.head.number || number - author.head.number > DELIVERY_LIMITS.maxAhead) return;
    if (author.claimed <= author.head.number) author.claimedAt = this.#now();
    author.claimed = Math.max(author.claimed, number);
    this.#run();
  }

  /** What somebody said up to `number` that has not introduced itself was not for us, but for what others passed on. */
  notForUs(id: Id, number: number): void {
    if (this.startOf(id) !== null || number <= (this.#strangers.get(id) ?? 0)) return;
    if (this.#strangers.size < DELIVERY_LIMITS.maxStrangers) this.#strangers.set(id, number);
    this.#run();
  }

  /** What an author had said when it introduced itself; `null` while it has not. */
  startOf(id: Id): number | null {
    const author = this.#authors.get(id);
    return author === undefined || author.hint ? null : author.start;
  }

  /** Somebody else's word that an author has said things up to `number`. */
  rumour(id: Id, number: number): void {
    const author = this.#authors.get(id);
    if (author === undefined || number <= author.rumoured) return;
    if (this.#clock.now() - author.refutedAt < DELIVERY_LIMITS.deafMs) return;
    if (number <= author.head.number || number - author.head.number > DELIVERY_LIMITS.maxAhead) return;
    author.rumoured = number;
    if (!author.hint) this.#events.missing();
  }

  /** These numbers are not to be had any more. */
  gone(id: Id, gone: Gone): void {
    const author = this.#authors.get(id);
    if (author === undefined || author.hint) return;
    // Rumours may be asked for, but take no number from the author: what it says later would count as old.
    const to = Math.min(gone.to, lastShown(author));
    if (to <= author.head.number || to < gone.from) return;
    author.gone.push({ ...gone, to, messages: Math.min(gone.messages, to - gone.from + 1) });
    if (author.gone.length > DELIVERY_LIMITS.maxGone) author.gone.shift();
    this.#run();
  }

  /** What is missing, by author: up to 64 ranges each. */
  missing(): { author: Id; from: number; to: number }[] {
    const out: { author: Id; from: number; to: number }[] = [];
    const needed = new Map<Id, number>();
    for (const author of this.#authors.values()) {
      const next = author.waiting.get(author.head.number + 1);
      for (const { memberId, number } of next?.item.content.deps ?? []) {
        const id = idOf(memberId);
        needed.set(id, Math.max(needed.get(id) ?? 0, number));
      }
    }
    for (const [id, author] of this.#authors) {
      const known = Math.max(lastKnown(author), needed.get(id) ?? 0);
      if (author.hint || known <= author.head.number) continue;
      const to = author.head.number + this.#meant(id, author.head.number, known);
      if (to <= author.head.number) continue;
      if (to - author.head.number > DELIVERY_LIMITS.maxAhead) continue;
      out.push(...holes(author, to).map((range) => ({ author: id, ...range })));
    }
    return out;
  }

  /** Whether something of this author that counts was given up without its own word that it is gone. */
  lacks(id: Id): boolean {
    const author = this.#authors.get(id);
    if (author === undefined) return false;
    const counts = (number: number): boolean => !this.#events.isVoid(id, number);
    const { holes, missed, head } = author;
    return (missed > head.number && counts(head.number + 1)) || [...holes].some(counts);
  }

  /** Whether a statement of `id` that somebody passes on can be one that we have not had in its turn. */
  isNews(id: Id, { number, lamport }: { number: number; lamport: number }): boolean {
    const author = this.#authors.get(id);
    if (author === undefined || author.hint || author.lost.has(number)) return true;
    return number > author.head.number && lamport > author.head.lamport;
  }

  /** The author itself knows nothing of what others say that it has said. */
  refute(id: Id): void {
    const author = this.#authors.get(id);
    if (author === undefined || author.rumoured <= author.head.number) return;
    author.rumoured = 0;
    author.refutedAt = this.#clock.now();
  }

  /** Looks again, after something that the events tell has changed. */
  look(): void {
    this.#run();
  }

  /** Time stands still for what is waited for: nobody is there who could give it. */
  pause(): void {
    this.#pausedAt ??= this.#clock.now();
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer);
    this.#timer = null;
  }

  /** What is waited for is waited for from now on: somebody has begun to give it, or is there to do so. */
  waitAnew(only?: Id): void {
    for (const [id, author] of this.#authors) {
      if (only !== undefined && id !== only) continue;
      author.claimedAt = this.#now();
      for (const waiting of author.waiting.values()) waiting.at = this.#now();
    }
    this.#run();
  }

  /** Time goes on. */
  resume(): void {
    if (this.#pausedAt === null) return;
    this.#pausedMs += this.#clock.now() - this.#pausedAt;
    this.#pausedAt = null;
    this.#run();
  }

  /** Whether `author` is known to have said something else under this number; tells so. */
  contradicts(id: Id, number: number, hash: string): boolean {
    const author = this.#authors.get(id);
    const known = author?.hashes.get(number) ?? hashOf(author?.waiting.get(number));
    if (known === undefined || known === hash) return false;
    this.#events.equivocation(id, number);
    return true;
  }

  /** Takes a pack whose signature has been verified; whether anything in it was news. */
  accept(pack: Pack): boolean {
    const id = idOf(pack.author);
    const author = this.#author(id);
    let news = false;
    for (const item of pack.contents) news = this.#take(id, author, item, pack) || news;
    this.#run();
    return news;
  }

  /**
   * An author was put out, and what it said up to `cut` counts: that is missing until it has come or is lost. One that
   * never gave us its chain had said things to us only from when it knew of us; what it says above `from` can show it.
   */
  end(id: Id, { cut, from, unmet }: { cut: number; from: number; unmet: boolean }): void {
    const introduced = this.#authors.get(id)?.hint === false;
    const author = this.#author(id);
    if (!introduced) {
      author.head = { number: from, hash: "", lamport: 0 };
      author.start = from;
      author.hint = false;
      author.unmet = unmet;
    }
    for (const [number, { item }] of author.waiting) {
      if (item.content.kind === ContentKind.remove || !this.#events.isVoid(id, number)) continue;
      author.waiting.delete(number);
      this.#events.voided(item);
    }
    author.rumoured = Math.min(author.rumoured, cut);
    author.claimed = Math.min(author.claimed, cut);
    this.claim(id, cut);
    this.#run();
  }

  /** Forgets what waits of an author of whom nothing counts any more. */
  drop(id: Id): void {
    const author = this.#authors.get(id);
    if (author === undefined) return;
    const waiting = [...author.waiting.values()];
    author.waiting.clear();
    for (const { item } of waiting) {
      if (this.#events.isVoid(id, item.content.number)) this.#events.voided(item);
    }
    author.claimed = author.rumoured = 0;
    author.gone = [];
    author.deadline = null;
    this.#run();
  }

  /** Stops the timer and forgets everything. */
  dispose(): void {
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer);
    this.#timer = null;
    this.#disposed = true;
    this.#authors.clear();
    this.#strangers.clear();
  }

  #author(id: Id): Author {
    let author = this.#authors.get(id);
    if (author === undefined) this.#authors.set(id, author = newAuthor());
    return author;
  }

  #take(id: Id, author: Author, item: PackedContent, pack: Pack): boolean {
    const number = item.content.number;
    const known = author.hashes.get(number) ?? hashOf(author.waiting.get(number));
    if (known !== undefined) {
      if (known !== toHex(item.hash)) this.#events.equivocation(id, number);
      return false;
    }
    if (author.lost.delete(number)) {
      author.holes.delete(number);
      this.#hand(id, author, { item, pack, at: this.#now() }, true);
      return true;
    }
    if (number <= author.head.number || number - author.head.number > DELIVERY_LIMITS.maxAhead) return false;
    if (author.waiting.size >= DELIVERY_LIMITS.maxWaiting && !makeRoom(author, number)) return false;
    author.waiting.set(number, { item, pack, at: this.#now() });
    return true;
  }

  /** Delivers all whose turn has come; a handler that calls back in is served by the loop already running. */
  #run(): void {
    if (this.#running || this.#disposed) return;
    this.#running = true;
    try {
      let moved = true;
      while (moved) {
        moved = false;
        for (const [id, author] of this.#authors) {
          while (this.#next(id, author)) moved = true;
        }
      }
    } finally {
      this.#running = false;
    }
    this.#schedule();
  }

  #now(): number {
    return (this.#pausedAt ?? this.#clock.now()) - this.#pausedMs;
  }

  /** Delivers or gives up one thing of an author; true when something moved. */
  #next(id: Id, author: Author): boolean {
    const next = author.waiting.get(author.head.number + 1);
    const behind = next === undefined && (author.waiting.size > 0 || author.claimed > author.head.number);
    author.deadline = null;
    if (next === undefined && this.#passGone(id, author)) return true;
    if (next === undefined && !behind) return false;
    if (next !== undefined && this.#satisfied(next)) {
      author.waiting.delete(author.head.number + 1);
      this.#hand(id, author, next, this.#dependsOnLost(next));
      return true;
    }
    // Counted from its own arrival, so that many that wait for something wait at the same time.
    const deadline = (next?.at ?? missingSince(author)) + this.#patience(id, next);
    if (this.#now() < deadline) {
      author.deadline = deadline;
      return false;
    }
    if (next !== undefined) {
      author.waiting.delete(author.head.number + 1);
      this.#noteMissed(next);
      this.#hand(id, author, next, true);
    } else {
      const to = endOfHole(author, author.claimed);
      this.#skip(id, author, { to, count: to - author.head.number, gone: false });
    }
    return true;
  }

  /**
   * How long is waited for what is missing: the author's own, or that on which its next content depends. An author
   * that is away keeps its place in the order until it is back, or has been away for too long.
   */
  #patience(id: Id, next: Waiting | undefined): number {
    const { waitMs, maxWaitMs } = DELIVERY_LIMITS;
    if (next === undefined && this.#events.isAway(id)) return Infinity;
    const lacking = next === undefined ? [id] : this.#lacking(next);
    const mayCome = lacking.some((author) => this.#events.mayCome(author) || this.#events.isAway(author));
    return mayCome ? maxWaitMs : waitMs;
  }

  /** Passes over numbers that are known to be gone. */
  #passGone(id: Id, author: Author): boolean {
    const at = author.head.number + 1;
    const gone = author.gone.find(({ from, to }) => from <= at && to >= at);
    if (gone === undefined) return false;
    const to = endOfHole(author, gone.to);
    author.gone = author.gone.filter((other) => other.to > to);
    const whole = to === gone.to && at === gone.from;
    const count = whole ? gone.messages : Math.min(gone.messages, to - at + 1);
    // Before anything shows that it knew of us, nobody has it who was to give it to us.
    this.#skip(id, author, { to, count: author.unmet ? 0 : count, gone: gone.byAuthor === true });
    return true;
  }

  #satisfied(waiting: Waiting): boolean {
    return this.#lacking(waiting).length === 0;
  }

  /** Whether a content answers to something that has been given up. */
  #dependsOnLost(waiting: Waiting): boolean {
    return waiting.item.content.deps.some(({ memberId, number }) => {
      const id = idOf(memberId);
      return this.#authors.get(id)?.lost.has(number) === true && !this.#events.isVoid(id, number);
    });
  }

  /** Somebody has something of another author that we do not have, and goes on without it. */
  #noteMissed(waiting: Waiting): void {
    for (const { memberId, number } of waiting.item.content.deps) {
      const author = this.#authors.get(idOf(memberId));
      if (author === undefined || author.hint || number <= author.head.number) continue;
      if (number - author.head.number <= DELIVERY_LIMITS.maxWaiting) {
        author.missed = Math.max(author.missed, number);
      }
    }
  }

  /** The authors of whom something is missing on which this content depends. */
  #lacking(waiting: Waiting): Id[] {
    return waiting.item.content.deps.filter(({ memberId, number }) => {
      const id = idOf(memberId);
      const author = this.#authors.get(id);
      if ((author?.head.number ?? 0) >= number || this.#events.isVoid(id, number)) return false;
      if (author?.hint === false && !author.unmet) return true;
      // Who has gone without a word to us will not say any: what it said was not for us.
      if (this.#events.isGone(id)) return false;
      return number > (this.#strangers.get(id) ?? 0) || !this.#events.isAway(id);
    }).map(({ memberId }) => idOf(memberId));
  }

  /** Gives up the numbers up to `to`, of which `count` are to be told. */
  #skip(id: Id, author: Author, { to, count, gone }: { to: number; count: number; gone: boolean }): void {
    for (let n = Math.max(author.head.number + 1, to - DELIVERY_LIMITS.maxWaiting); n <= to; n++) {
      if (author.unmet) break; // it was not for us, or not as far as anybody knows
      author.lost.add(n);
      if (!gone) author.holes.add(n);
    }
    trim(author.holes, DELIVERY_LIMITS.maxWaiting);
    trim(author.lost, DELIVERY_LIMITS.maxWaiting);
    const meant = this.#meant(id, author.head.number, to);
    author.head = { number: to, hash: "", lamport: author.head.lamport };
    if (meant > 0 && count > 0) this.#events.lost(id, Math.min(count, meant));
  }

  /** How many of the numbers above `from` up to `to` are not void: nobody loses what counts for nobody. */
  #meant(id: Id, from: number, to: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = low + Math.ceil((high - low) / 2); // the sum of two may be more than a number holds
      if (this.#events.isVoid(id, middle)) high = middle - 1;
      else low = middle;
    }
    return low - from;
  }

  #hand(id: Id, author: Author, { item, pack }: Waiting, gap: boolean): void {
    const { number, prevHash, lamport } = item.content;
    const before = author.head;
    const late = number <= before.number;
    const known = Math.max(this.#lamport, before.lamport);
    const sane = lamport <= known + DELIVERY_LIMITS.maxLamportAhead && (late || lamport > before.lamport);
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
      author.start = number - 1;
    }
    if (author.unmet && !isStatement(item.content.kind)) return;
    this.sawLamport(lamport);
    this.#events.deliver({ author: id, item, pack, gap });
  }

  #schedule(): void {
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer);
    this.#timer = null;
    let earliest = Infinity;
    let missing = false;
    for (const { deadline } of this.#authors.values()) {
      if (deadline === null) continue;
      missing = true;
      earliest = Math.min(earliest, deadline);
    }
    if (!missing || this.#disposed) return;
    this.#events.missing();
    if (this.#pausedAt !== null || earliest === Infinity) return;
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = null;
      this.#run();
    }, Math.max(1, earliest - this.#now()));
  }
}
