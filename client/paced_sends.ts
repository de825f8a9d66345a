/**
 * What goes to the room: under the relay's announced rate, and kept until the relay has acknowledged it, so that it
 * can go out again (SPEC §11.5).
 *
 * @module
 */
import { encodeClientFrame, type TablePart } from "../wire/frame.ts";
import { ClientError } from "./errors.ts";
import type { Welcome } from "./greeting.ts";
import { LINK_LIMITS } from "./link_events.ts";
import type { Clock } from "./options.ts";
import { Pace } from "./pace.ts";
import type { Timers } from "./timers.ts";
import { Unacked } from "./unacked.ts";

/** How often it is looked whether the relay has taken what waits, in milliseconds. */
const FULL_MS = 50;

/** From how long a wait for the pace on it is told, in milliseconds. */
const TELL_WAIT_MS = 1_000;

/** What {@linkcode PacedSends} needs of the link. */
export interface PacedLine {
  clock: Clock;
  timers: Timers;
  /** Why the link is gone; `null` while it is not. */
  closed(): ClientError | null;
  /** Resolves when there is a connection; rejects when the link is gone. */
  online(): Promise<void>;
  /** Writes an encoded frame on the present connection, if there is one. */
  write(frame: Uint8Array): void;
  /** Nothing goes to the room for `ms`. */
  paused(ms: number): void;
}

/** The frames of one link to its room. */
export class PacedSends {
  readonly #line: PacedLine;
  readonly #pace: Pace;
  readonly #unacked = new Unacked();

  /** Nothing has been sent. */
  constructor(line: PacedLine, welcome: Welcome) {
    this.#line = line;
    this.#pace = new Pace(line.clock, welcome);
  }

  /** How much of the relay's rate is left, from 0 to 1. */
  get spare(): number {
    return this.#pace.spare;
  }

  /** Frames that the relay has not taken yet. */
  get unacked(): number {
    return this.#unacked.size;
  }

  /** Sends to the room; gives the ticket. What is for `here` means nothing in another place than the present one. */
  send(payload: Uint8Array, { here }: { here: boolean }): number {
    return this.#add(encodeSend(this.#unacked.nextSendId, payload), { here });
  }

  /** Sends `common ‖ bytes` to each of the listed peers; gives the ticket. */
  sendTable(common: Uint8Array, parts: TablePart[]): number {
    const sendId = this.#unacked.nextSendId;
    const frame = encodeClientFrame({ type: "send_table", sendId, droppable: false, common, parts });
    return this.#add(frame, { here: true });
  }

  /** Takes a place in the rate, if there is one. */
  take(): boolean {
    return this.#pace.take();
  }

  /** Waits until there is a connection and the relay's rate allows one more frame to the room; takes that place. */
  async slot(): Promise<void> {
    for (;;) {
      await this.#line.online();
      const full = this.#unacked.bytes > LINK_LIMITS.maxUnackedBytes / 2 ? FULL_MS : 0;
      const wait = Math.max(this.#pace.wait(), full);
      if (wait <= 0 && this.#pace.take()) return;
      if (wait >= TELL_WAIT_MS) this.#line.paused(wait);
      await new Promise<void>((resolve) => this.#line.timers.after(Math.max(1, wait), resolve, resolve));
    }
  }

  /** The relay took everything up to `sendId`; gives the ticket up to which that is, 0 if it is nothing new. */
  acknowledge(sendId: number): number {
    return this.#unacked.acknowledge(sendId);
  }

  /** The relay has refused what came too fast: nothing goes out for `ms`. */
  pause(ms: number): void {
    this.#pace.pause(ms);
    this.#line.paused(ms);
  }

  /** Sends all again that the relay has not taken. */
  resend(): void {
    for (const frame of this.#unacked.frames()) this.#line.write(frame);
  }

  /**
   * There is another connection. On a new place `present`, where we are, goes out first: what follows is then known to
   * be ours. Gives the tickets of what the new place cannot send.
   */
  renew(present: Uint8Array | null): number[] {
    this.#pace.unpause();
    return present === null ? [] : this.#unacked.renumber(encodeSend(1, present));
  }

  /** Forgets everything. */
  clear(): void {
    this.#unacked.clear();
  }

  #add(frame: Uint8Array, { here }: { here: boolean }): number {
    const closed = this.#line.closed();
    if (closed !== null) throw closed;
    if (this.#unacked.bytes + frame.length > LINK_LIMITS.maxUnackedBytes) {
      throw new ClientError("too_much", "Cannot send: the relay has not taken what was sent before");
    }
    const ticket = this.#unacked.add(frame, { here });
    if (!this.#pace.paused) this.#line.write(frame);
    return ticket;
  }
}

function encodeSend(sendId: number, payload: Uint8Array): Uint8Array {
  return encodeClientFrame({ type: "send", sendId, droppable: false, payload });
}
