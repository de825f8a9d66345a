import assert from "node:assert/strict";
import { p256 } from "@noble/curves/nist.js";
import fc from "fast-check";
import file from "../tests/vectors/spake2_p256_rfc9382.json" with { type: "json" };
import { type Bytes, fromHex, toHex, utf8 } from "./bytes.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import { hashParts } from "./hash.ts";
import { scalarFromBytes48, Spake2 } from "./spake2.ts";
import { groupElement, keySchedule, shareOf } from "./spake2_suite.ts";

const is = (code: CryptoErrorCode) => (error: unknown) => error instanceof CryptoError && error.code === code;
const ids = { idA: utf8("joiner"), idB: utf8("sponsor") };
const w = new Uint8Array(32).fill(7);
const N = "03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49";

function hex(text: string): Bytes {
  const bytes = fromHex(text);
  assert.ok(bytes);
  return bytes;
}

const number = (text: string) => BigInt("0x" + text);

for (const [index, vector] of file.vectors.entries()) {
  const { idA, idB, w, x, y, pA, pB, K } = vector;

  Deno.test(`SPAKE2 arithmetic and key schedule give vector ${index + 1} of RFC 9382 B`, () => {
    assert.equal(toHex(shareOf("A", number(w), number(x))), pA);
    assert.equal(toHex(shareOf("B", number(w), number(y))), pB);
    assert.equal(toHex(groupElement("A", number(w), number(x), hex(pB))), K);
    assert.equal(toHex(groupElement("B", number(w), number(y), hex(pA))), K);
    const ids = { idA: utf8(idA), idB: utf8(idB) };
    const made = keySchedule({ ...ids, pA: hex(pA), pB: hex(pB), k: hex(K), w: hex(w) });
    assert.equal(toHex(made.ke), vector.Ke);
    assert.equal(toHex(made.ka), vector.Ka);
    assert.equal(toHex(made.kcA), vector.KcA);
    assert.equal(toHex(made.kcB), vector.KcB);
    assert.equal(toHex(made.confirmA), vector.confA);
    assert.equal(toHex(made.confirmB), vector.confB);
  });

  Deno.test(`Spake2 gives vector ${index + 1} of RFC 9382 B on both sides`, () => {
    const ids = { idA: utf8(idA), idB: utf8(idB) };
    const a = Spake2.start("A", hex(w), () => hex(x));
    const b = Spake2.start("B", hex(w), () => hex(y));
    assert.equal(toHex(a.share), pA);
    assert.equal(toHex(b.share), pB);
    const keysA = a.finish(b.share, ids);
    const keysB = b.finish(a.share, ids);
    assert.deepEqual(keysA, keysB);
    assert.equal(toHex(keysA.ke), vector.Ke);
    assert.equal(toHex(keysA.confirmA), vector.confA);
    assert.equal(toHex(keysA.confirmB), vector.confB);
    const { tt } = keySchedule({ ...ids, pA: hex(pA), pB: hex(pB), k: hex(K), w: hex(w) });
    assert.deepEqual(keysA.transcriptHash, hashParts("sotto/v1/spake2-transcript", tt));
  });
}

Deno.test("Spake2.start() takes a new scalar each time", () => {
  assert.notDeepEqual(Spake2.start("A", w).share, Spake2.start("A", w).share);
});

Deno.test("Spake2.finish() agrees exactly when the scalars and identities do", () => {
  const bytes48 = fc.uint8Array({ minLength: 48, maxLength: 48 }).filter((bytes) =>
    bytes.some((b) => b !== 0)
  );
  fc.assert(
    fc.property(bytes48, bytes48, fc.boolean(), (one, two, same) => {
      const [wA, wB] = [scalarFromBytes48(one), scalarFromBytes48(same ? one : two)];
      fc.pre(same || toHex(wA) !== toHex(wB));
      const [a, b] = [Spake2.start("A", wA), Spake2.start("B", wB)];
      const [keysA, keysB] = [a.finish(b.share, ids), b.finish(a.share, ids)];
      for (const field of ["ke", "confirmA", "confirmB", "transcriptHash"] as const) {
        assert.equal(toHex(keysA[field]) === toHex(keysB[field]), same, field);
      }
      assert.notDeepEqual(keysA.confirmA, keysA.confirmB);
    }),
    { numRuns: 15 },
  );
  for (
    const other of [{ ...ids, idA: utf8("x") }, { ...ids, idB: utf8("x") }, { idA: ids.idB, idB: ids.idA }]
  ) {
    const [a, b] = [Spake2.start("A", w), Spake2.start("B", w)];
    assert.notDeepEqual(a.finish(b.share, ids).confirmB, b.finish(a.share, other).confirmB);
  }
});

Deno.test("Spake2.finish() refuses shares that are off the curve, the identity, compressed or our own", () => {
  const good = Spake2.start("B", w).share;
  const offCurve = good.slice();
  offCurve[64] = (offCurve[64] as number) ^ 1;
  const compressed = p256.Point.fromBytes(good).toBytes(true) as Bytes;
  const hybrid = good.slice();
  hybrid[0] = 6;
  // w*N: what makes K the identity, whatever our scalar is.
  const blindOnly = p256.Point.fromHex(N).multiply(number(toHex(w))).toBytes(false) as Bytes;
  const tooLarge = new Uint8Array(65).fill(255);
  tooLarge[0] = 4;
  const bads = [
    offCurve,
    compressed,
    hybrid,
    blindOnly,
    tooLarge,
    Uint8Array.of(0),
    new Uint8Array(65),
    new Uint8Array(),
  ];
  for (const bad of bads) {
    assert.throws(() => Spake2.start("A", w).finish(bad, ids), is("bad_key"), toHex(bad));
  }
  for (const role of ["A", "B"] as const) {
    const side = Spake2.start(role, w);
    assert.throws(() => side.finish(side.share, ids), is("bad_key"));
  }
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 60, maxLength: 70 }), (junk) => {
      assert.throws(() => Spake2.start("A", w).finish(junk, ids), is("bad_key"));
    }),
    { numRuns: 20 },
  );
});

Deno.test("Spake2.finish() is spent after one call, a failed one too", () => {
  const [a, b] = [Spake2.start("A", w), Spake2.start("B", w)];
  a.finish(b.share, ids);
  assert.throws(() => a.finish(b.share, ids), is("spent"));
  assert.throws(() => b.finish(new Uint8Array(65), ids), is("bad_key"));
  assert.throws(() => b.finish(a.share, ids), is("spent"));
});

Deno.test("Spake2 and its keys are gone after dispose()", () => {
  const [a, b] = [Spake2.start("A", w), Spake2.start("B", w)];
  a.dispose();
  assert.throws(() => a.finish(b.share, ids), is("disposed"));
  const keys = b.finish(a.share, ids);
  keys.dispose();
  assert.deepEqual([...keys.ke, ...keys.transcriptHash], new Array(48).fill(0));
});

Deno.test("Spake2.start() refuses password scalars out of range and leaves the given one alone", () => {
  for (const bad of [new Uint8Array(32), new Uint8Array(32).fill(255), new Uint8Array(31).fill(1)]) {
    assert.throws(() => Spake2.start("A", bad), is("bad_key"));
  }
  const mine = w.slice();
  const side = Spake2.start("A", mine);
  side.dispose();
  assert.deepEqual(mine, w);
});
