import assert from "node:assert/strict";
import fc from "fast-check";
import type { CborValue } from "../crypto/cbor.ts";
import { CryptoError } from "../crypto/errors.ts";
import { asFile, badFileName, fileFields, FILES, partLength, partsOf } from "./file_info.ts";

const FILE = { name: "plan.pdf", size: 77, sha256: "ab".repeat(32) };

Deno.test("asFile() reads what fileFields() makes", () => {
  assert.deepEqual(asFile(fileFields(FILE)), FILE);
  const largest = { ...FILE, name: "é".repeat(127), size: FILES.maxBytes };
  assert.deepEqual(asFile(fileFields(largest)), largest);
});

Deno.test("asFile() refuses names with folders and control characters, sizes and hashes out of bounds", () => {
  const bad: (readonly (CborValue | undefined)[])[] = [
    ["../x", 1, new Uint8Array(32)],
    ["a\\b", 1, new Uint8Array(32)],
    ["a\u001b[2J", 1, new Uint8Array(32)],
    ["", 1, new Uint8Array(32)],
    ["..", 1, new Uint8Array(32)],
    ["x".repeat(256), 1, new Uint8Array(32)],
    ["x", FILES.maxBytes + 1, new Uint8Array(32)],
    ["x", -1, new Uint8Array(32)],
    ["x", 1, new Uint8Array(31)],
    ["x", 1],
    [1, 1, new Uint8Array(32)],
  ];
  for (const fields of bad) assert.throws(() => asFile(fields), CryptoError, String(fields[0]));
});

Deno.test("badFileName() says what is wrong with a name, and takes what people call files", () => {
  for (
    const name of ["plan.pdf", ".bashrc", "résumé final (2).docx", "写真.jpg", "a b", "...", "x".repeat(255)]
  ) {
    assert.equal(badFileName(name), null, name);
  }
  assert.equal(badFileName("a/b"), "its name has a slash or control characters");
  assert.equal(badFileName("."), "it has no name");
  assert.equal(badFileName("\udc00"), "its name is not valid Unicode");
  assert.equal(badFileName("é".repeat(128)), "its name is longer than 255 bytes");
});

Deno.test("partLength() of all partsOf() a file add up to it, and none is empty or too long", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 5_000_000 }), (size) => {
    let sum = 0;
    for (let index = 0; index < partsOf(size); index++) {
      const length = partLength(size, index);
      assert.ok(length > 0 && length <= FILES.partBytes);
      sum += length;
    }
    assert.equal(sum, size);
    assert.equal(partLength(size, partsOf(size)), 0);
  }));
});
