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
  /** Means nothing in another place: tables for single connections, and where we are. */
  here: boolean;
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
  add(frame: Uint8Array, { here }: { here: boolean }): number {
    this.#waiting.push({ ticket: ++this.#ticket, sendId: ++this.#sendId, frame, here });
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
      ticket = Math.max(ticket, waiting.ticket);
      count++;
    }
    this.#waiting.splice(0, count);
    return ticket;
  }

  /** All frames, oldest first. */
  frames(): Uint8Array[] {
    return this.#waiting.map(({ frame }) => frame);
  }

  /**
   * The relay has given us a new place: what belongs to the old one is dropped, its tickets are given; `first`, with
   * sendId 1, goes out before all that is left.
   */
  renumber(first: Uint8Array): number[] {
    const dropped = this.#waiting.filter(({ here }) => here).map(({ ticket }) => ticket);
    const left = this.#waiting.filter(({ here }) => !here);
    this.#waiting = [{ ticket: 0, sendId: 1, frame: first, here: true }];
    this.#sendId = 1;
    this.#bytes = first.length;
    for (const waiting of left) {
      const frame = waiting.frame.slice();
      const sendId = ++this.#sendId;
      new DataView(frame.buffer).setUint32(1, sendId);
      this.#bytes += frame.length;
      this.#waiting.push({ ...waiting, sendId, frame });
    }
    return dropped;
  }

  /** Forgets everything. */
  clear(): void {
    this.#waiting = [];
    this.#bytes = 0;
  }
}
