/** Lines to standard output that never make the relay wait for whoever reads them. @module */

/** Where lines go: `Deno.stdout`. */
export interface LineSink {
  /** Writes a part and tells how much. */
  write(bytes: Uint8Array): Promise<number>;
  /** The same at once; throws while `write` is not done. */
  writeSync(bytes: Uint8Array): number;
}

const encoder = new TextEncoder();

/** Writes lines in order: those of the program at once, those of a log when the other end takes them. */
export class LineWriter {
  readonly #sink: LineSink;
  /** What is being written, and all that waits behind it; never rejects. */
  #tail: Promise<void> | undefined;

  /** For one stream. */
  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Writes a line at once, unless others wait already. That nobody reads any more is no reason to end. */
  print(line: string): void {
    if (this.#tail !== undefined) return void this.record(line);
    let bytes = encoder.encode(`${line}\n`);
    try {
      while (bytes.length > 0) bytes = bytes.subarray(this.#sink.writeSync(bytes));
    } catch { /* the other end of the pipe is closed */ }
  }

  /** Writes a line without waiting; resolves when it has gone, or nobody reads any more. */
  record(line: string): Promise<void> {
    const tail = (this.#tail ?? Promise.resolve()).then(() => this.#write(line));
    this.#tail = tail;
    void tail.then(() => {
      if (this.#tail === tail) this.#tail = undefined;
    });
    return tail;
  }

  /** Waits for what waits, but not longer than `ms`. */
  async flush(ms: number): Promise<void> {
    if (this.#tail === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([this.#tail, new Promise<void>((resolve) => timer = setTimeout(resolve, ms))]);
    clearTimeout(timer);
  }

  async #write(line: string): Promise<void> {
    let bytes = encoder.encode(`${line}\n`);
    try {
      while (bytes.length > 0) bytes = bytes.subarray(await this.#sink.write(bytes));
    } catch { /* the other end of the pipe is closed */ }
  }
}
