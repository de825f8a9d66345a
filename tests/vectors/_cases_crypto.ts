/** Cases of encodings, identities, codes, doors and joins. @module */
import { p256 } from "@noble/curves/nist.js";
import { concat, toBase64Url, toHex, u32 } from "../../crypto/bytes.ts";
import { encodeCbor } from "../../crypto/cbor.ts";
import { formatInvite } from "../../crypto/codes.ts";
import { hashParts } from "../../crypto/hash.ts";
import { encodeAnswer, encodeKnock, encodeRefused, encodeVersions } from "../../crypto/join_payloads.ts";
import { bad, type CaseFile, count, flipped, good, hex, ROOM } from "./_cases.ts";
import { bundle, MEMBER, PUBLIC } from "./_signer.ts";

const DECODE = "CryptoError decode";
const BAD_CODE = "CryptoError bad_code";

/** ENC, H and deterministic CBOR. */
export const encoding: CaseFile = {
  about: "SPEC §2: ENC, H and the CBOR that decoders take",
  cases: [
    good("enc_no_parts", "encode_parts", { label: "sotto/v1/name-salt", parts: [] }),
    good("enc_empty_part", "encode_parts", { label: "sotto/v1/test", parts: [""] }),
    good("enc_two_parts", "encode_parts", { label: "sotto/v1/test", parts: ["00ff", "0102030405"] }),
    good("enc_empty_label", "encode_parts", { label: "", parts: ["61", "62"] }),
    good("cbor_all_types", "decode_cbor", {
      cbor: toHex(encodeCbor([0, 23, 24, 65_536, -1, "é", count(1, 3), [], true, false, null])),
    }),
    bad("cbor_empty", "decode_cbor", { cbor: "" }, DECODE),
    bad("cbor_number_not_shortest", "decode_cbor", { cbor: "1817" }, DECODE),
    bad("cbor_number_over_2_53", "decode_cbor", { cbor: "1b0020000000000000" }, DECODE),
    bad("cbor_indefinite_array", "decode_cbor", { cbor: "9f01ff" }, DECODE),
    bad("cbor_map", "decode_cbor", { cbor: "a10102" }, DECODE),
    bad("cbor_tag", "decode_cbor", { cbor: "c001" }, DECODE),
    bad("cbor_float", "decode_cbor", { cbor: "f93c00" }, DECODE),
    bad("cbor_text_not_utf8", "decode_cbor", { cbor: "61ff" }, DECODE),
    bad("cbor_truncated", "decode_cbor", { cbor: "8301" }, DECODE),
    bad("cbor_trailing_byte", "decode_cbor", { cbor: "0100" }, DECODE),
    bad("cbor_nine_deep", "decode_cbor", { cbor: "81".repeat(9) + "00" }, DECODE),
  ],
};

const features = 5;
const fields = [1, PUBLIC, PUBLIC, count(0, 1184), 3, "zoë", features] as const;
const good1 = bundle(fields);
const withNick = (nick: string): string => toHex(bundle([1, PUBLIC, PUBLIC, count(0, 1184), 3, nick, 0]));

/** Keys, nicknames and bundles. */
export const identities: CaseFile = {
  about: "SPEC §4: identities, nicknames, bundles. The ML-KEM key is only counted here, not used",
  cases: [
    good("member_id_and_fingerprint", "member_of_key", { publicKey: toHex(PUBLIC) }),
    bad("key_off_curve", "import_key", { publicKey: toHex(flipped(PUBLIC, -1)) }, "CryptoError bad_key"),
    bad("key_compressed", "import_key", {
      publicKey: toHex(p256.getPublicKey(new Uint8Array(32).fill(7), true)),
    }, "CryptoError bad_key"),
    bad("key_identity", "import_key", { publicKey: "00" }, "CryptoError bad_key"),
    good("nickname_composed", "check_nickname", { typed: "zoe\u0308" }),
    good("nickname_emoji", "check_nickname", { typed: "👩\u200d🚀_1" }),
    good("nickname_cyrillic_skeleton", "check_nickname", { typed: "\u0430l\u0456ce" }),
    bad("nickname_empty", "check_nickname", { typed: "" }, BAD_CODE),
    bad("nickname_33_points", "check_nickname", { typed: "a".repeat(33) }, BAD_CODE),
    bad("nickname_space", "check_nickname", { typed: "a b" }, BAD_CODE),
    bad("nickname_leading_dash", "check_nickname", { typed: "-a" }, BAD_CODE),
    bad("nickname_bidi", "check_nickname", { typed: "a\u202eb" }, BAD_CODE),
    bad("nickname_zero_width", "check_nickname", { typed: "a\u200bb" }, BAD_CODE),
    bad("nickname_four_marks", "check_nickname", { typed: "q\u0301\u0302\u0303\u0304" }, BAD_CODE),
    good("bundle", "decode_bundle", { bundle: toHex(good1) }),
    good("bundle_later_fields_ignored", "decode_bundle", {
      bundle: toHex(bundle([...fields, "later"], ["later"])),
    }),
    bad("bundle_trailing_bytes", "decode_bundle", { bundle: toHex(good1) + "00" }, DECODE),
    bad("bundle_truncated", "decode_bundle", { bundle: toHex(good1.subarray(0, -1)) }, DECODE),
    bad("bundle_version_two", "decode_bundle", { bundle: toHex(bundle([2, ...fields.slice(1)])) }, DECODE),
    bad("bundle_too_long", "decode_bundle", {
      bundle: toHex(bundle([...fields, new Uint8Array(4096)])),
    }, DECODE),
    bad("bundle_ml_kem_key_short", "decode_bundle", {
      bundle: toHex(bundle([1, PUBLIC, PUBLIC, count(0, 1183), 3, "a", 0])),
    }, DECODE),
    bad("bundle_nickname_not_nfc", "decode_bundle", { bundle: withNick("zoe\u0308") }, DECODE),
    bad("bundle_nickname_not_allowed", "decode_bundle", { bundle: withNick("a b") }, DECODE),
    bad("bundle_signature_wrong", "decode_bundle", {
      bundle: toHex(flipped(good1, -1)),
    }, "CryptoError bad_signature"),
    good("pair_words", "pair_words", { fingerprints: [hex(0, 32), hex(1, 32)] }),
    good("pair_words_order_does_not_matter", "pair_words", { fingerprints: [hex(1, 32), hex(0, 32)] }),
    good("room_words", "room_words", {
      foundHash: hex(0x40, 32),
      fingerprints: [hex(2, 32), hex(0, 32), hex(1, 32)],
    }),
  ],
};

const invite = { relay: "wss://relay.example/ws", roomId: ROOM, secret: count(0x80, 16) };
const link = formatInvite(invite);
const body = concat(Uint8Array.of(1), invite.roomId, invite.secret);
/** A link over any body, its checksum right. */
const linkOf = (of: Uint8Array): string =>
  `https://relay.example/#${toBase64Url(concat(of, hashParts("sotto/v1/invite", of).subarray(0, 4)))}`;
const doorOf = (...given: Parameters<typeof encodeCbor>[0][]): string => toHex(encodeCbor(given));
const doorId = count(1, 16);
const scalar = count(1, 32);
const ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/** Invites, spoken codes, names and their doors. */
export const codes: CaseFile = {
  about: "SPEC §3: codes as people type them, and the doors they lead to",
  cases: [
    good("invite_link", "format_invite", {
      relay: invite.relay,
      roomId: toHex(ROOM),
      secret: toHex(invite.secret),
    }),
    good("invite_link_with_fields", "format_invite", {
      relay: "ws://127.0.0.1:4443/ws",
      roomId: toHex(ROOM),
      secret: toHex(invite.secret),
      clientHash: hex(0, 32),
      certHash: hex(32, 32),
    }),
    good("invite_parsed", "parse_code", { typed: link }),
    good("invite_unknown_field_ignored", "parse_code", {
      typed: linkOf(concat(body, Uint8Array.of(9, 2, 1, 2))),
    }),
    bad("invite_checksum_wrong", "parse_code", {
      typed: `https://relay.example/#${
        toBase64Url(concat(body, flipped(hashParts("sotto/v1/invite", body).subarray(0, 4), 0)))
      }`,
    }, BAD_CODE),
    bad("invite_cut_short", "parse_code", { typed: link.slice(0, -1) }, BAD_CODE),
    bad("invite_without_fragment", "parse_code", { typed: "https://relay.example/" }, BAD_CODE),
    bad("invite_version_two", "parse_code", {
      typed: linkOf(concat(Uint8Array.of(2), body.subarray(1))),
    }, BAD_CODE),
    bad("invite_field_twice", "parse_code", {
      typed: linkOf(concat(body, Uint8Array.of(9, 0, 9, 0))),
    }, BAD_CODE),
    bad("invite_field_past_end", "parse_code", {
      typed: linkOf(concat(body, Uint8Array.of(9, 2, 1))),
    }, BAD_CODE),
    bad("invite_client_hash_short", "parse_code", {
      typed: linkOf(concat(body, Uint8Array.of(1, 1, 1))),
    }, BAD_CODE),
    good("spoken_code", "parse_code", { typed: "41793-copper-lemon-orbit-walnut" }),
    good("spoken_code_with_spaces_and_capitals", "parse_code", {
      typed: " 41793 Copper lemon  orbit walnut",
    }),
    bad("spoken_word_unknown", "parse_code", { typed: "41793-copper-lemmon-orbit-walnut" }, BAD_CODE),
    bad("spoken_three_words", "parse_code", { typed: "41793-copper-lemon-orbit" }, BAD_CODE),
    bad("spoken_number_of_six_digits", "parse_code", { typed: "417931-copper-lemon-orbit-walnut" }, BAD_CODE),
    bad("spoken_number_leading_zero", "parse_code", { typed: "01793-copper-lemon-orbit-walnut" }, BAD_CODE),
    good("name", "parse_code", { typed: "  The\u00a0 Lobby " }),
    good("name_full_width", "parse_code", { typed: "ＬＯＢＢＹ" }),
    bad("name_empty", "parse_code", { typed: "  " }, BAD_CODE),
    bad("name_invisible", "parse_code", { typed: "lob\u200bby" }, BAD_CODE),
    bad("name_129_bytes", "canonical_name", { typed: "a".repeat(129) }, BAD_CODE),
    good("invite_door", "open_door", { typed: link }),
    good("spoken_door", "open_door", { typed: "41793-copper-lemon-orbit-walnut" }),
    good("named_door", "open_door", { typed: "Lobby" }),
    good("named_door_with_password", "open_door", { typed: "lobby", password: "hunter2" }),
    bad("door_kind_unknown", "decode_door", { door: doorOf(4, doorId, scalar, "lobby") }, DECODE),
    bad("door_scalar_zero", "decode_door", { door: doorOf(3, doorId, new Uint8Array(32), "lobby") }, DECODE),
    bad("door_scalar_is_the_order", "decode_door", {
      door: doorOf(3, doorId, Uint8Array.from(ORDER.match(/../g) ?? [], (b) => parseInt(b, 16)), "lobby"),
    }, DECODE),
    bad("door_label_not_canonical", "decode_door", { door: doorOf(3, doorId, scalar, "Lobby") }, DECODE),
    bad("door_id_short", "decode_door", { door: doorOf(3, count(1, 15), scalar, "lobby") }, DECODE),
  ],
};

const exchangeId = count(0x20, 16);
const knock = encodeKnock({
  exchangeId,
  doorId,
  commitA: count(0, 32),
  shareA: PUBLIC,
  mlkemKey: count(0, 1184),
  versions: encodeVersions(0),
});
const answer = encodeAnswer({
  exchangeId,
  roomId: ROOM,
  commitB: count(0, 32),
  shareB: PUBLIC,
  mlkemCiphertext: count(0, 1088),
  confirmB: count(0, 32),
  versions: encodeVersions(0),
});
const refused = encodeRefused({ exchangeId, code: 3, retryAfter: 300 });

/** What a join derives, and the layout of its payloads. */
export const joins: CaseFile = {
  about: "SPEC §5: commitments, keys and payload layouts of a join",
  cases: [
    good("commitment", "join_commitment", { memberId: toHex(MEMBER), nonce: hex(1, 16) }),
    good("keys", "join_keys", {
      ke: hex(0, 16),
      transcript: hex(0, 40),
      mlkemSecret: hex(0x60, 32),
      roomId: toHex(ROOM),
      index: 258,
    }),
    good("knock", "read_knock", { payload: toHex(knock) }),
    good("knock_later_version", "read_knock", {
      payload: toHex(concat(knock.subarray(0, -4), u32(0x2_0000))),
    }),
    bad(
      "knock_version_zero",
      "read_knock",
      { payload: toHex(concat(knock.subarray(0, -4), u32(0))) },
      DECODE,
    ),
    bad("knock_truncated", "read_knock", { payload: toHex(knock.subarray(0, -1)) }, DECODE),
    bad("knock_trailing_byte", "read_knock", { payload: toHex(knock) + "00" }, DECODE),
    bad("knock_is_an_answer", "read_knock", { payload: toHex(answer) }, DECODE),
    good("answer_exchange", "read_exchange", { payload: toHex(answer) }),
    good("failed", "read_exchange", { payload: "010d" + toHex(exchangeId) }),
    bad("exchange_of_a_sealed_frame", "read_exchange", { payload: "0101" + toHex(exchangeId) }, DECODE),
    bad("exchange_truncated", "read_exchange", { payload: "010d" + hex(0, 15) }, DECODE),
    good("refused", "read_refused", { payload: toHex(refused) }),
    bad("refused_trailing_byte", "read_refused", { payload: toHex(refused) + "00" }, DECODE),
  ],
};
