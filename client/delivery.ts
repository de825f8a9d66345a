/**
 * Puts contents in order (SPEC §9): each author's by number, and none before what it depends on.
 *
 * What is missing is waited for, a bounded time and a bounded amount; then the gap is reported and what
 * comes after it goes on. Two different contents of one author under one number are reported by name.
 *
 * Here is what has come and what is known of each author; {@linkcode Turns} gives out what is due.
 *
 * @module
 */
import { toHex } from "../crypto/bytes.ts";
import { ContentKind } from "../crypto/content.ts";
import type { Pack, PackedContent } from "../crypto/pack.ts";
import {
  type Author,
  beginUnmet,
  DELIVERY_LIMITS,
  type Gone,
  hashOf,
  type Head,
  makeRoom,
  newAuthor,
  noteGone,
} from "./delivery_author.ts";
import type { DeliveryEvents } from "./delivery_events.ts";
import { Turns } from "./delivery_turns.ts";
import { Dependencies } from "./dependencies.ts";
import { type Id, idOf } from "./ids.ts";
import { LamportTime } from "./lamport_time.ts";
import type { Clock } from "./options.ts";
import { Heads } from "./heads.ts";
import { StillClock } from "./still_clock.ts";

export type { Pack, PackedContent } from "../crypto/pack.ts";
export { DELIVERY_LIMITS, type Gone, type Head } from "./delivery_author.ts";
export type { Delivered, DeliveryEvents } from "./delivery_events.ts";

/** The contents of all authors of a room, on their way to being shown. */
export class Delivery extends Heads {
  readonly #clock: Clock;
  readonly #events: DeliveryEvents;
  readonly #time: StillClock;
  readonly #lamport = new LamportTime();
  readonly #deps: Dependencies;
  readonly #turns: Turns;

  /** Starts with no authors. */
  constructor(clock: Clock, events: DeliveryEvents) {
    super();
    this.#clock = clock;
    this.#events = events;
    this.#time = new StillClock(clock, () => events.unreadMs());
    this.#deps = new Dependencies(this.authors, events);
    const [authors, deps, lamport, time] = [this.authors, this.#deps, this.#lamport, this.#time];
    this.#turns = new Turns({ authors, deps, lamport, clock, time, events });
  }

  /** Largest Lamport time known here; what runs too far ahead moves it by little. */
  get lamport(): number {
    return this.#lamport.known;
  }

  /** A Lamport time that is known from elsewhere. */
  sawLamport(lamport: number): void {
    this.#lamport.saw(lamport);
  }

  /** Where an author stands by its own word: what it said up to there was not for us. Never moves a head back. */
  setHead(id: Id, head: Head): void {
    const author = this.#author(id);
    if (!author.met && !author.unmet) return this.#comesBack(id, author, head);
    author.met = true;
    const first = author.hint || author.unmet; // what others said of it before counts no longer
    const fresh = first || head.number > author.head.number;
    if (fresh || (head.number === author.head.number && author.head.hash === "")) {
      author.head = this.#lamport.bounded(head, author.head);
    }
    if (fresh) author.notOurs = first ? head.number : Math.max(author.notOurs, head.number);
    if (first) author.start = head.number;
    author.hint = author.unmet = false;
    this.#deps.introduced(id);
    if (author.rumoured > author.head.number) this.#events.missing();
    this.sawLamport(head.lamport);
    for (const number of author.waiting.keys()) {
      if (number <= author.head.number) author.waiting.delete(number);
    }
    this.#turns.run();
  }

  /** Where an author stands by somebody else's word: it counts until the author itself has said. */
  hint(id: Id, number: number): void {
    if (this.authors.has(id)) return;
    const author = this.#author(id);
    author.head = { number, hash: "", lamport: 0 };
    author.hint = true;
  }

  /** An author's own word that it has said things up to `number`: what does not arrive in time is lost. */
  claim(id: Id, number: number): void {
    const author = this.#author(id);
    if (number <= author.head.number || number - author.head.number > DELIVERY_LIMITS.maxAhead) return;
    if (author.claimed <= author.head.number) author.claimedAt = this.#time.now();
    author.claimed = Math.max(author.claimed, number);
    this.#turns.run();
  }

  /** What somebody said up to `number` that has not introduced itself was not for us, but for what others passed on. */
  notForUs(id: Id, number: number): void {
    if (this.startOf(id) === null && this.#deps.notForUs(id, number)) this.#turns.run();
  }

  /** Somebody else's word that an author has said things up to `number`. */
  rumour(id: Id, number: number): void {
    const author = this.authors.get(id);
    if (author === undefined || number <= author.rumoured) return;
    if (this.#clock.now() - author.refutedAt < DELIVERY_LIMITS.deafMs) return;
    if (number <= author.head.number || number - author.head.number > DELIVERY_LIMITS.maxAhead) return;
    author.rumoured = number;
    if (!author.hint) this.#events.missing();
  }

  /** These numbers are not to be had any more. */
  gone(id: Id, gone: Gone): void {
    const author = this.authors.get(id);
    if (author === undefined || author.hint) return;
    if (gone.byAuthor !== true) {
      // An author that is away may bring it itself. And whoever never was to have it does not know that it is lost.
      const mayMean = !author.unmet || author.goodbye || this.#events.isExpired(id);
      if (this.#turns.mayBring(id) || (gone.notMine === true && mayMean)) return;
    }
    if (noteGone(author, gone)) this.#turns.run();
  }

  /** What is missing, by author: up to 64 ranges each. */
  missing(): { author: Id; from: number; to: number }[] {
    return this.#deps.missing();
  }

  /** Whether something of this author that counts was given up without its own word that it is gone. */
  lacks(id: Id): boolean {
    const author = this.authors.get(id);
    if (author === undefined) return false;
    const counts = (number: number): boolean => !this.#events.isVoid(id, number);
    const { holes, missed, head } = author;
    return (missed > head.number && counts(head.number + 1)) || [...holes].some(counts);
  }

  /** The author itself knows nothing of what others say that it has said. */
  refute(id: Id): void {
    const author = this.authors.get(id);
    if (author === undefined || author.rumoured <= author.head.number) return;
    author.rumoured = 0;
    author.refutedAt = this.#clock.now();
  }

  /** Looks again, after something that the events tell has changed. */
  look(): void {
    this.#turns.run();
  }

  /** Time stands still for what is waited for: nobody is there who could give it. */
  pause(): void {
    this.#time.pause();
    this.#turns.stop();
  }

  /** What is waited for is waited for from now on: somebody has begun to give it, or is there to do so. */
  waitAnew(only?: Id): void {
    this.#turns.anew(only);
    this.#turns.run();
  }

  /** Time goes on. */
  resume(): void {
    if (!this.#time.paused) return;
    this.#time.resume();
    this.#turns.run();
  }

  /** Whether `author` is known to have said something else under this number; tells so. */
  contradicts(id: Id, number: number, hash: string): boolean {
    const author = this.authors.get(id);
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
    this.#turns.run();
    return news;
  }

  /**
   * An author never gave us its chain, and others are asked for what it said to us: above `from`, or from where it shows
   * that it knew of us.
   */
  begin(id: Id, from: { from: number; unmet: boolean }): void {
    if (this.authors.get(id)?.hint === false) return;
    beginUnmet(this.#author(id), from);
    this.#turns.run();
  }

  /**
   * An author was put out, and what it said up to `cut` counts: that is missing until it has come or is lost. One that
   * never gave us its chain had said things to us only from when it knew of us; what it says above `from` can show it.
   */
  end(id: Id, { cut, from, unmet }: { cut: number; from: number; unmet: boolean }): void {
    this.begin(id, { from, unmet });
    const author = this.#author(id);
    for (const [number, { item }] of author.waiting) {
      if (item.content.kind === ContentKind.remove || !this.#events.isVoid(id, number)) continue;
      author.waiting.delete(number);
      this.#events.voided(item);
    }
    author.rumoured = Math.min(author.rumoured, cut);
    author.claimed = Math.min(author.claimed, cut);
    this.claim(id, cut);
    this.#turns.run();
  }

  /** Forgets what waits of an author of whom nothing counts any more. */
  drop(id: Id): void {
    const author = this.authors.get(id);
    if (author === undefined) return;
    const waiting = [...author.waiting.values()];
    author.waiting.clear();
    for (const { item } of waiting) {
      if (this.#events.isVoid(id, item.content.number)) this.#events.voided(item);
    }
    author.claimed = author.rumoured = 0;
    author.gone = [];
    author.open.clear();
    author.deadline = null;
    this.#turns.run();
  }

  /** Stops the timer and forgets everything. */
  dispose(): void {
    this.#turns.dispose();
    this.authors.clear();
    this.#deps.clear();
  }

  /** Who never gave us its chain does so now, and has shown before that it spoke to us: nothing since is passed over. */
  #comesBack(id: Id, author: Author, head: Head): void {
    author.met = true;
    this.sawLamport(head.lamport);
    this.claim(id, head.number);
  }

  #author(id: Id): Author {
    let author = this.authors.get(id);
    if (author === undefined) this.authors.set(id, author = newAuthor());
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
      author.open.delete(number);
      this.#turns.hand(id, author, { item, pack, at: this.#time.now() }, true);
      return true;
    }
    if (number <= author.head.number || number - author.head.number > DELIVERY_LIMITS.maxAhead) return false;
    if (author.waiting.size >= DELIVERY_LIMITS.maxWaiting && !makeRoom(author, number)) return false;
    author.waiting.set(number, { item, pack, at: this.#time.now() });
    if (item.content.kind === ContentKind.leave) author.goodbye = true;
    return true;
  }
}
