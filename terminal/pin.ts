/** Fingerprints by which one certificate is accepted, and no other. @module */
import { ClientError } from "../client/errors.ts";

/** Bytes of a fingerprint. */
export const PIN_BYTES = 32;

/**
 * Reads the SHA-256 of a certificate as `openssl` (`AB:CD:…`), a relay or an invite shows it: hexadecimal with or
 * without colons, or base64 in either alphabet; `SHA256:` before it may stay.
 *
 * @throws {ClientError} `bad_pin`, status 2.
 */
export function parsePin(text: string): Uint8Array {
  const given = text.trim().replace(/^sha-?256(?: fingerprint)?[:=/]/i, "").trim();
  const hex = given.replaceAll(":", "");
  try {
    const pin = /^[0-9a-f]{64}$/i.test(hex)
      ? Uint8Array.fromHex(hex)
      : Uint8Array.fromBase64(given.replaceAll("-", "+").replaceAll("_", "/"));
    if (pin.length === PIN_BYTES) return pin;
  } catch {
    // told below
  }
  throw new ClientError(
    "bad_pin",
    "Cannot use --pin: it is no fingerprint; copy the line of 64 hexadecimal digits that the relay showed at its start",
    { status: 2 },
  );
}
