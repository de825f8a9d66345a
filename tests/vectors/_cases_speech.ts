/** Cases of padding, sender chains, frames, contents, packs, bodies, presents and distributions. @module */
import { type Bytes, concat, toHex, u32, utf8 } from "../../crypto/bytes.ts";
import { type CborValue, encodeCbor } from "../../crypto/cbor.ts";
import { contentHash, ContentKind, encodeContent } from "../../crypto/content.ts";
import { encodeParts } from "../../crypto/hash.ts";
import { pad } from "../../crypto/padding.ts";
import { sealFrame } from "../../crypto/seal.ts";
import { SendingChain } from "../../crypto/sender_chain.ts";
import { sealAesGcm } from "../../crypto/webcrypto.ts";
import { type Body, encodeBody, kindOf } from "../../client/bodies.ts";
import { bad, type Case, type CaseFile, count, flipped, good, hex, ROOM } from "./_cases.ts";
import { MEMBER, pack, present, PUBLIC, sign } from "./_signer.ts";

const DECODE = "CryptoError decode";
const SEED = count(0, 32);
const CHAIN = count(0xa0, 16);
const chainOf = (): SendingChain => {
  const given = [SEED, CHAIN].map((bytes) => bytes.slice());
  return SendingChain.create(() => given.shift() as Bytes);
};
const place = { room: ROOM, member: MEMBER };
const where = { seed: toHex(SEED), chainId: toHex(CHAIN), room: toHex(ROOM), member: toHex(MEMBER) };

/** The frame of the chain at `counter`. */
async function frameAt(counter: number, text: string): Promise<Bytes> {
  const chain = chainOf();
  for (let i = 0; i < counter; i++) chain.take();
  return await sealFrame(chain, place, utf8(text));
}

const [first, second, last] = await Promise.all([frameAt(0, "one"), frameAt(1, "two"), frameAt(1023, "end")]);
const beyond = concat(first.subarray(0, 18), u32(1024), first.subarray(22));
const nonce = count(0xc0, 12);
const side = concat(
  Uint8Array.of(1, 10),
  CHAIN,
  nonce,
  await sealAesGcm({
    key: chainOf().start().sideKey,
    nonce,
    aad: encodeParts("sotto/v1/side", Uint8Array.of(1, 10), ROOM, MEMBER, CHAIN),
  }, pad(utf8("typing"))),
);
const opened = (name: string, frames: readonly Uint8Array[], error?: string): Case => {
  const input = { ...where, frames: frames.map(toHex) };
  return error === undefined
    ? good(name, "open_frames", input)
    : bad(name, "open_frames", input, `CryptoError ${error}`);
};
const padded = pad(count(1, 10));

/** Padding, chains and the frames sealed under them. */
export const chains: CaseFile = {
  about: "SPEC §6: padding, the ratchet, sealed frames and side frames of a chain from a fixed seed",
  cases: [
    good("padme_lengths", "padme", { lengths: [0, 1, 2, 8, 9, 255, 256, 257, 1_000, 10_240, 983_040] }),
    good("pad_short_text", "pad", { plaintext: toHex(utf8("hello")) }),
    good("pad_300_bytes", "pad", { plaintext: "ab".repeat(300) }),
    good("unpad", "unpad", { padded: toHex(padded) }),
    bad("padding_not_zero", "unpad", { padded: toHex(flipped(padded, -1)) }, DECODE),
    bad("padding_too_short", "unpad", { padded: toHex(padded.subarray(0, 255)) }, DECODE),
    bad(
      "padding_one_bucket_too_long",
      "unpad",
      { padded: toHex(concat(padded, new Uint8Array(16))) },
      DECODE,
    ),
    bad("padding_length_past_end", "unpad", { padded: toHex(concat(u32(253), padded.subarray(4))) }, DECODE),
    good("chain_steps", "chain_steps", { seed: where.seed, chainId: where.chainId, steps: 3 }),
    good("sealed_first", "seal_frame", { ...where, counter: 0, plaintext: toHex(utf8("one")) }),
    good("sealed_last", "seal_frame", { ...where, counter: 1023, plaintext: toHex(utf8("end")) }),
    bad("chain_spent", "seal_frame", { ...where, counter: 1024, plaintext: "" }, "CryptoError spent"),
    opened("opened_in_order", [first, second, last]),
    opened("opened_out_of_order", [last, second, first]),
    opened("sealed_replayed", [first, second, first], "replayed"),
    opened("sealed_counter_1024", [beyond], "too_far"),
    opened("sealed_commitment_wrong", [flipped(first, 22)], "open_failed"),
    opened("sealed_ciphertext_changed", [flipped(first, 54)], "open_failed"),
    opened("sealed_tag_changed", [flipped(first, -1)], "open_failed"),
    opened("sealed_counter_changed", [flipped(first, 21)], "open_failed"),
    opened("sealed_other_chain", [flipped(first, 2)], "open_failed"),
    opened("sealed_version_two", [concat(Uint8Array.of(2), first.subarray(1))], "decode"),
    opened("sealed_below_the_floor", [first.subarray(0, -1)], "decode"),
    bad("sealed_in_another_room", "open_frames", {
      ...where,
      room: hex(0x11, 16),
      frames: [toHex(first)],
    }, "CryptoError open_failed"),
    bad("sealed_in_another_name", "open_frames", {
      ...where,
      member: hex(0x11, 16),
      frames: [toHex(first)],
    }, "CryptoError open_failed"),
    good("side_frame", "open_side", { ...where, frame: toHex(side) }),
    bad(
      "side_nonce_changed",
      "open_side",
      { ...where, frame: toHex(flipped(side, 18)) },
      "CryptoError open_failed",
    ),
    bad("side_truncated", "open_side", { ...where, frame: toHex(side.subarray(0, -1)) }, DECODE),
  ],
};

const ZERO = new Uint8Array(32);
const textOf = (text: string): Bytes => encodeBody({ kind: "text", text });
const write = (number: number, prevHash: Bytes, text: string, kind = 1): Bytes =>
  encodeContent({ number, kind, lamport: number, prevHash, deps: [], body: textOf(text) });
const one = write(1, ZERO, "one");
const two = write(2, contentHash(one), "two");
const raw = (...fields: CborValue[]): string => toHex(encodeCbor(fields));
const verify = (bytes: Bytes, room: Bytes = ROOM): { pack: string; room: string; publicKey: string } => ({
  pack: toHex(bytes),
  room: toHex(room),
  publicKey: toHex(PUBLIC),
});
const both = pack(ROOM, 1, [one, two]);
const shown = present(ROOM, 7, count(0x30, 16), 3);
const dep = (first: number, number: number): [Bytes, number] => [count(first, 16), number];

/** Contents and packs. */
export const contents: CaseFile = {
  about: "SPEC §6.5 and §6.6: contents and packs. Packs are signed deterministically (RFC 6979)",
  cases: [
    good("content_first", "encode_content", {
      number: 1,
      kind: 1,
      lamport: 1,
      prevHash: toHex(ZERO),
      deps: [],
      body: toHex(textOf("hello")),
    }),
    good("content_sorts_dependencies", "encode_content", {
      number: 2,
      kind: 65_535,
      lamport: 9,
      prevHash: toHex(contentHash(one)),
      deps: [[hex(2, 16), 5], [hex(1, 16), 70_000]],
      body: "",
    }),
    good("content_later_fields_ignored", "decode_content", {
      content: raw(1, 1, 1, ZERO, [], textOf("hello"), "later"),
    }),
    bad("content_number_zero", "decode_content", {
      content: raw(0, 1, 1, ZERO, [], new Uint8Array()),
    }, DECODE),
    bad("content_kind_over_65535", "decode_content", {
      content: raw(1, 65_536, 1, ZERO, [], new Uint8Array()),
    }, DECODE),
    bad("content_first_with_previous", "decode_content", {
      content: raw(1, 1, 1, count(1, 32), [], new Uint8Array()),
    }, DECODE),
    bad("content_dependencies_unsorted", "decode_content", {
      content: raw(1, 1, 1, ZERO, [dep(2, 1), dep(1, 1)], new Uint8Array()),
    }, DECODE),
    bad("content_dependency_twice", "decode_content", {
      content: raw(1, 1, 1, ZERO, [dep(1, 1), dep(1, 2)], new Uint8Array()),
    }, DECODE),
    bad("content_dependency_on_zero", "decode_content", {
      content: raw(1, 1, 1, ZERO, [dep(1, 0)], new Uint8Array()),
    }, DECODE),
    bad("content_five_fields", "decode_content", { content: raw(1, 1, 1, ZERO, []) }, DECODE),
    good("pack_of_two", "verify_pack", verify(both)),
    good("pack_in_another_room", "verify_pack", verify(both, count(0x11, 16))),
    good("pack_signature_wrong", "verify_pack", verify(flipped(both, -1))),
    bad("pack_empty", "verify_pack", verify(pack(ROOM, 1, [])), DECODE),
    bad(
      "pack_numbers_not_consecutive",
      "verify_pack",
      verify(pack(ROOM, 1, [one, write(3, contentHash(one), "x")])),
      DECODE,
    ),
    bad("pack_not_chained", "verify_pack", verify(pack(ROOM, 1, [one, write(2, count(1, 32), "x")])), DECODE),
    bad(
      "pack_statement_not_alone",
      "verify_pack",
      verify(pack(ROOM, 1, [one, write(2, contentHash(one), "x", ContentKind.topic)])),
      DECODE,
    ),
    bad("pack_of_257", "verify_pack", verify(pack(ROOM, 1, Array.from({ length: 257 }, () => one))), DECODE),
    bad("pack_trailing_byte", "verify_pack", verify(concat(both, Uint8Array.of(0))), DECODE),
  ],
};

const id = hex(0x50, 16);
const key = concat(count(1, 16));
const BODIES: Body[] = [
  { kind: "text", text: "hello" },
  { kind: "action", text: "waves" },
  { kind: "reply", author: id, number: 4, text: "yes" },
  { kind: "edit", number: 4, text: "hello!" },
  { kind: "delete", number: 4 },
  { kind: "reaction", author: id, number: 4, emoji: "👍" },
  { kind: "private", sealed: count(0, 8) },
  { kind: "timer", ms: 600_000 },
  { kind: "found", bundle: count(0, 8), limit: 2, topic: "tea", nonce: key },
  { kind: "add", bundle: count(0, 8), doorId: key, attempt: 5 },
  { kind: "leave", successor: null },
  { kind: "remove", target: id, cut: 12 },
  { kind: "role", target: id, operator: true },
  { kind: "lock", locked: true },
  { kind: "limit", limit: null },
  { kind: "topic", topic: "coffee" },
  { kind: "door", commitments: [count(0, 32)] },
  { kind: "keys", bundle: count(0, 8) },
  { kind: "nick", nick: "zoë" },
  { kind: "expire", target: id },
  { kind: "return", bundle: count(0, 8) },
  { kind: "listed", listed: false },
  { kind: "attempt", doorId: key, exchangeId: key },
  { kind: "doorSecrets", doors: [count(0, 8)] },
  { kind: "attemptCleared", number: 5 },
];
const bodyOf = (kind: number, ...fields: CborValue[]): { kind: number; body: string } => ({
  kind,
  body: raw(...fields),
});

/** What each kind of content carries. */
export const bodies: CaseFile = {
  about: "SPEC §7: the body of every kind of content. Nested bundles and doors are only bytes here",
  cases: [
    ...BODIES.map((body) =>
      good(`body_${body.kind}`, "decode_body", { kind: kindOf(body), body: toHex(encodeBody(body)) })
    ),
    ...[
      { kind: "text", text: "hello", expireMs: 600_000 },
      { kind: "action", text: "waves", expireMs: 5_000 },
      { kind: "reply", author: id, number: 4, text: "yes", expireMs: 604_800_000 },
      { kind: "edit", number: 4, text: "hello!", expireMs: 600_000 },
      { kind: "private", sealed: count(0, 8), expireMs: 600_000 },
    ].map((body) => body as Body).map((body) =>
      good(`body_${body.kind}_that_disappears`, "decode_body", {
        kind: kindOf(body),
        body: toHex(encodeBody(body)),
      })
    ),
    good("body_timer_off", "decode_body", bodyOf(ContentKind.timer, null)),
    bad("body_timer_4999_ms", "decode_body", bodyOf(ContentKind.timer, 4_999), DECODE),
    bad("body_timer_over_7_days", "decode_body", bodyOf(ContentKind.timer, 604_800_001), DECODE),
    bad("body_text_disappears_in_4999_ms", "decode_body", bodyOf(ContentKind.text, "hello", 4_999), DECODE),
    bad("body_text_time_is_a_text", "decode_body", bodyOf(ContentKind.text, "hello", "soon"), DECODE),
    good("body_of_unknown_kind", "decode_body", { kind: 4_242, body: "ff" }),
    good("body_later_fields_ignored", "decode_body", bodyOf(ContentKind.text, "hello", null, "later")),
    bad("body_not_cbor", "decode_body", { kind: ContentKind.text, body: "ff" }, DECODE),
    bad("body_without_fields", "decode_body", bodyOf(ContentKind.text), DECODE),
    bad("body_text_is_bytes", "decode_body", bodyOf(ContentKind.text, count(0, 3)), DECODE),
    bad("body_topic_1025_bytes", "decode_body", bodyOf(ContentKind.topic, "a".repeat(1_025)), DECODE),
    bad("body_limit_zero", "decode_body", bodyOf(ContentKind.limit, 0), DECODE),
    bad("body_remove_without_cut", "decode_body", bodyOf(ContentKind.remove, key), DECODE),
    bad("body_role_number_for_boolean", "decode_body", bodyOf(ContentKind.role, key, 1), DECODE),
    bad("body_door_nine_commitments", "decode_body", {
      kind: ContentKind.door,
      body: raw(Array.from({ length: 9 }, () => ZERO)),
    }, DECODE),
  ],
};

const ephemeral = PUBLIC;
const fields = (over: Partial<Record<number, CborValue>> = {}): CborValue[] => {
  const out: CborValue[] = [MEMBER, CHAIN, 5, count(0xb0, 16), 40, 9, count(0, 32), 12, ephemeral, ZERO];
  for (const [i, value] of Object.entries(over)) out[Number(i)] = value as CborValue;
  return out;
};
const distribution = (given: CborValue[], blob = 1_168): string => {
  const common = encodeCbor([...given, sign("sotto/v1/distribution", ROOM, encodeCbor(given))]);
  const part = concat(Uint8Array.of(0, 0), u32(3), count(0, 32), new Uint8Array(blob));
  return toHex(concat(Uint8Array.of(1, 2), u32(common.length), common, part));
};

/** What members send each other beside sealed frames. */
export const payloads: CaseFile = {
  about:
    "SPEC §6.2 and §6.7: distributions and presents. The sealed part of a distribution is only zeros here",
  cases: [
    good("distribution", "parse_distribution", { payload: distribution(fields()) }),
    good("distribution_of_a_first_chain", "parse_distribution", {
      payload: distribution(fields({ 3: new Uint8Array(), 4: 0 })),
    }),
    bad(
      "distribution_counter_1025",
      "parse_distribution",
      { payload: distribution(fields({ 2: 1_025 })) },
      DECODE,
    ),
    bad("distribution_final_counter_of_no_chain", "parse_distribution", {
      payload: distribution(fields({ 3: new Uint8Array() })),
    }, DECODE),
    bad("distribution_hashes_33_bytes", "parse_distribution", {
      payload: distribution(fields({ 9: count(0, 33) })),
    }, DECODE),
    bad("distribution_blob_short", "parse_distribution", { payload: distribution(fields(), 1_167) }, DECODE),
    bad(
      "distribution_common_past_end",
      "parse_distribution",
      { payload: "0102ffffffff" + hex(0, 32) },
      DECODE,
    ),
    good("present", "verify_present", { present: toHex(shown), room: toHex(ROOM), publicKey: toHex(PUBLIC) }),
    good("present_of_another_connection", "verify_present", {
      present: toHex(flipped(shown, 21)),
      room: toHex(ROOM),
      publicKey: toHex(PUBLIC),
    }),
    bad("present_truncated", "verify_present", {
      present: toHex(shown.subarray(0, -1)),
      room: toHex(ROOM),
      publicKey: toHex(PUBLIC),
    }, DECODE),
    bad("present_number_over_2_53", "verify_present", {
      present: toHex(concat(shown.subarray(0, 38), Uint8Array.of(0xff), shown.subarray(39))),
      room: toHex(ROOM),
      publicKey: toHex(PUBLIC),
    }, DECODE),
  ],
};
