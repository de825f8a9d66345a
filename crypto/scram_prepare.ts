/**
 * Prepares a password before it is hashed, so that the same password typed on another keyboard is the same bytes:
 * SASLprep (RFC 4013), as SCRAM asks for (RFC 5802 §2.2).
 *
 * Code points that Unicode 3.2 did not know are let through, as RFC 4013 §2.5 allows for what is not stored, and
 * letters without a direction table of their own count as left to right.
 *
 * @module
 */
import { type Bytes, fromUtf8, utf8, wipe } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

/** Longest password, in UTF-16 units. */
export const MAX_SCRAM_PASSWORD = 1_024;

/** Shortest password of a new account, in characters, as NIST SP 800-63B asks for. */
export const MIN_NEW_PASSWORD = 8;

/** RFC 3454 C.1.2: other spaces, which become the ordinary one. */
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;

/** RFC 3454 B.1: commonly mapped to nothing. */
const NOTHING = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/g;

/** RFC 3454 C.2 to C.9: control, private use, no characters, surrogates, and what is unfit for plain text. */
const PROHIBITED = new RegExp(
  "[\\p{Cc}\\p{Co}\\p{Cs}\\p{Noncharacter_Code_Point}" +
    "\\u06dd\\u070f\\u180e\\u200c\\u200d\\u2028\\u2029\\u2060-\\u2063\\u206a-\\u206f\\ufeff\\ufff9-\\ufffd" +
    "\\u{1d173}-\\u{1d17a}\\u2ff0-\\u2ffb\\u0340\\u0341\\u200e\\u200f\\u202a-\\u202e\\u{e0001}\\u{e0020}-\\u{e007f}]",
  "u",
);

/** RFC 3454 D.1, by its blocks: characters that run from right to left. */
const RIGHT_TO_LEFT = "[\\u05be-\\u05f4\\u061b-\\u064a\\u066d-\\u06d5\\u06e5\\u06e6\\u06fa-\\u07b1" +
  "\\u200f\\ufb1d-\\ufdfc\\ufe70-\\ufefc]";
const ANY_RIGHT_TO_LEFT = new RegExp(RIGHT_TO_LEFT, "u");
const WHOLLY_RIGHT_TO_LEFT = new RegExp(`^${RIGHT_TO_LEFT}(?:.*${RIGHT_TO_LEFT})?$`, "su");

/** A password: text, or its UTF-8 bytes, which can be wiped as text cannot. */
export type Password = string | Uint8Array;

/**
 * Bytes of a password, prepared. The caller wipes them. Of bytes that are plain ASCII no text is ever made.
 *
 * @throws {CryptoError} `bad_code` for a password that is empty, too long or holds characters that none may.
 */
export function preparePassword(password: Password): Bytes {
  if (typeof password !== "string") {
    const plain = password.length > 0 && password.length <= MAX_SCRAM_PASSWORD &&
      password.every((byte) => byte >= 0x20 && byte < 0x7f);
    return plain ? Uint8Array.from(password) : preparePassword(textOf(password));
  }
  if (password.length > MAX_SCRAM_PASSWORD) throw unfit(`it is longer than ${MAX_SCRAM_PASSWORD} characters`);
  const text = password.replace(SPACES, (space) => space === "\u200b" ? "" : " ").replace(NOTHING, "")
    .normalize("NFKC");
  if (text === "") throw unfit("it is empty");
  if (PROHIBITED.test(text)) throw unfit("it holds characters that cannot be seen");
  if (ANY_RIGHT_TO_LEFT.test(text)) {
    const leftToRight = [...text].some((char) => /\p{L}/u.test(char) && !ANY_RIGHT_TO_LEFT.test(char));
    if (leftToRight || !WHOLLY_RIGHT_TO_LEFT.test(text)) {
      throw unfit("it mixes letters that run from left to right with others that run from right to left");
    }
  }
  return utf8(text);
}

/**
 * Checks what is to be the password of a new account, or its next one: as it counts, which may be shorter than typed.
 * Old ones are never measured.
 *
 * @throws {CryptoError} `bad_code`.
 */
export function checkNewPassword(password: Password): void {
  const prepared = preparePassword(password);
  const continues = (byte: number): boolean => (byte & 0xc0) === 0x80;
  const length = prepared.reduce((count, byte) => continues(byte) ? count : count + 1, 0);
  wipe(prepared);
  if (length < MIN_NEW_PASSWORD) {
    throw unfit(`it has fewer than ${MIN_NEW_PASSWORD} characters; take a longer one, such as four words`);
  }
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > 4 * MAX_SCRAM_PASSWORD) {
    throw unfit(`it is longer than ${MAX_SCRAM_PASSWORD} characters`);
  }
  try {
    return fromUtf8(bytes);
  } catch {
    throw unfit("it is not UTF-8");
  }
}

function unfit(why: string): CryptoError {
  return new CryptoError("bad_code", `Cannot use this password: ${why}`);
}
