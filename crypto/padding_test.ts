import assert from "node:assert/strict";
import fc from "fast-check";
import { toHex } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { MAX_PADDED, MIN_PADDED, pad, padmeLength, unpad } from "./padding.ts";

/** Algorithm 1 of the PURB paper, written as there. */
function reference(length: number): number {
  const e = Math.floor(Math.log2(length));
  const s = Math.floor(Math.log2(e)) + 1;
  const lastBits = Math.max(0, e - s);
  const bitMask = 2 ** lastBits - 1;
  return Math.floor((length + bitMask) / (bitMask + 1)) * (bitMask + 1);
}

const isDecode = (error: unknown): boolean => error instanceof CryptoError && error.code === "decode";

Deno.test("padmeLength() follows algorithm 1 of the PURB paper", () => {
  fc.assert(fc.property(fc.integer({ min: 4, max: 2 ** 30 }), (length) => {
    assert.equal(padmeLength(length), reference(length));
  }));
  assert.equal(padmeLength(0), 0);
  assert.equal(padmeLength(1), 1);
  assert.equal(padmeLength(9), 10);
  assert.equal(padmeLength(257), 272);
  assert.equal(padmeLength(1_000_000), 1_015_808);
});

Deno.test("padmeLength() never costs more than 12 % and is its own bucket", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (length) => {
    const padded = padmeLength(length);
    assert.ok(padded >= length && padded <= length * 1.12);
    assert.equal(padmeLength(padded), padded);
  }));
});

Deno.test("pad() and unpad() round trip", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
    const padded = pad(bytes);
    assert.ok(padded.length >= MIN_PADDED && padmeLength(padded.length) === padded.length);
    assert.equal(toHex(unpad(padded)), toHex(bytes));
  }));
});

Deno.test("pad() hides the length of everything up to 252 bytes, and of neighbours above", () => {
  const lengths = (from: number, to: number) =>
    new Set(Array.from({ length: to - from }, (_, i) => pad(new Uint8Array(from + i)).length));
  assert.deepEqual([...lengths(0, 253)], [MIN_PADDED]);
  assert.ok(lengths(253, 1024).size <= 33);
  assert.ok(lengths(1024, 10_240).size <= 65);
});

Deno.test("pad() stops at the largest frame", () => {
  assert.equal(pad(new Uint8Array(MAX_PADDED - 4)).length, MAX_PADDED);
  assert.equal(padmeLength(MAX_PADDED), MAX_PADDED);
  assert.throws(() => pad(new Uint8Array(MAX_PADDED - 3)), { code: "limit" });
  assert.throws(() => unpad(new Uint8Array(MAX_PADDED + 1)), isDecode);
});

Deno.test("unpad() refuses anything that pad() does not return", () => {
  const padded = pad(new Uint8Array(301).fill(7));
  const changed = (change: (bytes: Uint8Array) => void): Uint8Array => {
    const copy = padded.slice();
    change(copy);
    return copy;
  };
  assert.throws(() => unpad(changed((b) => b[b.length - 1] = 1)), isDecode, "filling");
  assert.throws(() => unpad(changed((b) => b[0] = 255)), isDecode, "length beyond the end");
  assert.throws(() => unpad(changed((b) => b.fill(0, 0, 4))), isDecode, "length of a smaller bucket");
  assert.throws(() => unpad(padded.subarray(0, 255)), isDecode, "too short");
  assert.throws(() => unpad(new Uint8Array(0)), isDecode, "empty");
  assert.throws(() => unpad(new Uint8Array(257)), isDecode, "not a bucket");
});

Deno.test("unpad() is total", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (bytes, floor) => {
    const input = floor ? new Uint8Array(MIN_PADDED) : bytes;
    if (floor) input.set(bytes.subarray(0, 8));
    try {
      unpad(input);
    } catch (error) {
      assert.ok(isDecode(error));
    }
  }));
});
