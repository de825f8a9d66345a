/** Output of whole frames, and a last word that gets out even when the process is about to end. @module */
import { Output } from "../output.ts";

/** How long a write that was asked for has to begin before the last word, which would be followed by it else. */
const BEGIN_MS = 50;

/** Standard output as a terminal. */
export class TtyOutput {
  /** Raised by {@linkcode TtyOutput.last}: what was queued before it goes nowhere. */
  #era = 0;
  #output = this.#begin();
  /** Writes that were asked for and are not done: threads of their own see to them, some time. */
  #underWay = 0;
  /** Called once when nobody reads any more. */
  onBroken: () => void = () => {};

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
    const bytes = new TextEncoder().encode(text);
    if (this.#underWay > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BEGIN_MS);
    if (writeAll(Deno.stdout, bytes)) return;
    // A write that is under way may keep standard output for itself; the same terminal is mostly here as well.
    if (Deno.stderr.isTerminal()) writeAll(Deno.stderr, bytes);
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
    this.#underWay++;
    try {
      return await Deno.stdout.write(bytes.subarray(0, 16_384));
    } finally {
      this.#underWay--;
    }
  }
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
