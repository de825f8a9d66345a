import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { fromHex, toHex } from "./bytes.ts";
import { asArray, asBool, asBytes, asText, asUint, type CborValue, decodeCbor, encodeCbor } from "./cbor.ts";
import { CryptoError } from "./errors.ts";

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

const is = (error: unknown) => error instanceof CryptoError && error.code === "decode";
const limits = { maxBytes: 10_000 };

function hex(text: string): Uint8Array {
  const bytes = fromHex(text.replaceAll(" ", ""));
  assert.ok(bytes);
  return bytes;
}

const { value } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.maxSafeInteger().map((n) => n + 0),
    fc.string({ unit: "grapheme" }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie("value") as fc.Arbitrary<CborValue>, { maxLength: 5 }),
  ) as fc.Arbitrary<CborValue>,
}));

Deno.test("decodeCbor() gives back what encodeCbor() was given", () => {
  fc.assert(fc.property(value, (given) => {
    const encoded = encodeCbor(given);
    assert.deepEqual(decodeCbor(encoded, limits), given);
    assert.deepEqual(encodeCbor(decodeCbor(encoded, limits)), encoded);
  }));
});

Deno.test("decodeCbor() keeps a byte order mark", () => {
  for (const text of ["\ufeff", "\ufeffabc", "\ufeff" + "a".repeat(40)]) {
    assert.deepEqual(decodeCbor(encodeCbor([text]), limits), [text]);
  }
});

Deno.test("encodeCbor() gives the examples of RFC 8949 A", () => {
  const examples: [CborValue, string][] = [
    [0, "00"],
    [23, "17"],
    [24, "1818"],
    [1000, "1903e8"],
    [1_000_000_000_000, "1b000000e8d4a51000"],
    [-1, "20"],
    [-1000, "3903e7"],
    [hex("01020304"), "4401020304"],
    ["ü", "62c3bc"],
    [[1, [2, 3], [4, 5]], "8301820203820405"],
    [[], "80"],
    [false, "f4"],
    [true, "f5"],
    [null, "f6"],
  ];
  for (const [given, expected] of examples) assert.equal(toHex(encodeCbor(given)), expected);
});

Deno.test("decodeCbor() refuses what is not deterministic, not used here or not whole", () => {
  const bad = {
    "nothing": "",
    "a long form of 1": "1801",
    "a longer form of 24": "190018",
    "a long length": "580101",
    "an indefinite byte string": "5f4101ff",
    "an indefinite array": "9f01ff",
    "a lone break": "ff",
    "a map": "a10102",
    "a tag": "c001",
    "undefined": "f7",
    "a float": "f93c00",
    "a double": "fb3ff199999999999a",
    "a simple value": "e0",
    "reserved length 28": "1c",
    "a number beyond 2^53": "1b0020000000000000",
    "the largest number": "1bffffffffffffffff",
    "a number below -2^53+1": "3b001fffffffffffff",
    "the lowest number": "3bffffffffffffffff",
    "a string cut short": "4401",
    "a length cut short": "19 03",
    "an array cut short": "8201",
    "an array longer than its bytes": "9b000000ffffffffff",
    "text that is not UTF-8": "61ff",
    "text with a surrogate": "63eda080",
    "bytes after its end": "0100",
  };
  for (const [what, text] of Object.entries(bad)) {
    assert.throws(() => decodeCbor(hex(text), limits), is, what);
  }
});

Deno.test("decodeCbor() keeps to its limits", () => {
  const nested = (depth: number) => hex("81".repeat(depth) + "00");
  assert.ok(decodeCbor(nested(8), limits));
  assert.throws(() => decodeCbor(nested(9), limits), is);
  assert.throws(() => decodeCbor(nested(3), { ...limits, maxDepth: 2 }), is);
  assert.throws(() => decodeCbor(nested(9_000), limits), is);
  assert.ok(decodeCbor(hex("83010203"), { ...limits, maxItems: 4 }));
  assert.throws(() => decodeCbor(hex("83010203"), { ...limits, maxItems: 3 }), is);
  assert.throws(() => decodeCbor(hex("83010203"), { maxBytes: 3 }), is);
});

Deno.test("decodeCbor() is total", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (junk) => {
      try {
        assert.deepEqual(encodeCbor(decodeCbor(junk, limits)), junk);
      } catch (error) {
        assert.ok(is(error), String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("decodeCbor() takes nothing that would be encoded otherwise", () => {
  const change = fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() });
  let taken = 0;
  fc.assert(
    fc.property(value, change, (given, { at, to, cut }) => {
      const bytes = encodeCbor(given);
      bytes[at % bytes.length] = to;
      const changed = cut ? bytes.subarray(0, at % bytes.length) : bytes;
      try {
        assert.deepEqual(encodeCbor(decodeCbor(changed, limits)), new Uint8Array(changed));
        taken++;
      } catch (error) {
        assert.ok(is(error), String(error));
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(taken > 100, `only ${taken} changed encodings were taken at all`);
});

Deno.test("decodeCbor() copies no byte string, asBytes() does", () => {
  const encoded = encodeCbor([new Uint8Array([1, 2, 3])]);
  const [view] = decodeCbor(encoded, limits) as [Uint8Array];
  const copy = asBytes(view, { length: 3 });
  encoded.fill(0);
  assert.deepEqual([view, copy], [new Uint8Array(3), new Uint8Array([1, 2, 3])]);
});

Deno.test("the readers take their type in range and nothing else", () => {
  assert.deepEqual(asArray([1, 2], 1), [1, 2]);
  assert.deepEqual(asBytes(hex("0102"), { max: 2 }), hex("0102"));
  assert.equal(asUint(7, 7), 7);
  assert.equal(asText("é", 2), "é");
  assert.equal(asBool(false), false);
  const wrong = [
    () => asArray([1], 2),
    () => asArray([1, 2, 3], 0, 2),
    () => asArray("ab"),
    () => asBytes(hex("01"), { length: 2 }),
    () => asBytes(hex("010203"), { max: 2 }),
    () => asBytes("01", { max: 2 }),
    () => asUint(8, 7),
    () => asUint(-1),
    () => asUint(1.5),
    () => asUint("1"),
    () => asText("é", 1),
    () => asText(1, 1),
    () => asBool(0),
    () => asBool(undefined),
  ];
  for (const read of wrong) assert.throws(read, is, String(read));
});
