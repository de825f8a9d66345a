/**
 * SHA-256 and HKDF-Expand, synchronous (`@noble/hashes`), with one unambiguous way to hash several parts.
 *
 * A sender chain must advance before anything is awaited, and room state is a pure function: both need a
 * hash that does not return a promise, which WebCrypto's does.
 *
 * @module
 */
import { expand } from "@noble/hashes/hkdf.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { type Bytes, utf8 } from "./bytes.ts";

/** SHA-256 of `bytes`. */
export function sha256(bytes: Uint8Array): Bytes {
  return nobleSha256(bytes) as Bytes;
}

/** From so many bytes on the platform's SHA-256 is the faster one, although its answer takes a turn. */
const LONG = 8_192;

/** SHA-256 of what may be long, where nothing hinges on having it at once. */
export async function sha256Async(bytes: Bytes): Promise<Bytes> {
  if (bytes.length < LONG) return sha256(bytes);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** SHA-256 of what comes in pieces. */
export class Sha256 {
  readonly #hash = nobleSha256.create();

  /** Takes the next piece. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** The 32 bytes; nothing can follow. */
  digest(): Bytes {
    return new Uint8Array(this.#hash.digest());
  }
}

/** The labels' bytes: each label is a constant of this project, so that there are few. */
const labels = new Map<string, Bytes>();

function labelBytes(label: string): Bytes {
  let bytes = labels.get(label);
  if (bytes === undefined) labels.set(label, bytes = utf8(label));
  return bytes;
}

/** The encoding `ENC(label, parts…)` of SPEC §2: every part behind its length as four bytes. */
export function encodeParts(label: string, ...parts: readonly Uint8Array[]): Bytes {
  const all = [labelBytes(label), ...parts];
  let length = 0;
  for (const part of all) length += 4 + part.length;
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const part of all) {
    view.setUint32(at, part.length);
    out.set(part, at + 4);
    at += 4 + part.length;
  }
  return out;
}

/** `H(label, parts…)` of SPEC §2: SHA-256 over {@linkcode encodeParts}. */
export function hashParts(label: string, ...parts: readonly Uint8Array[]): Bytes {
  return sha256(encodeParts(label, ...parts));
}

/** HKDF-Expand with SHA-256 (RFC 5869 §2.3). `key` must be uniformly random already. */
export function hkdfExpand(key: Uint8Array, info: Uint8Array, length: number): Bytes {
  return expand(nobleSha256, key, info, length) as Bytes;
}
