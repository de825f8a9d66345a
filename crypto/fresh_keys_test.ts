import assert from "node:assert/strict";
import { randomBytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { openFreshKeys, sealFreshKeys } from "./fresh_keys.ts";
import { openAesGcm } from "./webcrypto.ts";
import { encodeParts, hashParts } from "./hash.ts";
import { unpad } from "./padding.ts";

const found = randomBytes(32);
const place = { room: randomBytes(16), member: randomBytes(16) };
const pack = randomBytes(1_400);

Deno.test("sealFreshKeys() and openFreshKeys() round trip, as the specification says", async () => {
  const sealed = await sealFreshKeys(found, place, pack);
  assert.deepEqual(await openFreshKeys(found, place, sealed), pack);
  assert.deepEqual([...sealed.subarray(0, 2)], [1, 18]);
  assert.deepEqual(sealed.slice(2, 18), place.member);
  const key = hashParts("sotto/v1/fresh-keys-key", found);
  const aad = encodeParts("sotto/v1/fresh-keys", Uint8Array.of(1, 18), place.room, place.member);
  const padded = await openAesGcm({ key, nonce: sealed.slice(18, 30), aad }, sealed.slice(30));
  assert.deepEqual(unpad(padded), pack);
  assert.notDeepEqual(await sealFreshKeys(found, place, pack), sealed);
});

Deno.test("fresh keys open for nobody else, in no other room, under no other name, and not when changed", async () => {
  const sealed = await sealFreshKeys(found, place, pack);
  const fails = async (hash: Uint8Array, where: typeof place, bytes: Uint8Array): Promise<void> => {
    await assert.rejects(openFreshKeys(hash, where, bytes), CryptoError);
  };
  await fails(randomBytes(32), place, sealed);
  await fails(found, { ...place, room: randomBytes(16) }, sealed);
  await fails(found, { ...place, member: randomBytes(16) }, sealed);
  for (const at of [0, 1, 18, 30, sealed.length - 1]) {
    const changed = sealed.slice();
    changed[at] = (changed[at] as number) ^ 1;
    await fails(found, place, changed);
  }
  for (const length of [0, 1, 29, 60, sealed.length - 1]) await fails(found, place, sealed.slice(0, length));
});
