/** The SPAKE2 scalar of a code. @module */
import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";
import { p256 } from "@noble/curves/nist.js";
import type { Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

/** Length of a scalar. */
export const SCALAR_BYTES = 32;

const ORDER = p256.Point.Fn.ORDER;

/**
 * `OS2IP(bytes) mod n` for the 48 bytes of a password hash: 16 bytes more than n has, so that the result is
 * within 2^-128 of uniform (RFC 9382 §3.2 asks for 64 bits more). `bad_key` for 0.
 */
export function scalarFromBytes48(bytes: Uint8Array): Bytes {
  const scalar = bytes.length === 48 ? bytesToNumberBE(bytes) % ORDER : 0n;
  if (scalar === 0n) throw new CryptoError("bad_key", "Cannot derive a PAKE scalar: the hash gives none");
  return numberToBytesBE(scalar, SCALAR_BYTES) as Bytes;
}

/** The number in `bytes`, 32 bytes that hold 1 to n-1; `bad_key` otherwise. */
export function readScalar(bytes: Uint8Array): bigint {
  const scalar = bytes.length === SCALAR_BYTES ? bytesToNumberBE(bytes) : 0n;
  if (scalar === 0n || scalar >= ORDER) {
    throw new CryptoError("bad_key", "Cannot use a PAKE scalar: out of range");
  }
  return scalar;
}
