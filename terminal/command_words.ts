/** The words of a slash command, as people write them. @module */
import { ClientError } from "../client/errors.ts";

/** Finds the id of a message by its short number. */
export type FindMessage = (number: number) => string | undefined;

/** The first word, and what follows it. */
export function firstWord(text: string): [string, string] {
  const [, word = "", rest = ""] = /^\s*(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  return [bare(word), rest.trimEnd()];
}

/** People write @alice. */
export function bare(nick: string): string {
  return nick.replace(/^@(?=.)/, "");
}

/**
 * The message that is named at the beginning, if one is, and what follows it.
 *
 * @throws {ClientError} `no_such_message`.
 */
export function withTarget(rest: string, find: FindMessage): [{ id?: string }, string] {
  const match = /^#(\d{1,9})(?:\s+|$)([\s\S]*)$/.exec(rest);
  if (match === null) return [{}, rest];
  const id = find(Number(match[1]));
  if (id === undefined) {
    throw new ClientError(
      "no_such_message",
      `Cannot find message #${match[1]}: it has not been sent, or is too old`,
    );
  }
  return [{ id }, match[2] ?? ""];
}
