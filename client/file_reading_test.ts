import assert from "node:assert/strict";
import { toHex } from "../crypto/bytes.ts";
import { sha256 } from "../crypto/hash.ts";
import { bytesOfLength, MemorySource } from "../tests/files.ts";
import { FakeClock, turns } from "../tests/helpers.ts";
import { ClientError } from "./errors.ts";
import { FileReading, type FileReadingState } from "./file_reading.ts";
import { Timers } from "./timers.ts";

/** A file of three pieces, each of which is read when the test says so. */
class SlowSource extends MemorySource {
  readonly #waiting: (() => void)[] = [];

  override async read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return await super.read(at, length);
  }

  async answer(): Promise<void> {
    this.#waiting.shift()?.();
    await turns();
  }
}

function reading(source: MemorySource) {
  const clock = new FakeClock();
  const told: FileReadingState[] = [];
  const it = new FileReading(source, null);
  const hash = it.hash(new Timers(clock), (state) => void told.push(state));
  return { clock, told, it, hash };
}

const MIB = 1_048_576;
const LONG = bytesOfLength(2 * MIB + 1);

Deno.test("FileReading tells after 1, 2, 4 and 8 seconds how much has been read, and gives the hash of all", async () => {
  const source = new SlowSource("x", LONG);
  const { clock, told, hash } = reading(source);
  const at: [number, number][] = [];
  for (let second = 1; second <= 10; second++) {
    if (second === 2 || second === 4) await source.answer();
    const before = told.length;
    await clock.pass(1_000);
    for (const state of told.slice(before)) at.push([second, state.state === "reading" ? state.done : -1]);
  }
  assert.deepEqual(at, [[1, 0], [2, MIB], [4, 2 * MIB], [8, 2 * MIB]]);
  await source.answer();
  assert.equal(await hash, toHex(sha256(LONG)));
  await clock.pass(60_000);
  assert.equal(told.length, 4);
});

Deno.test("FileReading says nothing of a file that is read at once", async () => {
  const { clock, told, it, hash } = reading(new MemorySource("x", LONG));
  assert.equal(await hash, toHex(sha256(LONG)));
  assert.equal(it.over, true);
  await clock.pass(60_000);
  assert.deepEqual(told, []);
});

Deno.test("FileReading can be stopped while a read is not answered, and reads no further", async () => {
  const source = new SlowSource("x", LONG);
  const { clock, told, it, hash } = reading(source);
  it.stop(null);
  assert.equal(await hash, null);
  assert.deepEqual(told, [{ state: "cancelled", message: "The file is not offered" }]);
  await source.answer();
  await clock.pass(60_000);
  assert.deepEqual([source.reads, told.length], [1, 1]);
});

Deno.test("FileReading ends with the reason for which it is stopped, also before it has begun", async () => {
  const it = new FileReading(new MemorySource("x", LONG), null);
  it.stop(new ClientError("ended", "Cannot do this: the session has ended"));
  await assert.rejects(it.hash(new Timers(new FakeClock()), () => {}), { code: "ended" });
});
