import assert from "node:assert/strict";
import { utf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { sha256 } from "./hash.ts";
import { Identity, memberIdOf, Verifier } from "./identity.ts";

const isBadKey = (error: unknown) => error instanceof CryptoError && error.code === "bad_key";

Deno.test("Identity.sign() is verified by its public key, label and parts, and by nothing else", async () => {
  const identity = await Identity.generate();
  const verifier = await Verifier.import(identity.publicKey);
  const other = await Verifier.import((await Identity.generate()).publicKey);
  const signature = await identity.sign("label", utf8("ab"), utf8("c"));
  assert.equal(signature.length, 64);
  assert.equal(await verifier.verify(signature, "label", utf8("ab"), utf8("c")), true);
  assert.equal(await verifier.verify(signature, "label", utf8("a"), utf8("bc")), false);
  assert.equal(await verifier.verify(signature, "other", utf8("ab"), utf8("c")), false);
  assert.equal(await other.verify(signature, "label", utf8("ab"), utf8("c")), false);
});

Deno.test("Identity names itself by the hash of its public key", async () => {
  const identity = await Identity.generate();
  assert.equal(identity.publicKey.length, 65);
  assert.deepEqual(identity.memberId, sha256(identity.publicKey).slice(0, 16));
  assert.deepEqual(memberIdOf(identity.publicKey), identity.memberId);
  assert.equal(identity.fingerprint.length, 32);
  assert.deepEqual((await Verifier.import(identity.publicKey)).memberId, identity.memberId);
});

Deno.test("Identity.sign() fails after dispose()", async () => {
  const identity = await Identity.generate();
  identity.dispose();
  await assert.rejects(
    identity.sign("label"),
    (error) => error instanceof CryptoError && error.code === "disposed",
  );
});

Deno.test("Verifier.verify() is false for malformed signatures", async () => {
  const identity = await Identity.generate();
  const verifier = await Verifier.import(identity.publicKey);
  const signature = await identity.sign("label");
  for (
    const bad of [new Uint8Array(), new Uint8Array(64), new Uint8Array(64).fill(255), signature.slice(1)]
  ) {
    assert.equal(await verifier.verify(bad, "label"), false);
  }
  for (let i = 0; i < signature.length; i += 9) {
    const flipped = signature.slice();
    flipped[i] = (flipped[i] as number) ^ 1;
    assert.equal(await verifier.verify(flipped, "label"), false);
  }
});

Deno.test("Verifier.import() refuses what is not a point", async () => {
  const { publicKey } = await Identity.generate();
  const offCurve = publicKey.slice();
  offCurve[64] = (offCurve[64] as number) ^ 1;
  const compressed = publicKey.slice(0, 33);
  compressed[0] = 2;
  const bads = [
    offCurve,
    compressed,
    Uint8Array.of(0),
    new Uint8Array(65),
    new Uint8Array(),
    publicKey.slice(1),
  ];
  for (const bad of bads) await assert.rejects(Verifier.import(bad), isBadKey);
});
