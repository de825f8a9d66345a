/** Gives other members what they miss (SPEC §10.2): what they may read, in parts, and not without end. @module */
import type { Bytes } from "../crypto/bytes.ts";
import type { Id } from "./ids.ts";
import {
  type GoneRange,
  type Range,
  REPAIR_LIMITS,
  type RepairAnswer,
  type RepairAsk,
} from "./repair_frames.ts";
import type { Room } from "./room.ts";
import { TokenBucket } from "./token_bucket.ts";

/** Bounds of answering one member. */
export const ANSWERING = {
  /** Asks at once. */
  burst: 16,
  /** Asks per second thereafter. */
  perSecond: 2,
  /** Most bytes of packs for one ask; the asker asks again for the rest. */
  bytes: 2 * 1_048_576,
} as const;

/** A pack that begins with the content `first`. */
interface Found {
  first: number;
  last: number;
  bytes: Bytes;
}

/** Answers for `room`. */
export class RepairAnswers {
  readonly #room: Room;
  readonly #buckets = new Map<Id, TokenBucket>();

  /** Nobody has asked yet. */
  constructor(room: Room) {
    this.#room = room;
  }

  /** The parts of the answer to `reader`; none if it has asked too often. */
  *answer(reader: Id, { ask, ranges, all }: RepairAsk): Generator<RepairAnswer> {
    if (!this.#allowed(reader)) return;
    let part = emptyPart(ask, all ? this.#vector() : null);
    let bytes = 0;
    let total = 0;
    for (const range of ranges) {
      const found = this.#find(range, reader);
      let covered = range.from - 1;
      let cut = false;
      for (const { first, last, bytes: pack } of found) {
        if (total + pack.length > ANSWERING.bytes && total > 0) {
          cut = true;
          break;
        }
        if (bytes + pack.length > REPAIR_LIMITS.bytes && bytes > 0) {
          yield part;
          part = emptyPart(ask, null);
          bytes = 0;
        }
        this.#gone(part, reader, { ...range, from: covered + 1, to: first - 1 });
        covered = Math.max(covered, last);
        part.packs.push(pack);
        bytes += pack.length;
        total += pack.length;
      }
      if (cut) break;
      this.#gone(part, reader, {
        ...range,
        from: covered + 1,
        to: Math.min(range.to, this.#headOf(range.author)),
      });
    }
    part.last = true;
    yield part;
  }

  /** A member is gone for good. */
  forget(id: Id): void {
    this.#buckets.delete(id);
  }

  /**
   * Says that we do not have these. Of what its author never said to us we cannot say that it is lost, nor of our own
   * that we had no room for.
   */
  #gone(part: RepairAnswer, reader: Id, { author, from, to }: Range): void {
    const { me, receipts, retention, delivery } = this.#room;
    if (author === me) receipts.gone(reader, from, to);
    const unsure = Math.min(to, author === me ? retention.early(me) : delivery.notOurs(author));
    const messages = author === me ? retention.messages(me, from, unsure) : 0;
    push(part, { author, from, to: unsure, messages, notMine: true });
    const since = Math.max(from, unsure + 1);
    push(part, { author, from: since, to, messages: retention.messages(author, since, to) });
  }

  #headOf(author: Id): number {
    return this.#room.delivery.vector().get(author)?.number ?? 0;
  }

  /** What is kept, and statements, which are kept for as long as the room lasts. */
  #find({ author, from, to }: Range, reader: Id): Found[] {
    const { retention, parts } = this.#room;
    const found = new Map<number, Found>();
    for (const { number, pack } of parts.log.between(author, from, to)) {
      found.set(number, { first: number, last: number, bytes: pack });
    }
    for (const pack of retention.find(author, { from, to, reader })) found.set(pack.first, pack);
    return [...found.values()].sort((a, b) => a.first - b.first);
  }

  #vector(): NonNullable<RepairAnswer["vector"]> {
    const entries: NonNullable<RepairAnswer["vector"]> = [];
    for (const [id, { number, hash }] of this.#room.delivery.vector()) {
      if (number > 0 && entries.length < REPAIR_LIMITS.entries) entries.push({ id, number, hash });
    }
    return entries;
  }

  #allowed(reader: Id): boolean {
    const { burst, perSecond } = ANSWERING;
    let bucket = this.#buckets.get(reader);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#room.parts.clock, { capacity: burst, perMs: perSecond / 1_000 });
      this.#buckets.set(reader, bucket);
    }
    return bucket.take();
  }
}

function push(part: RepairAnswer, gone: GoneRange): void {
  if (gone.to >= gone.from && part.gone.length < REPAIR_LIMITS.ranges) part.gone.push(gone);
}

function emptyPart(ask: number, vector: RepairAnswer["vector"]): RepairAnswer {
  return { ask, packs: [], gone: [], vector, last: false };
}
