import assert from "node:assert/strict";
import { bytesOfLength, MemorySource } from "../tests/files.ts";
import { FakeClock, turns } from "../tests/helpers.ts";
import type { FilePart } from "./file_frames.ts";
import { FileGiving } from "./file_giving.ts";
import { FILES, partsOf } from "./file_info.ts";
import { Timers } from "./timers.ts";

const HASH = "ef".repeat(32);

class Desk {
  readonly clock = new FakeClock();
  readonly sent: (FilePart & { to: string })[] = [];
  readonly told: string[] = [];
  readonly absent = new Set<string>();
  /** What the relay has not got yet; null where it gets all at once. */
  line: (() => void)[] | null = null;
  readonly giving = new FileGiving({
    clock: this.clock,
    timers: new Timers(this.clock),
    reached: () => this.#reached(),
    there: (id) => !this.absent.has(id),
    send: (to, part) => Promise.resolve(void this.sent.push({ ...part, to })),
    taken: (number, by, { name }) => void this.told.push(`${by} has ${name} (${number})`),
    unreadable: (number, { name }) => void this.told.push(`${name} (${number}) cannot be read`),
  });

  #reached(): Promise<void> {
    const { line } = this;
    return line === null ? Promise.resolve() : new Promise((resolve) => line.push(resolve));
  }

  offer(number: number, length: number, to: string | null = null): MemorySource {
    const source = new MemorySource(`file ${number}`, bytesOfLength(length));
    this.giving.offer(number, { source, info: { name: source.name, size: length, sha256: HASH }, to });
    return source;
  }

  async ask(by: string, number: number, from: number, count: number, sha256 = HASH): Promise<string[]> {
    this.giving.asked(by, { number, sha256, from, count });
    await turns(12);
    return this.take();
  }

  take(): string[] {
    return this.sent.splice(0).map(({ to, number, index, bytes }) =>
      `${to} ${number}/${index}${bytes === null ? " none" : ""}`
    );
  }
}

Deno.test("FileGiving gives what is asked for, and nothing beyond the end", async () => {
  const desk = new Desk();
  desk.offer(1, 2 * FILES.partBytes + 1);
  assert.deepEqual(await desk.ask("bob", 1, 0, 2), ["bob 1/0", "bob 1/1"]);
  assert.deepEqual(await desk.ask("bob", 1, 2, FILES.window), ["bob 1/2"]);
  assert.deepEqual(await desk.ask("bob", 1, 3, 1), []);
});

Deno.test("FileGiving says no to whoever was not offered it, and to what is not offered", async () => {
  const desk = new Desk();
  desk.offer(1, 100, "bob");
  assert.deepEqual(await desk.ask("eve", 1, 0, 1), ["eve 1/0 none"]);
  assert.deepEqual(await desk.ask("bob", 1, 0, 1, "00".repeat(32)), ["bob 1/0 none"]);
  assert.deepEqual(await desk.ask("bob", 2, 0, 1), ["bob 2/0 none"]);
  assert.deepEqual(await desk.ask("bob", 1, 0, 1), ["bob 1/0"]);
});

Deno.test("FileGiving lets members take turns, and goes on where an ask follows another", async () => {
  const desk = new Desk();
  desk.offer(1, 20 * FILES.partBytes);
  desk.giving.asked("bob", { number: 1, sha256: HASH, from: 0, count: 3 });
  desk.giving.asked("eve", { number: 1, sha256: HASH, from: 5, count: 2 });
  desk.giving.asked("bob", { number: 1, sha256: HASH, from: 3, count: 1 });
  await turns(30);
  assert.deepEqual(desk.take(), ["bob 1/0", "bob 1/1", "eve 1/5", "bob 1/2", "eve 1/6", "bob 1/3"]);
});

Deno.test("FileGiving forgets what was asked for before when it is asked from elsewhere", async () => {
  const desk = new Desk();
  desk.offer(1, 20 * FILES.partBytes);
  desk.giving.asked("bob", { number: 1, sha256: HASH, from: 0, count: 8 });
  desk.giving.asked("bob", { number: 1, sha256: HASH, from: 10, count: 1 });
  await turns(30);
  assert.deepEqual(desk.take().filter((what) => what !== "bob 1/0"), ["bob 1/10"]);
});

Deno.test("FileGiving gives no faster than its rate, once the burst is used up", async () => {
  const desk = new Desk();
  const burst = FILES.burst / FILES.partBytes;
  desk.offer(1, burst * FILES.partBytes);
  let given = 0;
  for (let from = 0; from < burst; from += FILES.window) {
    given += (await desk.ask("bob", 1, from, FILES.window)).length;
  }
  assert.equal(given, burst);
  for (const by of ["ann", "eve", "joe"]) assert.deepEqual(await desk.ask(by, 1, 0, FILES.window), []);
  await desk.clock.pass(1_000);
  const perSecond = FILES.bytesPerSecond / FILES.partBytes;
  assert.ok(Math.abs(desk.take().length - perSecond) <= 1);
  desk.giving.dispose();
});

Deno.test("FileGiving hears only so many asks of one member, and holds only so many of all", async () => {
  const desk = new Desk();
  desk.offer(1, 100);
  for (let i = 0; i < FILES.askBurst + 50; i++) {
    desk.giving.asked("eve", { number: 9, sha256: HASH, from: 0, count: 1 });
  }
  assert.equal(desk.take().length, FILES.askBurst);
  await desk.clock.pass(1_000);
  for (let i = 0; i < 50; i++) desk.giving.asked("eve", { number: 9, sha256: HASH, from: 0, count: 1 });
  assert.equal(desk.take().length, FILES.asksPerSecond);
  const long = desk.offer(2, 20 * FILES.partBytes);
  long.stuck = true;
  for (let i = 0; i <= FILES.asks + 5; i++) {
    desk.giving.asked(`m${i}`, { number: 2, sha256: HASH, from: 0, count: 1 });
  }
  long.stuck = false;
  assert.equal(partsOf(long.size), 20);
  desk.giving.dispose();
  assert.equal(long.closed, true);
});

Deno.test("FileGiving stops offering what cannot be read as it was, and says so once", async () => {
  const desk = new Desk();
  const source = desk.offer(1, 3 * FILES.partBytes);
  source.bytes = source.bytes.slice(0, 10);
  assert.deepEqual(await desk.ask("bob", 1, 0, 2), ["bob 1/0 none", "bob 1/1 none"]);
  assert.deepEqual(desk.told, ["file 1 (1) cannot be read"]);
  assert.equal(source.closed, true);
});

Deno.test("FileGiving hears who has got all of it, and sends nothing to whoever is not connected", async () => {
  const desk = new Desk();
  const source = desk.offer(7, 100);
  assert.deepEqual(await desk.ask("bob", 7, 1, 0), []);
  assert.deepEqual(desk.told, ["bob has file 7 (7)"]);
  desk.absent.add("bob");
  assert.deepEqual(await desk.ask("bob", 7, 0, 1), []);
  assert.equal(source.reads, 0);
  assert.equal(desk.giving.withdraw(7), true);
  assert.equal(desk.giving.withdraw(7), false);
  assert.equal(desk.giving.size, 0);
});

Deno.test("FileGiving hands no more than one part at a time to a slow line, and a few to one that is not", async () => {
  const desk = new Desk();
  desk.offer(1, 40 * FILES.partBytes);
  const line: (() => void)[] = desk.line = [];
  assert.deepEqual(await desk.ask("bob", 1, 0, 8), ["bob 1/0"]);
  await desk.clock.pass(FILES.slowMs + 1);
  for (const index of [1, 2]) {
    line.shift()?.();
    await turns(20);
    assert.deepEqual(desk.take(), [`bob 1/${index}`]);
    await desk.clock.pass(FILES.slowMs + 1);
  }
  await desk.clock.pass(FILES.quietMs);
  await turns(20);
  assert.deepEqual(desk.take(), ["bob 1/3"], "also when no answer comes at all");
  desk.line = null;
  for (const reached of line) reached();
  await turns(60);
  assert.equal(desk.take().length, 4);
  desk.line = [];
  const quick = await desk.ask("bob", 1, 8, 8);
  await turns(60);
  assert.ok(quick.length > 1 && quick.length <= 2 * FILES.group);
  desk.giving.dispose();
});

Deno.test("FileGiving lets nobody have more turns by asking for more files", async () => {
  const desk = new Desk();
  for (const number of [1, 2, 3]) desk.offer(number, 20 * FILES.partBytes);
  const line: (() => void)[] = desk.line = [];
  desk.giving.asked("joe", { number: 1, sha256: HASH, from: 0, count: 1 });
  await turns(12);
  for (const number of [1, 2, 3]) desk.giving.asked("eve", { number, sha256: HASH, from: 0, count: 8 });
  desk.giving.asked("bob", { number: 1, sha256: HASH, from: 0, count: 8 });
  desk.line = null;
  for (const reached of line) reached();
  await turns(400);
  const given = desk.take().slice(1);
  assert.equal(given.length, 32);
  assert.ok(given.slice(0, 16).filter((what) => what.startsWith("bob")).length >= 7);
  assert.deepEqual(given.filter((what) => what.startsWith("eve")).slice(0, 6).map((what) => what[4]), [
    ..."123123",
  ]);
});

Deno.test("FileGiving keeps the place in the queue of whoever asks again because nothing has come", async () => {
  const desk = new Desk();
  desk.offer(1, 20 * FILES.partBytes);
  const line: (() => void)[] = desk.line = [];
  for (const by of ["ann", "bob", "eve"]) {
    desk.giving.asked(by, { number: 1, sha256: HASH, from: 0, count: 1 });
  }
  await turns(5);
  desk.giving.asked("bob", { number: 1, sha256: HASH, from: 0, count: 2 });
  desk.line = null;
  for (const reached of line) reached();
  await turns(60);
  assert.deepEqual(desk.take().slice(1), ["bob 1/0", "eve 1/0", "bob 1/1"]);
});

Deno.test("FileGiving tells of each member once that it has all of a file, however often it says so", async () => {
  const desk = new Desk();
  desk.offer(7, 20 * FILES.partBytes);
  for (let i = 0; i < 5; i++) await desk.ask("eve", 7, 20, 0);
  desk.giving.asked("bob", { number: 7, sha256: HASH, from: 19, count: 1 });
  desk.giving.asked("bob", { number: 7, sha256: HASH, from: 20, count: 0 });
  await turns(12);
  assert.deepEqual(desk.told, ["eve has file 7 (7)", "bob has file 7 (7)"]);
});

Deno.test("FileGiving gives other files while one is on a disk that does not answer", async () => {
  const desk = new Desk();
  const stuck = desk.offer(1, 20 * FILES.partBytes);
  stuck.stuck = true;
  desk.offer(2, 20 * FILES.partBytes);
  desk.giving.asked("bob", { number: 1, sha256: HASH, from: 0, count: 8 });
  desk.giving.asked("eve", { number: 2, sha256: HASH, from: 0, count: 8 });
  await turns(12);
  await desk.clock.pass(FILES.readMs);
  await turns(60);
  assert.equal(desk.take().filter((what) => what.startsWith("eve 2/")).length, 8);
  assert.equal(stuck.reads, 1, "nor is it tried again meanwhile");
  desk.giving.dispose();
});
