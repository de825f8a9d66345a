import assert from "node:assert/strict";
import vector from "../tests/vectors/argon2id_rfc9106.json" with { type: "json" };
import { argon2id } from "./argon2.ts";
import { type Bytes, fromHex, toHex, utf8 } from "./bytes.ts";
import { deriveArgon2id } from "./webcrypto.ts";

function hex(text: string): Bytes {
  const bytes = fromHex(text);
  assert.ok(bytes);
  return bytes;
}

Deno.test("deriveArgon2id() gives the tag of RFC 9106 §5.3", async () => {
  const tag = await deriveArgon2id(hex(vector.password), vector.tag_length, {
    nonce: hex(vector.salt),
    memory: vector.memory_kib,
    passes: vector.passes,
    parallelism: vector.parallelism,
    secretValue: hex(vector.secret),
    associatedData: hex(vector.associated_data),
  });
  assert.equal(toHex(tag), vector.tag);
});

Deno.test("argon2id() runs at 64 MiB, 3 passes, 1 lane", async () => {
  const nonce = new Uint8Array(16).fill(7);
  const expected = await deriveArgon2id(utf8("pw"), 48, {
    nonce,
    memory: 64 * 1024,
    passes: 3,
    parallelism: 1,
  });
  assert.deepEqual(await argon2id(utf8("pw"), nonce, 48), expected);
  assert.equal(expected.length, 48);
});

Deno.test("argon2id() depends on secret and nonce", async () => {
  const a = await argon2id(utf8("pw"), new Uint8Array(16), 16);
  assert.notDeepEqual(a, await argon2id(utf8("pv"), new Uint8Array(16), 16));
  assert.notDeepEqual(a, await argon2id(utf8("pw"), new Uint8Array(16).fill(1), 16));
});
