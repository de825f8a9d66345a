/** What the relay needs of a socket; each listener brings one. @module */

/** A message-based connection. */
export interface RelaySocket {
  /** True when `send` keeps the array it was given; such a socket gets a copy of what is used again. */
  readonly retains: boolean;
  /** Bytes handed to `send` that have not left. */
  readonly bufferedAmount: number;
  /** Sends one binary message; does nothing once closed. */
  send(bytes: Uint8Array): void;
  /** Begins to close, with a code of 4000-4099. */
  close(code: number, reason: string): void;
  /** Called with each message; `undefined` stands for one that is not binary. */
  onMessage: ((bytes: Uint8Array | undefined) => void) | undefined;
  /** Called once when the connection is gone. */
  onClose: (() => void) | undefined;
}

/** A connection that the relay serves. */
export interface RelayConnection {
  /** Says why, sends what is waiting, closes with one of the close codes. */
  close(code: number): void;
}
