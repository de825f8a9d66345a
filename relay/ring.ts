/** The last numbered frames of a room, for those who come back. @module */
import type { Limits, TablePart } from "../wire/mod.ts";
import { SMALL_BLOCK, type SmallBlock, SmallBlocks } from "./small_blocks.ts";

/** A numbered frame: a payload for everybody else, or a table when `parts` is there. */
export interface Numbered {
  readonly seq: number;
  readonly from: number;
  readonly payload: Uint8Array;
  readonly parts: readonly TablePart[] | undefined;
}

/** A payload that lies outside of the blocks, and what each recipient gets behind it. */
interface Apart {
  /** Undefined where the payload lies in a block after all. */
  readonly payload: Uint8Array | undefined;
  readonly parts: readonly TablePart[] | undefined;
  readonly bytes: number;
}

/** Largest block. A quiet room needs little; a busy one is not to be slowed by many small arrays. */
const MAX_BLOCK = 32_768;
/** Payloads up to here lie in blocks. */
const MAX_INLINE = MAX_BLOCK / 4;
/** What a block holds before each payload: `seq` and the time as float64, `from` and the length as uint32. */
const HEADER = 24;
/** In the length: something of this frame lies in `#apart`. */
const APART = 0x8000_0000;

/** A stretch of memory with frames one behind the other. It outlives them: no garbage is left for each message. */
class Block {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** What to give back, of a small one. */
  readonly small: SmallBlock | undefined;
  /** Where the next frame goes. */
  used = 0;

  constructor(size: number, small?: SmallBlock) {
    this.bytes = small === undefined
      ? new Uint8Array(size)
      : new Uint8Array(small.slab.memory, small.offset, size);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, size);
    this.small = small;
  }
}

/** What all rings of a relay have together. */
export class RingTotal {
  /** Bytes held. */
  bytes = 0;
  /** What quiet rooms hold theirs in. */
  readonly small: SmallBlocks = new SmallBlocks();
}

/** Frames are dropped from the old end by age, count and bytes; the bytes of all rings are bounded by `total`. */
export class Ring {
  readonly #limits: Limits;
  readonly #total: RingTotal;
  /** From the oldest to the newest. */
  #blocks: Block[] = [];
  /** A block that has been read to its end, for the next that is needed. */
  #spare: Block | undefined;
  /** Whether the spare block has been needed since the last sweep. */
  #reused = false;
  readonly #apart = new Map<number, Apart>();
  /** Where the oldest frame begins in the first block. */
  #first = 0;
  #size = 0;
  #bytes = 0;
  /** `seq` of the newest frame that is no longer here. */
  #dropped = 0;

  /** An empty ring that counts its bytes in `total` as well. */
  constructor(limits: Limits, total: RingTotal) {
    this.#limits = limits;
    this.#total = total;
  }

  /** Frames held. */
  get size(): number {
    return this.#size;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Memory set aside for frames, held or not; payloads that lie apart do not count. */
  get reserved(): number {
    let bytes = this.#spare?.bytes.length ?? 0;
    for (const block of this.#blocks) bytes += block.bytes.length;
    return bytes;
  }

  /** Takes a frame in, and drops what is beyond the bounds. Payloads are copied where they would pin a larger buffer. */
  push(seq: number, from: number, payload: Uint8Array, now: number, parts?: readonly TablePart[]): void {
    const inline = payload.length <= MAX_INLINE;
    const apart = inline && parts === undefined ? undefined : layApart(payload, parts, inline);
    if (apart !== undefined) this.#apart.set(seq, apart);
    const length = inline ? payload.length : 0;
    const block = this.#blockFor(HEADER + length);
    const { view, used } = block;
    view.setFloat64(used, seq);
    view.setFloat64(used + 8, now);
    view.setUint32(used + 16, from);
    view.setUint32(used + 20, apart === undefined ? length : length + APART);
    if (inline) block.bytes.set(payload, used + HEADER);
    block.used = used + HEADER + length;
    this.#size++;
    const bytes = apart === undefined ? length : apart.bytes;
    this.#bytes += bytes;
    this.#total.bytes += bytes;
    const { ringFrames, ringBytes, ringTotalBytes } = this.#limits;
    while (
      this.#size > 0 &&
      (this.#size > ringFrames || this.#bytes > ringBytes || this.#total.bytes > ringTotalBytes)
    ) this.#drop();
  }

  /** The last block, or one behind it where there is no room for so many bytes more. */
  #blockFor(bytes: number): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.used + bytes <= last.bytes.length) return last;
    let next = this.#spare;
    this.#spare = undefined;
    this.#reused = true;
    if (next === undefined || next.bytes.length < bytes) {
      const size = Math.min(MAX_BLOCK, Math.max(SMALL_BLOCK, 2 * (last?.bytes.length ?? 0), 2 * bytes));
      next = new Block(size, size === SMALL_BLOCK ? this.#total.small.take() : undefined);
    }
    this.#blocks.push(next);
    return next;
  }

  #drop(): void {
    const { view } = this.#blocks[0] as Block;
    const seq = view.getFloat64(this.#first);
    let bytes = view.getUint32(this.#first + 20);
    this.#first += HEADER + bytes % APART;
    if (bytes >= APART) {
      bytes = this.#apart.get(seq)?.bytes ?? 0;
      this.#apart.delete(seq);
    }
    this.#dropped = seq;
    this.#bytes -= bytes;
    this.#total.bytes -= bytes;
    this.#size--;
    this.#recycle();
  }

  /** Takes the first block away once everything in it has been dropped. */
  #recycle(): void {
    const [first, second] = this.#blocks;
    if (first === undefined || this.#first < first.used || second === undefined) return;
    this.#blocks.shift();
    this.#first = 0;
    first.used = 0;
    if (first.bytes.length >= second.bytes.length) this.#spare = first;
    else this.#giveBack(first);
  }

  /** Only of the first block need this be asked: those behind it are larger than a small one. */
  #giveBack({ small }: Block): void {
    if (small !== undefined) this.#total.small.give(small);
  }

  /** Drops frames that are too old. */
  sweep(now: number): void {
    while (this.#size > 0 && now - this.#oldestAt() >= this.#limits.ringMs) this.#drop();
    if (!this.#reused) this.#spare = undefined;
    this.#reused = false;
    if (this.#size === 0 && this.#blocks.length > 0) this.#empty();
  }

  #oldestAt(): number {
    return (this.#blocks[0] as Block).view.getFloat64(this.#first + 8);
  }

  /** True when every frame after `seq` is still here. */
  completeSince(seq: number): boolean {
    return seq >= this.#dropped;
  }

  /** The frames after `seq`, oldest first. Payloads are copies where the memory they lie in will be used again. */
  *since(seq: number): Generator<Numbered> {
    let at = this.#first;
    for (const { bytes, view, used } of [...this.#blocks]) {
      while (at < used) {
        const length = view.getUint32(at + 20);
        const frame = { seq: view.getFloat64(at), from: view.getUint32(at + 16) };
        const [start, end] = [at + HEADER, at + HEADER + length % APART];
        at = end;
        if (frame.seq <= seq) continue;
        const apart = length < APART ? undefined : this.#apart.get(frame.seq);
        yield { ...frame, payload: apart?.payload ?? bytes.slice(start, end), parts: apart?.parts };
      }
      at = 0;
    }
  }

  /** Gives everything back. */
  clear(): void {
    this.#total.bytes -= this.#bytes;
    this.#bytes = 0;
    this.#size = 0;
    this.#apart.clear();
    this.#empty();
  }

  #empty(): void {
    const [first] = this.#blocks;
    if (first !== undefined) this.#giveBack(first);
    this.#blocks = [];
    this.#spare = undefined;
    this.#first = 0;
  }
}

/** What does not go into a block; copies of it where it would pin a larger buffer. */
function layApart(payload: Uint8Array, parts: readonly TablePart[] | undefined, inline: boolean): Apart {
  let bytes = payload.length;
  for (const part of parts ?? []) bytes += part.bytes.length;
  const pinned = Math.max(payload.buffer.byteLength, parts?.[0]?.bytes.buffer.byteLength ?? 0);
  const copy = pinned > 2 * bytes + 256;
  return {
    payload: inline ? undefined : copy ? payload.slice() : payload,
    parts: copy ? parts?.map(({ peerId, bytes }) => ({ peerId, bytes: bytes.slice() })) : parts,
    bytes,
  };
}
