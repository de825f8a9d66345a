/**
 * ML-KEM and Argon2id as WebCrypto is to have them (WICG "Modern Algorithms in the Web Cryptography API"), and who
 * does them: the platform, unless it was told otherwise. Deno has both; browsers have one of them, or none.
 *
 * TypeScript's library has no types for them yet; the interfaces below are the only place that states them.
 *
 * @module
 */

/** The part of `SubtleCrypto` that is newer than what every platform has. */
export interface ModernSubtle {
  /** A fresh ML-KEM-768 key pair. */
  generateKey(algorithm: string, extractable: boolean, usages: string[]): Promise<CryptoKeyPair>;
  /** The encapsulation key in its 1,184 bytes. */
  exportKey(format: "raw-public", key: CryptoKey): Promise<ArrayBuffer>;
  /** Takes an encapsulation key, or a secret for Argon2id. */
  importKey(
    format: "raw-public" | "raw-secret",
    bytes: Uint8Array,
    algorithm: string,
    extractable: boolean,
    usages: string[],
  ): Promise<CryptoKey>;
  /** Makes a secret and its ciphertext (FIPS 203 §7.2). */
  encapsulateBits(
    algorithm: string,
    key: CryptoKey,
  ): Promise<{ ciphertext: ArrayBuffer; sharedKey: ArrayBuffer }>;
  /** The secret in a ciphertext (FIPS 203 §7.3). */
  decapsulateBits(algorithm: string, key: CryptoKey, ciphertext: Uint8Array): Promise<ArrayBuffer>;
  /** Argon2id of an imported secret. */
  deriveBits(
    algorithm: Argon2idParams & { name: string },
    key: CryptoKey,
    bits: number,
  ): Promise<ArrayBuffer>;
}

/** Parameters of Argon2id, named as in WebCrypto. */
export interface Argon2idParams {
  /** Salt, at least 8 bytes. */
  nonce: Uint8Array;
  /** KiB. */
  memory: number;
  /** Iterations over the memory. */
  passes: number;
  /** Lanes. */
  parallelism: number;
  /** Secret value K of RFC 9106 §3.1. @default none */
  secretValue?: Uint8Array;
  /** Associated data X of RFC 9106 §3.1. @default none */
  associatedData?: Uint8Array;
}

let chosen: ModernSubtle | undefined;

/** Who does ML-KEM and Argon2id here. */
export function modern(): ModernSubtle {
  return chosen ?? crypto.subtle as unknown as ModernSubtle;
}

/** Lets another do them from now on: for platforms that lack them, before any session begins. */
export function useModern(other: ModernSubtle | undefined): void {
  chosen = other;
}
