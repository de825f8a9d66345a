/**
 * The payloads of a join, byte for byte (SPEC §5). Each begins with a format version and its kind, then the id
 * of the exchange that it belongs to; lengths are exact.
 *
 * @module
 */
import { type Bytes, concat, u32 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { GCM_TAG_BYTES, MLKEM_CIPHERTEXT_BYTES, MLKEM_PUBLIC_BYTES, P256_PUBLIC_BYTES } from "./webcrypto.ts";

/** Second byte of each payload of a join. */
export const JoinKind = {
  /** Joiner to sponsor: starts. */
  knock: 3,
  /** Sponsor to joiner: the sponsor's half and its confirmation. */
  answer: 4,
  /** Joiner to sponsor: its confirmation and who it is. */
  prove: 5,
  /** Sponsor to joiner: the room, or why not. */
  welcome: 6,
  /** Sponsor to joiner: not now, before any PAKE. Not authenticated. */
  refused: 7,
  /** Joiner to sponsor: the code was wrong, it gives up. Not authenticated. */
  failed: 13,
  /** Joiner to sponsor: it knows the code, and goes on with another sponsor. */
  withdraw: 21,
} as const;

/** Most plaintext bytes of one WELCOME chunk, its two leading bytes included. */
export const WELCOME_CHUNK_BYTES = 60_000;
/** Length of exchange, room, door and member ids and of nonces. */
export const JOIN_ID_BYTES = 16;

const FORMAT = 1;
const PROTOCOL_VERSION = 1;
const HASH_BYTES = 32;
const MAX_PROOF_BYTES = 4096 + 256;

/** The first payload of a join. */
export interface Knock {
  /** 16 random bytes. */
  exchangeId: Bytes;
  /** The door whose code the joiner has. */
  doorId: Bytes;
  /** Commitment to the joiner's member id. */
  commitA: Bytes;
  /** SPAKE2 share. */
  shareA: Bytes;
  /** One-time ML-KEM-768 key. */
  mlkemKey: Bytes;
  /** Version and features. */
  versions: Bytes;
}

/** The sponsor's reply to a {@linkcode Knock}. */
export interface Answer {
  /** As in the knock. */
  exchangeId: Bytes;
  /** The room behind the door, as the sponsor says. */
  roomId: Bytes;
  /** Commitment to the sponsor's member id. */
  commitB: Bytes;
  /** SPAKE2 share. */
  shareB: Bytes;
  /** For the knock's ML-KEM key. */
  mlkemCiphertext: Bytes;
  /** The sponsor's key confirmation. */
  confirmB: Bytes;
  /** Version and features. */
  versions: Bytes;
}

/** The joiner's reply to an {@linkcode Answer}. */
export interface Prove {
  /** As in the knock. */
  exchangeId: Bytes;
  /** The joiner's key confirmation. */
  confirmA: Bytes;
  /** The joiner's bundle, nonce and signature. */
  sealed: Bytes;
  /** What `sealed` is authenticated with. */
  aad: Bytes;
}

/** What the joiner says instead of a {@linkcode Prove} when it needs this sponsor no more. */
export interface Withdraw {
  /** As in the knock. */
  exchangeId: Bytes;
  /** The joiner's key confirmation. */
  confirmA: Bytes;
}

/** One chunk of what the sponsor sends last. */
export interface Welcome {
  /** As in the knock. */
  exchangeId: Bytes;
  /** 0 to 65,535. */
  index: number;
  /** The chunk. */
  sealed: Bytes;
  /** What `sealed` is authenticated with. */
  aad: Bytes;
}

/** What a sponsor says that does not answer a knock. */
export interface Refused {
  /** As in the knock. */
  exchangeId: Bytes;
  /** Why; the numbers belong to `client/`. */
  code: number;
  /** Seconds. */
  retryAfter: number;
}

/** Version and features as they stand in KNOCK and ANSWER, four bytes. */
export function encodeVersions(features: number): Bytes {
  return u32(PROTOCOL_VERSION * 0x1_0000 + (features & 0xffff));
}

/** Header ‖ fields. */
export function encodeKnock(knock: Knock): Bytes {
  const { exchangeId, doorId, commitA, shareA, mlkemKey, versions } = knock;
  return concat(joinHeader(JoinKind.knock, exchangeId), doorId, commitA, shareA, mlkemKey, versions);
}

/** Reads {@linkcode encodeKnock}. */
export function decodeKnock(payload: Uint8Array): Knock {
  const reader = new Reader(payload, JoinKind.knock);
  return reader.end({
    exchangeId: reader.take(JOIN_ID_BYTES),
    doorId: reader.take(JOIN_ID_BYTES),
    commitA: reader.take(HASH_BYTES),
    shareA: reader.take(P256_PUBLIC_BYTES),
    mlkemKey: reader.take(MLKEM_PUBLIC_BYTES),
    versions: reader.versions(),
  });
}

/** Header ‖ fields. */
export function encodeAnswer(answer: Answer): Bytes {
  const { exchangeId, roomId, commitB, shareB, mlkemCiphertext, confirmB, versions } = answer;
  const header = joinHeader(JoinKind.answer, exchangeId);
  return concat(header, roomId, commitB, shareB, mlkemCiphertext, confirmB, versions);
}

/** Reads {@linkcode encodeAnswer}. */
export function decodeAnswer(payload: Uint8Array): Answer {
  const reader = new Reader(payload, JoinKind.answer);
  return reader.end({
    exchangeId: reader.take(JOIN_ID_BYTES),
    roomId: reader.take(JOIN_ID_BYTES),
    commitB: reader.take(HASH_BYTES),
    shareB: reader.take(P256_PUBLIC_BYTES),
    mlkemCiphertext: reader.take(MLKEM_CIPHERTEXT_BYTES),
    confirmB: reader.take(HASH_BYTES),
    versions: reader.versions(),
  });
}

/** Reads a PROVE: what is sealed in it may be anything. */
export function decodeProve(payload: Uint8Array): Prove {
  const reader = new Reader(payload, JoinKind.prove);
  const exchangeId = reader.take(JOIN_ID_BYTES);
  const confirmA = reader.take(HASH_BYTES);
  return { exchangeId, confirmA, aad: reader.before(), sealed: reader.rest(MAX_PROOF_BYTES) };
}

/** Header ‖ confirmation. */
export function encodeWithdraw({ exchangeId, confirmA }: Withdraw): Bytes {
  return concat(joinHeader(JoinKind.withdraw, exchangeId), confirmA);
}

/** Reads {@linkcode encodeWithdraw}. */
export function decodeWithdraw(payload: Uint8Array): Withdraw {
  const reader = new Reader(payload, JoinKind.withdraw);
  return reader.end({ exchangeId: reader.take(JOIN_ID_BYTES), confirmA: reader.take(HASH_BYTES) });
}

/** Reads a WELCOME: what is sealed in it may be anything. */
export function decodeWelcome(payload: Uint8Array): Welcome {
  const reader = new Reader(payload, JoinKind.welcome);
  const exchangeId = reader.take(JOIN_ID_BYTES);
  const index = reader.uint(2);
  return {
    exchangeId,
    index,
    aad: reader.before(),
    sealed: reader.rest(WELCOME_CHUNK_BYTES + GCM_TAG_BYTES),
  };
}

/** Header ‖ code ‖ seconds. */
export function encodeRefused({ exchangeId, code, retryAfter }: Refused): Bytes {
  return concat(joinHeader(JoinKind.refused, exchangeId), Uint8Array.of(code), u32(retryAfter));
}

/** Reads {@linkcode encodeRefused}. */
export function decodeRefused(payload: Uint8Array): Refused {
  const reader = new Reader(payload, JoinKind.refused);
  const exchangeId = reader.take(JOIN_ID_BYTES);
  return reader.end({ exchangeId, code: reader.uint(1), retryAfter: reader.uint(4) });
}

/** The header alone. */
export function encodeFailed(exchangeId: Uint8Array): Bytes {
  return joinHeader(JoinKind.failed, exchangeId);
}

/** Exchange and door of a KNOCK, by which its reader finds the door's secret. Checks the whole layout. */
export function readKnockHeader(payload: Uint8Array): { exchangeId: Bytes; doorId: Bytes } {
  const { exchangeId, doorId } = decodeKnock(payload);
  return { exchangeId, doorId };
}

/** The exchange that any payload of a join belongs to. */
export function readExchangeId(payload: Uint8Array): Bytes {
  const kinds: readonly number[] = Object.values(JoinKind);
  const kind = payload[1];
  if (kind === undefined || !kinds.includes(kind)) throw fail("it is of another kind");
  return new Reader(payload, kind).take(JOIN_ID_BYTES);
}

/** The 18 bytes that begin each payload of a join. */
export function joinHeader(kind: number, exchangeId: Uint8Array): Bytes {
  return concat(Uint8Array.of(FORMAT, kind), exchangeId);
}

class Reader {
  readonly #payload: Uint8Array;
  #at = 2;

  constructor(payload: Uint8Array, kind: number) {
    if (payload[0] !== FORMAT || payload[1] !== kind) throw fail("it is of another kind");
    this.#payload = payload;
  }

  take(length: number): Bytes {
    const end = this.#at + length;
    if (end > this.#payload.length) throw fail("it is cut short");
    const out = concat(this.#payload.subarray(this.#at, end));
    this.#at = end;
    return out;
  }

  uint(length: number): number {
    return this.take(length).reduce((value, byte) => value * 256 + byte, 0);
  }

  versions(): Bytes {
    const versions = this.take(4);
    if (versions[0] === 0 && versions[1] === 0) throw fail("its version is 0");
    return versions;
  }

  before(): Bytes {
    return concat(this.#payload.subarray(0, this.#at));
  }

  rest(max: number): Bytes {
    const length = this.#payload.length - this.#at;
    if (length > max) throw fail("it is too long");
    return this.take(length);
  }

  end<T>(value: T): T {
    if (this.#at !== this.#payload.length) throw fail("bytes follow its end");
    return value;
  }
}

function fail(why: string): CryptoError {
  return new CryptoError("decode", `Cannot decode a payload of a join: ${why}`);
}
