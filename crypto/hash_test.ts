import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, toHex, utf8 } from "./bytes.ts";
import { encodeParts, hashParts, hkdfExpand, sha256, sha256Async } from "./hash.ts";

const part = fc.uint8Array({ maxLength: 12 });

Deno.test("sha256() is the platform's SHA-256", async () => {
  assert.equal(
    toHex(sha256(utf8("abc"))),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
    const expected = await crypto.subtle.digest("SHA-256", concat(bytes));
    assert.deepEqual(sha256(bytes), new Uint8Array(expected));
  }));
});

Deno.test("sha256Async() gives what sha256() does, however long", async () => {
  for (const length of [0, 64, 8_191, 8_192, 100_000]) {
    const bytes = new Uint8Array(length).fill(7);
    assert.deepEqual(await sha256Async(bytes), sha256(bytes));
  }
});

Deno.test("encodeParts() puts every part behind its length", () => {
  assert.equal(
    toHex(encodeParts("ab", Uint8Array.of(9), new Uint8Array())),
    "00000002" + "6162" + "0000000109" + "00000000",
  );
  assert.deepEqual(hashParts("ab", Uint8Array.of(9)), sha256(encodeParts("ab", Uint8Array.of(9))));
});

Deno.test("encodeParts() never gives two lists of parts one encoding", () => {
  const list = fc.array(part, { maxLength: 4 });
  fc.assert(fc.property(list, list, (a, b) => {
    const same = JSON.stringify(a.map(toHex)) === JSON.stringify(b.map(toHex));
    assert.equal(toHex(encodeParts("x", ...a)) === toHex(encodeParts("x", ...b)), same);
  }));
  assert.notDeepEqual(encodeParts("x", utf8("ab"), utf8("c")), encodeParts("x", utf8("a"), utf8("bc")));
});

Deno.test("hkdfExpand() gives prefixes of one stream", () => {
  const key = new Uint8Array(32).fill(1);
  const long = hkdfExpand(key, utf8("info"), 108);
  assert.deepEqual(hkdfExpand(key, utf8("info"), 32), long.slice(0, 32));
  assert.notDeepEqual(hkdfExpand(key, utf8("other"), 32), long.slice(0, 32));
});
