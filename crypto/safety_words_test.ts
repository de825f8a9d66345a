import assert from "node:assert/strict";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import fc from "fast-check";
import { compareBytes, toHex } from "./bytes.ts";
import { hashParts } from "./hash.ts";
import { pairWords, roomWords } from "./safety_words.ts";

const fingerprint = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** Another way to the same words: the hash as one number. */
function wordsOf(hash: Uint8Array): string[] {
  const bits = BigInt("0x" + toHex(hash)).toString(2).padStart(256, "0");
  return Array.from(
    { length: 12 },
    (_, i) => wordlist[parseInt(bits.slice(11 * i, 11 * i + 11), 2)] as string,
  );
}

Deno.test("pairWords() are the leading 132 bits, whoever asks", () => {
  fc.assert(fc.property(fingerprint, fingerprint, (a, b) => {
    const words = pairWords(a, b);
    assert.deepEqual(words, pairWords(b, a));
    const [low, high] = compareBytes(a, b) < 0 ? [a, b] : [b, a];
    assert.deepEqual(words, wordsOf(hashParts("sotto/v1/safety-pair", low, high)));
  }));
});

Deno.test("roomWords() do not depend on the order of members, and change with any of them", () => {
  fc.assert(
    fc.property(fingerprint, fc.uniqueArray(fingerprint, { minLength: 2, selector: toHex }), (found, all) => {
      const words = roomWords(found, all);
      assert.deepEqual(words, roomWords(found, [...all].reverse()));
      assert.equal(words.length, 12);
      assert.notDeepEqual(words, roomWords(found, all.slice(1)));
      assert.notDeepEqual(words, roomWords(hashParts("x", found), all));
    }),
  );
});

Deno.test("roomWords() leaves its argument as it was", () => {
  const all = [new Uint8Array(32).fill(2), new Uint8Array(32).fill(1)];
  roomWords(new Uint8Array(32), all);
  assert.equal(all[0]?.[0], 2);
});
