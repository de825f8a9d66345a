import assert from "node:assert/strict";
import fc from "fast-check";
import { BatchWriter, checkBatch, deliverLength, frameEnd, packBatch, unpackBatch } from "./batch.ts";
import { WireError } from "./errors.ts";
import { encodeRelayFrame } from "./relay_frame.ts";

const BOUNDS = { maxBytes: 10_000, maxFrames: 100 };
const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 50 });

Deno.test("unpackBatch() gives back what packBatch() took", () => {
  fc.assert(fc.property(frames, (list) => {
    assert.deepEqual(unpackBatch(packBatch(list), BOUNDS), list);
  }));
});

Deno.test("unpackBatch() gives frames or WireError for any bytes", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant(0), fc.nat(255)), { maxLength: 60 }), (bytes) => {
      try {
        const list = unpackBatch(new Uint8Array(bytes), BOUNDS);
        assert.deepEqual([...packBatch(list)], bytes);
      } catch (error) {
        assert.ok(error instanceof WireError);
        assert.equal(error.code, "malformed");
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("unpackBatch() refuses an empty batch, an empty frame, a length cut short and one too long", () => {
  for (
    const bytes of [[], [0], [0, 0, 0, 0], [0, 0, 0, 1], [0xff, 0xff, 0xff, 0xff, 1], [0, 0, 0, 1, 7, 0]]
  ) {
    assert.throws(() => unpackBatch(new Uint8Array(bytes), BOUNDS), { name: "WireError", code: "malformed" });
  }
});

Deno.test("unpackBatch() refuses what is beyond its bounds", () => {
  assert.throws(() => unpackBatch(new Uint8Array(10_001), BOUNDS), { code: "too_large" });
  const many = packBatch(new Array(101).fill(new Uint8Array(1)));
  assert.throws(() => unpackBatch(many, BOUNDS), { code: "too_many" });
  assert.equal(unpackBatch(many, { ...BOUNDS, maxFrames: 101 }).length, 101);
});

Deno.test("unpackBatch() reads a batch in the middle of a buffer", () => {
  const buffer = new Uint8Array(30).fill(0xee);
  buffer.set(packBatch([new Uint8Array([1, 2])]), 11);
  assert.deepEqual(unpackBatch(buffer.subarray(11, 17), BOUNDS), [new Uint8Array([1, 2])]);
});

Deno.test("checkBatch() counts the frames that unpackBatch() gives, and frameEnd() finds each", () => {
  fc.assert(fc.property(frames, (list) => {
    const bytes = packBatch(list);
    assert.equal(checkBatch(bytes, BOUNDS), list.length);
    const found: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at = frameEnd(bytes, at)) {
      found.push(bytes.slice(at + 4, frameEnd(bytes, at)));
    }
    assert.deepEqual(found, list);
  }));
});

Deno.test("BatchWriter.deliver() writes what encodeRelayFrame() does", () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat(),
      fc.nat(0xffffffff),
      fc.uint8Array({ maxLength: 400 }),
      fc.option(fc.uint8Array({ maxLength: 400 }), { nil: undefined }),
      (seq, from, payload, rest) => {
        const writer = new BatchWriter(16);
        writer.deliver(seq, from, payload, rest);
        const whole = new Uint8Array([...payload, ...(rest ?? [])]);
        assert.deepEqual(
          writer.written(),
          packBatch([encodeRelayFrame({ type: "deliver", seq, from, payload: whole })]),
        );
        assert.equal(writer.length, deliverLength(whole.length));
      },
    ),
  );
});

Deno.test("BatchWriter grows, gives ranges, is used again and gives a large buffer back", () => {
  const writer = new BatchWriter(4);
  writer.frame(new Uint8Array([1]));
  const middle = writer.length;
  writer.frame(new Uint8Array(100).fill(2));
  assert.deepEqual(unpackBatch(writer.written(middle), BOUNDS), [new Uint8Array(100).fill(2)]);
  assert.deepEqual(unpackBatch(writer.written(0, middle), BOUNDS), [new Uint8Array([1])]);
  const { buffer } = writer.written();
  writer.reset();
  writer.batch(packBatch([new Uint8Array([3])]));
  assert.equal(writer.written().buffer, buffer);
  assert.deepEqual(unpackBatch(writer.written(), BOUNDS), [new Uint8Array([3])]);
  writer.reset(8);
  assert.equal(writer.written().buffer.byteLength, 8);
});

Deno.test("BatchWriter.batch() may be what makes it grow", () => {
  const writer = new BatchWriter(8);
  const batch = packBatch([new Uint8Array(1_000).fill(5)]);
  writer.batch(batch);
  writer.batch(batch);
  assert.deepEqual(writer.written(0, batch.length), batch);
  assert.deepEqual(writer.written(batch.length), batch);
});
