import assert from "node:assert/strict";
import { DEFAULT_LIMITS, type Limits } from "../wire/mod.ts";
import { Ring, RingTotal } from "./ring.ts";

function ringOf(limits: Partial<Limits> = {}): Ring {
  return new Ring({ ...DEFAULT_LIMITS, ...limits }, new RingTotal());
}

function seqs(ring: Ring, since = 0): number[] {
  return [...ring.since(since)].map((frame) => frame.seq);
}

Deno.test("Ring drops the oldest beyond ringFrames", () => {
  const ring = ringOf({ ringFrames: 3 });
  for (let seq = 1; seq <= 5; seq++) ring.push(seq, 1, new Uint8Array(10), 0);
  assert.deepEqual(seqs(ring), [3, 4, 5]);
  assert.deepEqual([ring.completeSince(1), ring.completeSince(2), ring.completeSince(9)], [
    false,
    true,
    true,
  ]);
});

Deno.test("Ring drops the oldest beyond ringBytes, parts counted", () => {
  const ring = ringOf({ ringBytes: 100 });
  ring.push(1, 1, new Uint8Array(60), 0);
  ring.push(2, 1, new Uint8Array(20), 0, [{ peerId: 2, bytes: new Uint8Array(30) }]);
  assert.deepEqual(seqs(ring), [2]);
  ring.push(3, 1, new Uint8Array(101), 0);
  assert.deepEqual([seqs(ring), ring.bytes, ring.completeSince(3)], [[], 0, true]);
});

Deno.test("Ring drops what is older than ringMs", () => {
  const ring = ringOf({ ringMs: 1_000 });
  ring.push(1, 1, new Uint8Array(10), 0);
  ring.push(2, 1, new Uint8Array(10), 500);
  ring.sweep(1_000);
  assert.deepEqual(seqs(ring), [2]);
  ring.sweep(2_000);
  assert.deepEqual([seqs(ring), ring.bytes, ring.completeSince(1)], [[], 0, false]);
});

Deno.test("Ring keeps within the total of all rings", () => {
  const total = new RingTotal();
  const limits = { ...DEFAULT_LIMITS, ringTotalBytes: 100 };
  const [one, two] = [new Ring(limits, total), new Ring(limits, total)];
  one.push(1, 1, new Uint8Array(70), 0);
  two.push(1, 1, new Uint8Array(20), 0);
  two.push(2, 1, new Uint8Array(30), 0);
  assert.deepEqual([seqs(one), seqs(two), total.bytes], [[1], [2], 100]);
  one.clear();
  assert.deepEqual([seqs(one), total.bytes], [[], 30]);
});

Deno.test("Ring copies small payloads into blocks of its own, and large ones only where they would pin a larger buffer", () => {
  const ring = ringOf();
  const batch = new Uint8Array(100_000).fill(7);
  ring.push(1, 1, batch.subarray(10, 20), 0);
  ring.push(2, 1, batch.subarray(20, 30), 0, [{ peerId: 2, bytes: batch.subarray(30, 40) }]);
  ring.push(3, 1, batch.subarray(0, 20_000), 0);
  const whole = new Uint8Array(20_000);
  ring.push(4, 1, whole.subarray(14), 0);
  batch.fill(8);
  const [small, table, part, large] = [...ring.since(0)];
  assert.deepEqual(small?.payload, new Uint8Array(10).fill(7));
  assert.deepEqual(table?.payload, new Uint8Array(10).fill(7));
  assert.equal(ring.reserved, 512);
  assert.equal(table?.parts?.[0]?.bytes.buffer.byteLength, 10);
  assert.equal(part?.payload.buffer.byteLength, 20_000);
  assert.equal(large?.payload.buffer, whole.buffer);
});

Deno.test("Ring never writes over what it has handed out, and takes a new block when it has been emptied", () => {
  const ring = ringOf({ ringFrames: 4, ringMs: 1_000 });
  const handed: [number, Uint8Array][] = [];
  for (let seq = 1; seq <= 2_000; seq++) {
    ring.push(seq, 1, new Uint8Array(seq % 300).fill(seq % 251), 0);
    for (const frame of ring.since(seq - 1)) handed.push([seq, frame.payload]);
  }
  for (const [seq, payload] of handed) {
    assert.deepEqual(payload, new Uint8Array(seq % 300).fill(seq % 251));
  }
  ring.sweep(1_000);
  assert.equal(ring.reserved, 0);
  ring.push(2_001, 1, new Uint8Array(1), 1_000);
  assert.equal(ring.reserved, 512);
});

Deno.test("Ring sets aside at most two blocks beyond what it holds, and a sweep gives the spare one back", () => {
  const block = 32_768;
  const ring = ringOf({ ringFrames: 1_000 });
  let most = 0;
  for (let seq = 1; seq <= 100_000; seq++) {
    ring.push(seq, 1, new Uint8Array(200), 0);
    most = Math.max(most, ring.reserved);
  }
  assert.deepEqual([ring.size, ring.bytes], [1_000, 200_000]);
  assert.ok(most <= 1_000 * 224 + 2 * block, `${most} bytes`);
  ring.sweep(0); // busy since the last one
  ring.sweep(0);
  assert.ok(ring.reserved <= 1_000 * 224 + block, `${ring.reserved} bytes`);
});

Deno.test("Ring gives frames back whole whatever their size and order, tables among them", () => {
  const ring = ringOf({ ringFrames: 50, ringBytes: 100_000 });
  const kept: { seq: number; from: number; text: string }[] = [];
  let random = 1;
  for (let seq = 1; seq <= 5_000; seq++) {
    random = random * 48_271 % 0x7fff_ffff;
    const [length, from] = [random % 7 === 0 ? random % 20_000 : random % 400, 1 + random % 0xffff_ffff];
    const payload = new Uint8Array(length).fill(seq % 251);
    const parts = random % 5 === 0
      ? [{ peerId: 3, bytes: new Uint8Array(random % 90).fill(seq % 13) }]
      : undefined;
    ring.push(seq, from, payload, seq, parts);
    kept.push({
      seq,
      from,
      text: `${length} of ${seq % 251}, ${parts?.[0]?.bytes.length ?? "no"} of ${seq % 13}`,
    });
    if (seq % 100 !== 0) continue;
    const found = [...ring.since(0)].map(({ seq, from, payload, parts }) => {
      assert.ok(payload.every((byte) => byte === seq % 251));
      const more = parts?.[0]?.bytes;
      assert.ok(more?.every((byte) => byte === seq % 13) ?? true);
      return { seq, from, text: `${payload.length} of ${seq % 251}, ${more?.length ?? "no"} of ${seq % 13}` };
    });
    assert.ok(found.length > 0);
    assert.deepEqual(found, kept.slice(-found.length));
    assert.equal(found.length, ring.size);
  }
});

Deno.test("Ring lets go of frames long gone", () => {
  const ring = ringOf({ ringFrames: 10 });
  for (let seq = 1; seq <= 10_000; seq++) ring.push(seq, 1, new Uint8Array(1), 0);
  assert.deepEqual([ring.size, ring.bytes, seqs(ring, 9_998)], [10, 10, [9_999, 10_000]]);
});
