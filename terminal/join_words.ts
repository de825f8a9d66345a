/** What the words after `join` mean. @module */
import { ClientError } from "../client/errors.ts";

/** A code and perhaps a password. */
export interface JoinWords {
  /** Invite link, spoken code or name. */
  code: string;
  /** Password of a named room. */
  password?: string;
}

/** What nobody calls a room: taken for one, it would be a new and empty room. */
const ADDRESS = /^(?:(?:[\w-]+\.)+[\w-]+|localhost|\[[\da-f:.]+\]):\d{2,5}$/i;

/**
 * Reads `<invite>`, `<spoken code>` (with hyphens or spaces) or `<name> [password]`.
 *
 * @param words The words as typed, already split.
 * @throws {ClientError} `usage`, status 2, when there is no code, or more words than a name and a password.
 */
export function joinWords(words: readonly string[]): JoinWords {
  const [first, second, ...more] = words;
  if (first === undefined) throw usage("say which room: an invite link, a spoken code or a name");
  if (first.includes("://")) {
    if (second !== undefined) throw usage("an invite link stands alone, it needs no password");
    return { code: first };
  }
  if (ADDRESS.test(first)) {
    throw usage(
      "that is the address of a relay, which --relay names; say the room's invite, code or name here",
    );
  }
  if (/^\d+(?:-|$)/.test(first) && second !== undefined) {
    const parts = words.join(" ").split(/[\s-]+/);
    const four = parts.length === 5 && parts.slice(1).every((part) => /^[a-z]+$/i.test(part));
    if (more.length > 0 || four) return { code: words.join(" ") };
  }
  if (more.length > 0) throw usage('put a name or password of several words in quotes: "my room"');
  return second === undefined ? { code: first } : { code: first, password: second };
}

/**
 * Splits a line into words; quotes hold words together.
 *
 * @param line What was typed.
 */
export function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) =>
    match[1] ?? match[2] ?? match[3] ?? ""
  );
}

function usage(why: string): ClientError {
  return new ClientError("usage", `Cannot join: ${why}`, { status: 2 });
}
