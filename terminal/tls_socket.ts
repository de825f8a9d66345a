/** A socket of `ws` as sessions use it. @module */
import type { Socket } from "../client/options.ts";

/** The part of `ws` that is used here; the package brings no types. */
export interface WsSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Uint8Array, options: { binary: boolean }): void;
  close(): void;
  terminate(): void;
  on(event: "open", listener: () => void): void;
  on(event: "message", listener: (data: Uint8Array, isBinary: boolean) => void): void;
  on(event: "close", listener: (code: number, reason: Uint8Array) => void): void;
  on(event: "error", listener: (error: WsError) => void): void;
}

/** An error of `ws`, or of what is below it. */
export type WsError = Error & { code?: string; cert?: { subjectaltname?: string } };

const OPEN = 1;

/** A connection by TLS, once it is open. */
export class TlsSocket implements Socket {
  /** Called with each binary message. */
  onMessage: (bytes: Uint8Array) => void = () => {};
  /** Called once when the connection is gone. */
  onClose: (info: { code: number; reason: string }) => void = () => {};
  readonly #socket: WsSocket;

  /** Takes a socket that is open. */
  constructor(socket: WsSocket) {
    this.#socket = socket;
    socket.on("message", (data, isBinary) => {
      if (isBinary) this.onMessage(new Uint8Array(data));
    });
    socket.on("close", (code, reason) => this.onClose({ code, reason: new TextDecoder().decode(reason) }));
  }

  /** Bytes that wait to be sent. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends one binary message; does nothing once closed. */
  send(bytes: Uint8Array): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(bytes, { binary: true });
  }

  /** Closes; `onClose` follows. */
  close(): void {
    this.#socket.close();
  }
}
