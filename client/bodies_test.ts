import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, toHex } from "../crypto/bytes.ts";
import { ContentKind } from "../crypto/content.ts";
import { CryptoError } from "../crypto/errors.ts";
import { type Body, decodeBody, encodeBody, kindOf, MAX_TIMER_MS, MIN_TIMER_MS } from "./bodies.ts";
import {
  decodeRefused,
  encodeFailed,
  encodeNoChain,
  encodeRefused,
  payloadId,
  PayloadKind,
  payloadKind,
} from "./payload.ts";
import {
  type AwayWord,
  decodeAway,
  decodeHave,
  decodeSide,
  decodeTyping,
  encodeAway,
  encodeHave,
  encodeTyping,
  type Have,
  vectorDigest,
} from "./side.ts";
import { decodeRefusal, decodeWelcome, encodeRefusal, encodeWelcome, type Refusal } from "./welcome.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((b) => concat(b));
const id = bytes(16).map(toHex);
const hash = bytes(32).map(toHex);
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const count = fc.nat();
const blob = fc.uint8Array({ maxLength: 64 }).map((b) => concat(b));
const ms = fc.integer({ min: MIN_TIMER_MS, max: MAX_TIMER_MS });
const limit = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: null });

/** The same messages as they are said where messages disappear. */
const timed = (body: fc.Arbitrary<Body>): fc.Arbitrary<Body> =>
  fc.tuple(body, fc.option(ms, { nil: undefined })).map(([given, expireMs]) =>
    expireMs === undefined ? given : { ...given, expireMs } as Body
  );

function kind<K extends Body["kind"]>(
  name: K,
  fields: {
    [F in keyof Omit<Extract<Body, { kind: K }>, "kind" | "expireMs">]: fc.Arbitrary<
      Extract<Body, { kind: K }>[F]
    >;
  },
): fc.Arbitrary<Body> {
  return fc.record(fields as Record<string, fc.Arbitrary<unknown>>).map((body) =>
    ({ kind: name, ...body }) as Body
  );
}

const anyBody = fc.oneof(
  timed(kind("text", { text })),
  timed(kind("action", { text })),
  timed(kind("reply", { author: id, number: count, text })),
  timed(kind("edit", { number: count, text })),
  kind("delete", { number: count }),
  kind("reaction", { author: id, number: count, emoji: fc.constantFrom("👍", "ok") }),
  timed(kind("private", { sealed: blob })),
  kind("attempt", { doorId: bytes(16), exchangeId: bytes(16) }),
  kind("attemptCleared", { number: count }),
  kind("doorSecrets", { doors: fc.array(blob, { maxLength: 8 }) }),
  kind("found", { bundle: blob, limit, topic: text, nonce: bytes(16) }),
  kind("add", { bundle: blob, doorId: bytes(16), attempt: count }),
  kind("leave", { successor: fc.option(id, { nil: null }) }),
  kind("remove", { target: id, cut: count }),
  kind("role", { target: id, operator: fc.boolean() }),
  kind("lock", { locked: fc.boolean() }),
  kind("limit", { limit }),
  kind("topic", { topic: text }),
  kind("door", { commitments: fc.array(bytes(32), { maxLength: 8 }) }),
  kind("keys", { bundle: blob }),
  kind("nick", { nick: fc.constantFrom("ada", "Bob") }),
  kind("expire", { target: id }),
  kind("return", { bundle: blob }),
  kind("timer", { ms: fc.option(ms, { nil: null }) }),
  kind("listed", { listed: fc.boolean() }),
);

/** Records as plain objects. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true });

/** Gives a value or throws `CryptoError("decode")`, and nothing else. */
function total(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    assert.ok(error instanceof CryptoError, String(error));
    assert.equal(error.code, "decode");
  }
}

Deno.test("decodeBody() gives back every body", () => {
  fc.assert(fc.property(anyBody, (body) => {
    assert.deepEqual(decodeBody(kindOf(body), encodeBody(body)), body);
  }));
});

Deno.test("decodeBody() is total: any bytes, any body as any kind, any bit flipped", () => {
  const anyKind = fc.constantFrom(...Object.values(ContentKind), 31, 9_999);
  fc.assert(fc.property(anyKind, fc.uint8Array({ maxLength: 80 }), (k, b) => total(() => decodeBody(k, b))));
  fc.assert(fc.property(anyKind, anyBody, fc.nat(), (k, body, bit) => {
    const encoded = encodeBody(body);
    encoded[bit % encoded.length] = (encoded[bit % encoded.length] ?? 0) ^ (1 << (bit % 8));
    total(() => decodeBody(k, encoded));
    total(() => decodeBody(k, encodeBody(body)));
  }));
  assert.equal(decodeBody(9_999, new Uint8Array(0)), undefined);
  assert.equal(decodeBody(ContentKind.receipt, encodeBody({ kind: "text", text: "x" })), undefined);
});

Deno.test("decodeBody() takes bodies, texts and limits up to their bounds, and none beyond", () => {
  const long = (length: number): Body => ({ kind: "text", text: "x".repeat(length) });
  const sealed = (length: number): Body => ({ kind: "private", sealed: new Uint8Array(length) });
  const limit = (members: number): Body => ({ kind: "limit", limit: members });
  for (
    const [most, above] of [
      [long(131_072), long(131_073)],
      [sealed(262_144 - 6), sealed(262_144 - 5)], // and what CBOR puts before it
      [limit(65_535), limit(65_536)],
    ] as const
  ) {
    assert.deepEqual(decodeBody(kindOf(most), encodeBody(most)), most);
    assert.throws(() => decodeBody(kindOf(above), encodeBody(above)), CryptoError);
  }
});

Deno.test("decodeBody() refuses a limit of nobody", () => {
  assert.throws(() => decodeBody(ContentKind.limit, encodeBody({ kind: "limit", limit: 0 })), CryptoError);
});

Deno.test("decodeBody() takes a time from 5 seconds to 7 days, in a timer and in a message, and no other", () => {
  for (const wrong of [0, 1, MIN_TIMER_MS - 1, MAX_TIMER_MS + 1]) {
    const timer = encodeBody({ kind: "timer", ms: wrong });
    const said = encodeBody({ kind: "text", text: "x", expireMs: wrong });
    assert.throws(() => decodeBody(ContentKind.timer, timer), CryptoError);
    assert.throws(() => decodeBody(ContentKind.text, said), CryptoError);
  }
});

Deno.test("decodeTyping() and decodeAway() give back what was said, and are total", () => {
  for (const on of [true, false]) assert.equal(decodeTyping(encodeTyping(on)), on);
  const word: AwayWord = { away: true, text: "at lunch" };
  assert.deepEqual(decodeAway(encodeAway(word)), word);
  assert.deepEqual(decodeAway(encodeAway({ away: false, text: "gone" })), { away: false, text: "" });
  assert.throws(() => decodeAway(encodeAway({ away: true, text: "x".repeat(201) })), CryptoError);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (b) => {
    total(() => decodeTyping(b));
    total(() => decodeAway(b));
  }));
});

Deno.test("decodeWelcome() gives back every welcome and is total", () => {
  const welcome = record({
    packs: fc.array(blob, { minLength: 1, maxLength: 4 }),
    presents: fc.array(blob, { maxLength: 4 }),
    vector: fc.array(record({ id, number: count, lamport: count }), { maxLength: 4 }),
    doors: fc.array(blob, { maxLength: 4 }),
    guesses: fc.array(record({ doorId: bytes(16), count }), { maxLength: 4 }),
  });
  fc.assert(fc.property(welcome, fc.nat(), (content, bit) => {
    const encoded = encodeWelcome(content);
    assert.deepEqual(decodeWelcome(encoded), content);
    encoded[bit % encoded.length] = (encoded[bit % encoded.length] ?? 0) ^ 1;
    total(() => decodeWelcome(encoded));
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (b) => total(() => decodeWelcome(b))));
});

Deno.test("decodeRefusal() gives back every refusal; what it does not know is a locked room", () => {
  const all: Refusal[] = ["room_full", "locked", "nick_taken", "bad_nick", "door_turned"];
  for (const refusal of all) assert.equal(decodeRefusal(encodeRefusal(refusal)), refusal);
  assert.equal(decodeRefusal(Uint8Array.of(99)), "locked");
  assert.equal(decodeRefusal(new Uint8Array(0)), "locked");
});

Deno.test("decodeHave() gives back every have; decodeHave() and decodeSide() are total", () => {
  const have: fc.Arbitrary<Have> = record({
    number: count,
    hash,
    digest: bytes(32),
    full: fc.boolean(),
    entries: fc.array(record({ id, number: count, hash }), { maxLength: 5 }),
  });
  fc.assert(fc.property(have, (h) => assert.deepEqual(decodeHave(encodeHave(h)), h)));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (b) => {
    total(() => decodeHave(b));
    total(() => decodeSide(b));
  }));
});

Deno.test("vectorDigest() does not depend on the order, and counts also who has said nothing", () => {
  const head = (number: number): { number: number; hash: string; lamport: number } => ({
    number,
    hash: "",
    lamport: 0,
  });
  const a: [string, ReturnType<typeof head>] = ["aa".repeat(16), head(1)];
  const b: [string, ReturnType<typeof head>] = ["bb".repeat(16), head(2)];
  assert.deepEqual(vectorDigest(new Map([a, b])), vectorDigest(new Map([b, a])));
  assert.notDeepEqual(
    vectorDigest(new Map([a, b])),
    vectorDigest(new Map([a, b, ["cc".repeat(16), head(0)]])),
  );
  assert.notDeepEqual(vectorDigest(new Map([a])), vectorDigest(new Map([b])));
});

Deno.test("payloads: kinds, ids and refusals", () => {
  const exchange = new Uint8Array(16).fill(7);
  const refused = encodeRefused(exchange, 3, 1e12);
  assert.equal(payloadKind(refused), PayloadKind.refused);
  assert.deepEqual(payloadId(refused), concat(exchange));
  assert.deepEqual(decodeRefused(refused), { code: 3, retryAfterSeconds: 0xffff_ffff });
  assert.equal(payloadKind(encodeNoChain(exchange)), PayloadKind.noChain);
  assert.equal(payloadKind(encodeFailed(exchange)), PayloadKind.failed);
  assert.equal(payloadKind(Uint8Array.of(2, 1)), undefined);
  assert.throws(() => decodeRefused(refused.subarray(1)), CryptoError);
  assert.throws(() => payloadId(refused.subarray(0, 17)), CryptoError);
});
