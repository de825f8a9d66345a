import assert from "node:assert/strict";
import { FieldReader, FieldWriter, textBytes } from "./bytes.ts";

Deno.test("FieldReader reads every kind of field in order, from a view as well", () => {
  const bytes = new FieldWriter(26).u8(1).u16(2).u32(3).u64(2 ** 40).u16(4).bytes(textBytes("héy")).bytes(
    new Uint8Array([7, 8, 9, 10, 11]),
    5,
  ).done();
  const buffer = new Uint8Array(40);
  buffer.set(bytes, 5);
  const reader = new FieldReader(buffer.subarray(5, 31));
  assert.deepEqual([reader.u8(), reader.u16(), reader.u32(), reader.u64(), reader.text()], [
    1,
    2,
    3,
    2 ** 40,
    "héy",
  ]);
  assert.equal(reader.left, 5);
  assert.throws(() => reader.end(), { code: "malformed" });
  assert.deepEqual(reader.bytes(2), new Uint8Array([7, 8]));
  assert.throws(() => reader.u32(), { code: "malformed" });
  assert.equal(reader.left, 3, "a failed read does not move");
  assert.equal(reader.rest().length, 3);
  reader.end();
});

Deno.test("FieldWriter refuses numbers and lengths that do not fit", () => {
  assert.throws(() => new FieldWriter(1).u8(256), RangeError);
  assert.throws(() => new FieldWriter(2).u16(-1), RangeError);
  assert.throws(() => new FieldWriter(8).u64(2 ** 53), RangeError);
  assert.throws(() => new FieldWriter(8).bytes(new Uint8Array(3), 4), RangeError);
  assert.throws(() => new FieldWriter(2).u8(1).done(), RangeError);
});
