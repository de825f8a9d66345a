/**
 * What a room got in one turn of the event loop, to be packed once and sent to all.
 *
 * Everybody in a room reads the same entries in the same order. Where one connection reads something else (its own
 * frames left out, a direct frame or an answer put in), its {@linkcode Outlet} notes the difference as an edit at
 * a position. A connection without edits gets the packed bytes as they are.
 *
 * @module
 */
import { deliverLength, encodeRelayFrame, type RelayFrame } from "../wire/mod.ts";

/** An entry of a turn; `from` 0 marks a whole frame in `payload`. */
export interface Entry {
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
