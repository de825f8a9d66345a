/**
 * What a member shows of itself: identity key, receiving keys and nickname, signed by that identity (SPEC §4).
 *
 * @module
 */
import { type Bytes, concat } from "./bytes.ts";
import { asArray, asBytes, asText, asUint, decodeCbor, encodeCbor } from "./cbor.ts";
import { CryptoError } from "./errors.ts";
import { hashParts } from "./hash.ts";
import { fingerprintOf, type Identity, memberIdOf, SIGNATURE_BYTES, Verifier } from "./identity.ts";
import type { KemPublic } from "./kem.ts";
import { checkNickname, MAX_NICKNAME_BYTES } from "./nickname.ts";
import { MLKEM_PUBLIC_BYTES, P256_PUBLIC_BYTES } from "./webcrypto.ts";

/** Longest signed bundle in bytes. */
export const MAX_BUNDLE_BYTES = 4096;

const VERSION = 1;
const MAX_UINT32 = 0xffff_ffff;

/** A decoded bundle. Nothing in it is to be believed before {@linkcode verifyBundle}. */
export interface Bundle extends KemPublic {
  /** ECDSA P-256 point, 65 bytes. */
  identityKey: Bytes;
  /** Rises with each rotation of the receiving keys. */
  keyNumber: number;
  /** As {@linkcode checkNickname} returns it. */
  nickname: string;
  /** 32 feature bits. */
  features: number;
  /** Of `identityKey`. */
  memberId: Bytes;
  /** Of `identityKey`. */
  fingerprint: Bytes;
  /** The signed bundle, as it travels. */
  encoded: Bytes;
  /** Over the signed part. */
  hash: Bytes;
}

/** What a bundle says beside its keys. */
export interface BundleOptions {
  /** 0 to 2^32-1. */
  keyNumber: number;
  /** Must pass {@linkcode checkNickname}. */
  nickname: string;
  /** 32 feature bits. @default 0 */
  features?: number;
}

/** Makes and signs the bundle of `identity`. */
export async function signBundle(
  identity: Identity,
  kem: KemPublic,
  options: BundleOptions,
): Promise<Bundle> {
  const { keyNumber, nickname, features = 0 } = options;
  const bytes = encodeCbor([
    VERSION,
    identity.publicKey,
    kem.ecdhKey,
    kem.mlkemKey,
    keyNumber,
    checkNickname(nickname),
    features,
  ]);
  return decodeBundle(encodeCbor([bytes, await identity.sign("sotto/v1/bundle", bytes)]));
}

/** Reads a signed bundle; `decode` for anything else. Checks neither the signature nor the keys. */
export function decodeBundle(encoded: Uint8Array): Bundle {
  const { bytes } = split(encoded);
  const fields = asArray(decodeCbor(bytes, { maxBytes: MAX_BUNDLE_BYTES }), 7);
  if (asUint(fields[0]) !== VERSION) throw fail("it is of another version");
  const identityKey = asBytes(fields[1], { length: P256_PUBLIC_BYTES });
  return {
    identityKey,
    ecdhKey: asBytes(fields[2], { length: P256_PUBLIC_BYTES }),
    mlkemKey: asBytes(fields[3], { length: MLKEM_PUBLIC_BYTES }),
    keyNumber: asUint(fields[4], MAX_UINT32),
    nickname: canonicalNickname(asText(fields[5], MAX_NICKNAME_BYTES)),
    features: asUint(fields[6], MAX_UINT32),
    memberId: memberIdOf(identityKey),
    fingerprint: fingerprintOf(identityKey),
    encoded: concat(encoded),
    hash: hashParts("sotto/v1/bundle-hash", bytes),
  };
}

/** Checks that `bundle` is signed by its own identity key: `bad_signature`, or `bad_key` for a key that is none. */
export async function verifyBundle(bundle: Bundle): Promise<void> {
  const { bytes, signature } = split(bundle.encoded);
  const verifier = await Verifier.import(bundle.identityKey);
  if (!await verifier.verify(signature, "sotto/v1/bundle", bytes)) {
    throw new CryptoError("bad_signature", "Cannot accept a bundle: its signature does not verify");
  }
}

function split(encoded: Uint8Array): { bytes: Bytes; signature: Bytes } {
  const signed = asArray(decodeCbor(encoded, { maxBytes: MAX_BUNDLE_BYTES }), 2);
  return {
    bytes: asBytes(signed[0], { max: MAX_BUNDLE_BYTES }),
    signature: asBytes(signed[1], { length: SIGNATURE_BYTES }),
  };
}

function canonicalNickname(text: string): string {
  try {
    if (checkNickname(text) === text) return text;
  } catch (cause) {
    throw fail("its nickname is not allowed", cause);
  }
  throw fail("its nickname is not in canonical form");
}

function fail(why: string, cause?: unknown): CryptoError {
  return new CryptoError("decode", `Cannot decode a bundle: ${why}`, { cause });
}
