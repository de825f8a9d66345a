/**
 * What people type to get into a room: an invite link, a spoken code or a name of their own choice.
 *
 * @module
 */
import { utf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { type Invite, parseInvite } from "./invite.ts";
import { parseSpoken, type SpokenCode } from "./spoken_code.ts";

export { formatInvite, type Invite } from "./invite.ts";
export { formatSpoken, newSpokenCode, type SpokenCode } from "./spoken_code.ts";

/** A named room. */
export interface NamedCode {
  /** As {@linkcode canonicalName} gives it. */
  name: string;
}

/** A code of one of the three kinds. */
export type ParsedCode =
  | { kind: "invite" } & Invite
  | { kind: "spoken" } & SpokenCode
  | { kind: "named" } & NamedCode;

// What is left of a link when its beginning or its middle has been lost.
const LINK = /:\/\/|\/#|^(?:https?|wss?):|#[\w-]{20}/i;

/** Longest canonical name in bytes. */
export const MAX_NAME_BYTES = 128;

/**
 * Tells which kind of code `text` is. A link or spoken code with a slip in it is `bad_code` with a sentence for
 * its reader, never a name: that would open a new room that anyone can guess.
 *
 * @example
 * ```ts
 * import { parseCode } from "./codes.ts";
 *
 * parseCode("41793-copper-lemon-orbit-walnut"); // { kind: "spoken", number: 41793, words: [...] }
 * parseCode("  Lobby "); // { kind: "named", name: "lobby" }
 * ```
 */
export function parseCode(text: string): ParsedCode {
  const trimmed = text.trim();
  if (trimmed === "") throw bad("it is empty");
  if (LINK.test(trimmed)) return { kind: "invite", ...parseInvite(trimmed) };
  const name = canonicalName(trimmed);
  const spoken = parseSpoken(name);
  return spoken === undefined ? { kind: "named", name } : { kind: "spoken", ...spoken };
}

/**
 * The one form of a room's name: NFKC, lower case, single spaces, 1 to 128 bytes. `bad_code` for an empty or
 * longer one, and for one with characters that cannot be seen.
 */
export function canonicalName(text: string): string {
  if (text.length > 4 * MAX_NAME_BYTES) throw bad("it is longer than 128 bytes");
  // Twice: lower-casing can give what NFKC composes again.
  let name = text;
  for (let i = 0; i < 2; i++) name = name.normalize("NFKC").toLowerCase();
  name = name.normalize("NFKC").replace(/\s+/gu, " ").trim();
  if (name === "") throw bad("it is empty");
  if (utf8(name).length > MAX_NAME_BYTES) throw bad("it is longer than 128 bytes");
  // U+200C and U+200D are part of how some scripts and emoji are written.
  if (/[[\p{Cc}\p{Cf}\p{Cs}]--[\u200C\u200D]]/v.test(name)) {
    throw bad("it has a character that cannot be seen");
  }
  return name;
}

function bad(why: string): CryptoError {
  return new CryptoError("bad_code", `Cannot use this code: ${why}`);
}
