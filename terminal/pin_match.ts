/** Whether a certificate is the one that was named. @module */
import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual, X509Certificate } from "node:crypto";
import { PIN_BYTES } from "./pin.ts";

/**
 * Whether a certificate (DER) is what a pin names: by its key, which stays when the certificate is renewed, or as a
 * whole. The two cannot be taken for one another: no certificate is a key as well.
 */
export function isPinned(certificate: Uint8Array, pin: Uint8Array): boolean {
  if (pin.length !== PIN_BYTES) return false;
  const ofKey = keyPin(certificate);
  return timingSafeEqual(sha256(certificate), pin) || (ofKey !== undefined && timingSafeEqual(ofKey, pin));
}

/** SHA-256 of a certificate's key (its SubjectPublicKeyInfo, RFC 5280 §4.1.2.7); undefined for what is no certificate. */
export function keyPin(certificate: Uint8Array): Uint8Array | undefined {
  try {
    const { publicKey } = new X509Certificate(Buffer.from(certificate));
    return sha256(new Uint8Array(publicKey.export({ type: "spki", format: "der" })));
  } catch {
    return undefined; // it comes from anybody
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}
