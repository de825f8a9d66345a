/** The relay's hashes: Node's, which are synchronous and keep nothing. @module */
import { createHash, createHmac, pbkdf2, timingSafeEqual } from "node:crypto";
import type { ScramHash } from "../crypto/scram_proof.ts";

/** SHA-256. */
export function sha256(bytes: Uint8Array | string): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

/** HMAC with SHA-256. */
export function hmac(key: Uint8Array, message: Uint8Array | string): Uint8Array {
  return createHmac("sha256", key).update(message).digest();
}

/**
 * PBKDF2 with HMAC-SHA-256, off the main thread. WebCrypto is several times as fast, but copies the password three times
 * to where nobody can wipe it.
 */
export function stretch(
  password: Uint8Array,
  { salt, iterations }: { salt: Uint8Array; iterations: number },
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    pbkdf2(
      password,
      salt,
      iterations,
      32,
      "sha256",
      (error, key) => error === null ? resolve(key) : reject(error),
    );
  });
}

/** True when both are the same; the time depends on their lengths only. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What SCRAM computes with. */
export const RELAY_SCRAM_HASH: ScramHash = { hash: sha256, hmac };
