/**
 * Side frames: unnumbered and droppable, such as "is typing" (SPEC, "Side frames").
 *
 * ```
 * SIDE = [1, 10] chainId(16) nonce(12) AES-256-GCM(pad(plaintext))
 * AAD  = ENC("sotto/v1/side", [1, 10], room, member, chainId)
 * ```
 *
 * One key lasts as long as its chain and nonces are random, which NIST SP 800-38D §8.3 allows for 2^32
 * frames. Nothing here notices a repeat, and every member holds the key: only say in a side frame what a
 * member may replay or make up without harm.
 *
 * @module
 */

import { type Bytes, concat, equalBytes, randomBytes, wipe } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { encodeParts } from "./hash.ts";
import { MAX_PADDED, MIN_PADDED, pad, unpad } from "./padding.ts";
import type { SealPlace } from "./seal.ts";
import { GCM_TAG_BYTES, openAesGcm, sealAesGcm } from "./webcrypto.ts";

const KIND = Uint8Array.of(1, 10);
const HEADER_BYTES = 2 + 16 + 12;

/** Seals `plaintext` under `sideKey`, the side key of the author's chain `chainId`. Rejects with `limit`. */
export async function sealSide(
  sideKey: Bytes,
  chainId: Bytes,
  place: SealPlace,
  plaintext: Uint8Array,
): Promise<Bytes> {
  const padded = pad(plaintext);
  const nonce = randomBytes(12);
  try {
    const sealed = await sealAesGcm({ key: sideKey, nonce, aad: aadOf(place, chainId) }, padded);
    return concat(KIND, chainId, nonce, sealed);
  } finally {
    wipe(padded);
  }
}

/** Opens a side frame. Rejects with `decode` or `open_failed`. */
export async function openSide(
  sideKey: Bytes,
  chainId: Bytes,
  place: SealPlace,
  payload: Uint8Array,
): Promise<Bytes> {
  if (!equalBytes(readSideChainId(payload), chainId)) {
    throw new CryptoError("open_failed", "Cannot open: wrong chain");
  }
  const nonce = new Uint8Array(payload.subarray(18, HEADER_BYTES));
  const ciphertext = new Uint8Array(payload.subarray(HEADER_BYTES));
  const padded = await openAesGcm({ key: sideKey, nonce, aad: aadOf(place, chainId) }, ciphertext);
  try {
    return unpad(padded);
  } finally {
    wipe(padded);
  }
}

/** The chain whose side key opens `payload`; throws `decode` when it is no side frame. */
export function readSideChainId(payload: Uint8Array): Bytes {
  const sealed = payload.length - HEADER_BYTES - GCM_TAG_BYTES;
  if (payload[0] !== KIND[0] || payload[1] !== KIND[1] || sealed < MIN_PADDED || sealed > MAX_PADDED) {
    throw new CryptoError("decode", "Cannot read a side frame: it is malformed");
  }
  return new Uint8Array(payload.subarray(2, 18));
}

function aadOf({ room, member }: SealPlace, chainId: Bytes): Bytes {
  return encodeParts("sotto/v1/side", KIND, room, member, chainId);
}
