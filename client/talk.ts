/** A relay that has not let us in yet: frames there and back, one after the other (SPEC §11.1). @module */
import { packBatch, unpackBatch } from "../wire/batch.ts";
import { type ClientFrame, decodeRelayFrame, encodeClientFrame, type RelayFrame } from "../wire/frame.ts";
import { finalClose } from "./endings.ts";
import { ClientError } from "./errors.ts";
import type { Socket } from "./options.ts";
import { refusal, unreachable } from "./refusals.ts";

/** Longest batch and most frames in it before a relay has said how long they may be. */
const BOUNDS = { maxBytes: 65_536, maxFrames: 16 };
/** Most frames that wait to be heard. */
export const MAX_HELD = 64;

type FrameOf<T extends RelayFrame["type"]> = Extract<RelayFrame, { type: T }>;

/** The beginning of a connection. It ends with {@linkcode Talk.release}, or with the socket. */
export class Talk {
  /** The relay's address. */
  readonly url: string;
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  readonly #held: RelayFrame[] = [];
  #failure: { reason: unknown } | null = null;
  #wake: () => void = () => {};

  /** Listens to `socket`. */
  constructor(socket: Socket, { url, signal }: { url: string; signal: AbortSignal }) {
    this.url = url;
    this.#socket = socket;
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort);
    if (signal.aborted) this.#onAbort();
    socket.onMessage = (bytes) => this.#receive(bytes);
    socket.onClose = ({ code, reason }) =>
      this.fail(
        finalClose(code, reason) ?? unreachable(url, reason === "" ? "it closed the connection" : reason),
      );
  }

  /** Sends a frame. */
  say(frame: ClientFrame): void {
    if (this.#failure === null) this.#socket.send(packBatch([encodeClientFrame(frame)]));
  }

  /** Waits for a frame. Rejects with the relay's refusal, with why it is not there, or with the signal's reason. */
  async hear<T extends RelayFrame["type"]>(type: T): Promise<FrameOf<T>> {
    for (;;) {
      const frame = this.#held.shift();
      if (frame?.type === type) return frame as FrameOf<T>;
      if (frame?.type === "error") throw refusal(frame);
      if (frame?.type === "bye") {
        throw finalClose(frame.code, frame.sentence) ?? unreachable(this.url, frame.sentence);
      }
      if (frame !== undefined) continue;
      if (this.#failure !== null) throw this.#failure.reason;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Ends it; the connection is closed. */
  fail(reason: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { reason };
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#socket.onMessage = () => {};
    this.#socket.onClose = () => {};
    this.#socket.close();
    this.#wake();
  }

  /** Lets go of the socket, which lives. Throws why it does not. */
  release(): void {
    if (this.#failure !== null) throw this.#failure.reason;
    this.#signal.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => this.fail(this.#signal.reason);

  #receive(bytes: Uint8Array): void {
    try {
      const frames = unpackBatch(bytes, BOUNDS).map(decodeRelayFrame);
      if (this.#held.length + frames.length > MAX_HELD) {
        throw new RangeError("Cannot wait for so many frames");
      }
      this.#held.push(...frames);
    } catch (cause) {
      return this.fail(notARelay(this.url, cause));
    }
    this.#wake();
  }
}

function notARelay(url: string, cause: unknown): ClientError {
  const message = `Cannot use ${url}: what answers there is not a Sotto relay`;
  return new ClientError("not_a_relay", message, { status: 3, cause });
}
