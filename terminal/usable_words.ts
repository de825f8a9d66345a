/** What can be known of the words after `join` before anything is left or asked. @module */
import { ClientError } from "../client/errors.ts";
import type { ParsedCode } from "../crypto/codes.ts";
import type { JoinWords } from "./join_words.ts";

/**
 * Reads the code, so that nobody leaves a room for a slip of the keyboard.
 *
 * @throws {Error} `bad_code` or `usage`, with a sentence for the user.
 */
export async function usableWords({ code: text, password }: JoinWords): Promise<ParsedCode> {
  const { parseCode } = await import("../crypto/codes.ts"); // not before it is needed: the first screen waits for nothing
  const code = parseCode(text);
  if (password !== undefined && code.kind !== "named") {
    throw new ClientError("usage", "Cannot join: only a named room has a password", { status: 2 });
  }
  return code;
}
