/** HKDF with SHA-256, extract and expand in one (RFC 5869 §2). @module */
import { hkdf as nobleHkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Bytes } from "./bytes.ts";

/** What {@linkcode hkdf} takes beside the secret. */
export interface HkdfOptions {
  /** Not secret. @default empty, which RFC 5869 §2.2 reads as 32 zero bytes */
  salt?: Uint8Array;
  /** Binds the output to its use. */
  info: Uint8Array;
  /** Bytes wanted, at most 8,160. */
  length: number;
}

/** Derives `length` bytes from `ikm`, which need not be uniform. The caller wipes both. */
export function hkdf(ikm: Uint8Array, { salt, info, length }: HkdfOptions): Bytes {
  return nobleHkdf(sha256, ikm, salt, info, length) as Bytes;
}
