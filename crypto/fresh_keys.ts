/**
 * A member's present receiving keys for another whose own may be gone as well (SPEC §5.6).
 *
 * ```
 * FRESH_KEYS = [1, 18] sender(16) nonce(12) AES-256-GCM(pad(pack))
 * key        = H("sotto/v1/fresh-keys-key", hash of FOUND)
 * AAD        = ENC("sotto/v1/fresh-keys", [1, 18], room, sender)
 * ```
 *
 * Whoever has been in the room knows the key, the relay does not: only what says no more than public keys and a
 * nickname goes under it. The pack in it is signed.
 *
 * @module
 */
import { type Bytes, concat, randomBytes, wipe } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { encodeParts, hashParts } from "./hash.ts";
import { MAX_PADDED, MIN_PADDED, pad, unpad } from "./padding.ts";
import type { SealPlace } from "./seal.ts";
import { GCM_TAG_BYTES, openAesGcm, sealAesGcm } from "./webcrypto.ts";

const KIND = Uint8Array.of(1, 18);
const HEADER_BYTES = 2 + 16 + 12;

/** Seals the pack of a KEYS statement in the name of `place.member`. Rejects with `limit`. */
export async function sealFreshKeys(
  foundHash: Uint8Array,
  place: SealPlace,
  pack: Uint8Array,
): Promise<Bytes> {
  const padded = pad(pack);
  const nonce = randomBytes(12);
  const key = keyOf(foundHash);
  try {
    return concat(KIND, place.member, nonce, await sealAesGcm({ key, nonce, aad: aadOf(place) }, padded));
  } finally {
    wipe(padded, key);
  }
}

/** Opens what {@linkcode sealFreshKeys} made. Rejects with `decode` or `open_failed`. */
export async function openFreshKeys(
  foundHash: Uint8Array,
  place: SealPlace,
  payload: Uint8Array,
): Promise<Bytes> {
  const sealed = payload.length - HEADER_BYTES - GCM_TAG_BYTES;
  if (payload[0] !== KIND[0] || payload[1] !== KIND[1] || sealed < MIN_PADDED || sealed > MAX_PADDED) {
    throw new CryptoError("decode", "Cannot read fresh keys: they are malformed");
  }
  const nonce = new Uint8Array(payload.subarray(18, HEADER_BYTES));
  const key = keyOf(foundHash);
  try {
    const ciphertext = new Uint8Array(payload.subarray(HEADER_BYTES));
    const padded = await openAesGcm({ key, nonce, aad: aadOf(place) }, ciphertext);
    try {
      return unpad(padded);
    } finally {
      wipe(padded);
    }
  } finally {
    wipe(key);
  }
}

function keyOf(foundHash: Uint8Array): Bytes {
  return hashParts("sotto/v1/fresh-keys-key", foundHash);
}

function aadOf({ room, member }: SealPlace): Bytes {
  return encodeParts("sotto/v1/fresh-keys", KIND, room, member);
}
