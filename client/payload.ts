/** The kinds of payload that members send each other: the second byte of each (SPEC §4). @module */
import { type Bytes, concat } from "../crypto/bytes.ts";
import { asArray, asBytes, decodeCbor, encodeCbor } from "../crypto/cbor.ts";
import { CryptoError } from "../crypto/errors.ts";

/** Most members whose whereabouts are told at once. */
export const MAX_PRESENTS = 4_096;

/** Second byte of a payload; the first is the version, 1. */
export const PayloadKind = {
  sealed: 1,
  distribution: 2,
  knock: 3,
  answer: 4,
  prove: 5,
  welcome: 6,
  refused: 7,
  present: 8,
  noChain: 9,
  side: 10,
  repairAsk: 11,
  statements: 12,
  failed: 13,
  comingBack: 14,
  presents: 15,
  repair: 16,
  olderRoom: 17,
  freshKeys: 18,
  fileAsk: 19,
  filePart: 20,
  withdraw: 21,
} as const;

/** The kind of a payload, or `undefined` when it is not of this version. */
export function payloadKind(payload: Uint8Array): number | undefined {
  return payload.length >= 2 && payload[0] === 1 ? payload[1] : undefined;
}

/** Encodes `coming_back`: a `present` for a member that may let its author in again. */
export function encodeComingBack(present: Uint8Array): Bytes {
  return concat(Uint8Array.of(1, PayloadKind.comingBack), present);
}

/** Encodes `older_room`: the members of a room are back, and another room has its name at the relay. */
export function encodeOlderRoom(roomId: Uint8Array): Bytes {
  return concat(Uint8Array.of(1, PayloadKind.olderRoom), roomId);
}

/** Encodes `presents`: what the members that are connected have said about where they are. */
export function encodePresents(presents: readonly Bytes[]): Bytes {
  return concat(Uint8Array.of(1, PayloadKind.presents), encodeCbor(presents.slice(0, MAX_PRESENTS)));
}

/** Decodes `presents`; total. */
export function decodePresents(payload: Uint8Array): Bytes[] {
  const items = decodeCbor(payload.subarray(2), { maxBytes: 1_048_576, maxDepth: 1 });
  return asArray(items, 0, MAX_PRESENTS).map((item) => asBytes(item, { max: 256 }));
}

/** Why a sponsor does not even begin: unauthenticated, so worth no more than the relay's word. */
export const RefusedCode = { noSuchDoor: 1, notSponsor: 2, slowDown: 3, usedUp: 4, busy: 5 } as const;

/** Encodes `refused`. */
export function encodeRefused(exchangeId: Uint8Array, code: number, retryAfterSeconds: number): Bytes {
  const tail = new Uint8Array(5);
  new DataView(tail.buffer).setUint8(0, code);
  new DataView(tail.buffer).setUint32(1, Math.min(0xffff_ffff, retryAfterSeconds));
  return concat(Uint8Array.of(1, PayloadKind.refused), exchangeId, tail);
}

/** Decodes `refused`; total. */
export function decodeRefused(payload: Uint8Array): { code: number; retryAfterSeconds: number } {
  if (payload.length !== 23) throw new CryptoError("decode", "Cannot decode a refusal: wrong length");
  const view = new DataView(payload.buffer, payload.byteOffset + 18, 5);
  return { code: view.getUint8(0), retryAfterSeconds: view.getUint32(1) };
}

/** Encodes `no_chain`: the asker cannot read this chain. */
export function encodeNoChain(chainId: Uint8Array): Bytes {
  return concat(Uint8Array.of(1, PayloadKind.noChain), chainId);
}

/** Encodes `failed`: the joiner gives up on an exchange because the codes differ. */
export function encodeFailed(exchangeId: Uint8Array): Bytes {
  return concat(Uint8Array.of(1, PayloadKind.failed), exchangeId);
}

/** The 16 bytes behind the kind: an exchange's or a chain's id. */
export function payloadId(payload: Uint8Array): Bytes {
  if (payload.length < 18) throw new CryptoError("decode", "Cannot decode a payload: it is cut short");
  return payload.slice(2, 18) as Bytes;
}
