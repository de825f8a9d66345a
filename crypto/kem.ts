/**
 * Hybrid public-key sealing: ECDH P-256 with ML-KEM-768 (FIPS 203), combined by HKDF-SHA-256 (RFC 5869) into
 * one AES-256-GCM key. It holds while either of the two does.
 *
 * The combiner is the concatenation KDF of NIST SP 800-56C rev. 2 §2:
 * `ikm = ss_mlkem ‖ ss_ecdh`, and the info binds both ciphertexts, both parties, the room, the hash of the
 * recipient's bundle and the purpose. One ephemeral ECDH key may serve many recipients, since its shares differ
 * with each recipient's key and info; ML-KEM randomness is fresh for every seal (SPEC §4).
 *
 * @module
 */
import { type Bytes, concat, utf8, wipe } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { encodeParts } from "./hash.ts";
import { hkdf } from "./hkdf.ts";
import {
  type AesGcmKey,
  decapsulateMlkem,
  deriveEcdh,
  encapsulateMlkem,
  GCM_TAG_BYTES,
  generateEcdh,
  generateMlkem,
  MLKEM_CIPHERTEXT_BYTES,
  openAesGcm,
  type PrivateKeyPair,
  sealAesGcm,
} from "./webcrypto.ts";

/** The public half of {@linkcode KemKeys}. */
export interface KemPublic {
  /** Uncompressed P-256 point, 65 bytes. */
  ecdhKey: Bytes;
  /** ML-KEM-768 encapsulation key, 1,184 bytes. */
  mlkemKey: Bytes;
}

/** What one seal is bound to. Both sides must state the same. */
export interface KemContext {
  /** Room id. */
  room: Uint8Array;
  /** Member id of the one who seals. */
  sender: Uint8Array;
  /** Member id of the one who opens. */
  recipient: Uint8Array;
  /** `hash` of the recipient's bundle. */
  bundleHash: Uint8Array;
  /** What the plaintext is for. */
  purpose: string;
}

/** How many bytes a blob is longer than its plaintext. */
export const KEM_OVERHEAD: number = MLKEM_CIPHERTEXT_BYTES + GCM_TAG_BYTES;

/** A member's own receiving keys. The private parts cannot be exported. */
export class KemKeys implements KemPublic {
  /** Uncompressed P-256 point, 65 bytes. */
  readonly ecdhKey: Bytes;
  /** ML-KEM-768 encapsulation key, 1,184 bytes. */
  readonly mlkemKey: Bytes;
  #ecdh: CryptoKey | undefined;
  #mlkem: CryptoKey | undefined;

  private constructor(ecdh: PrivateKeyPair, mlkem: PrivateKeyPair) {
    this.ecdhKey = ecdh.publicKey;
    this.mlkemKey = mlkem.publicKey;
    this.#ecdh = ecdh.privateKey;
    this.#mlkem = mlkem.privateKey;
  }

  /** Fresh keys. */
  static async generate(): Promise<KemKeys> {
    const [ecdh, mlkem] = await Promise.all([generateEcdh(), generateMlkem()]);
    return new KemKeys(ecdh, mlkem);
  }

  /** The ECDH secret shared with `ephemeral`; the caller wipes it. `bad_key` when it is not a point. */
  async deriveEcdh(ephemeral: Uint8Array): Promise<Bytes> {
    if (this.#ecdh === undefined) throw disposed("open");
    return await deriveEcdh(this.#ecdh, ephemeral);
  }

  /** The ML-KEM secret in `ciphertext`; the caller wipes it. `open_failed` for a wrong length. */
  async decapsulate(ciphertext: Uint8Array): Promise<Bytes> {
    if (this.#mlkem === undefined) throw disposed("open");
    return await decapsulateMlkem(this.#mlkem, ciphertext);
  }

  /** Lets go of the private keys. */
  dispose(): void {
    this.#ecdh = undefined;
    this.#mlkem = undefined;
  }
}

/** Seals for any number of recipients under one ephemeral ECDH key. */
export class KemSender {
  /** Goes with every blob of this sender; 65 bytes. */
  readonly ephemeral: Bytes;
  #ecdh: CryptoKey | undefined;

  private constructor(pair: PrivateKeyPair) {
    this.ephemeral = pair.publicKey;
    this.#ecdh = pair.privateKey;
  }

  /** A sender with a fresh ephemeral key. */
  static async create(): Promise<KemSender> {
    return new KemSender(await generateEcdh());
  }

  /** `ML-KEM ciphertext ‖ AES-256-GCM(plaintext)`. `bad_key` when `to` is unusable. */
  async seal(to: KemPublic, ctx: KemContext, plaintext: Uint8Array, aad?: Uint8Array): Promise<Bytes> {
    if (this.#ecdh === undefined) throw disposed("seal");
    const ecdhSecret = await deriveEcdh(this.#ecdh, to.ecdhKey);
    try {
      const { ciphertext, secret } = await encapsulateMlkem(to.mlkemKey);
      const key = combine(secret, ecdhSecret, ctx, this.ephemeral, ciphertext);
      wipe(secret);
      try {
        return concat(ciphertext, await sealAesGcm({ ...key, aad }, plaintext));
      } finally {
        wipe(key.key, key.nonce);
      }
    } finally {
      wipe(ecdhSecret);
    }
  }

  /** Lets go of the ephemeral private key. */
  dispose(): void {
    this.#ecdh = undefined;
  }
}

/**
 * Opens a blob of {@linkcode KemSender.seal}. Whatever is wrong with it is `open_failed`; only keys that have
 * been disposed of are told apart.
 */
export async function openKem(
  keys: KemKeys,
  ephemeral: Uint8Array,
  blob: Uint8Array,
  ctx: KemContext,
  aad?: Uint8Array,
): Promise<Bytes> {
  if (blob.length < KEM_OVERHEAD) throw openFailed();
  const ciphertext = blob.subarray(0, MLKEM_CIPHERTEXT_BYTES);
  const secrets: Uint8Array[] = [];
  try {
    const ecdhSecret = await keys.deriveEcdh(ephemeral);
    secrets.push(ecdhSecret);
    const secret = await keys.decapsulate(ciphertext);
    secrets.push(secret);
    const key = combine(secret, ecdhSecret, ctx, ephemeral, ciphertext);
    secrets.push(key.key, key.nonce);
    return await openAesGcm({ ...key, aad }, blob.subarray(MLKEM_CIPHERTEXT_BYTES));
  } catch (cause) {
    if (cause instanceof CryptoError && cause.code === "disposed") throw cause;
    throw openFailed(cause);
  } finally {
    wipe(...secrets);
  }
}

/**
 * Uses both keys of `pub` once, since a successful import says nothing: `bad_key` for points off the curve,
 * the identity, wrong lengths and ML-KEM keys that fail the modulus check (FIPS 203 §7.2).
 */
export async function tryKemPublic(pub: KemPublic): Promise<void> {
  const { privateKey } = await generateEcdh();
  wipe(await deriveEcdh(privateKey, pub.ecdhKey));
  wipe((await encapsulateMlkem(pub.mlkemKey)).secret);
}

function combine(
  mlkemSecret: Uint8Array,
  ecdhSecret: Uint8Array,
  ctx: KemContext,
  ephemeral: Uint8Array,
  ciphertext: Uint8Array,
): AesGcmKey {
  const { room, sender, recipient, bundleHash, purpose } = ctx;
  const ikm = concat(mlkemSecret, ecdhSecret);
  const info = encodeParts(
    "sotto/v1/kem",
    room,
    sender,
    recipient,
    bundleHash,
    ephemeral,
    ciphertext,
    utf8(purpose),
  );
  const okm = hkdf(ikm, { info, length: 44 });
  const key = { key: okm.slice(0, 32), nonce: okm.slice(32) };
  wipe(ikm, okm);
  return key;
}

function openFailed(cause?: unknown): CryptoError {
  return new CryptoError(
    "open_failed",
    "Cannot open a sealed text: it is not for these keys or was changed",
    {
      cause,
    },
  );
}

function disposed(what: string): CryptoError {
  return new CryptoError("disposed", `Cannot ${what}: the keys have been disposed of`);
}
