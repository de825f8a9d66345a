/** The terminal's clipboard, over OSC 52: written only on a key that says so, never read. @module */
import { utf8 } from "../../crypto/bytes.ts";

/** More than this, in bytes, some terminals drop. */
const MAX_BYTES = 50_000;

/**
 * What puts a text into the clipboard, if the terminal allows it; it never answers.
 *
 * @returns The sequence; null when the text is empty or too long.
 */
export function copySequence(text: string): string | null {
  const bytes = utf8(text.toWellFormed());
  if (bytes.length === 0 || bytes.length > MAX_BYTES) return null;
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `\x1b]52;c;${btoa(binary)}\x07`;
}
