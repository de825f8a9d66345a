import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { asBytes, decodeCbor, encodeCbor } from "./cbor.ts";

Deno.test("encodeCbor() and asBytes() return plain arrays that share no memory", () => {
  const encoded = encodeCbor([new Uint8Array([1, 2, 3])]);
  assert.equal(Object.getPrototypeOf(encoded), Uint8Array.prototype);
  assert.equal(encoded.buffer.byteLength, encoded.length);
  const input = Buffer.from(encoded);
  const [value] = decodeCbor(input, { maxBytes: 10 }) as [Uint8Array];
  const bytes = asBytes(value, { length: 3 });
  input.fill(0);
  value.fill(0);
  assert.deepEqual(bytes, new Uint8Array([1, 2, 3]));
});
