/** AES-256-GCM (NIST SP 800-38D) of WebCrypto, with 16-byte tags. @module */
import type { Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

/** Length of the tag at the end of a ciphertext. */
export const TAG_BYTES = 16;

/** What one call needs besides its text. A (key, nonce) pair must never seal twice. */
export interface AeadParams {
  /** 32 bytes. */
  key: Bytes;
  /** 12 bytes. */
  nonce: Bytes;
  /** Bytes that are authenticated and not encrypted. */
  aad: Bytes;
}

/** Encrypts; the result ends in the tag. `params` and `plaintext` may be wiped once this has settled. */
export async function aeadSeal({ key, nonce, aad }: AeadParams, plaintext: Bytes): Promise<Bytes> {
  const handle = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData: aad };
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, handle, plaintext));
}

/** Decrypts, or throws `open_failed`. */
export async function aeadOpen({ key, nonce, aad }: AeadParams, ciphertext: Bytes): Promise<Bytes> {
  const handle = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData: aad };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, handle, ciphertext));
  } catch (cause) {
    throw new CryptoError("open_failed", "Cannot open: the message is not authentic", { cause });
  }
}
