/**
 * Packs what a room got in one turn: once for all who read the same, and for each other reader with its own edits.
 *
 * @module
 */
import { ACK_LENGTH, BatchWriter, deliverLength, MAX_BATCH_FRAMES } from "../wire/mod.ts";
import { type Entry, type Reader, SharedBytes, type Turn } from "./turn.ts";

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
