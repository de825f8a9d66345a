import assert from "node:assert/strict";
import fc from "fast-check";
import {
  compareBytes,
  concat,
  equalBytes,
  fromBase64Url,
  fromHex,
  fromUtf8,
  randomBytes,
  toBase64Url,
  toHex,
  u32,
  u64,
  utf8,
  wipe,
} from "./bytes.ts";

const bytes = fc.uint8Array({ maxLength: 40 });

Deno.test("concat() copies its parts in order", () => {
  const part = Uint8Array.of(1, 2);
  const all = concat(part, new Uint8Array(), Uint8Array.of(3));
  part.fill(0);
  assert.deepEqual(all, Uint8Array.of(1, 2, 3));
  assert.deepEqual(concat(), new Uint8Array());
});

Deno.test("equalBytes() and compareBytes() agree with hexadecimal text", () => {
  fc.assert(fc.property(bytes, bytes, (a, b) => {
    assert.equal(equalBytes(a, b), toHex(a) === toHex(b));
    const [x, y] = [toHex(a), toHex(b)];
    assert.equal(Math.sign(compareBytes(a, b)), x < y ? -1 : x > y ? 1 : 0);
    assert.equal(equalBytes(a, a.slice()), true);
  }));
  assert.ok(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0)) < 0);
  assert.equal(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0)), false);
});

Deno.test("equalBytes() sees a difference at any place", () => {
  const a = randomBytes(32);
  for (let i = 0; i < 32; i++) {
    const b = a.slice();
    b[i] = (b[i] as number) ^ 0x80;
    assert.equal(equalBytes(a, b), false);
  }
});

Deno.test("wipe() leaves zeros", () => {
  const [a, b] = [Uint8Array.of(1), Uint8Array.of(2, 3)];
  wipe(a, b);
  assert.deepEqual([...a, ...b], [0, 0, 0]);
});

Deno.test("u32() and u64() are big-endian", () => {
  assert.equal(toHex(u32(0x01020304)), "01020304");
  assert.equal(toHex(u32(0xffff_ffff)), "ffffffff");
  assert.equal(toHex(u64(Number.MAX_SAFE_INTEGER)), "001fffffffffffff");
});

Deno.test("fromHex() and fromBase64Url() give back what was encoded", () => {
  fc.assert(fc.property(bytes, (value) => {
    assert.deepEqual(fromHex(toHex(value)), value);
    assert.deepEqual(fromHex(toHex(value).toUpperCase()), value);
    assert.deepEqual(fromBase64Url(toBase64Url(value)), value);
  }));
});

Deno.test("fromHex() refuses what is not hexadecimal", () => {
  for (const text of ["0", "0g", "g0", "0@", "0`", "/0", ":0", "\u01410", " 00", "0x00", "００"]) {
    assert.equal(fromHex(text), undefined);
  }
});

Deno.test("fromBase64Url() refuses padding, other alphabets and spare bits", () => {
  for (const text of ["A", "AA==", "A+8A", "A/8A", "AB", "AAB", "A A", "AA\n"]) {
    assert.equal(fromBase64Url(text), undefined, text);
  }
  fc.assert(fc.property(fc.string({ maxLength: 12 }), (text) => {
    const value = fromBase64Url(text);
    if (value !== undefined) assert.equal(toBase64Url(value), text);
  }));
});

Deno.test("fromUtf8() keeps a byte order mark and refuses what is not UTF-8", () => {
  assert.equal(fromUtf8(utf8("\ufeffé🦊")), "\ufeffé🦊");
  for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    assert.throws(() => fromUtf8(Uint8Array.from(bad)), TypeError);
  }
});
