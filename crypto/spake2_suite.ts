/**
 * The arithmetic and key schedule of SPAKE2-P256-SHA256-HKDF-HMAC (RFC 9382), as pure functions that the RFC's
 * vectors can check value by value. {@linkcode Spake2} is what the rest of the program uses: these functions
 * hand out secrets and are not exported from the module.
 *
 * @module
 */
import { p256 } from "@noble/curves/nist.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, utf8, wipe } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { sha256 } from "./hash.ts";
import { hkdf } from "./hkdf.ts";
import { P256_PUBLIC_BYTES } from "./webcrypto.ts";

/** A starts, B answers: a joiner is A, a sponsor B. */
export type Spake2Role = "A" | "B";

/** What both sides have seen and computed, the input of the transcript TT (RFC 9382 §3.3). */
export interface Spake2Transcript {
  /** Identity of A. */
  idA: Uint8Array;
  /** Identity of B. */
  idB: Uint8Array;
  /** Share of A, 65 bytes. */
  pA: Uint8Array;
  /** Share of B, 65 bytes. */
  pB: Uint8Array;
  /** Shared group element, 65 bytes. Secret. */
  k: Uint8Array;
  /** Password scalar, 32 bytes. Secret. */
  w: Uint8Array;
}

/** Everything that the key schedule gives (RFC 9382 §4). All secret but the confirmations. */
export interface Spake2Schedule {
  /** The transcript itself. */
  tt: Bytes;
  /** Shared key. */
  ke: Bytes;
  /** Source of the confirmation keys. */
  ka: Bytes;
  /** Confirmation key of A. */
  kcA: Bytes;
  /** Confirmation key of B. */
  kcB: Bytes;
  /** What A sends. */
  confirmA: Bytes;
  /** What B sends. */
  confirmB: Bytes;
}

const { Point } = p256;
const { BASE } = Point;

// RFC 9382 §6, P-256. Nobody knows their discrete logarithms; SPAKE2 rests on that.
const M = Point.fromHex("02886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f");
const N = Point.fromHex("03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49");

/** `pA = w*M + x*P` or `pB = w*N + y*P` (RFC 9382 §3.3), uncompressed. `scalar` is x or y. */
export function shareOf(role: Spake2Role, w: bigint, scalar: bigint): Bytes {
  const blind = (role === "A" ? M : N).multiply(w);
  return encode(blind.add(BASE.multiply(scalar)));
}

/**
 * `K = x*(pB - w*N)` or `K = y*(pA - w*M)` (RFC 9382 §3.3; the cofactor is 1), uncompressed. `bad_key` for a
 * share that is not an uncompressed point of the group, and for one that makes K the identity (§7).
 */
export function groupElement(role: Spake2Role, w: bigint, scalar: bigint, peerShare: Uint8Array): Bytes {
  const unblinded = decode(peerShare).subtract((role === "A" ? N : M).multiply(w));
  if (unblinded.is0()) throw badShare("it gives the identity");
  return encode(unblinded.multiply(scalar));
}

/** TT (RFC 9382 §3.3), `Ke ‖ Ka = SHA-256(TT)`, `KcA ‖ KcB = HKDF(Ka)` and both confirmations (§4). */
export function keySchedule({ idA, idB, pA, pB, k, w }: Spake2Transcript): Spake2Schedule {
  const tt = concat(...[idA, idB, pA, pB, k, w].flatMap((part) => [length64(part), part]));
  const keys = sha256(tt);
  const ka = keys.slice(16);
  const confirmation = hkdf(ka, { info: utf8("ConfirmationKeys"), length: 32 });
  const [kcA, kcB] = [confirmation.slice(0, 16), confirmation.slice(16)];
  const schedule = {
    tt,
    ke: keys.slice(0, 16),
    ka,
    kcA,
    kcB,
    confirmA: mac(kcA, tt),
    confirmB: mac(kcB, tt),
  };
  wipe(keys, confirmation);
  return schedule;
}

function mac(key: Uint8Array, message: Uint8Array): Bytes {
  return hmac(nobleSha256, key, message) as Bytes;
}

/** A length as the transcript has it: eight bytes, least significant first (RFC 9382 §3.2). */
function length64(part: Uint8Array): Bytes {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(part.length), true);
  return out;
}

type GroupPoint = typeof BASE;

function encode(point: GroupPoint): Bytes {
  return point.toBytes(false) as Bytes;
}

function decode(share: Uint8Array): GroupPoint {
  if (share.length !== P256_PUBLIC_BYTES || share[0] !== 4) throw badShare("it is not an uncompressed point");
  try {
    const point = Point.fromBytes(share);
    point.assertValidity();
    return point;
  } catch (cause) {
    throw badShare("it is not on the curve", cause);
  }
}

function badShare(why: string, cause?: unknown): CryptoError {
  return new CryptoError("bad_key", `Cannot use a PAKE share: ${why}`, { cause });
}
