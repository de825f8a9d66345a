/** The frame that answers `join` and `resume` (SPEC, "Relay wire"). @module */
import { type Bytes, type FieldReader, FieldWriter } from "./bytes.ts";

/** Answer to `join` and `resume`. `peers` are the members that are connected, in the order in which they joined. */
export interface JoinedFrame {
  /** What kind of frame this is. */
  type: "joined";
  /** Instance of the room at the relay, 16 bytes. */
  roomEpoch: Uint8Array;
  /** A connection's number in the room. */
  peerId: number;
  /** Place in the room's order; 0 for what is not numbered. */
  seq: number;
  /** True for a member, false for a knocker. */
  member: boolean;
  /** True when this join made the room. */
  created: boolean;
  /** True when a resume could give everything missed. */
  complete: boolean;
  /** Resume token, 32 bytes. */
  token: Uint8Array;
  /** How long a lost connection may be resumed, in milliseconds. */
  resumeWindowMs: number;
  /** Members that are connected, in the order in which they came. */
  peers: number[];
}

const MEMBER = 1;
const CREATED = 2;
const COMPLETE = 4;

/** Bytes of the frame. Throws `RangeError` on fields that do not fit. */
export function encodeJoined(frame: JoinedFrame): Bytes {
  const flags = (frame.member ? MEMBER : 0) | (frame.created ? CREATED : 0) |
    (frame.complete ? COMPLETE : 0);
  const writer = new FieldWriter(68 + 4 * frame.peers.length).u8(0x82).bytes(frame.roomEpoch, 16)
    .u32(frame.peerId).u64(frame.seq).u8(flags).bytes(frame.token, 32).u32(frame.resumeWindowMs)
    .u16(frame.peers.length);
  for (const peerId of frame.peers) writer.u32(peerId);
  return writer.done();
}

/** Reads what follows the type byte. */
export function readJoined(reader: FieldReader): JoinedFrame {
  const roomEpoch = reader.bytes(16);
  const peerId = reader.u32();
  const seq = reader.u64();
  const flags = reader.u8();
  const token = reader.bytes(32);
  const resumeWindowMs = reader.u32();
  const count = reader.u16();
  const peers: number[] = [];
  for (let i = 0; i < count; i++) peers.push(reader.u32());
  return {
    type: "joined",
    roomEpoch,
    peerId,
    seq,
    member: (flags & MEMBER) !== 0,
    created: (flags & CREATED) !== 0,
    complete: (flags & COMPLETE) !== 0,
    token,
    resumeWindowMs,
    peers,
  };
}
