/**
 * Frames from the relay to a client (SPEC, "Relay wire").
 *
 * `ack` is cumulative: one per turn of the relay is enough, for the highest sendId taken; every sendId up to it was
 * taken. `seq` in it is the room's number of that last one, and the position up to which the client has seen the
 * room; it is 0 for repeats and for what was not numbered.
 *
 * @module
 */
import { type Bytes, FieldReader, FieldWriter, textBytes } from "./bytes.ts";
import { WireError } from "./errors.ts";
import { encodeJoined, type JoinedFrame, readJoined } from "./joined_frame.ts";
import { encodeRooms, readRooms, type RoomsFrame } from "./rooms_frame.ts";

export type { JoinedFrame } from "./joined_frame.ts";
export type { ListedRoom, RoomsFrame } from "./rooms_frame.ts";

/** Answer to `hello`: the relay's limits and a nonce of this connection. */
export interface WelcomeFrame {
  /** What kind of frame this is. */
  type: "welcome";
  /** Protocol version of the sender. */
  version: number;
  /** Longest payload in bytes. */
  maxPayload: number;
  /** Longest text of a person in bytes. */
  maxMessage: number;
  /** Frames to the room allowed in a window. */
  rateCount: number;
  /** That window in milliseconds. */
  rateWindowMs: number;
  /** How often to ping, in milliseconds. */
  heartbeatIntervalMs: number;
  /** Silence after which a side is gone, in milliseconds. */
  heartbeatTimeoutMs: number;
  /** 16 bytes of this connection. */
  nonce: Uint8Array;
  /** First step of a login asked for; empty where none is. */
  challenge: Uint8Array;
}

/** A member came, or came back. */
export interface PeerInFrame {
  /** What kind of frame this is. */
  type: "peer_in";
  /** A connection's number in the room. */
  peerId: number;
}

/** Why a member is gone. */
export type PeerOutReason = "left" | "lost" | "closed";

/** A member is gone. */
export interface PeerOutFrame {
  /** What kind of frame this is. */
  type: "peer_out";
  /** A connection's number in the room. */
  peerId: number;
  /** Why. */
  reason: PeerOutReason;
}

/** A payload from a peer; `seq` is 0 for what the relay does not number. */
export interface DeliverFrame {
  /** What kind of frame this is. */
  type: "deliver";
  /** Place in the room's order; 0 for what is not numbered. */
  seq: number;
  /** The sender's connection. */
  from: number;
  /** Opaque to the relay. */
  payload: Uint8Array;
}

/** The relay took everything up to `sendId`. */
export interface AckFrame {
  /** What kind of frame this is. */
  type: "ack";
  /** The sender's count of reliable sends; 0 where there is none. */
  sendId: number;
  /** Place in the room's order; 0 for what is not numbered. */
  seq: number;
}

/** Answer to `ping`. */
export interface PongFrame {
  /** What kind of frame this is. */
  type: "pong";
  /** Comes back as it is. */
  opaque: number;
}

/** A refusal: its code, a sentence for a person, and when to try again (0: no use). */
export interface ErrorFrame {
  /** What kind of frame this is. */
  type: "error";
  /** Stable number of the reason. */
  code: number;
  /** The sender's count of reliable sends; 0 where there is none. */
  sendId: number;
  /** When to try again, in milliseconds; 0 for no use. */
  retryAfterMs: number;
  /** For a person. */
  sentence: string;
}

/** The relay is about to close this connection with this close code. */
export interface ByeFrame {
  /** What kind of frame this is. */
  type: "bye";
  /** Stable number of the reason. */
  code: number;
  /** For a person. */
  sentence: string;
}

/** To a knocker: it is a member from here on. */
export interface AdmittedFrame {
  /** What kind of frame this is. */
  type: "admitted";
}

/** The relay's part of a login (see `LoginStep`). */
export interface AuthStepFrame {
  /** What kind of frame this is. */
  type: "auth_step";
  /** Opaque bytes. */
  bytes: Uint8Array;
}

/** Something that everybody at the relay is told, such as that it will shut down. */
export interface TellFrame {
  /** What kind of frame this is. */
  type: "tell";
  /** A code of `ErrorCode`. */
  code: number;
  /** For a person. */
  sentence: string;
}

/** Any frame from the relay. */
export type RelayFrame =
  | WelcomeFrame
  | JoinedFrame
  | PeerInFrame
  | PeerOutFrame
  | DeliverFrame
  | AckFrame
  | PongFrame
  | ErrorFrame
  | ByeFrame
  | AdmittedFrame
  | AuthStepFrame
  | RoomsFrame
  | TellFrame;

const REASONS: readonly PeerOutReason[] = ["left", "lost", "closed"];

/** Bytes of a frame, without the length that a batch puts before it. Throws `RangeError` on fields that do not fit. */
export function encodeRelayFrame(frame: RelayFrame): Bytes {
  switch (frame.type) {
    case "welcome":
      return new FieldWriter(44 + frame.challenge.length).u8(0x81).u8(frame.version).u32(frame.maxPayload)
        .u32(frame.maxMessage).u32(frame.rateCount).u32(frame.rateWindowMs).u32(frame.heartbeatIntervalMs)
        .u32(frame.heartbeatTimeoutMs).bytes(frame.nonce, 16).u16(frame.challenge.length).bytes(
          frame.challenge,
        )
        .done();
    case "joined":
      return encodeJoined(frame);
    case "peer_in":
      return new FieldWriter(5).u8(0x83).u32(frame.peerId).done();
    case "peer_out":
      return new FieldWriter(6).u8(0x84).u32(frame.peerId).u8(REASONS.indexOf(frame.reason) + 1).done();
    case "deliver":
      return new FieldWriter(13 + frame.payload.length).u8(0x85).u64(frame.seq).u32(frame.from)
        .bytes(frame.payload).done();
    case "ack":
      return new FieldWriter(13).u8(0x86).u32(frame.sendId).u64(frame.seq).done();
    case "pong":
      return new FieldWriter(5).u8(0x87).u32(frame.opaque).done();
    case "error": {
      const sentence = textBytes(frame.sentence);
      return new FieldWriter(13 + sentence.length).u8(0x88).u16(frame.code).u32(frame.sendId)
        .u32(frame.retryAfterMs).u16(sentence.length).bytes(sentence).done();
    }
    case "bye": {
      const sentence = textBytes(frame.sentence);
      return new FieldWriter(5 + sentence.length).u8(0x89).u16(frame.code).u16(sentence.length).bytes(
        sentence,
      )
        .done();
    }
    case "admitted":
      return new FieldWriter(1).u8(0x8a).done();
    case "auth_step":
      return new FieldWriter(1 + frame.bytes.length).u8(0x8b).bytes(frame.bytes).done();
    case "rooms":
      return encodeRooms(frame);
    case "tell": {
      const sentence = textBytes(frame.sentence);
      return new FieldWriter(5 + sentence.length).u8(0x8d).u16(frame.code).u16(sentence.length).bytes(
        sentence,
      )
        .done();
    }
  }
}

const OPEN_ENDED: ReadonlySet<RelayFrame["type"]> = new Set([
  "welcome",
  "joined",
  "error",
  "bye",
  "rooms",
  "tell",
]);

/**
 * Reads one frame. Byte fields are views of `bytes`.
 *
 * @throws {WireError} `malformed`.
 */
export function decodeRelayFrame(bytes: Uint8Array): RelayFrame {
  const reader = new FieldReader(bytes);
  const frame = readRelayFrame(reader);
  if (!OPEN_ENDED.has(frame.type)) reader.end();
  return frame;
}

function readRelayFrame(reader: FieldReader): RelayFrame {
  switch (reader.u8()) {
    case 0x81:
      return {
        type: "welcome",
        version: reader.u8(),
        maxPayload: reader.u32(),
        maxMessage: reader.u32(),
        rateCount: reader.u32(),
        rateWindowMs: reader.u32(),
        heartbeatIntervalMs: reader.u32(),
        heartbeatTimeoutMs: reader.u32(),
        nonce: reader.bytes(16),
        challenge: reader.bytes(reader.u16()),
      };
    case 0x82:
      return readJoined(reader);
    case 0x83:
      return { type: "peer_in", peerId: reader.u32() };
    case 0x84: {
      const peerId = reader.u32();
      const reason = REASONS[reader.u8() - 1];
      if (reason === undefined) throw new WireError("malformed", "Cannot read a frame: a reason is unknown");
      return { type: "peer_out", peerId, reason };
    }
    case 0x85:
      return { type: "deliver", seq: reader.u64(), from: reader.u32(), payload: reader.rest() };
    case 0x86:
      return { type: "ack", sendId: reader.u32(), seq: reader.u64() };
    case 0x87:
      return { type: "pong", opaque: reader.u32() };
    case 0x88:
      return {
        type: "error",
        code: reader.u16(),
        sendId: reader.u32(),
        retryAfterMs: reader.u32(),
        sentence: reader.text(),
      };
    case 0x89:
      return { type: "bye", code: reader.u16(), sentence: reader.text() };
    case 0x8a:
      return { type: "admitted" };
    case 0x8b:
      return { type: "auth_step", bytes: reader.rest() };
    case 0x8c:
      return readRooms(reader);
    case 0x8d:
      return { type: "tell", code: reader.u16(), sentence: reader.text() };
    default:
      throw new WireError("malformed", "Cannot read a frame: its type is unknown");
  }
}
