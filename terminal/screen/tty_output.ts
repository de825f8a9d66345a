/** Output of whole frames, and a last word that gets out even when the process is about to end. @module */
import { Output } from "../output.ts";

/** How long the last word waits for a write that is under way, in milliseconds. */
const IN_FLIGHT_MS = 150;

/** A terminal that is written to; `Deno.stdout` and `Deno.stderr` are such. */
export interface TtySink {
  write(bytes: Uint8Array): Promise<number>;
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

/** What it writes to, for tests. */
export interface TtyOutputOptions {
  /** @default Deno.stdout */
  out?: TtySink;
  /** @default Deno.stderr */
  err?: TtySink;
  /** Waits without letting anything else of this thread run. */
  wait?: (ms: number) => void;
}

/** Standard output as a terminal. */
export class TtyOutput {
  readonly #out: TtySink;
  readonly #err: TtySink;
  readonly #wait: (ms: number) => void;
  /** Raised by {@linkcode TtyOutput.last}: what was queued before it goes nowhere. */
  #era = 0;
  #output = this.#begin();
  /** Pieces that the system has and has not said to be out. */
  #inFlight = 0;
  /** Called once when nobody reads any more. */
  onBroken: () => void = () => {};

  /** Writes to this process's terminal, or elsewhere. */
  constructor({ out = Deno.stdout, err = Deno.stderr, wait = pause }: TtyOutputOptions = {}) {
    this.#out = out;
    this.#err = err;
    this.#wait = wait;
  }

  /** Queues text; never blocks. */
  write(text: string): void {
    this.#output.write(text);
  }

  /** Resolves when all that was queued so far is out. */
  flush(): Promise<void> {
    return this.#output.flush();
  }

  /** Drops what is queued and writes this at once, waiting for the terminal to take it. */
  last(text: string): void {
    this.#era++;
    this.#output = this.#begin();
    // What another thread is about to write must not come after our last word, and cannot be called back.
    if (this.#inFlight > 0) this.#wait(IN_FLIGHT_MS);
    const bytes = new TextEncoder().encode(text);
    if (writeAll(this.#out, bytes)) return;
    // A write that is under way may keep standard output for itself; the same terminal is mostly here as well.
    if (this.#err.isTerminal()) writeAll(this.#err, bytes);
  }

  #begin(): Output {
    const era = this.#era;
    const output = new Output({ write: (bytes) => this.#write(bytes, era) });
    output.onBroken = () => this.onBroken();
    return output;
  }

  /** Writes in small pieces, so that little is under way when the end comes. */
  async #write(bytes: Uint8Array, era: number): Promise<number> {
    if (era !== this.#era) return bytes.length;
    this.#inFlight++;
    try {
      return await this.#out.write(bytes.subarray(0, 16_384));
    } finally {
      this.#inFlight--;
    }
  }
}

/** Waits without letting anything else of this thread run. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): boolean {
  try {
    let at = 0;
    while (at < bytes.length) at += to.writeSync(bytes.subarray(at));
    return true;
  } catch {
    return false;
  }
}
