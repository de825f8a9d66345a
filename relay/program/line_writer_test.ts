import assert from "node:assert/strict";
import { type LineSink, LineWriter } from "./line_writer.ts";

/** A pipe whose reader takes nothing until it is told to. */
class Pipe implements LineSink {
  text = "";
  #taken = Promise.withResolvers<void>();
  #busy = false;

  async write(bytes: Uint8Array): Promise<number> {
    this.#busy = true;
    await this.#taken.promise;
    this.#busy = false;
    return this.#take(bytes);
  }

  writeSync(bytes: Uint8Array): number {
    if (this.#busy) throw new Error("busy");
    return this.#take(bytes);
  }

  read(): void {
    this.#taken.resolve();
  }

  #take(bytes: Uint8Array): number {
    const part = bytes.subarray(0, 3);
    this.text += new TextDecoder().decode(part);
    return part.length;
  }
}

Deno.test("lines of the program are written at once, and after those of a log that wait", async () => {
  const pipe = new Pipe();
  const writer = new LineWriter(pipe);
  writer.print("first");
  assert.equal(pipe.text, "first\n");
  const gone = writer.record("second");
  writer.print("third");
  assert.equal(pipe.text, "first\n");
  pipe.read();
  await gone;
  await writer.flush(60_000);
  assert.equal(pipe.text, "first\nsecond\nthird\n");
  writer.print("fourth");
  assert.equal(pipe.text, "first\nsecond\nthird\nfourth\n");
});

Deno.test("a reader that has stalled holds up no end, and one that has gone holds up nothing", async () => {
  const stalled = new LineWriter(new Pipe());
  void stalled.record("nobody takes this");
  await stalled.flush(1);
  const gone = (): never => {
    throw new Deno.errors.BrokenPipe("gone");
  };
  const writer = new LineWriter({ write: () => Promise.resolve().then(gone), writeSync: gone });
  writer.print("one");
  await writer.record("two");
  await writer.flush(60_000);
});
