/**
 * The platform's cryptography behind typed functions: AES-256-GCM, ECDH P-256, ML-KEM-768 and Argon2id.
 *
 * ML-KEM and Argon2id come from `modern.ts`. Every failure of the platform leaves here as a
 * {@linkcode CryptoError}: it throws `DataError`, `OperationError` and `TypeError` for the same kinds of bad input,
 * at import or only at first use.
 *
 * @module
 */
import { p256 } from "@noble/curves/nist.js";
import { type Bytes, concat } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { type Argon2idParams, modern } from "./modern.ts";

export type { Argon2idParams };

/** Length of an uncompressed P-256 point: `04 ‖ x ‖ y` (SEC 1 §2.3.3). */
export const P256_PUBLIC_BYTES = 65;
/** Length of an ML-KEM-768 encapsulation key (FIPS 203 §8, table 3). */
export const MLKEM_PUBLIC_BYTES = 1184;
/** Length of an ML-KEM-768 ciphertext (FIPS 203 §8, table 3). */
export const MLKEM_CIPHERTEXT_BYTES = 1088;
/** Length of an AES-GCM tag. */
export const GCM_TAG_BYTES = 16;

/** A private key that cannot be exported, with the bytes of its public key. */
export interface PrivateKeyPair {
  /** Non-extractable. */
  privateKey: CryptoKey;
  /** Raw public key. */
  publicKey: Bytes;
}

const MLKEM = "ML-KEM-768";
const subtle = crypto.subtle;

/**
 * True when `bytes` is an uncompressed point on P-256 other than the identity (SEC 1 §3.2.2.1).
 *
 * The platform's import takes compressed points, the one-byte identity and points off the curve.
 */
export function isP256Point(bytes: Uint8Array): boolean {
  if (bytes.length !== P256_PUBLIC_BYTES || bytes[0] !== 4) return false;
  try {
    p256.Point.fromBytes(bytes).assertValidity();
    return true;
  } catch {
    return false;
  }
}

/** A fresh ECDH P-256 key pair. */
export async function generateEcdh(): Promise<PrivateKeyPair> {
  const pair = await subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  return { privateKey: pair.privateKey, publicKey: await rawPublic(pair.publicKey) };
}

/** The x coordinate shared with `peer` (NIST SP 800-56A §5.7.1.2); `bad_key` for a point that is not one. */
export async function deriveEcdh(privateKey: CryptoKey, peer: Uint8Array): Promise<Bytes> {
  if (!isP256Point(peer)) throw badKey("it is not a point on P-256");
  try {
    const algorithm = { name: "ECDH", namedCurve: "P-256" };
    const key = await subtle.importKey("raw", concat(peer), algorithm, false, []);
    return new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: key }, privateKey, 256));
  } catch (cause) {
    throw badKey("the platform refuses it", cause);
  }
}

/** Raw bytes of an elliptic-curve public key. */
export async function rawPublic(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await subtle.exportKey("raw", key));
}

/** A fresh ML-KEM-768 key pair. */
export async function generateMlkem(): Promise<PrivateKeyPair> {
  const pair = await modern().generateKey(MLKEM, false, ["encapsulateBits", "decapsulateBits"]);
  const publicKey = new Uint8Array(await modern().exportKey("raw-public", pair.publicKey));
  return { privateKey: pair.privateKey, publicKey };
}

/**
 * Encapsulates a fresh secret for `publicKey` (FIPS 203 §7.2). `bad_key` for a key that fails the length or
 * modulus check: the platform makes the second one only here, after a successful import.
 */
export async function encapsulateMlkem(publicKey: Uint8Array): Promise<{ ciphertext: Bytes; secret: Bytes }> {
  if (publicKey.length !== MLKEM_PUBLIC_BYTES) throw badKey("it has the wrong length");
  try {
    const key = await modern().importKey("raw-public", publicKey, MLKEM, false, ["encapsulateBits"]);
    const { ciphertext, sharedKey } = await modern().encapsulateBits(MLKEM, key);
    return { ciphertext: new Uint8Array(ciphertext), secret: new Uint8Array(sharedKey) };
  } catch (cause) {
    throw badKey("it is not an ML-KEM-768 key", cause);
  }
}

/**
 * The secret in `ciphertext` (FIPS 203 §7.3). A wrong ciphertext of the right length gives a pseudorandom
 * secret, by design; one of another length is `open_failed`.
 */
export async function decapsulateMlkem(privateKey: CryptoKey, ciphertext: Uint8Array): Promise<Bytes> {
  if (ciphertext.length !== MLKEM_CIPHERTEXT_BYTES) throw openFailed("its ciphertext has the wrong length");
  try {
    return new Uint8Array(await modern().decapsulateBits(MLKEM, privateKey, ciphertext));
  } catch (cause) {
    throw openFailed("the platform refuses its ciphertext", cause);
  }
}

/** What {@linkcode sealAesGcm} and {@linkcode openAesGcm} take beside the text. */
export interface AesGcmKey {
  /** 32 bytes. */
  key: Uint8Array;
  /** 12 bytes, never used twice with one key. */
  nonce: Uint8Array;
  /** Authenticated with the text. @default empty */
  aad?: Uint8Array | undefined;
}

/** AES-256-GCM: ciphertext followed by the 16-byte tag. */
export async function sealAesGcm({ key, nonce, aad }: AesGcmKey, plaintext: Uint8Array): Promise<Bytes> {
  const imported = await importAes(key, "encrypt");
  return new Uint8Array(await subtle.encrypt(gcm(nonce, aad), imported, plaintext as Bytes));
}

/** Opens what {@linkcode sealAesGcm} made; `open_failed` for anything else. */
export async function openAesGcm({ key, nonce, aad }: AesGcmKey, sealed: Uint8Array): Promise<Bytes> {
  if (sealed.length < GCM_TAG_BYTES) throw openFailed("it is too short");
  try {
    const imported = await importAes(key, "decrypt");
    return new Uint8Array(await subtle.decrypt(gcm(nonce, aad), imported, sealed as Bytes));
  } catch (cause) {
    throw openFailed("it was made with another key or changed on its way", cause);
  }
}

/** Argon2id version 1.3 (RFC 9106) over `secret`; `length` in bytes. */
export async function deriveArgon2id(
  secret: Uint8Array,
  length: number,
  params: Argon2idParams,
): Promise<Bytes> {
  const key = await modern().importKey("raw-secret", secret, "Argon2id", false, ["deriveBits"]);
  return new Uint8Array(await modern().deriveBits({ name: "Argon2id", ...params }, key, length * 8));
}

function importAes(key: Uint8Array, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return subtle.importKey("raw", key as Bytes, "AES-GCM", false, [usage]);
}

function gcm(nonce: Uint8Array, aad?: Uint8Array): AesGcmParams {
  return { name: "AES-GCM", iv: nonce as Bytes, additionalData: (aad ?? new Uint8Array()) as Bytes };
}

function badKey(why: string, cause?: unknown): CryptoError {
  return new CryptoError("bad_key", `Cannot use a public key: ${why}`, { cause });
}

function openFailed(why: string, cause?: unknown): CryptoError {
  return new CryptoError("open_failed", `Cannot open a sealed text: ${why}`, { cause });
}
