/** Frames on their way out: those of one turn go in one batch. @module */
import { packBatch } from "../wire/batch.ts";
import type { Socket } from "./options.ts";

/** Gathers frames and sends them as batches. */
export class Outbox {
  readonly #socket: Socket;
  readonly #maxBytes: number;
  #pending: Uint8Array[] = [];
  #flushing = false;
  #closed = false;

  /** Sends to `socket` in batches of about `maxBytes`. */
  constructor(socket: Socket, maxBytes: number) {
    this.#socket = socket;
    this.#maxBytes = maxBytes;
  }

  /** Sends a frame at the end of this turn. */
  write(frame: Uint8Array): void {
    if (this.#closed) return;
    this.#pending.push(frame);
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => this.flush());
  }

  /** Sends what waits, now. */
  flush(): void {
    this.#flushing = false;
    if (this.#pending.length === 0 || this.#closed) return;
    const frames = this.#pending;
    this.#pending = [];
    let batch: Uint8Array[] = [];
    let size = 0;
    for (const frame of frames) {
      if (batch.length > 0 && (size + frame.length + 4 > this.#maxBytes || batch.length >= MAX_FRAMES)) {
        this.#socket.send(packBatch(batch));
        batch = [];
        size = 0;
      }
      batch.push(frame);
      size += frame.length + 4;
    }
    this.#socket.send(packBatch(batch));
  }

  /** Sends nothing any more. */
  close(): void {
    this.#closed = true;
    this.#pending = [];
  }
}

/** Most frames of one batch. */
export const MAX_FRAMES = 1_024;
