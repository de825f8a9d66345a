/** Base64 with padding (RFC 4648 §4), as SCRAM writes it. @module */
import type { Bytes } from "./bytes.ts";

/** Base64 of `bytes`, padded. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Bytes of canonical padded base64, or `undefined` when it is not that. */
export function fromBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const out = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return toBase64(out) === text ? out : undefined;
}
