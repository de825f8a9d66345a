/** What a session needs from the world: `client/` itself has no sockets, clock or timers. @module */
import type { SessionEvent } from "./events.ts";
import type { LoginBook, Logins } from "./login.ts";

/** Time, as a session sees it. Tests pass one of their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once after `ms`; returns what {@linkcode Clock.clearTimer} takes. */
  setTimer(run: () => void, ms: number): unknown;
  /** Forgets a timer that has not run. */
  clearTimer(timer: unknown): void;
}

/** One WebSocket-like connection to a relay. */
export interface Socket {
  /** Sends one binary message. */
  send(bytes: Uint8Array): void;
  /** Closes; `onClose` follows. */
  close(): void;
  /** Bytes accepted by `send` and not yet on the network. */
  readonly bufferedAmount: number;
  /** Set by the session: called with each binary message. */
  onMessage: (bytes: Uint8Array) => void;
  /** Set by the session: called once when the connection is gone. */
  onClose: (info: { code: number; reason: string }) => void;
}

/** Opens a connection within the deadline or rejects with a `ClientError` of status 3 whose message names the address. */
export type Connect = (url: string, options: ConnectCall) => Promise<Socket>;

/** What goes with each attempt to connect. */
export interface ConnectCall {
  /** Ends the attempt. */
  signal: AbortSignal;
  /** SHA-256 of the one certificate (DER) that may be accepted; who cannot look at it must refuse (SPEC §3.2). */
  certHash?: Uint8Array;
}

/** What the invites that we make say of the relay. */
export interface PinOptions {
  /** SHA-256 of the relay's certificate (DER); the invites that we make carry it. @default what the invite says */
  certHash?: Uint8Array;
  /** SHA-256 of the `client.js` that the relay hands out; only invites carry it. @default what the invite says */
  clientHash?: Uint8Array;
}

/** How to be let in by a relay that asks who one is. */
export interface LoginOptions {
  /** What to log in with; a book is shared between connections, and may be changed meanwhile. @default nothing */
  login?: Logins | LoginBook;
  /** Sends a token over a connection without TLS, to another machine too. @default false */
  insecureToken?: boolean;
}

/** Options common to founding and joining. */
export interface SessionOptions extends LoginOptions, PinOptions {
  /** Relay as `ws://host:port/ws` or `wss://…`. */
  relay: string;
  /** Nickname to go by. */
  nick: string;
  /** Opens sockets. @default the platform's WebSocket */
  connect?: Connect;
  /** Time. @default the platform's */
  clock?: Clock;
  /** Receives every event, in order. */
  onEvent?: (event: SessionEvent) => void;
  /** Aborts connecting and waiting. */
  signal?: AbortSignal;
  /** How long a vanished member stays one, in milliseconds. @default 3_600_000 */
  awayMs?: number;
  /** How long a lost connection is tried again before the session ends, in milliseconds. @default without end */
  giveUpMs?: number;
  /** A connection that is lost sooner, in milliseconds, was none: tries are not counted anew. @default 30_000 */
  steadyMs?: number;
  /** How often one's own KEM keys and chains are renewed, in milliseconds. @default 600_000 */
  rotateMs?: number;
}

/** Options for founding a room. */
export interface CreateOptions extends SessionOptions {
  /** Most members at a time; part of the room's founding statement. @default no limit */
  limit?: number;
  /** Found under this name too, with the optional password. */
  name?: string;
  /** Password of the named door. */
  password?: string;
  /** What the room is about. @default nothing */
  topic?: string;
  /** Finds out what `clientHash` should be, once the relay has let us in. @default nobody is asked */
  findClientHash?: () => Promise<Uint8Array | undefined>;
  /** Lists it at the relay under this name, so that everybody there can come in. @default not listed */
  public?: string;
}

/** Options for joining a room. */
export interface JoinOptions extends SessionOptions {
  /** Invite link, spoken code or name. */
  code: string;
  /** Password of a named room. */
  password?: string;
  /** Most members at a time, if a named room has to be founded. @default no limit */
  limit?: number;
}
