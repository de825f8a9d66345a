/** A signer whose key is fixed and whose signatures are deterministic (RFC 6979): for vectors only. @module */
import { p256 } from "@noble/curves/nist.js";
import { type Bytes, concat, u32, u64 } from "../../crypto/bytes.ts";
import { type CborValue, encodeCbor } from "../../crypto/cbor.ts";
import { encodeParts, sha256 } from "../../crypto/hash.ts";
import { memberIdOf } from "../../crypto/identity.ts";

/** The key that signs vectors. */
export const SECRET: Bytes = new Uint8Array(32).fill(7);
/** Its public key, uncompressed. */
export const PUBLIC: Bytes = new Uint8Array(p256.getPublicKey(SECRET, false));
/** Its member id. */
export const MEMBER: Bytes = memberIdOf(PUBLIC);

/** ECDSA over `ENC(label, parts…)`. */
export function sign(label: string, ...parts: Uint8Array[]): Bytes {
  return new Uint8Array(p256.sign(encodeParts(label, ...parts), SECRET, { lowS: false, prehash: true }));
}

/** A pack of `contents`, of which the first has `number`; signed whether or not it is a valid one. */
export function pack(room: Bytes, number: number, contents: readonly Bytes[]): Bytes {
  const digest = sha256(encodeParts("", ...contents));
  const signature = sign("sotto/v1/pack", room, MEMBER, u64(number), u32(contents.length), digest);
  return encodeCbor([MEMBER, [...contents], signature]);
}

/** A signed bundle over any fields. */
export function bundle(fields: readonly CborValue[], more: readonly CborValue[] = []): Bytes {
  const inner = encodeCbor([...fields]);
  return encodeCbor([inner, sign("sotto/v1/bundle", inner), ...more]);
}

/** A `present`. */
export function present(room: Bytes, peerId: number, epoch: Bytes, number: number): Bytes {
  const parts = [MEMBER, u32(peerId), epoch, u64(number)];
  return concat(Uint8Array.of(1, 8), ...parts, sign("sotto/v1/present", room, ...parts));
}
