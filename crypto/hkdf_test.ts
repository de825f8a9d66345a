import assert from "node:assert/strict";
import vector from "../tests/vectors/hkdf_sha256_rfc5869.json" with { type: "json" };
import { type Bytes, fromHex, toHex } from "./bytes.ts";
import { hkdfExpand } from "./hash.ts";
import { hkdf } from "./hkdf.ts";

function hex(text: string): Bytes {
  const bytes = fromHex(text);
  assert.ok(bytes);
  return bytes;
}

Deno.test("hkdf() gives the output of RFC 5869 A.1", () => {
  const { salt, info, length } = vector;
  assert.equal(toHex(hkdf(hex(vector.ikm), { salt: hex(salt), info: hex(info), length })), vector.okm);
});

Deno.test("hkdfExpand() gives the output of RFC 5869 A.1 from its PRK", async () => {
  // PRK = HMAC(salt, IKM), RFC 5869 §2.2, here by the platform's HMAC.
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", hex(vector.salt), hmac, false, ["sign"]);
  const prk = new Uint8Array(await crypto.subtle.sign("HMAC", key, hex(vector.ikm)));
  assert.equal(toHex(hkdfExpand(prk, hex(vector.info), vector.length)), vector.okm);
});

Deno.test("hkdf() reads a missing salt as 32 zero bytes", () => {
  const [ikm, info] = [hex(vector.ikm), hex(vector.info)];
  assert.deepEqual(
    hkdf(ikm, { info, length: 64 }),
    hkdf(ikm, { salt: new Uint8Array(32), info, length: 64 }),
  );
});
