/**
 * Present: a member's signed word that a connection at the relay is its own (SPEC, "Present").
 *
 * ```
 * PRESENT = [1, 8] memberId(16) peerId(u32) roomEpoch(16) number(u64) signature(64)
 * signature over ("sotto/v1/present", room, memberId, u32 peerId, roomEpoch, u64 number)
 * ```
 *
 * For routing only: who says something is known by the signature of its pack, never by the connection.
 *
 * @module
 */
import { type Bytes, concat, equalBytes, u32, u64 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { type Identity, SIGNATURE_BYTES, type Verifier } from "./identity.ts";

const KIND = Uint8Array.of(1, 8);
const LABEL = "sotto/v1/present";
const SIGNED_BYTES = 2 + 16 + 4 + 16 + 8;

/** Which connection is meant. */
export interface ConnectionClaim {
  /** The relay's number for the connection. */
  peerId: number;
  /** 16 bytes that name the room's instance at the relay. */
  roomEpoch: Uint8Array;
  /** Rises with each `present` of a member. */
  number: number;
}

/** A decoded `present`. Nothing in it is to be believed before {@linkcode verifyPresent}. */
export interface Present extends ConnectionClaim {
  /** Whose connection it is, 16 bytes. */
  memberId: Bytes;
  /** 16 bytes. */
  roomEpoch: Bytes;
  /** 64 bytes. */
  signature: Bytes;
}

/** Signs that `connection` is that of `identity` in `room`. */
export async function encodePresent(
  identity: Identity,
  { room, ...connection }: ConnectionClaim & { room: Uint8Array },
): Promise<Bytes> {
  const parts = partsOf({ memberId: identity.memberId, ...connection });
  return concat(KIND, ...parts, await identity.sign(LABEL, room, ...parts));
}

/** Decodes a `present`; throws `decode`. Copies, and checks no signature. */
export function decodePresent(payload: Uint8Array): Present {
  if (payload.length !== SIGNED_BYTES + SIGNATURE_BYTES) throw malformed();
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const number = Number(view.getBigUint64(38));
  if (payload[0] !== KIND[0] || payload[1] !== KIND[1] || !Number.isSafeInteger(number)) throw malformed();
  return {
    memberId: concat(payload.subarray(2, 18)),
    peerId: view.getUint32(18),
    roomEpoch: concat(payload.subarray(22, 38)),
    number,
    signature: concat(payload.subarray(SIGNED_BYTES)),
  };
}

/** True when `verifier` is the member's and the signature is for this `room`. */
export async function verifyPresent(
  present: Present,
  room: Uint8Array,
  verifier: Verifier,
): Promise<boolean> {
  if (!equalBytes(verifier.memberId, present.memberId)) return false;
  return await verifier.verify(present.signature, LABEL, room, ...partsOf(present));
}

function partsOf(
  { memberId, peerId, roomEpoch, number }: ConnectionClaim & { memberId: Uint8Array },
): Bytes[] {
  return [concat(memberId), u32(peerId), concat(roomEpoch), u64(number)];
}

function malformed(): CryptoError {
  return new CryptoError("decode", "Cannot decode a present: it is malformed");
}
