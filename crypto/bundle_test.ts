import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeBundle, MAX_BUNDLE_BYTES, signBundle, verifyBundle } from "./bundle.ts";
import { asArray, asBytes, type CborValue, decodeCbor, encodeCbor } from "./cbor.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import { Identity } from "./identity.ts";
import { KemKeys } from "./kem.ts";

const is = (code: CryptoErrorCode) => (error: unknown) => error instanceof CryptoError && error.code === code;
const identity = await Identity.generate();
const kem = await KemKeys.generate();
const good = await signBundle(identity, kem, { keyNumber: 3, nickname: "ada", features: 5 });

function parts(encoded: Uint8Array): { fields: CborValue[]; signature: Uint8Array } {
  const signed = asArray(decodeCbor(encoded, { maxBytes: MAX_BUNDLE_BYTES }));
  const inner = asBytes(signed[0], { max: MAX_BUNDLE_BYTES });
  const fields = [...asArray(decodeCbor(inner, { maxBytes: MAX_BUNDLE_BYTES }))];
  return { fields, signature: asBytes(signed[1], { length: 64 }) };
}

function withField(index: number, value: CborValue): Uint8Array {
  const { fields, signature } = parts(good.encoded);
  fields[index] = value;
  return encodeCbor([encodeCbor(fields), signature]);
}

Deno.test("decodeBundle() gives back what signBundle() was given", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(0xffff_ffff),
      fc.stringMatching(/^[a-z][a-z0-9._-]{0,31}$/),
      fc.nat(0xffff_ffff),
      async (keyNumber, nickname, features) => {
        const made = await signBundle(identity, kem, { keyNumber, nickname, features });
        const read = decodeBundle(made.encoded);
        assert.deepEqual(read, made);
        assert.deepEqual([read.keyNumber, read.nickname, read.features], [keyNumber, nickname, features]);
        assert.deepEqual([read.identityKey, read.memberId], [identity.publicKey, identity.memberId]);
        assert.deepEqual([read.ecdhKey, read.mlkemKey], [kem.ecdhKey, kem.mlkemKey]);
        await verifyBundle(read);
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("signBundle() refuses a nickname that is not allowed", async () => {
  await assert.rejects(signBundle(identity, kem, { keyNumber: 1, nickname: "a b" }), is("bad_code"));
});

Deno.test("verifyBundle() refuses a bundle with any changed field", async () => {
  const other = await Identity.generate();
  const forged = [
    withField(1, other.publicKey),
    withField(2, other.publicKey),
    withField(3, new Uint8Array(1184)),
    withField(4, 4),
    withField(5, "adb"),
    withField(6, 0),
  ];
  for (const encoded of forged) {
    await assert.rejects(verifyBundle(decodeBundle(encoded)), is("bad_signature"));
  }
  await assert.rejects(verifyBundle(decodeBundle(withField(1, new Uint8Array(65).fill(4)))), is("bad_key"));
});

Deno.test("decodeBundle() refuses wrong types, lengths, versions and nicknames", () => {
  const bads = [
    withField(0, 2),
    withField(1, new Uint8Array(64)),
    withField(2, new Uint8Array(33)),
    withField(3, new Uint8Array(1183)),
    withField(4, -1),
    withField(4, 2 ** 32),
    withField(5, "a b"),
    withField(5, "Zoe\u0308"),
    withField(5, "a\u202e"),
    withField(5, 7),
    withField(6, null),
    encodeCbor([new Uint8Array(3), new Uint8Array(64)]),
    encodeCbor([parts(good.encoded).signature]),
    new Uint8Array(MAX_BUNDLE_BYTES + 1),
    new Uint8Array(),
  ];
  for (const bad of bads) assert.throws(() => decodeBundle(bad), is("decode"));
  for (let length = 0; length < good.encoded.length; length += 7) {
    assert.throws(() => decodeBundle(good.encoded.subarray(0, length)), is("decode"));
  }
});

Deno.test("decodeBundle() ignores fields of later versions", async () => {
  const { fields } = parts(good.encoded);
  const bytes = encodeCbor([...fields, "later"]);
  const encoded = encodeCbor([bytes, await identity.sign("sotto/v1/bundle", bytes), 1]);
  const read = decodeBundle(encoded);
  assert.equal(read.nickname, "ada");
  await verifyBundle(read);
});

Deno.test("decodeBundle() is total", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => {
    assert.throws(() => decodeBundle(junk), is("decode"));
  }));
  fc.assert(fc.property(fc.nat(good.encoded.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
    const changed = good.encoded.slice();
    changed[at] = (changed[at] as number) ^ mask;
    try {
      decodeBundle(changed);
    } catch (error) {
      assert.ok(is("decode")(error), String(error));
    }
  }));
});
