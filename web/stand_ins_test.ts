/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { argon2id } from "../crypto/argon2.ts";
import { toHex } from "../crypto/bytes.ts";
import { type ModernSubtle, useModern } from "../crypto/modern.ts";
import { decapsulateMlkem, deriveArgon2id, encapsulateMlkem, generateMlkem } from "../crypto/webcrypto.ts";
import { filledIn, lacking } from "./stand_ins.ts";

const platform = crypto.subtle as unknown as ModernSubtle;
const standIns = filledIn(platform, ["ML-KEM-768", "Argon2id"]);

/** Runs with stand-ins for both. */
async function standing<T>(run: () => Promise<T>): Promise<T> {
  useModern(standIns);
  try {
    return await run();
  } finally {
    useModern(undefined);
  }
}

Deno.test("the stand-in for Argon2id gives the tag of RFC 9106", async () => {
  const path = new URL("../tests/vectors/argon2id_rfc9106.json", import.meta.url);
  const vector = JSON.parse(await Deno.readTextFile(path));
  const tag = await standing(() =>
    deriveArgon2id(Uint8Array.fromHex(vector.password), vector.tag_length, {
      nonce: Uint8Array.fromHex(vector.salt),
      memory: vector.memory_kib,
      passes: vector.passes,
      parallelism: vector.parallelism,
      secretValue: Uint8Array.fromHex(vector.secret),
      associatedData: Uint8Array.fromHex(vector.associated_data),
    })
  );
  assert.equal(toHex(tag), vector.tag);
});

Deno.test("the stand-in for Argon2id agrees with the platform at the protocol's cost", async () => {
  const [secret, nonce] = [new Uint8Array(16).fill(7), new Uint8Array(16).fill(9)];
  assert.equal(
    toHex(await standing(() => argon2id(secret, nonce, 48))),
    toHex(await argon2id(secret, nonce, 48)),
  );
});

Deno.test("the stand-in for Argon2id leaves the page its turns, so that it does not freeze", async () => {
  let turns = 0;
  let timer = setTimeout(function turn() {
    turns++;
    timer = setTimeout(turn);
  });
  await standing(() => argon2id(new Uint8Array(16).fill(7), new Uint8Array(16).fill(9), 32));
  clearTimeout(timer);
  assert.ok(turns > 5, `${turns} turns`);
});

Deno.test("the stand-in for ML-KEM-768 and the platform understand each other", async () => {
  const theirs = await generateMlkem();
  const ours = await standing(generateMlkem);
  assert.equal(ours.publicKey.length, 1184);
  const toThem = await standing(() => encapsulateMlkem(theirs.publicKey));
  assert.equal(toHex(await decapsulateMlkem(theirs.privateKey, toThem.ciphertext)), toHex(toThem.secret));
  const toUs = await encapsulateMlkem(ours.publicKey);
  assert.equal(
    toHex(await standing(() => decapsulateMlkem(ours.privateKey, toUs.ciphertext))),
    toHex(toUs.secret),
  );
});

Deno.test("the stand-in for ML-KEM-768 refuses a key that fails the modulus check", async () => {
  const { publicKey } = await generateMlkem();
  const bad = publicKey.slice();
  bad.fill(0xff, 0, 384);
  await assert.rejects(() => standing(() => encapsulateMlkem(bad)), { code: "bad_key" });
});

Deno.test("the stand-in for ML-KEM-768 gives a pseudorandom secret for a wrong ciphertext", async () => {
  const { privateKey, publicKey } = await standing(generateMlkem);
  const { ciphertext, secret } = await encapsulateMlkem(publicKey);
  ciphertext[0] = (ciphertext[0] ?? 0) ^ 1;
  const other = await standing(() => decapsulateMlkem(privateKey, ciphertext));
  assert.equal(other.length, 32);
  assert.notEqual(toHex(other), toHex(secret));
});

Deno.test("what a platform lacks is found by using it", async () => {
  assert.deepEqual(await lacking(platform), []);
  const refuses = (): Promise<never> => Promise.reject(new DOMException("no", "NotSupportedError"));
  const poor = { ...standIns, encapsulateBits: refuses, deriveBits: refuses };
  assert.deepEqual(await lacking(poor), ["ML-KEM-768", "Argon2id"]);
  assert.deepEqual(await lacking(standIns), []);
  assert.deepEqual(await lacking({} as ModernSubtle), ["ML-KEM-768", "Argon2id"]);
});

Deno.test("a key of a stand-in shows nothing of itself", async () => {
  const { privateKey } = await standing(generateMlkem);
  assert.deepEqual(Object.getOwnPropertyNames(privateKey), []);
  assert.equal(JSON.stringify(privateKey), "{}");
  const foreign = await generateMlkem();
  await assert.rejects(() => standing(() => decapsulateMlkem(foreign.privateKey, new Uint8Array(1088))));
});
