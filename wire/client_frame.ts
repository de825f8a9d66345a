/**
 * Frames from a client to the relay (SPEC, "Relay wire").
 *
 * Sends of one place in a room are numbered from 1 without gaps by `sendId`, across resumes. Acknowledgements and
 * refusals are cumulative: an `ack` for n covers everything up to n, and an `error` that names sendId n means that
 * n and whatever was sent after it were not taken; the client sends again from n on.
 *
 * @module
 */
import { type Bytes, FieldReader, FieldWriter, readU32, textBytes } from "./bytes.ts";
import { WireError } from "./errors.ts";
import { MAX_PUBLIC_INVITE, MAX_PUBLIC_NAME, MAX_PUBLIC_TOPIC, MAX_TABLE_PARTS } from "./limits.ts";

/** How a join treats a door that exists, or does not. */
export type JoinMode = "any" | "mustBeNew" | "mustExist";

/** One recipient's own bytes in a table. */
export interface TablePart {
  /** A connection's number in the room. */
  peerId: number;
  /** Opaque bytes. */
  bytes: Uint8Array;
}

/** First frame of a connection. `auth` is empty where the relay asks for no login. */
export interface HelloFrame {
  /** What kind of frame this is. */
  type: "hello";
  /** Protocol version of the sender. */
  version: number;
  /** First step of a login; empty where none is asked. */
  auth: Uint8Array;
}

/** Asks for the room behind a door, or founds it. */
export interface JoinFrame {
  /** What kind of frame this is. */
  type: "join";
  /** The door, 16 bytes. */
  doorId: Uint8Array;
  /** Whether the room must, must not or may exist. */
  mode: JoinMode;
}

/** Takes up a place in a room again after the connection was lost. */
export interface ResumeFrame {
  /** What kind of frame this is. */
  type: "resume";
  /** Resume token, 32 bytes. */
  token: Uint8Array;
  /** Instance of the room at the relay, 16 bytes. */
  roomEpoch: Uint8Array;
  /** Last sequence number that arrived. */
  lastSeq: number;
}

/** A payload for everybody else in the room. */
export interface SendFrame {
  /** What kind of frame this is. */
  type: "send";
  /** The sender's count of reliable sends; 0 where there is none. */
  sendId: number;
  /** True for what may be dropped: neither kept nor acknowledged. */
  droppable: boolean;
  /** Opaque to the relay. */
  payload: Uint8Array;
}

/** Payloads for the peers named: each gets `common` followed by its own bytes. */
export interface SendTableFrame {
  /** What kind of frame this is. */
  type: "send_table";
  /** The sender's count of reliable sends; 0 where there is none. */
  sendId: number;
  /** True for what may be dropped: neither kept nor acknowledged. */
  droppable: boolean;
  /** What every recipient gets first. */
  common: Uint8Array;
  /** What each recipient gets behind it. */
  parts: TablePart[];
}

/** Adds a door to the room, or drops one. */
export interface DoorFrame {
  /** What kind of frame this is. */
  type: "door";
  /** Open or shut. */
  action: "add" | "drop";
  /** The door, 16 bytes. */
  doorId: Uint8Array;
}

/** Leaves the room for good; the connection stays. */
export interface LeaveFrame {
  /** What kind of frame this is. */
  type: "leave";
}

/** Shows that the connection lives. */
export interface PingFrame {
  /** What kind of frame this is. */
  type: "ping";
  /** Comes back as it is. */
  opaque: number;
}

/** Tells the relay that a knocker is a member from here on. */
export interface AdmitFrame {
  /** What kind of frame this is. */
  type: "admit";
  /** A connection's number in the room. */
  peerId: number;
}

/** A further step of a login. */
export interface AuthFrame {
  /** What kind of frame this is. */
  type: "auth";
  /** Opaque bytes. */
  bytes: Uint8Array;
}

/** Lists this room for everybody at the relay, or changes or ends that; an empty name ends it. */
export interface PublishFrame {
  /** What kind of frame this is. */
  type: "publish";
  /** What the room is called in the list, up to {@linkcode MAX_PUBLIC_NAME} bytes of UTF-8. */
  name: string;
  /** What it is about, up to {@linkcode MAX_PUBLIC_TOPIC} bytes of UTF-8. */
  topic: string;
  /** The invite's payload, up to {@linkcode MAX_PUBLIC_INVITE} bytes: whoever reads the list can come in. */
  invite: Uint8Array;
}

/** Asks for the rooms that are listed. */
export interface ListFrame {
  /** What kind of frame this is. */
  type: "list";
}

/** Any frame from a client. */
export type ClientFrame =
  | HelloFrame
  | JoinFrame
  | ResumeFrame
  | SendFrame
  | SendTableFrame
  | DoorFrame
  | LeaveFrame
  | PingFrame
  | AdmitFrame
  | AuthFrame
  | PublishFrame
  | ListFrame;

const MODES: readonly JoinMode[] = ["any", "mustBeNew", "mustExist"];
const DROPPABLE = 1;
/** Bytes before the payload of a `send`. */
const SEND_HEADER = 6;
const TABLE = 2;

/** Bytes of a frame, without the length that a batch puts before it. Throws `RangeError` on fields that do not fit. */
export function encodeClientFrame(frame: ClientFrame): Bytes {
  switch (frame.type) {
    case "hello":
      return new FieldWriter(4 + frame.auth.length).u8(0x01).u8(frame.version).u16(frame.auth.length)
        .bytes(frame.auth).done();
    case "join":
      return new FieldWriter(18).u8(0x02).bytes(frame.doorId, 16).u8(MODES.indexOf(frame.mode)).done();
    case "resume":
      return new FieldWriter(57).u8(0x03).bytes(frame.token, 32).bytes(frame.roomEpoch, 16).u64(frame.lastSeq)
        .done();
    case "send":
      return new FieldWriter(6 + frame.payload.length).u8(0x04).u32(frame.sendId)
        .u8(frame.droppable ? DROPPABLE : 0).bytes(frame.payload).done();
    case "send_table":
      return encodeTable(frame);
    case "door":
      return new FieldWriter(18).u8(0x05).u8(frame.action === "add" ? 1 : 2).bytes(frame.doorId, 16).done();
    case "leave":
      return new FieldWriter(1).u8(0x06).done();
    case "ping":
      return new FieldWriter(5).u8(0x07).u32(frame.opaque).done();
    case "admit":
      return new FieldWriter(5).u8(0x08).u32(frame.peerId).done();
    case "auth":
      return new FieldWriter(3 + frame.bytes.length).u8(0x09).u16(frame.bytes.length).bytes(frame.bytes)
        .done();
    case "publish":
      return encodePublish(frame);
    case "list":
      return new FieldWriter(1).u8(0x0b).done();
  }
}

function encodePublish({ name, topic, invite }: PublishFrame): Bytes {
  const [title, about] = [textBytes(name), textBytes(topic)];
  return new FieldWriter(7 + title.length + about.length + invite.length).u8(0x0a).u16(title.length)
    .bytes(title).u16(about.length).bytes(about).u16(invite.length).bytes(invite).done();
}

function encodeTable(frame: SendTableFrame): Bytes {
  let length = 12 + frame.common.length;
  for (const part of frame.parts) length += 8 + part.bytes.length;
  const writer = new FieldWriter(length).u8(0x04).u32(frame.sendId).u8(
    TABLE | (frame.droppable ? DROPPABLE : 0),
  )
    .u32(frame.common.length).bytes(frame.common).u16(frame.parts.length);
  for (const part of frame.parts) writer.u32(part.peerId).u32(part.bytes.length).bytes(part.bytes);
  return writer.done();
}

/**
 * Reads one frame. Byte fields are views of `bytes`.
 *
 * @throws {WireError} `malformed`, or `too_many` for a table with too many parts.
 */
export function decodeClientFrame(bytes: Uint8Array): ClientFrame {
  return clientFrameAt(bytes, 0, bytes.length);
}

/** As {@linkcode decodeClientFrame}, for a frame that lies in `bytes` from `start` up to `end`. */
export function clientFrameAt(bytes: Uint8Array, start: number, end: number): ClientFrame {
  if (
    end - start >= SEND_HEADER && bytes[start] === 0x04 && (bytes[start + 5] as number) <= DROPPABLE
  ) return sendOf(bytes, start, end);
  const reader = new FieldReader(bytes.subarray(start, end));
  const frame = readClientFrame(reader);
  if (frame.type !== "hello") reader.end();
  return frame;
}

function readClientFrame(reader: FieldReader): ClientFrame {
  switch (reader.u8()) {
    case 0x01:
      return { type: "hello", version: reader.u8(), auth: reader.bytes(reader.u16()) };
    case 0x02:
      return { type: "join", doorId: reader.bytes(16), mode: oneOf(MODES, reader.u8()) };
    case 0x03:
      return { type: "resume", token: reader.bytes(32), roomEpoch: reader.bytes(16), lastSeq: reader.u64() };
    case 0x04:
      return readTable(reader);
    case 0x05:
      return { type: "door", action: oneOf(["add", "drop"], reader.u8() - 1), doorId: reader.bytes(16) };
    case 0x06:
      return { type: "leave" };
    case 0x07:
      return { type: "ping", opaque: reader.u32() };
    case 0x08:
      return { type: "admit", peerId: reader.u32() };
    case 0x09:
      return { type: "auth", bytes: reader.bytes(reader.u16()) };
    case 0x0a:
      return readPublish(reader);
    case 0x0b:
      return { type: "list" };
    default:
      throw new WireError("malformed", "Cannot read a frame: its type is unknown");
  }
}

function readPublish(reader: FieldReader): PublishFrame {
  return {
    type: "publish",
    name: reader.text(MAX_PUBLIC_NAME),
    topic: reader.text(MAX_PUBLIC_TOPIC),
    invite: reader.short(MAX_PUBLIC_INVITE),
  };
}

/** A `send`, which most frames are. */
function sendOf(bytes: Uint8Array, start: number, end: number): SendFrame {
  return {
    type: "send",
    sendId: readU32(bytes, start + 1),
    droppable: bytes[start + 5] === DROPPABLE,
    payload: bytes.subarray(start + SEND_HEADER, end),
  };
}

function readTable(reader: FieldReader): SendTableFrame {
  const sendId = reader.u32();
  const flags = reader.u8();
  if (flags > (DROPPABLE | TABLE)) {
    throw new WireError("malformed", "Cannot read a frame: unknown send flags");
  }
  const droppable = (flags & DROPPABLE) !== 0;
  const common = reader.bytes(reader.u32());
  const count = reader.u16();
  if (count > MAX_TABLE_PARTS) {
    throw new WireError("too_many", `Cannot read a table: it has more than ${MAX_TABLE_PARTS} parts`);
  }
  const parts: TablePart[] = [];
  for (let i = 0; i < count; i++) parts.push({ peerId: reader.u32(), bytes: reader.bytes(reader.u32()) });
  return { type: "send_table", sendId, droppable, common, parts };
}

function oneOf<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new WireError("malformed", "Cannot read a frame: a choice is unknown");
  return value;
}
