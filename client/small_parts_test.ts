/** The small parts of a session: timers, buckets, buffers, receipts and ids. @module */
import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import { BUFFER_LIMITS, FrameBuffer } from "./buffer.ts";
import type { SessionEvent } from "./events.ts";
import { bytesOf, idOf, messageId, parseMessageId } from "./ids.ts";
import { MAX_FOLLOWED, Receipts } from "./receipts.ts";
import { Timers } from "./timers.ts";
import { TokenBucket } from "./token_bucket.ts";

const ME = "1".repeat(32);
const BOB = "2".repeat(32);

Deno.test("Timers.after() runs once, unless it is forgotten or disposed of", () => {
  const clock = new FakeClock();
  const timers = new Timers(clock);
  const ran: string[] = [];
  timers.after(10, () => ran.push("a"));
  timers.after(10, () => ran.push("b"))();
  timers.after(20, () => ran.push("c"), () => ran.push("c ended"));
  clock.advance(10);
  timers.dispose();
  timers.after(1, () => ran.push("d"), () => ran.push("d ended"));
  clock.advance(100);
  assert.deepEqual(ran, ["a", "c ended", "d ended"]);
  assert.equal(clock.waiting, 0);
});

Deno.test("Timers.every() runs until disposed", () => {
  const clock = new FakeClock();
  const timers = new Timers(clock);
  let count = 0;
  timers.every(5, () => count++);
  clock.advance(27);
  assert.equal(count, 5);
  timers.dispose();
  clock.advance(50);
  assert.equal(count, 5);
});

Deno.test("TokenBucket gives its burst at once and then its rate", () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, { capacity: 3, perMs: 1 / 100 });
  assert.deepEqual([bucket.take(), bucket.take(), bucket.take(), bucket.take()], [true, true, true, false]);
  assert.equal(bucket.wait(), 100);
  clock.advance(100);
  assert.equal(bucket.wait(), 0);
  assert.ok(bucket.take());
  clock.advance(100_000);
  assert.deepEqual([bucket.take(), bucket.take(), bucket.take(), bucket.take()], [true, true, true, false]);
});

Deno.test("FrameBuffer gives back what waits for a key, in order, and forgets it after its time", () => {
  const buffer = new FrameBuffer();
  const frame = (from: number, at: number): { from: number; payload: Uint8Array; at: number } => ({
    from,
    payload: new Uint8Array(10),
    at,
  });
  assert.ok(buffer.hold("k", frame(1, 0)));
  assert.ok(buffer.hold("k", frame(2, 1)));
  assert.ok(buffer.has("k"));
  assert.deepEqual(buffer.take("k").map(({ from }) => from), [1, 2]);
  assert.equal(buffer.size, 0);
  buffer.hold("old", frame(1, 0));
  buffer.hold("new", frame(1, BUFFER_LIMITS.ms + 1));
  assert.equal(buffer.has("old"), false);
  buffer.clear();
  assert.equal(buffer.size, 0);
});

Deno.test("Receipts tell sent once the relay took a message, and delivered for each member that has it", () => {
  const events: SessionEvent[] = [];
  const receipts = new Receipts(ME, (event) => events.push(event));
  receipts.startAt(BOB, 4);
  receipts.follow(5, "x");
  receipts.follow(6, null);
  receipts.handed(5, 1);
  receipts.handed(6, 2);
  receipts.acked(1);
  assert.deepEqual(events, [{ type: "sent", id: messageId(ME, 5), ref: "x" }]);
  assert.equal(receipts.allTaken, false);
  receipts.acked(2);
  assert.equal(receipts.allTaken, true);
  receipts.covered(BOB, 5);
  receipts.covered(BOB, 5);
  receipts.covered(BOB, 6);
  const delivered = events.filter((event) => event.type === "delivered");
  assert.deepEqual(delivered, [
    { type: "delivered", id: messageId(ME, 5), to: BOB },
    { type: "delivered", id: messageId(ME, 6), to: BOB },
  ]);
});

Deno.test("Receipts follow a bounded number of messages", () => {
  const events: SessionEvent[] = [];
  const receipts = new Receipts(ME, (event) => events.push(event));
  for (let n = 1; n <= MAX_FOLLOWED + 1; n++) receipts.follow(n, null);
  receipts.covered(BOB, MAX_FOLLOWED + 1);
  assert.equal(events.length, MAX_FOLLOWED);
});

Deno.test("ids are read back from what they were written as, and nothing else is one", () => {
  assert.equal(idOf(bytesOf(ME)), ME);
  assert.deepEqual(parseMessageId(messageId(ME, 12)), { author: ME, number: 12 });
  for (
    const bad of ["", ME, `${ME}-`, `${ME}-0`, `${ME}-1x`, `${ME.slice(1)}-1`, `${ME}-99999999999999999`]
  ) {
    assert.equal(parseMessageId(bad), undefined, bad);
  }
  assert.throws(() => bytesOf("xy"), TypeError);
});
