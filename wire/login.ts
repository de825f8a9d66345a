/**
 * What `welcome.challenge`, `auth` and `auth_step` carry (SPEC, "Logging in").
 *
 * A relay that asks for a login, or offers one, says in its challenge how. The client takes one step after the
 * other in `auth` frames, each answered by one `auth_step`, or by an `error` that ends this login but not the
 * connection. SCRAM messages are those of RFC 5802, as UTF-8.
 *
 * @module
 */
import { type Bytes, FieldReader, FieldWriter, textBytes } from "./bytes.ts";
import { WireError } from "./errors.ts";

/** What a relay says of logging in; with all of it false there is none. */
export interface Challenge {
  /** Rooms are entered only after a login. */
  required: boolean;
  /** The relay has a password. */
  password: boolean;
  /** It takes tokens. */
  token: boolean;
  /** It has accounts. */
  account: boolean;
  /** It takes new accounts, perhaps only from those who have come in by password or token. */
  register: boolean;
  /** Only an account opens rooms; password and token open registration alone. */
  accountOnly: boolean;
}

/** A client's step. */
export type LoginStep =
  /** A message of SCRAM-SHA-256: with the relay's password, or that of an account. */
  | { method: "password" | "account"; message: string }
  /** An access token. */
  | { method: "token"; token: string }
  /** A new account: its name and what SCRAM stores of its password. */
  | {
    method: "register";
    name: string;
    iterations: number;
    salt: Uint8Array;
    storedKey: Uint8Array;
    serverKey: Uint8Array;
  };

/** The relay's answer to a step. */
export interface LoginAnswer {
  /** True when this login has succeeded. */
  done: boolean;
  /** The relay's SCRAM message; empty for the other methods. */
  message: string;
}

/** Longest SCRAM message, in bytes. */
export const MAX_SCRAM_MESSAGE = 1_024;
/** Longest name of an account, in bytes. */
export const MAX_ACCOUNT_NAME = 64;
/** What the name of an account is like, in lower case. */
export const ACCOUNT_NAME: RegExp = /^[a-z0-9][a-z0-9._-]{0,31}$/;
/** Length of an access token: a UUID as text. */
export const TOKEN_LENGTH = 36;
/** Fewest and most iterations of PBKDF2 that either side accepts (RFC 7677 §4 asks for 4,096 and more). */
export const SCRAM_ITERATIONS: Readonly<{ min: number; max: number }> = { min: 10_000, max: 1_000_000 };

const FLAGS = ["required", "password", "token", "account", "register", "accountOnly"] as const;
const METHODS = ["password", "token", "account", "register"] as const;

/** Bytes of a challenge; none where no login is asked for or offered. */
export function encodeChallenge(challenge: Challenge): Bytes {
  const flags = FLAGS.reduce((sum, name, bit) => sum | (challenge[name] ? 1 << bit : 0), 0);
  return flags === 0 ? new Uint8Array(0) : new Uint8Array([flags]);
}

/** Reads a challenge. Bits and bytes that it does not know are ignored. */
export function decodeChallenge(bytes: Uint8Array): Challenge {
  const flags = bytes[0] ?? 0;
  const has = (bit: number): boolean => (flags & (1 << bit)) !== 0;
  return {
    required: has(0),
    password: has(1),
    token: has(2),
    account: has(3),
    register: has(4),
    accountOnly: has(5),
  };
}

/** Bytes of a step. Throws `RangeError` on fields that do not fit. */
export function encodeLoginStep(step: LoginStep): Bytes {
  const method = METHODS.indexOf(step.method) + 1;
  switch (step.method) {
    case "password":
    case "account":
      return withByte(method, textBytes(step.message));
    case "token":
      return withByte(method, textBytes(step.token));
    case "register": {
      const name = textBytes(step.name);
      return new FieldWriter(73 + name.length + step.salt.length).u8(method).u16(name.length).bytes(name)
        .u32(step.iterations).u16(step.salt.length).bytes(step.salt).bytes(step.storedKey, 32)
        .bytes(step.serverKey, 32).done();
    }
  }
}

/** Reads a step. @throws {WireError} `malformed`. */
export function decodeLoginStep(bytes: Uint8Array): LoginStep {
  const reader = new FieldReader(bytes);
  const method = METHODS[reader.u8() - 1];
  switch (method) {
    case "password":
    case "account":
      return { method, message: text(reader, MAX_SCRAM_MESSAGE) };
    case "token":
      return { method, token: text(reader, TOKEN_LENGTH) };
    case "register": {
      const step: LoginStep = {
        method,
        name: reader.text(MAX_ACCOUNT_NAME),
        iterations: reader.u32(),
        salt: reader.short(64),
        storedKey: reader.bytes(32),
        serverKey: reader.bytes(32),
      };
      reader.end();
      return step;
    }
    default:
      throw new WireError("malformed", "Cannot read a login: its method is unknown");
  }
}

/** Bytes of an answer. */
export function encodeLoginAnswer({ done, message }: LoginAnswer): Bytes {
  return withByte(done ? 2 : 1, textBytes(message));
}

/** Reads an answer. @throws {WireError} `malformed`. */
export function decodeLoginAnswer(bytes: Uint8Array): LoginAnswer {
  const reader = new FieldReader(bytes);
  const state = reader.u8();
  if (state !== 1 && state !== 2) {
    throw new WireError("malformed", "Cannot read a login: its state is unknown");
  }
  return { done: state === 2, message: text(reader, MAX_SCRAM_MESSAGE) };
}

function withByte(first: number, rest: Uint8Array): Bytes {
  return new FieldWriter(1 + rest.length).u8(first).bytes(rest).done();
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function text(reader: FieldReader, most: number): string {
  if (reader.left > most) throw new WireError("malformed", "Cannot read a login: it is too long");
  try {
    return decoder.decode(reader.rest());
  } catch (cause) {
    throw new WireError("malformed", "Cannot read a login: it is not UTF-8", { cause });
  }
}
