/**
 * Reads a file through before it is offered, to learn its hash (SPEC §7.4). That takes half a minute for the largest, and
 * for ever on a disk that does not answer: it tells how it gets on, and can be stopped at any time.
 *
 * @module
 */
import { toHex } from "../crypto/bytes.ts";
import { Sha256 } from "../crypto/hash.ts";
import { ClientError } from "./errors.ts";
import type { FileSource } from "./file_giving.ts";
import { FILES } from "./file_info.ts";
import type { Timers } from "./timers.ts";

/** How much is read at once, in bytes. */
const PIECE = 1_048_576;

/** How that stands. */
export type FileReadingState = { state: "reading"; done: number } | { state: "cancelled"; message: string };

/** One file that is being read. */
export class FileReading {
  /** What the caller calls it by. */
  readonly ref: string | number | null;
  readonly #source: FileSource;
  readonly #stopped = Promise.withResolvers<null>();
  #done = 0;
  #over = false;

  /** Reads `source`; {@linkcode FileReading.hash} sets it going. */
  constructor(source: FileSource, ref: string | number | null) {
    this.#source = source;
    this.ref = ref;
    this.#stopped.promise.catch(() => {}); // it may be stopped before anybody waits for it
  }

  /** Whether it can be stopped no more: it is read, or has ended otherwise. */
  get over(): boolean {
    return this.#over;
  }

  /** Ends it, also while a read is not answered: because nobody wants it any more, or for a reason. */
  stop(why: ClientError | null): void {
    this.#over = true;
    if (why === null) this.#stopped.resolve(null);
    else this.#stopped.reject(why);
  }

  /**
   * Reads all of it.
   *
   * @param timers Time.
   * @param told Receives how it gets on: after a second, and then each time that it has taken twice as long.
   * @returns The SHA-256 of all of it, in hexadecimal digits; null when nobody wanted it any more, which is told.
   * @throws {ClientError} `unreadable`, or what it was stopped with.
   */
  async hash(timers: Timers, told: (state: FileReadingState) => void): Promise<string | null> {
    let forget: () => void = () => {};
    const tellAfter = (ms: number, taken: number): void => {
      forget = timers.after(ms, () => {
        told({ state: "reading", done: this.#done });
        tellAfter(taken, 2 * taken);
      });
    };
    tellAfter(FILES.readingMs, FILES.readingMs);
    try {
      const hash = await Promise.race([this.#stopped.promise, this.#read()]);
      if (hash === null) told({ state: "cancelled", message: "The file is not offered" });
      return hash;
    } finally {
      this.#over = true;
      forget();
    }
  }

  async #read(): Promise<string> {
    const hash = new Sha256();
    const { size } = this.#source;
    while (this.#done < size) {
      const length = Math.min(PIECE, size - this.#done);
      const bytes = await this.#source.read(this.#done, length).catch((cause: unknown) => {
        throw new ClientError("unreadable", "Cannot offer the file: it cannot be read", { cause });
      });
      if (this.#over) return ""; // nobody waits for it any more
      if (bytes.length !== length) {
        throw new ClientError("unreadable", "Cannot offer the file: it changed while it was read");
      }
      hash.update(bytes);
      this.#done += length;
    }
    return toHex(hash.digest());
  }
}
