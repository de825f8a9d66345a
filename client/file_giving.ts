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
  /** Resolves when the relay has got what was sent, or cannot get it any more. */
  reached(): Promise<void>;
  /** Whether a member may be given anything now: it is in the room and connected. */
  there(id: Id): boolean;
  send(to: Id, part: FilePart): Promise<void>;
  /** A member has got the whole of what we offered as `number`. */
  taken(number: number, by: Id, info: FileInfo): void;
  /** What we offered as `number` cannot be read as it was offered. */
  unreadable(number: number, info: FileInfo): void;
}

/** What a member has asked for of one file. */
interface Job {
  number: number;
  next: number;
  end: number;
}

/** An offer as it stands. */
interface Given extends Offer {
  /** Who has said that it has the whole of it. */
  taken: Set<Id>;
  /** A read is not answered, and no other is tried before it is. */
  stuck: boolean;
}

/** The files that we offer. */
export class FileGiving {
  readonly #room: GivingRoom;
  readonly #bucket: TokenBucket;
  readonly #offers = new Map<number, Given>();
  /** Who has asked for what: the first member is served next and goes to the end, and so do its files. */
  readonly #jobs = new Map<Id, Map<number, Job>>();
  readonly #buckets = new Map<Id, TokenBucket>();
  /** Parts after which it is waited for the line, and how many were given since. */
  #group = 1;
  #given = 0;
  #before: Promise<void> = Promise.resolve();
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
    this.#offers.set(number, { ...offer, taken: new Set(), stuck: false });
  }

  /** A member asks for parts; what it asked for before is no longer wanted. */
  asked(by: Id, { number, sha256, from, count }: FileAsk): void {
    if (!this.#allowed(by)) return;
    const offer = this.#offers.get(number);
    const theirs = offer !== undefined && offer.info.sha256 === sha256 && (offer.to ?? by) === by;
    if (!theirs) return void this.#room.send(by, { number, index: 0, bytes: null }).catch(() => {});
    if (count === 0) return this.#has(by, number, offer);
    const end = Math.min(from + count, partsOf(offer.info.size));
    const job = this.#jobs.get(by)?.get(number);
    if (job === undefined) return this.#add(by, { number, next: from, end });
    // Either it goes on, or it has not got what it asked for and begins anew, in the same place of the queue.
    if (job.end !== from || end - job.next > FILES.window) job.next = from;
    job.end = end;
  }

  /** What is offered under a number. */
  infoOf(number: number): FileInfo | undefined {
    return this.#offers.get(number)?.info;
  }

  /** It is not offered any more; false when it was not. */
  withdraw(number: number): boolean {
    this.#offers.get(number)?.source.close();
    return this.#offers.delete(number);
  }

  /** A member is gone for good. */
  forget(id: Id): void {
    this.#buckets.delete(id);
    this.#jobs.delete(id);
    for (const { taken } of this.#offers.values()) taken.delete(id);
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

  /** Its owner is told once, however often a member says so. */
  #has(by: Id, number: number, { taken, info }: Given): void {
    this.#jobs.get(by)?.delete(number);
    if (taken.has(by)) return;
    taken.add(by);
    this.#room.taken(number, by, info);
  }

  #add(by: Id, job: Job): void {
    if (job.next >= job.end) return;
    let waiting = 0;
    for (const jobs of this.#jobs.values()) waiting += jobs.size;
    if (waiting >= FILES.asks) return;
    const jobs = this.#jobs.get(by) ?? new Map<number, Job>();
    this.#jobs.set(by, jobs.set(job.number, job));
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (const [by, jobs] of this.#jobs) {
      toTheEnd(this.#jobs, by, jobs);
      await this.#pace();
      if (this.#over) return;
      for (const job of jobs.values()) {
        toTheEnd(jobs, job.number, job);
        if (job.next < job.end) await this.#give(by, job.number, job.next++);
        if (job.next >= job.end && jobs.get(job.number) === job) jobs.delete(job.number);
        break;
      }
      if (jobs.size === 0 && this.#jobs.get(by) === jobs) this.#jobs.delete(by);
    }
    this.#busy = false;
  }

  async #pace(): Promise<void> {
    while (!this.#over && !this.#bucket.take()) await this.#after(this.#bucket.wait());
  }

  /**
   * Waits until the relay has got what was given before the last few parts, and on a slow line also these: words
   * cannot overtake what our own line has taken.
   */
  async #line(): Promise<void> {
    if (++this.#given < this.#group) return;
    this.#given = 0;
    const mark = this.#mark();
    await (this.#group === 1 ? mark : this.#before);
    this.#before = mark;
  }

  async #mark(): Promise<void> {
    const { clock } = this.#room;
    const since = clock.now();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const stop = this.#room.timers.after(FILES.quietMs, resolve, resolve); // that answer may have been lost
    await Promise.race([this.#room.reached(), late]);
    stop();
    const ms = clock.now() - since;
    if (ms > FILES.slowMs) this.#group = 1;
    else if (ms < FILES.slowMs / 2) this.#group = Math.min(2 * this.#group, FILES.group);
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => this.#room.timers.after(ms, resolve, resolve));
  }

  async #give(by: Id, number: number, index: number): Promise<void> {
    const offer = this.#offers.get(number);
    if (!this.#room.there(by)) return;
    const bytes = offer === undefined ? null : await this.#read(offer, index);
    if (this.#over || bytes === undefined) return;
    await this.#room.send(by, { number, index, bytes }).catch(() => {});
    if (bytes === null && offer !== undefined && this.withdraw(number)) {
      this.#room.unreadable(number, offer.info);
    }
    await this.#line();
  }

  /** A part, null when it cannot be read, or undefined when it cannot be waited for: others want other files. */
  async #read(offer: Given, index: number): Promise<Uint8Array<ArrayBuffer> | null | undefined> {
    if (offer.stuck) return undefined;
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const stop = this.#room.timers.after(FILES.readMs, () => resolve(undefined));
    offer.stuck = true;
    const reading = read(offer, index).finally(() => offer.stuck = false);
    const bytes = await Promise.race([reading, late]);
    stop();
    return bytes;
  }
}

/** Moves an entry behind all others. */
function toTheEnd<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
}

async function read({ source, info }: Offer, index: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const length = partLength(info.size, index);
  const bytes = await source.read(index * FILES.partBytes, length).catch(() => null);
  return bytes?.length === length ? bytes : null;
}
