/** The relay's hashes: Node's, which are synchronous and keep nothing. @module */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { ScramHash } from "../crypto/scram_proof.ts";

/** SHA-256. */
export function sha256(bytes: Uint8Array | string): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

/** HMAC with SHA-256. */
export function hmac(key: Uint8Array, message: Uint8Array | string): Uint8Array {
  return createHmac("sha256", key).update(message).digest();
}

/** True when both are the same; the time depends on their lengths only. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What SCRAM computes with. */
export const RELAY_SCRAM_HASH: ScramHash = { hash: sha256, hmac };
