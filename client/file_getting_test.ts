import assert from "node:assert/strict";
import { toHex } from "../crypto/bytes.ts";
import { sha256 } from "../crypto/hash.ts";
import { bytesOfLength, MemorySink } from "../tests/files.ts";
import { FakeClock, turns } from "../tests/helpers.ts";
import { FileFetch } from "./file_getting.ts";
import { FILES, partLength } from "./file_info.ts";
import { Timers } from "./timers.ts";

class Fetching {
  readonly clock = new FakeClock();
  readonly asks: string[] = [];
  readonly told: string[] = [];
  readonly sink = new MemorySink();
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly fetch: FileFetch;
  there = true;
  ended = 0;

  constructor(length: number, sha = toHex(sha256(bytesOfLength(length)))) {
    this.bytes = bytesOfLength(length);
    this.fetch = new FileFetch(
      {
        timers: new Timers(this.clock),
        there: () => this.there,
        ask: (from, count) => Promise.resolve(void this.asks.push(`${from}+${count}`)),
        told: (state) =>
          void this.told.push("message" in state ? `${state.state}: ${state.message}` : state.state),
        over: () => void this.ended++,
      },
      { name: "x", size: length, sha256: sha },
      this.sink,
    );
    this.fetch.renew();
  }

  async come(...indices: number[]): Promise<void> {
    for (const index of indices) {
      const at = index * FILES.partBytes;
      const bytes = this.bytes.slice(at, at + partLength(this.bytes.length, index));
      this.fetch.take({ number: 1, index, bytes });
    }
    await turns(6);
  }

  asked(): string[] {
    return this.asks.splice(0);
  }
}

const TEN = 10 * FILES.partBytes;

Deno.test("FileFetch asks for a window, and for more as it is written", async () => {
  const it = new Fetching(TEN);
  assert.deepEqual(it.asked(), ["0+8"]);
  await it.come(0, 1, 2, 3);
  assert.deepEqual(it.asked(), ["8+2"]);
  await it.come(4, 5, 6, 7, 8, 9);
  assert.deepEqual(it.asked(), ["10+0"], "it says that all has come");
  assert.deepEqual(it.sink.bytes, it.bytes);
  assert.equal(it.told.at(-1), "saved");
  assert.deepEqual([it.sink.state, it.ended], ["done", 1]);
});

Deno.test("FileFetch writes in order whatever order parts come in, and each once", async () => {
  const it = new Fetching(TEN);
  await it.come(3, 1, 1, 2);
  assert.equal(it.sink.pieces.length, 0);
  await it.come(0, 0, 3, 2);
  assert.equal(it.sink.pieces.length, 4);
  await it.come(9); // not asked for when it came, or asked for by now
  await it.come(4, 5, 6, 7, 8, 9);
  assert.deepEqual(it.sink.bytes, it.bytes);
});

Deno.test("FileFetch takes nothing that it has not asked for", async () => {
  const it = new Fetching(20 * FILES.partBytes);
  await it.come(8, 19, 4_000);
  await it.come(0);
  assert.equal(it.sink.pieces.length, 1);
  assert.deepEqual(it.asked(), ["0+8"]);
});

Deno.test("FileFetch asks again for what was dropped on the way, and gives up when nobody answers", async () => {
  const it = new Fetching(TEN);
  await it.come(0, 2, 3);
  it.asked();
  await it.clock.pass(FILES.quietMs);
  assert.deepEqual(it.asked(), ["1+8"]);
  for (let i = 1; i < FILES.tries; i++) await it.clock.pass(FILES.quietMs);
  assert.equal(it.told.at(-1), "failed: Cannot get the file: whoever offers it does not answer");
  assert.deepEqual([it.sink.state, it.ended], ["aborted", 1]);
  await it.come(1);
  assert.equal(it.sink.pieces.length, 1, "nothing is written any more");
});

Deno.test("FileFetch waits for as long as whoever offers it is away, and goes on where it was", async () => {
  const it = new Fetching(TEN);
  await it.come(0, 1);
  it.there = false;
  it.asked();
  for (let i = 0; i < 3 * FILES.tries; i++) await it.clock.pass(FILES.quietMs);
  assert.deepEqual(it.told.filter((state) => state === "waiting"), ["waiting"]);
  assert.deepEqual(it.asked(), []);
  it.there = true;
  it.fetch.renew();
  assert.deepEqual(it.asked(), ["2+8"]);
});

Deno.test("FileFetch refuses a part of a wrong length, and a whole that is not what was offered", async () => {
  const short = new Fetching(TEN);
  short.fetch.take({ number: 1, index: 0, bytes: new Uint8Array(5) });
  assert.equal(short.told.at(-1), "failed: Cannot get the file: what came is not what was offered");
  const other = new Fetching(100, "00".repeat(32));
  await other.come(0);
  assert.equal(other.told.at(-1), "failed: Cannot get the file: what came is not what was offered");
  assert.equal(other.sink.state, "aborted");
  assert.deepEqual(other.asked(), ["0+1"], "it does not say that it has it");
});

Deno.test("FileFetch says why it could not be written, also at the very end", async () => {
  const full = new Fetching(TEN);
  full.sink.full = FILES.partBytes;
  await full.come(0, 1);
  assert.equal(full.told.at(-1), "failed: Cannot get the file: the disk is full");
  const late = new Fetching(10);
  late.sink.done = () => Promise.reject(new Error("it is there by now"));
  await late.come(0);
  assert.equal(late.told.at(-1), "failed: Cannot get the file: it is there by now");
  assert.deepEqual([late.sink.state, late.ended], ["aborted", 1]);
});

Deno.test("FileFetch ends at once when it is cancelled, or offered no more", () => {
  const cancelled = new Fetching(TEN);
  cancelled.fetch.cancel();
  cancelled.fetch.fail("too late");
  assert.deepEqual(cancelled.told, ["getting", "cancelled: The file is not fetched any more"]);
  assert.equal(cancelled.sink.state, "aborted");
  assert.equal(cancelled.clock.waiting, 0);
  const gone = new Fetching(TEN);
  gone.fetch.take({ number: 1, index: 0, bytes: null });
  assert.deepEqual(gone.told, ["getting", "failed: Cannot get the file: it is not offered any more"]);
});

Deno.test("FileFetch that waits looks for itself whether whoever offers it is there again", async () => {
  const it = new Fetching(TEN);
  it.there = false;
  it.fetch.renew();
  it.asked();
  it.there = true; // and nobody says so
  await it.clock.pass(FILES.quietMs);
  assert.deepEqual(it.asked(), ["0+8"]);
});

Deno.test("FileFetch asks for nothing twice while the disk is slow, and says so when it takes nothing at all", async () => {
  const it = new Fetching(TEN);
  it.sink.write = () => new Promise(() => {});
  it.asked();
  await it.come(0, 1, 2, 3, 4, 5, 6, 7);
  for (let i = 1; i < FILES.tries; i++) await it.clock.pass(FILES.quietMs);
  assert.deepEqual(it.asked(), []);
  await it.clock.pass(FILES.quietMs);
  const why = "it cannot be written: the disk does not take it";
  assert.equal(it.told.at(-1), `failed: Cannot get the file: ${why}`);
});

Deno.test("FileFetch says at once that it has begun, and once that it waits, until something comes", async () => {
  const it = new Fetching(TEN);
  assert.deepEqual(it.told, ["getting"]);
  it.fetch.renew();
  it.there = false;
  it.fetch.renew();
  for (let i = 0; i < 6; i++) {
    it.there = !it.there;
    it.fetch.renew();
  }
  assert.deepEqual(it.told, ["getting", "waiting"]);
  await it.come(0);
  it.fetch.renew();
  assert.deepEqual(it.told, ["getting", "waiting", "getting", "waiting"]);
});
