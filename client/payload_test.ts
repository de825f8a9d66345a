import assert from "node:assert/strict";
import { concat } from "../crypto/bytes.ts";
import { encodeCbor } from "../crypto/cbor.ts";
import { decodePresents, encodePresents, MAX_PRESENTS, PayloadKind } from "./payload.ts";

Deno.test("PRESENTS names 4,096 at most: more are not told, and not taken", () => {
  const presents = Array.from({ length: MAX_PRESENTS + 1 }, (_, i) => Uint8Array.of(i >> 8, i));
  assert.deepEqual(decodePresents(encodePresents(presents)), presents.slice(0, MAX_PRESENTS));
  const more = concat(Uint8Array.of(1, PayloadKind.presents), encodeCbor(presents));
  assert.throws(() => decodePresents(more), { code: "decode" });
});
