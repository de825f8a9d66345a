/** Batches: what one WebSocket message carries, `u32 length ‖ frame` over and over. @module */
import { type Bytes, readU32 } from "./bytes.ts";
import { WireError } from "./errors.ts";

const DELIVER_TYPE = 0x85;
const DELIVER_HEADER = 17;
const ACK_TYPE = 0x86;
/** Length of an `ack` frame in a batch, its own length field included. */
export const ACK_LENGTH = 17;

/** Length of a `deliver` frame of so many payload bytes in a batch, its own length field included. */
export function deliverLength(payloadBytes: number): number {
  return DELIVER_HEADER + payloadBytes;
}

/** Bytes of `frames` as one batch. */
export function packBatch(frames: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const frame of frames) length += 4 + frame.length;
  const writer = new BatchWriter(length);
  for (const frame of frames) writer.frame(frame);
  return writer.written();
}

/** Upper bounds for {@linkcode checkBatch} and {@linkcode unpackBatch}. */
export interface BatchBounds {
  /** Longest batch taken. */
  maxBytes: number;
  /** Most frames taken. */
  maxFrames: number;
}

/**
 * Looks through a batch: every frame lies in it whole. Gives how many there are, at least one.
 *
 * @throws {WireError} `too_large` or `too_many` beyond the bounds, `malformed` for anything else.
 */
export function checkBatch(bytes: Uint8Array, bounds: BatchBounds): number {
  if (bytes.length > bounds.maxBytes) {
    throw new WireError("too_large", `Cannot read a batch: it is longer than ${bounds.maxBytes} bytes`);
  }
  let count = 0;
  let at = 0;
  do {
    if (at + 4 > bytes.length) throw new WireError("malformed", "Cannot read a batch: it ends too early");
    const length = readU32(bytes, at);
    at += 4;
    if (length === 0) throw new WireError("malformed", "Cannot read a batch: a frame is empty");
    if (length > bytes.length - at) {
      throw new WireError("malformed", "Cannot read a batch: it ends too early");
    }
    if (count === bounds.maxFrames) {
      throw new WireError("too_many", `Cannot read a batch: it has more than ${bounds.maxFrames} frames`);
    }
    count++;
    at += length;
  } while (at < bytes.length);
  return count;
}

/** Where the frame ends whose length is at `at`, in a batch that has been checked; it begins 4 bytes behind `at`. */
export function frameEnd(bytes: Uint8Array, at: number): number {
  return at + 4 + readU32(bytes, at);
}

/**
 * The frames of a batch, as views of it. At least one.
 *
 * @throws {WireError} `too_large` or `too_many` beyond the bounds, `malformed` for anything else.
 */
export function unpackBatch(bytes: Uint8Array, bounds: BatchBounds): Uint8Array[] {
  checkBatch(bytes, bounds);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = frameEnd(bytes, at);
    frames.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return frames;
}

/** Packs frames into a buffer that grows and is used again. */
export class BatchWriter {
  #bytes: Bytes;
  #length = 0;

  /** A writer with room for `capacity` bytes before it first grows. */
  constructor(capacity = 4_096) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Forgets what was written; gives the buffer back if it grew beyond `keep` bytes. */
  reset(keep = Infinity): void {
    this.#length = 0;
    if (this.#bytes.length > keep) this.#bytes = new Uint8Array(keep);
  }

  /** The bytes written from `start` up to `end`: a view, valid until the next write or reset. */
  written(start = 0, end: number = this.#length): Bytes {
    return this.#bytes.subarray(start, end);
  }

  /** Appends a frame with its length before it. */
  frame(frame: Uint8Array): void {
    const at = this.#grow(4 + frame.length);
    writeU32(this.#bytes, at, frame.length);
    this.#bytes.set(frame, at + 4);
  }

  /** Appends bytes that are a batch already. */
  batch(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length); // first: it may bring another buffer
    this.#bytes.set(bytes, at);
  }

  /** Appends a `deliver` frame whose payload is `payload`, followed by `rest` if given. */
  deliver(seq: number, from: number, payload: Uint8Array, rest?: Uint8Array): void {
    const size = payload.length + (rest === undefined ? 0 : rest.length);
    const at = this.#grow(DELIVER_HEADER + size);
    const bytes = this.#bytes;
    writeU32(bytes, at, DELIVER_HEADER - 4 + size);
    bytes[at + 4] = DELIVER_TYPE;
    writeU64(bytes, at + 5, seq);
    writeU32(bytes, at + 13, from);
    bytes.set(payload, at + DELIVER_HEADER);
    if (rest !== undefined) bytes.set(rest, at + DELIVER_HEADER + payload.length);
  }

  /** Appends an `ack` frame. */
  ack(sendId: number, seq: number): void {
    const at = this.#grow(ACK_LENGTH);
    const bytes = this.#bytes;
    writeU32(bytes, at, ACK_LENGTH - 4);
    bytes[at + 4] = ACK_TYPE;
    writeU32(bytes, at + 5, sendId);
    writeU64(bytes, at + 9, seq);
  }

  #grow(more: number): number {
    const at = this.#length;
    this.#length = at + more;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    return at;
  }
}

function writeU64(bytes: Uint8Array, at: number, value: number): void {
  writeU32(bytes, at, Math.floor(value / 0x1_0000_0000));
  writeU32(bytes, at + 4, value % 0x1_0000_0000);
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
