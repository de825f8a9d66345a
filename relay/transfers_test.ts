import assert from "node:assert/strict";
import type { RelayClock } from "./clock.ts";
import { systemClock } from "./clock.ts";
import { Transfers } from "./transfers.ts";

/** A clock whose timers run when the test says so. */
class HandClock implements RelayClock {
  readonly timers = new Set<{ run: () => void }>();
  now = systemClock.now;
  setTurn = systemClock.setTurn;
  clearTurn = systemClock.clearTurn;

  setTimer(run: () => void): unknown {
    const timer = { run };
    this.timers.add(timer);
    return timer;
  }

  clearTimer(handle: unknown): void {
    this.timers.delete(handle as { run: () => void });
  }

  ring(): void {
    for (const timer of [...this.timers]) {
      this.timers.delete(timer);
      timer.run();
    }
  }
}

async function withFile(size: number, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, Uint8Array.from({ length: size }, (_, i) => i % 251));
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("stream() sends exactly the part, and closes the file", () =>
  withFile(200_000, async (path) => {
    const transfers = new Transfers(new HandClock());
    let ended = 0;
    const span = { start: 1_000, length: 150_000 };
    const stream = transfers.stream(await Deno.open(path), span, () => ended++);
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    assert.equal(bytes.length, 150_000);
    assert.ok(bytes.every((byte, i) => byte === (i + 1_000) % 251));
    assert.equal(ended, 1);
  }));

Deno.test("stream() breaks off when the file has become shorter", () =>
  withFile(100, async (path) => {
    const transfers = new Transfers(new HandClock());
    let ended = 0;
    const stream = transfers.stream(await Deno.open(path), { start: 0, length: 200 }, () => ended++);
    await assert.rejects(new Response(stream).arrayBuffer(), /become shorter/);
    assert.equal(ended, 1);
  }));

Deno.test("stream() closes the file when nobody takes the next piece", () =>
  withFile(200_000, async (path) => {
    const clock = new HandClock();
    let ended = 0;
    const span = { start: 0, length: 200_000 };
    const stream = new Transfers(clock).stream(await Deno.open(path), span, () => ended++);
    const reader = stream.getReader();
    assert.equal((await reader.read()).value?.length, 65_536);
    clock.ring();
    assert.equal(ended, 1);
    await assert.rejects(reader.read(), /nobody takes it/);
    assert.equal(clock.timers.size, 0);
  }));

Deno.test("stream() closes the file when the guest hangs up", () =>
  withFile(200_000, async (path) => {
    const clock = new HandClock();
    let ended = 0;
    const span = { start: 0, length: 200_000 };
    const reader = new Transfers(clock).stream(await Deno.open(path), span, () => ended++).getReader();
    await reader.read();
    await reader.cancel();
    assert.deepEqual([ended, clock.timers.size], [1, 0]);
  }));

Deno.test("begin() stops one address, then all, and counts what has ended", () => {
  const transfers = new Transfers(new HandClock());
  const mine = Array.from({ length: 9 }, () => transfers.begin("192.0.2.1"));
  assert.deepEqual(mine.map((end) => end !== undefined), [...Array(8).fill(true), false]);
  mine[0]?.();
  mine[0]?.();
  assert.equal(transfers.count, 7);
  assert.ok(transfers.begin("192.0.2.1") !== undefined);
  for (let i = 0; i < 56; i++) assert.ok(transfers.begin(`198.51.100.${i}`) !== undefined);
  assert.equal(transfers.begin("203.0.113.1"), undefined);
  assert.equal(transfers.count, 64);
});
