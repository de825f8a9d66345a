/**
 * Length hiding: a length prefix, the bytes, and zeros up to the next Padmé length.
 *
 * Padmé lets a length leak O(log log n) bits for at most 12 % overhead: Nikitin, Barman, Lueks, Underwood,
 * Hubaux, Ford, "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs" (PoPETs 2019),
 * algorithm 1. Padding is checked after authentication, so how it fails tells nobody anything.
 *
 * @module
 */
import type { Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

/** Shortest padded length; most chat messages end up here. */
export const MIN_PADDED = 256;
/** Longest padded length: a Padmé length that leaves 64 KiB of a 1 MiB frame for headers. */
export const MAX_PADDED: number = 960 * 1024;

const PREFIX = 4;

/** The Padmé length of `length` bytes (`length` from 0 to 2^31-1): the smallest bucket that holds them. */
export function padmeLength(length: number): number {
  if (length < 2) return length;
  const exponent = 31 - Math.clz32(length); // floor(log2 length)
  const kept = 32 - Math.clz32(exponent); // bits needed to write the exponent
  const mask = 2 ** Math.max(0, exponent - kept) - 1;
  return length + mask - ((length + mask) & mask);
}

/** Pads `bytes` into a new array; throws `limit` when the result would exceed {@linkcode MAX_PADDED}. */
export function pad(bytes: Uint8Array): Bytes {
  if (bytes.length > MAX_PADDED - PREFIX) {
    throw new CryptoError("limit", "Cannot pad: there are more bytes than one frame carries");
  }
  const out = new Uint8Array(paddedLength(bytes.length));
  new DataView(out.buffer).setUint32(0, bytes.length);
  out.set(bytes, PREFIX);
  return out;
}

/** A copy of what {@linkcode pad} was given; throws `decode` unless `padded` is exactly what it returned. */
export function unpad(padded: Uint8Array): Bytes {
  if (padded.length < MIN_PADDED || padded.length > MAX_PADDED) throw malformed();
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - PREFIX || paddedLength(length) !== padded.length) throw malformed();
  const end = PREFIX + length;
  let filling = 0;
  for (let i = end; i < padded.length; i++) filling |= padded[i] as number;
  if (filling !== 0) throw malformed();
  return new Uint8Array(padded.subarray(PREFIX, end));
}

/** How long `length` bytes are once they are padded. */
export function paddedLength(length: number): number {
  return Math.max(MIN_PADDED, padmeLength(PREFIX + length));
}

function malformed(): CryptoError {
  return new CryptoError("decode", "Cannot remove padding: it is malformed");
}
