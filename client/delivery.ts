/**
 * Puts contents in order (SPEC §9): each author's by number, and none before what it depends on.
 *
 * What is missing is waited for, a bounded time and a bounded amount; then the gap is reported and what
 * comes after it goes on. Two different contents of one author under one number are reported by name.
 *
 * @module
 */
import { ContentKind } from "../crypto/content.ts";
import type { Pack, PackedContent } from "../crypto/pack.ts";
import { toHex } from "../crypto/bytes.ts";
import type { Id } from "./ids.ts";
import { idOf } from "./ids.ts";
import type { Clock } from "./options.ts";

export type { Pack, PackedContent } from "../crypto/pack.ts";

/** Where an author stands: its last number, that content's hash and Lamport time. */
export interface Head {
  number: number;
  /** Hexadecimal; empty when not known. */
  hash: string;
  lamport: number;
}

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
  /** `count` contents of `author` are given up for lost. */
  lost(author: Id, count: number): void;
  /** `author` said two different things under `number`. */
  equivocation(author: Id, number: number): void;
  /** Whether what `author` says from `number` on is void, so that nothing needs to wait for it. */
  isVoid(author: Id, number: number): boolean;
}

/** Bounds, each reached by a test. */
export const DELIVERY_LIMITS = {
  /** How long a content waits for what it follows, in milliseconds. */
  waitMs: 10_000,
  /** Most contents of one author that wait. */
  maxWaiting: 2_048,
  /** How far ahead of the last delivered number a content may be. */
  maxAhead: 1_000_000,
  /** Hashes remembered of each author, for telling a repeat from a contradiction. */
  maxHashes: 4_096,
  /** How far a content's Lamport time may be ahead of all that is known here, or of its author's content before. */
  maxLamportAhead: 2 ** 21,
  /** Most that one content moves the Lamport time known here; an honest author moves its own by no more. */
  maxLamportStep: 2 ** 20,
} as const;

interface Waiting {
  item: PackedContent;
  pack: Pack;
  /** When it came, in milliseconds since the epoch. */
  at: number;
}

interface Author {
  head: Head;
  waiting: Map<number, Waiting>;
  hashes: Map<number, string>;
  lost: Set<number>;
  claimed: number;
  claimedAt: number;
  /** True while the head is only what somebody else said it is. */
  hint: boolean;
  blockedSince: number | null;
}

/** The contents of all authors of a room, on their way to being shown. */
export class Delivery {
  readonly #authors = new Map<Id, Author>();
  readonly #clock: Clock;
  readonly #events: DeliveryEvents;
  #timer: unknown = null;
  #running = false;
  #lamport = 0;
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
    author.hint = false;
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
    if (author.claimed <= author.head.number) author.claimedAt = this.#clock.now();
    author.claimed = Math.max(author.claimed, number);
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

  /** Takes a pack whose signature has been verified. */
  accept(pack: Pack): void {
    const id = idOf(pack.author);
    const author = this.#author(id);
    for (const item of pack.contents) this.#take(id, author, item, pack);
    this.#run();
  }

  /** Forgets what waits of an author that is gone. */
  drop(id: Id): void {
    const author = this.#authors.get(id);
    if (author === undefined) return;
    author.waiting.clear();
    author.claimed = 0;
    author.blockedSince = null;
    this.#run();
  }

  /** Stops the timer and forgets everything. */
  dispose(): void {
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer);
    this.#timer = null;
    this.#disposed = true;
    this.#authors.clear();
  }

  #author(id: Id): Author {
    let author = this.#authors.get(id);
    if (author === undefined) {
      author = {
        head: { number: 0, hash: "", lamport: 0 },
        waiting: new Map(),
        hashes: new Map(),
        lost: new Set(),
        claimed: 0,
        claimedAt: 0,
        hint: false,
        blockedSince: null,
      };
      this.#authors.set(id, author);
    }
    return author;
  }

  #take(id: Id, author: Author, item: PackedContent, pack: Pack): void {
    const number = item.content.number;
    const known = author.hashes.get(number) ?? hashOf(author.waiting.get(number));
    if (known !== undefined) {
      if (known !== toHex(item.hash)) this.#events.equivocation(id, number);
      return;
    }
    if (author.lost.delete(number)) {
      this.#hand(id, author, { item, pack, at: this.#clock.now() }, true);
      return;
    }
    if (number <= author.head.number || number - author.head.number > DELIVERY_LIMITS.maxAhead) return;
    if (author.waiting.size >= DELIVERY_LIMITS.maxWaiting) return;
    author.waiting.set(number, { item, pack, at: this.#clock.now() });
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

  /** Delivers or gives up one thing of an author; true when something moved. */
  #next(id: Id, author: Author): boolean {
    const next = author.waiting.get(author.head.number + 1);
    const behind = next === undefined && (author.waiting.size > 0 || author.claimed > author.head.number);
    if (next === undefined && !behind) {
      author.blockedSince = null;
      return false;
    }
    if (next !== undefined && this.#satisfied(next)) {
      author.waiting.delete(author.head.number + 1);
      this.#hand(id, author, next, false);
      return true;
    }
    // Counted from its own arrival, so that many that wait for something wait at the same time.
    author.blockedSince = next?.at ?? missingSince(author);
    if (this.#clock.now() - author.blockedSince < DELIVERY_LIMITS.waitMs) return false;
    author.blockedSince = null;
    if (next !== undefined) {
      author.waiting.delete(author.head.number + 1);
      this.#hand(id, author, next, true);
    } else {
      this.#skip(id, author);
    }
    return true;
  }

  #satisfied(waiting: Waiting): boolean {
    return waiting.item.content.deps.every(({ memberId, number }) => {
      const author = idOf(memberId);
      return (this.#authors.get(author)?.head.number ?? 0) >= number || this.#events.isVoid(author, number);
    });
  }

  /** Gives up the numbers up to the next one that is here, or up to the claim. */
  #skip(id: Id, author: Author): void {
    let to = author.claimed;
    for (const number of author.waiting.keys()) {
      if (to <= author.head.number || number - 1 < to) to = number - 1;
    }
    const count = to - author.head.number;
    for (let n = Math.max(author.head.number + 1, to - DELIVERY_LIMITS.maxWaiting); n <= to; n++) {
      author.lost.add(n);
    }
    trim(author.lost, DELIVERY_LIMITS.maxWaiting);
    author.head = { number: to, hash: "", lamport: author.head.lamport };
    this.#events.lost(id, count);
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
    if (!sane || (!removal && this.#events.isVoid(id, number))) return;
    this.sawLamport(lamport);
    this.#events.deliver({ author: id, item, pack, gap });
  }

  #schedule(): void {
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer);
    this.#timer = null;
    let earliest = Infinity;
    for (const author of this.#authors.values()) {
      if (author.blockedSince !== null) earliest = Math.min(earliest, author.blockedSince);
    }
    if (earliest === Infinity || this.#disposed) return;
    const wait = Math.max(1, earliest + DELIVERY_LIMITS.waitMs - this.#clock.now());
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = null;
      this.#run();
    }, wait);
  }
}

/** Since when it is known that there is more of an author than has come. */
function missingSince({ waiting, claimed, claimedAt, head }: Author): number {
  const [first] = waiting.values();
  return Math.min(first?.at ?? Infinity, claimed > head.number ? claimedAt : Infinity);
}

function hashOf(waiting: Waiting | undefined): string | undefined {
  return waiting === undefined ? undefined : toHex(waiting.item.hash);
}

function firstKey(map: Map<number, string>): number {
  for (const key of map.keys()) return key;
  return 0;
}

function trim(set: Set<number>, max: number): void {
  for (const value of set) {
    if (set.size <= max) return;
    set.delete(value);
  }
}
