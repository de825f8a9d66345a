/**
 * What was said, as its authors signed it, for as long as somebody may come back and ask for it (SPEC §10.2).
 *
 * A member may be given what was said while it was in the room: what comes here is numbered as it comes, and so are
 * the comings and goings of members. What came here with a gap before it is not passed on: it may depend on the
 * removal of whoever asks.
 *
 * @module
 */
import type { Bytes } from "../crypto/bytes.ts";
import { ContentKind, isStatement } from "../crypto/content.ts";
import type { Pack } from "../crypto/pack.ts";
import { type Id, idOf } from "./ids.ts";
import type { Clock } from "./options.ts";

/** Bounds of a {@linkcode Retention}. */
export const RETENTION_LIMITS = {
  /** Most packs. */
  packs: 50_000,
  /** Most bytes of packs. */
  bytes: 64 * 1_048_576,
  /** How much longer than the away time, in milliseconds: whoever counts it may be late. */
  slackMs: 120_000,
  /** Most stays of one member that are remembered. */
  stays: 16,
  /** Numbers of messages remembered of each author, for telling how many of what is gone were messages. */
  numbers: 100_000,
} as const;

/** A signed pack and the numbers of its contents. */
export interface KeptPack {
  first: number;
  last: number;
  bytes: Bytes;
}

interface Kept extends KeptPack {
  author: Id;
  statement: boolean;
  order: number;
  at: number;
}

interface Stay {
  from: number;
  to: number;
}

/** Keeps packs by author and number. */
export class Retention {
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #byAuthor = new Map<Id, Kept[]>();
  readonly #messages = new Map<Id, number[]>();
  readonly #stays = new Map<Id, Stay[]>();
  /** Up to which number packs went before their time, and when the time of the last one is over. */
  readonly #early = new Map<Id, { to: number; until: number }>();
  #queue: Kept[] = [];
  #first = 0;
  #bytes = 0;
  #order = 0;
  /** Packs in the queue that were forgotten before their time. */
  #forgotten = 0;

  /** Keeps packs a little longer than `awayMs`. */
  constructor(clock: Clock, { awayMs }: { awayMs: number }) {
    this.#clock = clock;
    this.#keepMs = awayMs + RETENTION_LIMITS.slackMs;
  }

  /** Packs held. */
  get size(): number {
    return this.#queue.length - this.#first - this.#forgotten;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A member may read from now on. */
  enter(id: Id): void {
    const stays = this.#stays.get(id) ?? [];
    this.#stays.set(id, stays);
    if (stays.at(-1)?.to === Infinity) return;
    stays.push({ from: this.#order, to: Infinity });
    if (stays.length > RETENTION_LIMITS.stays) stays.shift();
  }

  /** A member may not read any more. */
  exit(id: Id): void {
    const last = this.#stays.get(id)?.at(-1);
    if (last !== undefined && last.to === Infinity) last.to = this.#order;
  }

  /** Keeps a pack; `whole` says that nothing was missing before it. */
  keep(pack: Pack, { whole }: { whole: boolean }): void {
    const [first] = pack.contents;
    const last = pack.contents.at(-1);
    if (first === undefined || last === undefined) return;
    const author = idOf(pack.author);
    this.#count(author, pack);
    if (!whole) return;
    const kept: Kept = {
      author,
      first: first.content.number,
      last: last.content.number,
      bytes: pack.encoded,
      statement: isStatement(first.content.kind),
      order: ++this.#order,
      at: this.#clock.now(),
    };
    const own = this.#byAuthor.get(author) ?? [];
    this.#byAuthor.set(author, own);
    const at = position(own, kept.first);
    if (own[at]?.first === kept.first) return;
    own.splice(at, 0, kept);
    this.#queue.push(kept);
    this.#bytes += kept.bytes.length;
    this.#bound();
  }

  /** The packs of `author` with anything from `from` to `to` that `reader` may be given, by number. */
  find(author: Id, { from, to, reader }: { from: number; to: number; reader: Id }): KeptPack[] {
    this.#bound();
    const own = this.#byAuthor.get(author) ?? [];
    const out: KeptPack[] = [];
    for (let i = Math.max(0, position(own, from) - 1); i < own.length; i++) {
      const kept = own[i] as Kept;
      if (kept.first > to) break;
      if (kept.last >= from && (kept.statement || this.#mayRead(reader, kept.order))) out.push(kept);
    }
    return out;
  }

  /**
   * Forgets the pack that holds this content, with all else in it: it is signed as one. Whoever asks for it is told
   * that it is gone.
   */
  forget(author: Id, number: number): void {
    const own = this.#byAuthor.get(author) ?? [];
    const at = position(own, number + 1) - 1;
    const kept = own[at];
    if (kept === undefined || kept.last < number || kept.statement) return;
    own.splice(at, 1);
    if (own.length === 0) this.#byAuthor.delete(author);
    this.#bytes -= kept.bytes.length;
    kept.bytes = NOTHING;
    if (++this.#forgotten > 1_024 && this.#forgotten * 2 > this.#queue.length) this.#sweep();
  }

  /** How many of an author's contents from `from` to `to` were messages, as far as they came here. */
  messages(author: Id, from: number, to: number): number {
    return (this.#messages.get(author) ?? []).filter((number) => number >= from && number <= to).length;
  }

  /**
   * Up to which number packs of `author` went for want of room alone, and not long ago: who was away meanwhile kept
   * theirs. 0 if there are none.
   */
  early(author: Id): number {
    const early = this.#early.get(author);
    return early === undefined || this.#clock.now() > early.until ? 0 : early.to;
  }

  /** Forgets everything. */
  clear(): void {
    this.#early.clear();
    this.#byAuthor.clear();
    this.#messages.clear();
    this.#stays.clear();
    this.#queue = [];
    this.#first = 0;
    this.#bytes = 0;
    this.#forgotten = 0;
  }

  #mayRead(reader: Id, order: number): boolean {
    return this.#stays.get(reader)?.some(({ from, to }) => order > from && order <= to) ?? false;
  }

  #count(author: Id, pack: Pack): void {
    const numbers = this.#messages.get(author) ?? [];
    this.#messages.set(author, numbers);
    for (const { content } of pack.contents) {
      if (content.kind < ContentKind.found) numbers.push(content.number);
    }
    if (numbers.length > RETENTION_LIMITS.numbers) {
      numbers.splice(0, numbers.length - RETENTION_LIMITS.numbers / 2);
    }
  }

  #bound(): void {
    const { packs, bytes } = RETENTION_LIMITS;
    const oldest = this.#clock.now() - this.#keepMs;
    for (let next = this.#queue[this.#first]; next !== undefined; next = this.#queue[this.#first]) {
      if (next.bytes === NOTHING) {
        this.#first++;
        this.#forgotten--;
        continue;
      }
      if (this.size <= packs && this.#bytes <= bytes && next.at >= oldest) break;
      if (next.at >= oldest) this.#early.set(next.author, { to: next.last, until: next.at + this.#keepMs });
      this.#first++;
      this.#bytes -= next.bytes.length;
      const own = this.#byAuthor.get(next.author);
      const at = own?.indexOf(next) ?? -1;
      if (at >= 0) own?.splice(at, 1);
      if (own?.length === 0) this.#byAuthor.delete(next.author);
    }
    if (this.#first > 1_024 && this.#first * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
  }

  #sweep(): void {
    this.#queue = this.#queue.slice(this.#first).filter(({ bytes }) => bytes !== NOTHING);
    this.#first = this.#forgotten = 0;
  }
}

/** In place of the bytes of a pack that was forgotten. */
const NOTHING: Bytes = new Uint8Array(0);

/** Where a pack that begins with `number` is or would be. */
function position(packs: readonly Kept[], number: number): number {
  let low = 0;
  let high = packs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((packs[middle] as Kept).first < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
