/** The last numbered frames of a room, for those who come back. @module */
import type { Limits, TablePart } from "../wire/mod.ts";

/** A numbered frame: a payload for everybody else, or a table when `parts` is there. */
export interface Numbered {
  readonly seq: number;
  readonly from: number;
  readonly payload: Uint8Array;
  readonly parts: readonly TablePart[] | undefined;
}

interface Kept {
  readonly seq: number;
  readonly from: number;
  /** Holds the payload from `start` on: a block shared with others, or an array of its own. */
  readonly block: Uint8Array;
  readonly start: number;
  readonly length: number;
  readonly parts: readonly TablePart[] | undefined;
  readonly bytes: number;
  readonly at: number;
}

/** Smallest and largest block. A quiet room needs little; a busy one is not to be slowed by many small arrays. */
const [MIN_BLOCK, MAX_BLOCK] = [512, 32_768];
const NO_BLOCK = new Uint8Array(0);

/** Bytes held by all rings of a relay together. */
export interface RingTotal {
  bytes: number;
}

/** Frames are dropped from the old end by age, count and bytes; the bytes of all rings are bounded by `total`. */
export class Ring {
  readonly #limits: Limits;
  readonly #total: RingTotal;
  #frames: Kept[] = [];
  #first = 0;
  #bytes = 0;
  /** `seq` of the newest frame that is no longer here. */
  #dropped = 0;
  #block: Uint8Array = NO_BLOCK;
  #used = 0;

  /** An empty ring that counts its bytes in `total` as well. */
  constructor(limits: Limits, total: RingTotal) {
    this.#limits = limits;
    this.#total = total;
  }

  /** Frames held. */
  get size(): number {
    return this.#frames.length - this.#first;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a frame in, and drops what is beyond the bounds. Payloads are copied where they would pin a larger buffer. */
  push(seq: number, from: number, payload: Uint8Array, now: number, parts?: readonly TablePart[]): void {
    let bytes = payload.length;
    let pinned = payload.buffer.byteLength;
    if (parts !== undefined) {
      for (const part of parts) bytes += part.bytes.length;
      pinned = Math.max(pinned, parts[0]?.bytes.buffer.byteLength ?? 0);
    }
    const copy = pinned > 2 * bytes + 256;
    let [block, start] = [payload, 0];
    if (payload.length <= MAX_BLOCK / 4) {
      start = this.#copyIn(payload);
      block = this.#block;
    } else if (copy) block = payload.slice();
    this.#frames.push({
      seq,
      from,
      block,
      start,
      length: payload.length,
      parts: copy ? parts?.map(({ peerId, bytes }) => ({ peerId, bytes: bytes.slice() })) : parts,
      bytes,
      at: now,
    });
    this.#bytes += bytes;
    this.#total.bytes += bytes;
    const { ringFrames, ringBytes, ringTotalBytes } = this.#limits;
    while (
      this.size > 0 &&
      (this.size > ringFrames || this.#bytes > ringBytes || this.#total.bytes > ringTotalBytes)
    ) this.#drop();
  }

  /** Copies a payload behind the last one, where it stays as it is; gives its place in the block. */
  #copyIn(payload: Uint8Array): number {
    const start = this.#used;
    if (start + payload.length > this.#block.length) {
      const size = Math.min(MAX_BLOCK, Math.max(MIN_BLOCK, 2 * this.#block.length, 2 * payload.length));
      this.#block = new Uint8Array(size);
      this.#used = 0;
      return this.#copyIn(payload);
    }
    this.#block.set(payload, start);
    this.#used = start + payload.length;
    return start;
  }

  #drop(): void {
    const oldest = this.#frames[this.#first] as Kept;
    this.#dropped = oldest.seq;
    this.#bytes -= oldest.bytes;
    this.#total.bytes -= oldest.bytes;
    this.#first++;
    if (this.#first >= 64 && this.#first * 2 >= this.#frames.length) {
      this.#frames = this.#frames.slice(this.#first);
      this.#first = 0;
    } else {
      // Lets go of the payload before the array is next cut.
      this.#frames[this.#first - 1] = GONE;
    }
  }

  /** Drops frames that are too old. */
  sweep(now: number): void {
    while (this.size > 0 && now - (this.#frames[this.#first] as Kept).at >= this.#limits.ringMs) this.#drop();
    if (this.size === 0 && this.#first > 0) this.#empty();
  }

  /** True when every frame after `seq` is still here. */
  completeSince(seq: number): boolean {
    return seq >= this.#dropped;
  }

  /** The frames after `seq`, oldest first. */
  *since(seq: number): Generator<Numbered> {
    for (let i = this.#first; i < this.#frames.length; i++) {
      const { block, start, length, ...frame } = this.#frames[i] as Kept;
      if (frame.seq > seq) yield { ...frame, payload: block.subarray(start, start + length) };
    }
  }

  /** Gives everything back. */
  clear(): void {
    this.#total.bytes -= this.#bytes;
    this.#bytes = 0;
    this.#empty();
  }

  #empty(): void {
    this.#frames = [];
    this.#first = 0;
    this.#block = NO_BLOCK;
    this.#used = 0;
  }
}

const GONE: Kept = {
  seq: 0,
  from: 0,
  block: NO_BLOCK,
  start: 0,
  length: 0,
  parts: undefined,
  bytes: 0,
  at: 0,
};
