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
    badRelay("relay_frame_type_unknown", "8e"),
    badRelay("relay_frame_type_of_a_client", "06"),
    badRelay("joined_peers_past_end", "82" + "00".repeat(65) + "0001"),
    badRelay("peer_out_reason_unknown", "840000000304"),
    badRelay("deliver_truncated", "85" + "00".repeat(11)),
    badRelay("deliver_seq_over_2_53", "85" + "ff".repeat(8) + "00000001"),
    badRelay("ack_trailing_byte", "86" + "00".repeat(13)),
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
