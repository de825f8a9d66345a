import assert from "node:assert/strict";
import { p256 } from "@noble/curves/nist.js";
import fc from "fast-check";
import { type Bytes, concat, fromHex, randomBytes, toHex, utf8 } from "./bytes.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import {
  decapsulateMlkem,
  deriveEcdh,
  encapsulateMlkem,
  generateEcdh,
  generateMlkem,
  isP256Point,
  openAesGcm,
  sealAesGcm,
} from "./webcrypto.ts";

const is = (code: CryptoErrorCode) => (error: unknown) => error instanceof CryptoError && error.code === code;

function hex(text: string): Bytes {
  const bytes = fromHex(text);
  assert.ok(bytes);
  return bytes;
}

Deno.test("isP256Point() takes uncompressed points of the curve only", () => {
  const point = p256.Point.BASE.multiply(12345n);
  assert.equal(isP256Point(point.toBytes(false)), true);
  assert.equal(isP256Point(point.toBytes(true)), false);
  assert.equal(isP256Point(Uint8Array.of(0)), false);
  assert.equal(isP256Point(new Uint8Array(65)), false);
  // x = p: the same as x = 0, written out of range.
  const p = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
  const y0 = "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4";
  assert.equal(isP256Point(hex("04" + "00".repeat(32) + y0)), true);
  assert.equal(isP256Point(hex("04" + p + y0)), false);
  fc.assert(fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (junk) => {
    assert.equal(isP256Point(concat(Uint8Array.of(4), junk)), false);
  }));
});

Deno.test("private keys cannot be exported", async () => {
  for (const { privateKey } of [await generateEcdh(), await generateMlkem()]) {
    assert.equal(privateKey.extractable, false);
    for (const format of ["pkcs8", "jwk"] as const) {
      await assert.rejects(crypto.subtle.exportKey(format as "pkcs8", privateKey));
    }
  }
});

Deno.test("deriveEcdh() gives both sides the x coordinate", async () => {
  const [a, b] = [await generateEcdh(), await generateEcdh()];
  const shared = await deriveEcdh(a.privateKey, b.publicKey);
  assert.deepEqual(shared, await deriveEcdh(b.privateKey, a.publicKey));
  const ours = await deriveEcdh(a.privateKey, p256.Point.BASE.toBytes(false));
  assert.deepEqual(ours, a.publicKey.slice(1, 33));
  const compressed = p256.Point.fromBytes(b.publicKey).toBytes(true);
  await assert.rejects(deriveEcdh(a.privateKey, compressed), is("bad_key"));
});

Deno.test("decapsulateMlkem() gives the encapsulated secret, and another for a changed ciphertext", async () => {
  const pair = await generateMlkem();
  const { ciphertext, secret } = await encapsulateMlkem(pair.publicKey);
  assert.deepEqual([ciphertext.length, secret.length, pair.publicKey.length], [1088, 32, 1184]);
  assert.deepEqual(await decapsulateMlkem(pair.privateKey, ciphertext), secret);
  ciphertext[0] = (ciphertext[0] as number) ^ 1;
  assert.notDeepEqual(await decapsulateMlkem(pair.privateKey, ciphertext), secret);
  for (const length of [0, 1087, 1089]) {
    await assert.rejects(decapsulateMlkem(pair.privateKey, new Uint8Array(length)), is("open_failed"));
  }
});

Deno.test("sealAesGcm() gives test case 14 of the GCM specification", async () => {
  const sealed = await sealAesGcm({ key: new Uint8Array(32), nonce: new Uint8Array(12) }, new Uint8Array(16));
  assert.equal(toHex(sealed), "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919");
});

Deno.test("openAesGcm() opens what was sealed and fails as open_failed for all else", async () => {
  const key = { key: randomBytes(32), nonce: randomBytes(12), aad: utf8("aad") };
  const sealed = await sealAesGcm(key, utf8("text"));
  assert.deepEqual(await openAesGcm(key, sealed), utf8("text"));
  const changed = sealed.slice();
  changed[0] = (changed[0] as number) ^ 1;
  for (const bad of [changed, sealed.slice(1), sealed.slice(0, 15), new Uint8Array()]) {
    await assert.rejects(openAesGcm(key, bad), is("open_failed"));
  }
  await assert.rejects(openAesGcm({ ...key, aad: undefined }, sealed), is("open_failed"));
  await assert.rejects(openAesGcm({ ...key, nonce: randomBytes(12) }, sealed), is("open_failed"));
});
