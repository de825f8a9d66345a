import assert from "node:assert/strict";
import fc from "fast-check";
import { namesTag, readRange } from "./http_range.ts";

Deno.test("readRange() reads the three forms of one range", () => {
  assert.deepEqual(readRange("bytes=0-0", 10), { start: 0, length: 1 });
  assert.deepEqual(readRange("bytes=2-5", 10), { start: 2, length: 4 });
  assert.deepEqual(readRange("bytes=2-99", 10), { start: 2, length: 8 });
  assert.deepEqual(readRange("bytes=9-", 10), { start: 9, length: 1 });
  assert.deepEqual(readRange("bytes=-3", 10), { start: 7, length: 3 });
  assert.deepEqual(readRange("bytes=-99", 10), { start: 0, length: 10 });
});

Deno.test("readRange() says when nothing of the file is asked for", () => {
  for (const header of ["bytes=10-", "bytes=10-12", "bytes=-0"]) assert.equal(readRange(header, 10), "none");
  assert.equal(readRange("bytes=0-", 0), "none");
  assert.equal(readRange("bytes=-1", 0), "none");
});

Deno.test("readRange() takes what it cannot read for the whole file", () => {
  for (
    const header of [
      null,
      "",
      "bytes=",
      "bytes=-",
      "bytes=5-2",
      "bytes=0-1,3-4",
      "bytes=a-b",
      "bytes=1",
      "lines=0-1",
      "bytes=0x1-2",
      "bytes=1e1-",
      "bytes=99999999999999999999-",
      "bytes=--1",
    ]
  ) assert.equal(readRange(header, 10), undefined, String(header));
});

Deno.test("readRange() never leaves the file, whatever the header", () => {
  const part = fc.oneof(fc.nat().map(String), fc.constantFrom("", "-", ",", "999999999999999"));
  fc.assert(fc.property(part, part, fc.nat(1_000), (from, to, size) => {
    const span = readRange(`bytes=${from}-${to}`, size);
    if (span === undefined || span === "none") return;
    assert.ok(span.start >= 0 && span.length > 0 && span.start + span.length <= size);
  }));
});

Deno.test("namesTag() finds a tag in a list, weak or not", () => {
  for (const header of ['"a"', 'W/"a"', '"b", "a"', "*"]) assert.ok(namesTag(header, '"a"'), header);
  for (const header of [null, "", '"b"', "a", '"aa"']) assert.ok(!namesTag(header, '"a"'), String(header));
});
