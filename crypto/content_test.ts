import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bytes, compareBytes, toHex } from "./bytes.ts";
import { encodeCbor } from "./cbor.ts";
import {
  type Content,
  contentHash,
  ContentKind,
  decodeContent,
  encodeContent,
  isStatement,
  MAX_BODY_BYTES,
  MAX_DEPENDENCIES,
} from "./content.ts";
import { CryptoError } from "./errors.ts";
import { hashParts } from "./hash.ts";

const text: Content = {
  number: 2,
  kind: ContentKind.text,
  lamport: 7,
  prevHash: new Uint8Array(32).fill(3),
  deps: [],
  body: new Uint8Array([104, 105]),
};

const memberIds = fc.uniqueArray(fc.uint8Array({ minLength: 16, maxLength: 16 }), {
  selector: toHex,
  maxLength: 6,
});
const contents: fc.Arbitrary<Content> = fc.record({
  number: fc.integer({ min: 2, max: Number.MAX_SAFE_INTEGER }),
  kind: fc.nat(0xffff),
  lamport: fc.nat(Number.MAX_SAFE_INTEGER),
  prevHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  deps: memberIds.map((ids) => ids.map((memberId, i) => ({ memberId, number: i + 1 }))),
  body: fc.uint8Array({ maxLength: 300 }),
});

/** Exactly the bytes and numbers, whichever class of array holds them. */
const plain = (content: Content) => ({
  ...content,
  prevHash: toHex(content.prevHash),
  deps: content.deps.map(({ memberId, number }) => `${toHex(memberId)} ${number}`),
  body: toHex(content.body),
});

Deno.test("encodeContent() gives the bytes of the specification", () => {
  const deps = [{ memberId: new Uint8Array(16).fill(1), number: 5 }];
  assert.equal(
    toHex(encodeContent({ ...text, deps })),
    "86" + "02" + "01" + "07" + "5820" + "03".repeat(32) + "81" + "82" + "50" + "01".repeat(16) + "05" +
      "42" + "6869",
  );
});

Deno.test("decodeContent() gives back what encodeContent() took, dependencies sorted", () => {
  fc.assert(fc.property(contents, (content) => {
    const deps = [...content.deps].sort((a, b) => compareBytes(a.memberId, b.memberId));
    const encoded = encodeContent(content);
    assert.deepEqual(plain(decodeContent(encoded)), plain({ ...content, deps }));
    assert.equal(toHex(encodeContent(decodeContent(encoded))), toHex(encoded));
  }));
});

Deno.test("encodeContent() refuses what a decoder would refuse", () => {
  const dependency = { memberId: new Uint8Array(16), number: 1 };
  const bad: Partial<Content>[] = [
    { number: 0 },
    { number: 1.5 },
    { number: 1 }, // with a hash of something before it
    { kind: 0x1_0000 },
    { lamport: -1 },
    { prevHash: new Uint8Array(31) },
    { body: new Uint8Array(MAX_BODY_BYTES + 1) },
    { deps: [dependency, dependency] },
    { deps: [{ ...dependency, number: 0 }] },
    { deps: [{ ...dependency, memberId: new Uint8Array(15) }] },
    {
      deps: Array.from({ length: MAX_DEPENDENCIES + 1 }, (_, i) => {
        const memberId = new Uint8Array(16);
        new DataView(memberId.buffer).setUint32(0, i);
        return { memberId, number: 1 };
      }),
    },
  ];
  for (const change of bad) {
    assert.throws(() => encodeContent({ ...text, ...change }), { code: "limit" }, Object.keys(change).join());
  }
  assert.equal(decodeContent(encodeContent({ ...text, body: new Uint8Array(MAX_BODY_BYTES) })).number, 2);
});

Deno.test("decodeContent() ignores what a later version appends, and refuses what is out of order", () => {
  const fields = (deps: [Bytes, number][]) => [2, 1, 7, text.prevHash, deps, text.body];
  const [low, high] = [new Uint8Array(16), new Uint8Array(16).fill(9)];
  assert.equal(decodeContent(encodeCbor([...fields([[low, 1], [high, 1]]), "new"])).deps.length, 2);
  for (const deps of [[[high, 1], [low, 1]], [[low, 1], [low, 2]], [[low, 0]]] as [Bytes, number][][]) {
    assert.throws(() => decodeContent(encodeCbor(fields(deps))), { code: "decode" });
  }
  assert.throws(() => decodeContent(encodeCbor(fields([]).slice(0, 5))), { code: "decode" });
});

Deno.test("decodeContent() is total", () => {
  const mutated = fc.tuple(contents, fc.nat(), fc.nat(255)).map(([content, at, byte]) => {
    const bytes = encodeContent(content);
    bytes[at % bytes.length] = byte;
    return bytes;
  });
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated), (bytes) => {
    try {
      assert.equal(toHex(encodeContent(decodeContent(bytes))), toHex(bytes));
    } catch (error) {
      assert.ok(error instanceof CryptoError && error.code === "decode");
    }
  }));
});

Deno.test('contentHash() is H("sotto/v1/content", bytes)', () => {
  const bytes = encodeContent(text);
  assert.deepEqual(contentHash(bytes), hashParts("sotto/v1/content", bytes));
});

Deno.test("isStatement() knows statements of later versions too", () => {
  const kinds = Object.entries(ContentKind).filter(([, kind]) => isStatement(kind)).map(([name]) => name);
  assert.deepEqual(kinds, [
    ..."found add leave remove role lock limit topic door keys nick expire return timer listed".split(" "),
  ]);
  assert.ok(isStatement(47) && !isStatement(48) && !isStatement(31));
});
