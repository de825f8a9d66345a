/** Somebody at a relay's door, from any address: over real sockets, through a proxy that the relay trusts. @module */
import type { LoginResult } from "../../relay/access.ts";
import {
  type ClientFrame,
  decodeRelayFrame,
  encodeClientFrame,
  packBatch,
  type RelayFrame,
  SUBPROTOCOL,
  unpackBatch,
} from "../../wire/mod.ts";
import { doorId } from "../relay_helpers.ts";

/** A connection that has been welcomed. */
export class Visitor implements AsyncDisposable {
  /** Every byte that the relay has sent. */
  readonly heard: Uint8Array[] = [];
  /** Every step that was sent. */
  readonly steps: Uint8Array[] = [];
  /** The close code, once closed. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #frames: RelayFrame[] = [];
  #wake: (() => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      for (const bytes of unpackBatch(new Uint8Array(data), { maxBytes: Infinity, maxFrames: Infinity })) {
        this.heard.push(bytes.slice());
        this.#frames.push(decodeRelayFrame(bytes));
      }
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
  }

  /** Comes to the relay at `url` from the address `ip`. */
  static async come(url: string, ip: string): Promise<Visitor> {
    const socket = new WebSocket(url, { protocols: [SUBPROTOCOL], headers: { "x-forwarded-for": ip } });
    const visitor = new Visitor(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error("cannot connect")));
    });
    visitor.send({ type: "hello", version: 1, auth: new Uint8Array(0) });
    await visitor.next();
    visitor.heard.length = 0;
    return visitor;
  }

  /** Sends a frame. */
  send(frame: ClientFrame): void {
    this.#socket.send(packBatch([encodeClientFrame(frame)]));
  }

  /** The next frame. */
  async next(): Promise<RelayFrame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Takes a step of a login. */
  readonly step = async (bytes: Uint8Array): Promise<LoginResult> => {
    this.steps.push(bytes);
    this.send({ type: "auth", bytes });
    const frame = await this.next();
    if (frame.type === "auth_step") return { step: frame.bytes };
    if (frame.type === "error") return { refused: frame };
    throw new Error(`expected an answer to a login, got ${frame.type}`);
  };

  /** Tries to found or enter a room; the type of what came, or the code of the refusal. */
  async join(door = 1): Promise<string | number> {
    this.send({ type: "join", doorId: doorId(door), mode: "any" });
    const frame = await this.next();
    return frame.type === "error" ? frame.code : frame.type;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}
