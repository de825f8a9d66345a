/** Lines from a stream of bytes. @module */

/** Where bytes come from; `Deno.stdin` is such. */
export interface Source {
  /** Fills some of the buffer; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** Longest line that is kept whole, in bytes; far beyond any message. What goes beyond it is dropped. */
const MAX_LINE = 1_048_576;
const LF = 10;

/** Reads lines one at a time; bytes of the next line wait for the next call. */
export class LineReader {
  readonly #source: Source;
  readonly #buffer = new Uint8Array(16_384);
  #rest: Uint8Array = new Uint8Array();
  #ended = false;

  /** Makes a reader. */
  constructor(source: Source) {
    this.#source = source;
  }

  /** The next line without its end, or null when there is none. A last line need not be ended. */
  async next(): Promise<string | null> {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (true) {
      const end = this.#rest.indexOf(LF);
      const piece = end < 0 ? this.#rest : this.#rest.subarray(0, end);
      if (length < MAX_LINE) parts.push(piece.slice(0, MAX_LINE - length));
      length += piece.length;
      if (end >= 0) {
        this.#rest = this.#rest.subarray(end + 1);
        return textOf(parts);
      }
      this.#rest = new Uint8Array();
      if (!await this.#fill()) return length === 0 ? null : textOf(parts);
    }
  }

  async #fill(): Promise<boolean> {
    if (this.#ended) return false;
    const count = await this.#source.read(this.#buffer).catch(() => null); // a vanished terminal is an end, too
    if (count === null) this.#ended = true;
    else this.#rest = this.#buffer.subarray(0, count);
    return count !== null;
  }
}

function textOf(parts: Uint8Array[]): string {
  const decoder = new TextDecoder();
  const text = parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}
