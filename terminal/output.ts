/** Writing to a terminal or a pipe without ever blocking the session. @module */

/** Where bytes go; `Deno.stdout` and `Deno.stderr` are such. */
export interface Sink {
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Most characters that wait for a reader that has stalled; far more than anybody reads. */
const MAX_WAITING = 64 * 1_048_576;

/** Text on its way out, in order. */
export class Output {
  readonly #sink: Sink;
  #queue: string[] = [];
  #waiting = 0;
  #pump: Promise<void> | null = null;
  #broken = false;
  /** Called once when nobody reads any more, such as after `| head`, or has not for far too long. */
  onBroken: () => void = () => {};

  /** Makes an output. */
  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Queues text. */
  write(text: string): void {
    if (this.#broken || text === "") return;
    this.#queue.push(text);
    this.#waiting += text.length;
    if (this.#waiting > MAX_WAITING) return this.#break();
    this.#pump ??= this.#run();
  }

  /** Queues text and a line break. */
  line(text: string): void {
    this.write(text + "\n");
  }

  /** Resolves when everything queued so far has been written, or nobody reads any more. */
  async flush(): Promise<void> {
    while (this.#pump !== null) await this.#pump;
  }

  async #run(): Promise<void> {
    const encoder = new TextEncoder();
    try {
      while (this.#queue.length > 0) {
        let bytes = encoder.encode(this.#queue.join(""));
        this.#queue = [];
        this.#waiting = 0;
        while (bytes.length > 0) bytes = bytes.subarray(await this.#sink.write(bytes));
      }
    } catch {
      this.#break();
    } finally {
      this.#pump = null;
    }
  }

  #break(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#queue = [];
    this.onBroken();
  }
}
