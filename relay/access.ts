/** Who may come in: what the relay asks of a connection before it may enter rooms. @module */
import type { ErrorFrame } from "../wire/mod.ts";

/** Whoever wants to come in. */
export interface Guest {
  /** Its IP address. */
  ip: string;
  /** Whether the way to it is encrypted, or does not leave this machine. */
  secure: boolean;
}

/** How a login ended: what goes back, and whether this connection may enter rooms from here on. */
export type LoginResult =
  /** An `auth_step` for the client. */
  | { step: Uint8Array }
  /** A refusal; `close` also ends the connection. */
  | { refused: ErrorFrame; close?: boolean };

/** The logins of one connection. */
export interface Login {
  /** True once it may enter rooms. */
  readonly admitted: boolean;
  /** Takes a client's step; what has to reach the disk first is answered later. Throws `WireError` on bytes that are none. */
  take(bytes: Uint8Array, now: number): LoginResult | Promise<LoginResult>;
  /** The connection is gone. */
  ended(): void;
}

/** Decides over all logins of a relay. */
export interface Access {
  /** What `welcome` says of logging in; empty where there is none. */
  readonly challenge: Uint8Array;
  /** Begins with a connection; `end` closes it when its login is void, with a close code. */
  begin(guest: Guest, end: (code: number) => void): Login;
}

/** Lets everybody in. */
export const OPEN_ACCESS: Access = {
  challenge: new Uint8Array(0),
  begin: () => OPEN_LOGIN,
};

const OPEN_LOGIN: Login = {
  admitted: true,
  take: () => {
    throw new RangeError("Cannot log in: this relay has no logins");
  },
  ended: () => {},
};
