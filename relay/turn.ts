/**
 * What a room got in one turn of the event loop, packed once and sent to all.
 *
 * Everybody in a room reads the same entries in the same order. Where one connection reads something else (its own
 * frames left out, a direct frame or an answer put in), its {@linkcode Outlet} notes the difference as an edit at
 * a position. A connection without edits gets the packed bytes as they are.
 *
 * @module
 */
import {
  ACK_LENGTH,
  BatchWriter,
  deliverLength,
  encodeRelayFrame,
  MAX_BATCH_FRAMES,
  type RelayFrame,
} from "../wire/mod.ts";

/** An entry of a turn; `from` 0 marks a whole frame in `payload`. */
interface Entry {
  readonly seq: number;
  readonly from: number;
  readonly payload: Uint8Array;
  readonly droppable: boolean;
}

/** The entries of one room in one turn. */
export class Turn {
  readonly entries: Entry[] = [];
  /** Length of all entries packed. */
  bytes = 0;
  /** How many entries are droppable. */
  droppables = 0;
  /** How many entries are frames of the relay's own. */
  frames = 0;

  /** Adds a payload for the room. */
  deliver(seq: number, from: number, payload: Uint8Array, droppable: boolean): void {
    this.entries.push({ seq, from, payload, droppable });
    this.bytes += deliverLength(payload.length);
    if (droppable) this.droppables++;
  }

  /** Adds a frame of the relay's own for the room. */
  frame(frame: RelayFrame): void {
    const payload = encodeRelayFrame(frame);
    this.entries.push({ seq: 0, from: 0, payload, droppable: false });
    this.bytes += 4 + payload.length;
    this.frames++;
  }

  /** Forgets everything. */
  clear(): void {
    this.entries.length = 0;
    this.bytes = 0;
    this.droppables = 0;
    this.frames = 0;
  }

  /** How many of the entries from `start` up to `end` are payloads. */
  payloads(start: number, end: number): number {
    let count = end - start;
    if (this.frames > 0) { for (let i = start; i < end; i++) if (this.entries[i]?.from === 0) count--; }
    return count;
  }
}

/** A payload for one peer alone: `payload`, then `rest`. */
export interface Direct {
  readonly seq: number;
  readonly from: number;
  readonly payload: Uint8Array;
  readonly rest: Uint8Array | undefined;
}

interface Edit {
  readonly at: number;
  drop: number;
  readonly frame: Uint8Array | undefined;
  readonly direct: Direct | undefined;
}

/** What one connection reads that the others do not. */
export class Outlet {
  #edits: Edit[] = [];
  #ackId = -1;
  #ackSeq = 0;

  /** True when the connection reads just what the turn holds. */
  get plain(): boolean {
    return this.#edits.length === 0 && this.#ackId < 0;
  }

  /** The differences, in order. */
  get edits(): readonly Edit[] {
    return this.#edits;
  }

  /** The sendId that the `ack` which closes the batch tells, or -1 where there is none. */
  get ackId(): number {
    return this.#ackId;
  }

  /** The number of the room that this `ack` tells. */
  get ackSeq(): number {
    return this.#ackSeq;
  }

  /** Puts a frame in at position `at`, and leaves out the `drop` entries from there on. */
  insert(at: number, frame: RelayFrame, drop = 0): void {
    this.#edits.push({ at, drop, frame: encodeRelayFrame(frame), direct: undefined });
  }

  /** Puts a direct payload in at position `at`. */
  direct(at: number, direct: Direct): void {
    this.#edits.push({ at, drop: 0, frame: undefined, direct });
  }

  /** Leaves out the entry at position `at`. */
  omit(at: number): void {
    const last = this.#edits[this.#edits.length - 1];
    if (last !== undefined && last.at + last.drop === at) last.drop++;
    else this.#edits.push({ at, drop: 1, frame: undefined, direct: undefined });
  }

  /** Acknowledges everything up to `sendId`; one `ack` a turn tells the highest. */
  acknowledge(sendId: number, seq: number): void {
    if (sendId < this.#ackId) return;
    this.#ackId = sendId;
    this.#ackSeq = Math.max(this.#ackSeq, seq);
  }

  /** Forgets everything. */
  clear(): void {
    if (this.#edits.length > 0) this.#edits = [];
    this.#ackId = -1;
    this.#ackSeq = 0;
  }
}

/** Where packed batches go. */
export interface Reader {
  readonly outlet: Outlet;
  /** True when droppable entries are to be left out. */
  readonly congested: boolean;
  /** Sends a batch. `shared` bytes are used again after the call, `common` ones are the same for several readers. */
  write(bytes: Uint8Array, common: SharedBytes | undefined): void;
}

/** Packed bytes that are used again, with one copy for all sockets that need one. */
export class SharedBytes {
  /** The bytes, used again after the turn. */
  readonly bytes: Uint8Array;
  #copy: Uint8Array | undefined;

  /** Bytes that several readers get. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The copy, made at most once. */
  get copy(): Uint8Array {
    return this.#copy ??= this.bytes.slice();
  }
}

const KEEP_SCRATCH = 262_144;
/** So many entries one behind the other are packed where they go; more are copied as they lie in the whole turn. */
const FEW = 4;

/** Packs turns into buffers that are used again and again. One a relay; it is never entered twice at a time. */
export class Packer {
  /** Batches handed to readers so far. */
  batches = 0;
  /** Frames in them. */
  frames = 0;
  /** Payloads among those. */
  deliveries = 0;
  /** Droppable payloads left out so far for readers that were congested. */
  dropped = 0;
  readonly #maxBytes: number;
  readonly #common = new BatchWriter(KEEP_SCRATCH);
  readonly #own = new BatchWriter(KEEP_SCRATCH);
  #ends: number[] = [];
  #batchFrames = 0;

  /** A packer whose batches hold at most `maxBytes`. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Sends `turn` to `readers`, each with its own edits, and clears their outlets. */
  send(turn: Turn, readers: Iterable<Reader>): void {
    let shared: SharedBytes | undefined; // packed once somebody needs it
    let plain = 0; // counted once for all who read the same
    for (const reader of readers) {
      if (reader.outlet.plain && !(turn.droppables > 0 && reader.congested)) {
        plain++;
        if (turn.bytes === 0) continue;
        shared ??= new SharedBytes(this.#packed(turn));
        this.batches++;
        reader.write(shared.bytes, shared);
      } else {
        this.#compose(turn, reader);
        reader.outlet.clear();
      }
    }
    this.frames += plain * turn.entries.length;
    this.deliveries += plain * (turn.entries.length - turn.frames);
    this.#common.reset(KEEP_SCRATCH);
    this.#own.reset(KEEP_SCRATCH);
    if (this.#ends.length > MAX_BATCH_FRAMES) this.#ends = [];
  }

  /** The whole turn, packed the first time that it is asked for. */
  #packed(turn: Turn): Uint8Array {
    const writer = this.#common;
    const { entries } = turn;
    if (writer.length > 0) return writer.written();
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as Entry;
      if (entry.from === 0) writer.frame(entry.payload);
      else writer.deliver(entry.seq, entry.from, entry.payload);
      this.#ends[i] = writer.length;
    }
    return writer.written();
  }

  #compose(turn: Turn, reader: Reader): void {
    let at = 0;
    for (const edit of reader.outlet.edits) {
      if (edit.at > at) this.#copy(turn, reader, at, edit.at);
      if (edit.frame !== undefined) {
        this.#reserve(reader, 4 + edit.frame.length, 1);
        this.#own.frame(edit.frame);
      }
      if (edit.direct !== undefined) {
        const { seq, from, payload, rest } = edit.direct;
        this.#reserve(reader, deliverLength(payload.length + (rest?.length ?? 0)), 1);
        this.#own.deliver(seq, from, payload, rest);
        this.deliveries++;
      }
      at = Math.max(at, edit.at + edit.drop);
    }
    this.#copy(turn, reader, at, turn.entries.length);
    const { ackId, ackSeq } = reader.outlet;
    if (ackId >= 0) {
      this.#reserve(reader, ACK_LENGTH, 1);
      this.#own.ack(ackId, ackSeq);
    }
    this.#write(reader);
  }

  /** Copies the entries from `start` up to `end`. */
  #copy(turn: Turn, reader: Reader, start: number, end: number): void {
    if (start >= end) return;
    if (turn.droppables > 0 && reader.congested) {
      for (let i = start; i < end; i++) {
        if (turn.entries[i]?.droppable) this.dropped++;
        else this.#copyRange(turn, reader, i, i + 1);
      }
    } else {
      this.#copyRange(turn, reader, start, end);
    }
  }

  #copyRange(turn: Turn, reader: Reader, start: number, end: number): void {
    if (end - start <= FEW) {
      for (let i = start; i < end; i++) this.#copyEntry(turn.entries[i] as Entry, reader);
      return;
    }
    const packed = this.#packed(turn);
    const from = start === 0 ? 0 : this.#ends[start - 1] as number;
    const to = this.#ends[end - 1] as number;
    this.#reserve(reader, to - from, end - start);
    this.#own.batch(packed.subarray(from, to));
    this.deliveries += turn.payloads(start, end);
  }

  #copyEntry({ seq, from, payload }: Entry, reader: Reader): void {
    if (from === 0) {
      this.#reserve(reader, 4 + payload.length, 1);
      this.#own.frame(payload);
      return;
    }
    this.#reserve(reader, deliverLength(payload.length), 1);
    this.#own.deliver(seq, from, payload);
    this.deliveries++;
  }

  /** Sends what there is when the next piece would make the batch too long. */
  #reserve(reader: Reader, bytes: number, frames: number): void {
    if (this.#own.length + bytes > this.#maxBytes || this.#batchFrames + frames > MAX_BATCH_FRAMES) {
      this.#write(reader);
    }
    this.#batchFrames += frames;
  }

  #write(reader: Reader): void {
    if (this.#own.length > 0) {
      this.batches++;
      reader.write(this.#own.written(), undefined);
    }
    this.frames += this.#batchFrames;
    this.#own.reset();
    this.#batchFrames = 0;
  }
}
