/** Whether a certificate is the one that was named. @module */
import { createHash, timingSafeEqual } from "node:crypto";
import { PIN_BYTES } from "./pin.ts";

/** Whether a certificate (DER) is the one that a pin names. */
export function isPinned(certificate: Uint8Array, pin: Uint8Array): boolean {
  const hash = createHash("sha256").update(certificate).digest();
  return pin.length === PIN_BYTES && timingSafeEqual(hash, pin);
}
