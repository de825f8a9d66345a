import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bytes, concat, randomBytes, u32, u64 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { Identity, Verifier } from "./identity.ts";
import { decodePresent, encodePresent, verifyPresent } from "./present.ts";

const room = randomBytes(16);
const roomEpoch = randomBytes(16);
const identity = await Identity.generate();
const verifier = await Verifier.import(identity.publicKey);

Deno.test("encodePresent() and decodePresent() round trip", async () => {
  const connections = fc.record({ peerId: fc.nat(2 ** 32 - 1), number: fc.nat(Number.MAX_SAFE_INTEGER) });
  await fc.assert(
    fc.asyncProperty(connections, async (connection) => {
      const payload = await encodePresent(identity, { room, roomEpoch, ...connection });
      assert.equal(payload.length, 110);
      const { signature, ...present } = decodePresent(payload);
      assert.deepEqual(present, { memberId: identity.memberId, roomEpoch, ...connection });
      assert.equal(await verifyPresent({ signature, ...present }, room, verifier), true);
    }),
    { numRuns: 30 },
  );
});

Deno.test("a relay cannot change a present or use it for another room or member", async () => {
  const payload = await encodePresent(identity, { room, roomEpoch, peerId: 7, number: 1 });
  for (let at = 0; at < payload.length; at++) {
    const forged = payload.slice();
    forged[at] = (forged[at] as number) ^ (1 << (at % 8));
    let present;
    try {
      present = decodePresent(forged);
    } catch (error) {
      assert.ok(error instanceof CryptoError && error.code === "decode");
      continue;
    }
    assert.equal(await verifyPresent(present, room, verifier), false, `byte ${at}`);
  }
  const present = decodePresent(payload);
  assert.equal(await verifyPresent(present, randomBytes(16), verifier), false);
  const other = await Identity.generate();
  const otherVerifier = await Verifier.import(other.publicKey);
  assert.equal(await verifyPresent(present, room, otherVerifier), false);
  assert.equal(await verifyPresent({ ...present, memberId: other.memberId }, room, otherVerifier), false);
});

Deno.test("a present is signed as specified, and no member can sign one in another's name", async () => {
  const parts = (memberId: Bytes) => [room, memberId, u32(7), roomEpoch, u64(1)];
  const present = decodePresent(await encodePresent(identity, { room, roomEpoch, peerId: 7, number: 1 }));
  assert.ok(await verifier.verify(present.signature, "sotto/v1/present", ...parts(identity.memberId)));
  const other = await Identity.generate();
  const signature = await other.sign("sotto/v1/present", ...parts(identity.memberId));
  const otherVerifier = await Verifier.import(other.publicKey);
  assert.equal(await verifyPresent({ ...present, signature }, room, otherVerifier), false);
});

Deno.test("decodePresent() is total", async () => {
  const payload = await encodePresent(identity, { room, roomEpoch, peerId: 7, number: 1 });
  const ofLength = fc.uint8Array({ minLength: 108, maxLength: 108 }).map((b) =>
    concat(Uint8Array.of(1, 8), b)
  );
  const wrong = fc.oneof(fc.uint8Array({ maxLength: 120 }), ofLength, fc.constant(concat(payload, payload)));
  fc.assert(fc.property(wrong, (bytes) => {
    try {
      decodePresent(bytes);
    } catch (error) {
      assert.ok(error instanceof CryptoError && error.code === "decode");
    }
  }));
});
