/** What is known of one author, on the way to its contents' turns (SPEC §9). @module */
import { toHex } from "../crypto/bytes.ts";
import type { Pack, PackedContent } from "../crypto/pack.ts";

/** Where an author stands: its last number, that content's hash and Lamport time. */
export interface Head {
  number: number;
  /** Hexadecimal; empty when not known. */
  hash: string;
  lamport: number;
}

/** Numbers that an author, or somebody in its place, says are not to be had any more. */
export interface Gone {
  from: number;
  to: number;
  /** How many of them were messages. */
  messages: number;
  /** Whether the author itself says so. @default false */
  byAuthor?: boolean;
  /** Whether they were never for whoever says so; of their author: whether others may have them. @default false */
  notMine?: boolean;
}

/** Bounds, each reached by a test. */
export const DELIVERY_LIMITS = {
  /** How long a content waits for what it follows, in milliseconds. */
  waitMs: 10_000,
  /** How long it waits at most while what is missing is being asked for, in milliseconds. */
  maxWaitMs: 60_000,
  /** The same for the numbers of the author itself, so that what it said is shown in order, in milliseconds. */
  orderMs: 300_000,
  /** How long rumours about an author are not listened to after one was wrong, in milliseconds. */
  deafMs: 30_000,
  /** Ranges of numbers that are remembered as gone, of each author. */
  maxGone: 64,
  /** Most authors of whom nothing is waited for as they have not introduced themselves. */
  maxStrangers: 4_096,
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

/** A content that waits for its turn. */
export interface Waiting {
  item: PackedContent;
  pack: Pack;
  /** When it came, in milliseconds since the epoch. */
  at: number;
}

/** What is known of one author. */
export interface Author {
  head: Head;
  waiting: Map<number, Waiting>;
  hashes: Map<number, string>;
  lost: Set<number>;
  /** Up to where others depend on it, though it has not come here. */
  missed: number;
  /** Those of the lost that were given up without its own word that they are gone. */
  holes: Set<number>;
  /** Those of the lost that somebody who is away may have, and whether they are to be told as lost if nobody has. */
  open: Map<number, boolean>;
  /** Since when there are any. */
  openSince: number;
  claimed: number;
  claimedAt: number;
  /** Up to where others say that there is something of it; nobody waits for that, but it is asked for. */
  rumoured: number;
  /** When it was last found that it has nothing of what others said it had said. */
  refutedAt: number;
  gone: Gone[];
  /** Whether its goodbye is here: it will not come back, though what comes before that may not have had its turn. */
  goodbye: boolean;
  /** True while the head is only what somebody else said it is. */
  hint: boolean;
  /** Its head when it introduced itself: what was said up to there was not for us. */
  start: number;
  /** Up to where it spoke before we were to read it, the last time that it told us where it stands. */
  notOurs: number;
  /** False if it was out, or expired, before it gave us its chain. */
  met: boolean;
  /** True while nothing shows that it knew of us: it was out, or expired, before it gave us its chain. */
  unmet: boolean;
  /** When what is missing is given up; `null` while nothing is. */
  deadline: number | null;
}

/** An author of whom nothing is known. */
export function newAuthor(): Author {
  return {
    head: { number: 0, hash: "", lamport: 0 },
    waiting: new Map(),
    hashes: new Map(),
    lost: new Set(),
    holes: new Set(),
    open: new Map(),
    openSince: 0,
    missed: 0,
    claimed: 0,
    claimedAt: 0,
    rumoured: 0,
    refutedAt: -Infinity,
    gone: [],
    goodbye: false,
    hint: false,
    start: 0,
    notOurs: 0,
    met: true,
    unmet: false,
    deadline: null,
  };
}

/** An author is out, or expired, that never told us where it stands: it is waited for from `from` on. */
export function beginUnmet(author: Author, { from, unmet }: { from: number; unmet: boolean }): void {
  author.head = { number: from, hash: "", lamport: 0 };
  author.start = author.notOurs = from;
  author.hint = false;
  author.unmet = unmet;
  author.met = false;
}

/** Remembers what is said to be gone; whether any of it is missing. */
export function noteGone(author: Author, gone: Gone): boolean {
  // Rumours may be asked for, but take no number from the author: what it says later would count as old.
  const to = Math.min(gone.to, lastShown(author));
  if (to <= author.head.number || to < gone.from) return false;
  author.gone.push({ ...gone, to, messages: Math.min(gone.messages, to - gone.from + 1) });
  if (author.gone.length > DELIVERY_LIMITS.maxGone) author.gone.shift();
  return true;
}

/** Of too many that wait the last one goes, if `number` comes before it; what comes next must find a place. */
export function makeRoom({ waiting }: Author, number: number): boolean {
  let last = 0;
  for (const other of waiting.keys()) last = Math.max(last, other);
  return number < last && waiting.delete(last);
}

/** The last number before the next one that is here, but not beyond `limit` where that is ahead. */
export function endOfHole({ head, waiting }: Author, limit: number): number {
  let to = limit;
  for (const number of waiting.keys()) {
    if (to <= head.number || number - 1 < to) to = number - 1;
  }
  return to;
}

/** The largest number of an author that is known to be there, or said to be. */
export function lastKnown(author: Author): number {
  return Math.max(lastShown(author), author.rumoured);
}

/** The largest number that an author itself has shown to be there. */
export function lastShown({ waiting, claimed }: Author): number {
  let last = claimed;
  for (const number of waiting.keys()) last = Math.max(last, number);
  return last;
}

/** The numbers above the head up to `to` that are not here. */
export function holes({ head, waiting }: Author, to: number): { from: number; to: number }[] {
  const out: { from: number; to: number }[] = [];
  let from = head.number + 1;
  const here = [...waiting.keys()].filter((number) => number <= to).sort((a, b) => a - b);
  for (const number of [...here, to + 1]) {
    if (number > from) out.push({ from, to: number - 1 });
    from = number + 1;
    if (out.length >= 64) break;
  }
  return out;
}

/** What is still asked for of what has been passed over. */
export function openRanges({ open }: Author): { from: number; to: number }[] {
  const out: { from: number; to: number }[] = [];
  for (const number of [...open.keys()].sort((a, b) => a - b)) {
    const last = out.at(-1);
    if (last !== undefined && last.to === number - 1) last.to = number;
    else if (out.push({ from: number, to: number }) >= 64) break;
  }
  return out;
}

/** Since when it is known that there is more of an author than has come. */
export function missingSince({ waiting, claimed, claimedAt, head }: Author): number {
  const [first] = waiting.values();
  return Math.min(first?.at ?? Infinity, claimed > head.number ? claimedAt : Infinity);
}

/** What is waited for of an author is waited for from `now` on. */
export function waitAnew(author: Author, now: number): void {
  author.claimedAt = now;
  for (const waiting of author.waiting.values()) waiting.at = now;
}

/** The hash of a content that waits. */
export function hashOf(waiting: Waiting | undefined): string | undefined {
  return waiting === undefined ? undefined : toHex(waiting.item.hash);
}

/** The oldest key. */
export function firstKey(map: Map<number, string>): number {
  for (const key of map.keys()) return key;
  return 0;
}

/** Drops the oldest beyond `max`. */
export function trim(set: Set<number>, max: number): void {
  for (const value of set) {
    if (set.size <= max) return;
    set.delete(value);
  }
}
