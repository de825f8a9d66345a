/** Fetches one file: asks for its parts in order, a few at a time, and believes none of it before all of it fits (SPEC §7.4). @module */
import { toHex } from "../crypto/bytes.ts";
import { Sha256 } from "../crypto/hash.ts";
import type { FilePart } from "./file_frames.ts";
import { type FileInfo, FILES, partLength, partsOf } from "./file_info.ts";
import type { Timers } from "./timers.ts";

/** Where a file that is fetched is written to. */
export interface FileSink {
  /** Takes the next bytes. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** All is there and is what was offered: keeps it, and says where. */
  done(): Promise<string>;
  /** Keeps nothing. At once: the program may be about to end. */
  abort(): void;
}

/** How a fetch stands. */
export type FileState =
  | { state: "getting" | "waiting"; done: number }
  | { state: "saved"; path: string }
  | { state: "failed" | "cancelled"; message: string };

/** What {@linkcode FileFetch} needs of the room. */
export interface FetchRoom {
  timers: Timers;
  /** Whether whoever offers it is connected. */
  there(): boolean;
  /** Asks for `count` parts from `from` on; 0 says that all has come. */
  ask(from: number, count: number): Promise<void>;
  told(state: FileState): void;
  /** It has ended, in whatever way. */
  over(): void;
}

/** One file on its way. */
export class FileFetch {
  readonly #room: FetchRoom;
  readonly #sink: FileSink;
  readonly #size: number;
  readonly #sha256: string;
  readonly #parts: number;
  readonly #hash = new Sha256();
  readonly #held = new Map<number, Uint8Array<ArrayBuffer>>();
  /** The part that is written next. */
  #next = 0;
  /** All below have been asked for. */
  #asked = 0;
  #tries = 0;
  #told = -1;
  /** It was told that it waits, and nothing has come since: a line that comes and goes is told once. */
  #waiting = false;
  #writing = false;
  #over = false;
  #stop: () => void = () => {};

  /** Fetches what `info` promises into `sink`; {@linkcode FileFetch.renew} sets it going. */
  constructor(room: FetchRoom, info: FileInfo, sink: FileSink) {
    this.#room = room;
    this.#sink = sink;
    this.#size = info.size;
    this.#sha256 = info.sha256;
    this.#parts = partsOf(info.size);
  }

  /** Begins, or goes on: whoever offers it is there again, or is no longer. */
  renew(): void {
    if (this.#over) return;
    if (this.#next === this.#parts) return void this.#write();
    if (this.#room.there()) {
      this.#tries = 0;
      if (this.#told < 0) this.#room.told({ state: "getting", done: 0 });
      this.#told = Math.max(this.#told, 0);
      this.#again();
    } else this.#wait();
  }

  /** A part has come. */
  take({ index, bytes }: FilePart): void {
    if (this.#over) return;
    if (bytes === null) return this.fail("it is not offered any more");
    if (index < this.#next || index >= this.#asked || this.#held.has(index)) return;
    if (bytes.length !== partLength(this.#size, index)) return this.fail(NOT_AS_OFFERED);
    this.#held.set(index, bytes);
    void this.#write();
  }

  /** Gives up. */
  fail(why: string): void {
    this.#end(failed(why));
  }

  /** The user does not want it any more. */
  cancel(): void {
    this.#end({ state: "cancelled", message: "The file is not fetched any more" });
  }

  #wait(): void {
    this.#stop();
    // Whoever it is, we are told when it is there; but a file that waits for ever for a word that was missed is lost.
    this.#stop = this.#room.timers.after(FILES.quietMs, () => this.renew());
    if (this.#waiting) return;
    this.#waiting = true;
    this.#room.told({ state: "waiting", done: this.#next * FILES.partBytes });
  }

  /** Asks from where it stands. */
  #again(): void {
    this.#asked = this.#next;
    for (const index of this.#held.keys()) this.#asked = Math.max(this.#asked, index + 1);
    // What is missing below something that has come was dropped on the way.
    this.#ask(this.#next, Math.min(this.#next + FILES.window, this.#parts));
  }

  #ask(from: number, to: number): void {
    this.#asked = Math.max(this.#asked, to);
    void this.#room.ask(from, to - from).catch(() => {});
    this.#listen();
  }

  #listen(): void {
    this.#stop();
    this.#stop = this.#room.timers.after(FILES.quietMs, () => {
      if (!this.#room.there()) return this.#wait();
      if (++this.#tries >= FILES.tries) return this.fail(this.#writing ? STUCK : SILENT);
      if (this.#writing) this.#listen(); // what has come is not written yet
      else this.#again();
    });
  }

  async #write(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      for (;;) {
        if (this.#next === this.#parts) return await this.#finish();
        const bytes = this.#held.get(this.#next);
        if (bytes === undefined || this.#over) return;
        this.#held.delete(this.#next++);
        this.#hash.update(bytes);
        await this.#sink.write(bytes);
        if (this.#over) return;
        this.#progress();
      }
    } catch (error) {
      this.fail(reasonOf(error));
    } finally {
      this.#writing = false;
    }
  }

  #progress(): void {
    this.#tries = 0;
    this.#waiting = false;
    const done = Math.min(this.#size, this.#next * FILES.partBytes);
    const percent = Math.floor(100 * done / this.#size);
    if (percent > this.#told) this.#room.told({ state: "getting", done });
    this.#told = Math.max(this.#told, percent);
    const half = FILES.window / 2;
    if (this.#asked < this.#parts && this.#asked - this.#next <= half) {
      this.#ask(this.#asked, Math.min(this.#asked + half, this.#parts));
    } else if (this.#next < this.#parts) this.#listen();
  }

  async #finish(): Promise<void> {
    if (this.#over) return;
    this.#stop();
    if (toHex(this.#hash.digest()) !== this.#sha256) return this.fail(NOT_AS_OFFERED);
    this.#over = true; // nothing stops it any more
    try {
      const path = await this.#sink.done();
      void this.#room.ask(this.#parts, 0).catch(() => {});
      this.#room.told({ state: "saved", path });
    } catch (error) {
      this.#sink.abort();
      this.#room.told(failed(reasonOf(error)));
    }
    this.#room.over();
  }

  #end(state: FileState): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop();
    this.#held.clear();
    this.#sink.abort();
    this.#room.told(state);
    this.#room.over();
  }
}

const SILENT = "whoever offers it does not answer";
const STUCK = "it cannot be written: the disk does not take it";
const NOT_AS_OFFERED = "what came is not what was offered";

function failed(why: string): FileState {
  return { state: "failed", message: `Cannot get the file: ${why}` };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "it cannot be written";
}
