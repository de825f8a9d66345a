/**
 * Frames that the relay has not acknowledged yet, in order (SPEC §11.5).
 *
 * Each has a ticket that never changes, and the sendId under which the relay counts it in the present place; the
 * relay counts anew when it gives us another one.
 *
 * @module
 */

interface Waiting {
  ticket: number;
  sendId: number;
  /** An encoded send or table; bytes 1 to 4 are its sendId. */
  frame: Uint8Array;
  /** Addressed to single connections, of which a new place in the room knows nothing. */
  table: boolean;
}

/** Keeps what may have to be sent again. */
export class Unacked {
  #waiting: Waiting[] = [];
  #bytes = 0;
  #ticket = 0;
  #sendId = 0;

  /** Frames that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The sendId that the next frame has to carry. */
  get nextSendId(): number {
    return this.#sendId + 1;
  }

  /** Puts in a frame that carries {@linkcode Unacked.nextSendId}; gives its ticket. */
  add(frame: Uint8Array, { table }: { table: boolean }): number {
    this.#waiting.push({ ticket: ++this.#ticket, sendId: ++this.#sendId, frame, table });
    this.#bytes += frame.length;
    return this.#ticket;
  }

  /** The relay took everything up to `sendId`; gives the ticket up to which that is, 0 if it is nothing new. */
  acknowledge(sendId: number): number {
    let ticket = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      if (waiting.sendId > sendId) break;
      this.#bytes -= waiting.frame.length;
      ticket = waiting.ticket;
      count++;
    }
    this.#waiting.splice(0, count);
    return ticket;
  }

  /** All frames, oldest first. */
  frames(): Uint8Array[] {
    return this.#waiting.map(({ frame }) => frame);
  }

  /** The relay has given us a new place: drops what was for single connections, gives the tickets of that. */
  renumber(): number[] {
    const dropped = this.#waiting.filter(({ table }) => table).map(({ ticket }) => ticket);
    this.#sendId = 0;
    this.#bytes = 0;
    this.#waiting = this.#waiting.filter(({ table }) => !table).map((waiting) => {
      const frame = waiting.frame.slice();
      const sendId = ++this.#sendId;
      new DataView(frame.buffer).setUint32(1, sendId);
      this.#bytes += frame.length;
      return { ...waiting, sendId, frame };
    });
    return dropped;
  }

  /** Forgets everything. */
  clear(): void {
    this.#waiting = [];
    this.#bytes = 0;
  }
}
