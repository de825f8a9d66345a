/** Cases of the relay wire: every frame, and batches. @module */
import { concat, toHex, u32 } from "../../crypto/bytes.ts";
import { bad, type CaseFile, good, hex } from "./_cases.ts";

const MALFORMED = "WireError malformed";
const client = (name: string, frame: Parameters<typeof good>[2]) => good(name, "client_frame", { frame });
const relay = (name: string, frame: Parameters<typeof good>[2]) => good(name, "relay_frame", { frame });
const badClient = (name: string, encoded: string, error = MALFORMED) =>
  bad(name, "decode_client_frame", { encoded }, error);
const badRelay = (name: string, encoded: string) => bad(name, "decode_relay_frame", { encoded }, MALFORMED);

/** Frames both ways. */
export const frames: CaseFile = {
  about: "SPEC §11: every frame of the relay wire, without the length that a batch puts before it",
  cases: [
    client("hello", { type: "hello", version: 1, auth: "" }),
    client("join", { type: "join", doorId: hex(1, 16), mode: "mustExist" }),
    client("resume", { type: "resume", token: hex(0, 32), roomEpoch: hex(0x40, 16), lastSeq: 4_294_967_297 }),
    client("send", { type: "send", sendId: 3, droppable: false, payload: "0101aa" }),
    client("send_droppable", { type: "send", sendId: 0, droppable: true, payload: "010a" }),
    client("send_table", {
      type: "send_table",
      sendId: 4,
      droppable: false,
      common: "0102",
      parts: [{ peerId: 1, bytes: "aa" }, { peerId: 258, bytes: "" }],
    }),
    client("door_add", { type: "door", action: "add", doorId: hex(1, 16) }),
    client("door_drop", { type: "door", action: "drop", doorId: hex(1, 16) }),
    client("leave", { type: "leave" }),
    client("ping", { type: "ping", opaque: 4_294_967_295 }),
    client("admit", { type: "admit", peerId: 2 }),
    client("auth", { type: "auth", bytes: "0102" }),
    client("publish", { type: "publish", name: "Deno talk", topic: "f\u00fcr alle", invite: hex(1, 20) }),
    client("publish_ended", { type: "publish", name: "", topic: "", invite: "" }),
    client("list", { type: "list" }),
    relay("welcome", {
      type: "welcome",
      version: 1,
      maxPayload: 1_048_576,
      maxMessage: 10_240,
      rateCount: 100,
      rateWindowMs: 60_000,
      heartbeatIntervalMs: 30_000,
      heartbeatTimeoutMs: 60_000,
      nonce: hex(0, 16),
      challenge: "",
    }),
    relay("joined", {
      type: "joined",
      roomEpoch: hex(0x40, 16),
      peerId: 3,
      seq: 17,
      member: false,
      created: false,
      complete: true,
      token: hex(0, 32),
      resumeWindowMs: 60_000,
      peers: [1, 2],
    }),
    relay("peer_in", { type: "peer_in", peerId: 3 }),
    relay("peer_out", { type: "peer_out", peerId: 3, reason: "lost" }),
    relay("deliver", { type: "deliver", seq: 18, from: 3, payload: "0101aa" }),
    relay("ack", { type: "ack", sendId: 3, seq: 18 }),
    relay("pong", { type: "pong", opaque: 7 }),
    relay("error", {
      type: "error",
      code: 1106,
      sendId: 5,
      retryAfterMs: 600,
      sentence: "Too much at once.",
    }),
    relay("bye", { type: "bye", code: 4010, sentence: "The relay is shutting down." }),
    relay("admitted", { type: "admitted" }),
    relay("auth_step", { type: "auth_step", bytes: "01723d78" }),
    relay("rooms", {
      type: "rooms",
      rooms: [
        { name: "Deno talk", topic: "", invite: hex(1, 20), members: 3 },
        { name: "tea", topic: "green", invite: "", members: 1 },
      ],
    }),
    relay("rooms_none", { type: "rooms", rooms: [] }),
    relay("tell", { type: "tell", code: 1113, sentence: "The relay is shutting down." }),
    good("tell_later_fields_ignored", "decode_relay_frame", { encoded: "8d04590000aabb" }),
    good("hello_later_fields_ignored", "decode_client_frame", { encoded: "01010000aabb" }),
    good("bye_later_fields_ignored", "decode_relay_frame", { encoded: "890faa0000aabb" }),
    badClient("frame_empty", ""),
    badClient("frame_type_unknown", "0c"),
    badClient("frame_type_of_the_relay", "87" + hex(0, 4)),
    badClient("hello_auth_past_end", "0101000401"),
    badClient("join_mode_unknown", "02" + hex(1, 16) + "03"),
    badClient("join_trailing_byte", "02" + hex(1, 16) + "0000"),
    badClient("resume_seq_over_2_53", "03" + hex(0, 48) + "0020000000000000"),
    badClient("send_flag_unknown", "040000000104"),
    badClient(
      "table_part_past_end",
      "0400000001" + "02" + "00000000" + "0001" + "00000001" + "00000002" + "aa",
    ),
    badClient("table_trailing_byte", "0400000001" + "02" + "00000000" + "0000" + "00"),
    badClient("table_of_4097_parts", "0400000001" + "02" + "00000000" + "1001", "WireError too_many"),
    badClient("door_action_unknown", "0503" + hex(1, 16)),
    badClient("ping_truncated", "07000000"),
    badClient("publish_name_too_long", "0a0061" + "61".repeat(97) + "00000000"),
    badClient("publish_trailing_byte", "0a00000000000000"),
    badClient("list_trailing_byte", "0b00"),
    badRelay("relay_frame_type_unknown", "8e"),
    badRelay("relay_frame_type_of_a_client", "06"),
    badRelay("joined_peers_past_end", "82" + "00".repeat(65) + "0001"),
    badRelay("peer_out_reason_unknown", "840000000304"),
    badRelay("deliver_truncated", "85" + "00".repeat(11)),
    badRelay("deliver_seq_over_2_53", "85" + "ff".repeat(8) + "00000001"),
    badRelay("ack_trailing_byte", "86" + "00".repeat(13)),
    badRelay("rooms_more_than_200", "8c00c9"),
    badRelay("rooms_cut_short", "8c00010001610000000000"),
    badRelay("tell_sentence_not_utf8", "8d04590001ff"),
    badRelay("error_sentence_not_utf8", "88" + "00".repeat(10) + "0001" + "ff"),
  ],
};

const small = (...frames: string[]): string =>
  frames.map((frame) => toHex(u32(frame.length / 2)) + frame).join("");

/** Batches. */
export const batches: CaseFile = {
  about: "SPEC §11: batches, the content of one WebSocket message",
  cases: [
    good("batch_of_three", "pack_batch", { frames: ["06", "0700000001", "0700000002"] }),
    good("batch_unpacked", "unpack_batch", { batch: small("06", "0700000001") }),
    bad("batch_empty", "unpack_batch", { batch: "" }, MALFORMED),
    bad("batch_frame_empty", "unpack_batch", { batch: small("06", "") }, MALFORMED),
    bad("batch_length_cut_short", "unpack_batch", { batch: small("06") + "000000" }, MALFORMED),
    bad(
      "batch_length_past_end",
      "unpack_batch",
      { batch: toHex(concat(u32(2), Uint8Array.of(6))) },
      MALFORMED,
    ),
    bad("batch_length_over_2_31", "unpack_batch", { batch: "ffffffff06" }, MALFORMED),
    bad("batch_too_long", "unpack_batch", { batch: small("06", "06"), maxBytes: 9 }, "WireError too_large"),
    bad(
      "batch_of_too_many",
      "unpack_batch",
      { batch: small("06", "06"), maxFrames: 1 },
      "WireError too_many",
    ),
  ],
};

const badStep = (name: string, encoded: string) => bad(name, "decode_login_step", { encoded }, MALFORMED);
const badAnswer = (name: string, encoded: string) => bad(name, "decode_login_answer", { encoded }, MALFORMED);
const nothing = {
  required: false,
  password: false,
  token: false,
  account: false,
  register: false,
  accountOnly: false,
};

/** What `welcome.challenge`, `auth` and `auth_step` carry. */
export const logins: CaseFile = {
  about: 'SPEC, "Logging in": what welcome.challenge, auth and auth_step carry',
  cases: [
    good("challenge_none", "challenge", { challenge: nothing }),
    good("challenge_password", "challenge", { challenge: { ...nothing, required: true, password: true } }),
    good("challenge_all", "challenge", {
      challenge: { required: true, password: true, token: true, account: true, register: true, accountOnly: true },
    }),
    good("challenge_later_bits_ignored", "decode_challenge", { encoded: "c3ff" }),
    good("step_password", "login_step", { step: { method: "password", message: "n,,n=,r=rOprNGfwEbeRWgbNEkqO" } }),
    good("step_account", "login_step", { step: { method: "account", message: "n,,n=ada,r=rOprNGfwEbeRWgbNEkqO" } }),
    good("step_token", "login_step", {
      step: { method: "token", token: "3f2b9c1e-7d4a-4c58-9e21-0a6f5b8d1c73" },
    }),
    good("step_register", "login_step", {
      step: {
        method: "register",
        name: "ada",
        iterations: 600_000,
        salt: hex(0, 16),
        storedKey: hex(0x20, 32),
        serverKey: hex(0x60, 32),
      },
    }),
    good("answer_goes_on", "login_answer", { answer: { done: false, message: "r=x,s=AAAA,i=600000" } }),
    good("answer_done", "login_answer", { answer: { done: true, message: "" } }),
    badStep("step_empty", ""),
    badStep("step_method_unknown", "05"),
    badStep("step_method_0", "0061"),
    badStep("step_message_too_long", "01" + "61".repeat(1_025)),
    badStep("step_message_not_utf8", "01ff"),
    badStep("step_token_too_long", "02" + "61".repeat(37)),
    badStep("step_register_name_too_long", "040041" + "61".repeat(65) + "00".repeat(70)),
    badStep("step_register_salt_too_long", "04000161" + "00002710" + "0041" + "00".repeat(65 + 64)),
    badStep("step_register_cut_short", "04000161" + "00002710" + "0000" + "00".repeat(63)),
    badStep("step_register_trailing_byte", "04000161" + "00002710" + "0000" + "00".repeat(65)),
    badAnswer("answer_empty", ""),
    badAnswer("answer_state_unknown", "03"),
    badAnswer("answer_too_long", "01" + "61".repeat(1_025)),
  ],
};
