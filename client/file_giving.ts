/** Gives the parts of files that we offer, to those who may have them, and never so fast that words wait (SPEC §7.4). @module */
import type { FileAsk, FilePart } from "./file_frames.ts";
import { type FileInfo, FILES, partLength, partsOf } from "./file_info.ts";
import type { Id } from "./ids.ts";
import type { Clock } from "./options.ts";
import type { Timers } from "./timers.ts";
import { TokenBucket } from "./token_bucket.ts";

/** Where a file that is offered is read from. */
export interface FileSource {
  /** Its name, without a folder. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** The `length` bytes from `at` on; rejects, or gives fewer, when they are not there any more. */
  read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** It is not read any more. */
  close(): void;
}

/** A file that we offer. */
export interface Offer {
  source: FileSource;
  info: FileInfo;
  /** The one that it is for; `null` for everybody who was told of it. */
  to: Id | null;
}

/** What {@linkcode FileGiving} needs of the room. */
export interface GivingRoom {
  clock: Clock;
  timers: Timers;
  /** Whether a member may be given anything now: it is in the room and connected. */
  there(id: Id): boolean;
  send(to: Id, part: FilePart): Promise<void>;
  /** A member has got the whole of what we offered as `number`. */
  taken(number: number, by: Id, info: FileInfo): void;
  /** What we offered as `number` cannot be read as it was offered. */
  unreadable(number: number, info: FileInfo): void;
}

interface Job {
  by: Id;
  number: number;
  next: number;
  end: number;
}

/** The files that we offer. */
export class FileGiving {
  readonly #room: GivingRoom;
  readonly #bucket: TokenBucket;
  readonly #offers = new Map<number, Offer>();
  /** One for each member and file; the first is served next, and goes to the end. */
  readonly #jobs = new Map<string, Job>();
  readonly #buckets = new Map<Id, TokenBucket>();
  #busy = false;
  #over = false;

  /** Nothing is offered yet. */
  constructor(room: GivingRoom) {
    this.#room = room;
    this.#bucket = new TokenBucket(room.clock, {
      capacity: FILES.burst / FILES.partBytes,
      perMs: FILES.bytesPerSecond / FILES.partBytes / 1_000,
    });
  }

  /** Files that are offered now. */
  get size(): number {
    return this.#offers.size;
  }

  /** Offers a file under the number of the message that says so. */
  offer(number: number, offer: Offer): void {
    if (this.#over) return offer.source.close();
    this.#offers.set(number, offer);
  }

  /** A member asks for parts; what it asked for before is no longer wanted. */
  asked(by: Id, { number, sha256, from, count }: FileAsk): void {
    if (!this.#allowed(by)) return;
    const offer = this.#offers.get(number);
    const theirs = offer !== undefined && offer.info.sha256 === sha256 && (offer.to ?? by) === by;
    if (!theirs) return void this.#room.send(by, { number, index: 0, bytes: null }).catch(() => {});
    const key = `${by} ${number}`;
    const job = this.#jobs.get(key);
    const end = Math.min(from + count, partsOf(offer.info.size));
    if (job?.end === from && end - job.next <= FILES.window) {
      job.end = end; // what follows what it has asked for
      return;
    }
    // It has not got what it asked for, and begins anew.
    this.#jobs.delete(key);
    if (count === 0) return this.#room.taken(number, by, offer.info);
    if (from >= end || this.#jobs.size >= FILES.asks) return;
    this.#jobs.set(key, { by, number, next: from, end });
    void this.#work();
  }

  /** It is not offered any more; false when it was not. */
  withdraw(number: number): boolean {
    this.#offers.get(number)?.source.close();
    return this.#offers.delete(number);
  }

  /** A member is gone for good. */
  forget(id: Id): void {
    this.#buckets.delete(id);
  }

  /** Offers nothing any more. */
  dispose(): void {
    this.#over = true;
    this.#jobs.clear();
    for (const number of [...this.#offers.keys()]) this.withdraw(number);
  }

  #allowed(by: Id): boolean {
    let bucket = this.#buckets.get(by);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#room.clock, {
        capacity: FILES.askBurst,
        perMs: FILES.asksPerSecond / 1_000,
      });
      this.#buckets.set(by, bucket);
    }
    return bucket.take();
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (const [key, job] of this.#jobs) {
      this.#jobs.delete(key);
      this.#jobs.set(key, job); // its next turn is after all others
      await this.#pace();
      if (this.#over) return;
      if (this.#jobs.get(key) !== job) continue;
      await this.#give(job, job.next++);
      if (job.next >= job.end && this.#jobs.get(key) === job) this.#jobs.delete(key);
    }
    this.#busy = false;
  }

  async #pace(): Promise<void> {
    while (!this.#over && !this.#bucket.take()) {
      await new Promise<void>((resolve) => this.#room.timers.after(this.#bucket.wait(), resolve, resolve));
    }
  }

  async #give({ by, number }: Job, index: number): Promise<void> {
    const offer = this.#offers.get(number);
    if (!this.#room.there(by)) return;
    const bytes = offer === undefined ? null : await read(offer, index);
    if (this.#over) return;
    await this.#room.send(by, { number, index, bytes }).catch(() => {});
    if (bytes === null && offer !== undefined && this.withdraw(number)) {
      this.#room.unreadable(number, offer.info);
    }
  }
}

async function read({ source, info }: Offer, index: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const length = partLength(info.size, index);
  const bytes = await source.read(index * FILES.partBytes, length).catch(() => null);
  return bytes?.length === length ? bytes : null;
}
