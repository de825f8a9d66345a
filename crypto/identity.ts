/**
 * Who says something: an ECDSA P-256 key pair for one room session, and the checking of its signatures.
 *
 * Signatures cover `ENC(label, parts…)`, so that one made for a purpose is worth nothing for another.
 *
 * @module
 */
import { type Bytes, concat } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { encodeParts, hashParts, sha256 } from "./hash.ts";
import { isP256Point, rawPublic } from "./webcrypto.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

/** Length of a signature: `r ‖ s` (IEEE P1363). */
export const SIGNATURE_BYTES = 64;

/** The 16 bytes by which a room knows the holder of `publicKey`. */
export function memberIdOf(publicKey: Uint8Array): Bytes {
  return sha256(publicKey).slice(0, 16);
}

/** The 32 bytes that people compare, as safety words. */
export function fingerprintOf(publicKey: Uint8Array): Bytes {
  return hashParts("sotto/v1/fingerprint", publicKey);
}

/** A member's own signing key. The private part cannot be exported. */
export class Identity {
  /** Uncompressed P-256 point, 65 bytes. */
  readonly publicKey: Bytes;
  /** First 16 bytes of SHA-256 of the public key. */
  readonly memberId: Bytes;
  /** 32 bytes, for safety words. */
  readonly fingerprint: Bytes;
  #privateKey: CryptoKey | undefined;

  private constructor(privateKey: CryptoKey, publicKey: Bytes) {
    this.#privateKey = privateKey;
    this.publicKey = publicKey;
    this.memberId = memberIdOf(publicKey);
    this.fingerprint = fingerprintOf(publicKey);
  }

  /** A fresh identity. */
  static async generate(): Promise<Identity> {
    const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
    return new Identity(pair.privateKey, await rawPublic(pair.publicKey));
  }

  /** Signs `ENC(label, parts…)`: 64 bytes. `disposed` after {@linkcode Identity.dispose}. */
  async sign(label: string, ...parts: readonly Uint8Array[]): Promise<Bytes> {
    const key = this.#privateKey;
    if (key === undefined) {
      throw new CryptoError("disposed", "Cannot sign: the identity has been disposed of");
    }
    return new Uint8Array(await crypto.subtle.sign(SIGNING, key, encodeParts(label, ...parts)));
  }

  /** Lets go of the private key. */
  dispose(): void {
    this.#privateKey = undefined;
  }
}

/** Checks the signatures of one member. */
export class Verifier {
  /** The member whose signatures this checks. */
  readonly memberId: Bytes;
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey, memberId: Bytes) {
    this.#key = key;
    this.memberId = memberId;
  }

  /** Takes an uncompressed P-256 point; anything else is `bad_key`. */
  static async import(publicKey: Uint8Array): Promise<Verifier> {
    if (!isP256Point(publicKey)) {
      throw new CryptoError("bad_key", "Cannot use an identity key: it is not a point on P-256");
    }
    try {
      const key = await crypto.subtle.importKey("raw", concat(publicKey), CURVE, false, ["verify"]);
      return new Verifier(key, memberIdOf(publicKey));
    } catch (cause) {
      throw new CryptoError("bad_key", "Cannot use an identity key: the platform refuses it", { cause });
    }
  }

  /** True when `signature` covers `ENC(label, parts…)`; false for every other one, however malformed. */
  async verify(signature: Uint8Array, label: string, ...parts: readonly Uint8Array[]): Promise<boolean> {
    if (signature.length !== SIGNATURE_BYTES) return false;
    const signed = encodeParts(label, ...parts);
    try {
      return await crypto.subtle.verify(SIGNING, this.#key, concat(signature), signed);
    } catch {
      return false;
    }
  }
}
