/** The one password hash of the protocol: Argon2id at fixed cost (RFC 9106). @module */
import type { Bytes } from "./bytes.ts";
import { deriveArgon2id } from "./webcrypto.ts";

/** 64 MiB and 3 passes, the second recommended choice of RFC 9106 §4, with one lane since this is one thread. */
export const ARGON2ID_COST = { memory: 65_536, passes: 3, parallelism: 1 } as const;

/** `length` bytes from `secret` and a public `nonce` of 16 bytes. Takes some 150 ms, off the main thread. */
export function argon2id(secret: Uint8Array, nonce: Uint8Array, length: number): Promise<Bytes> {
  return deriveArgon2id(secret, length, { nonce, ...ARGON2ID_COST });
}
