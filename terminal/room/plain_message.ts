/** What every message begins as. @module */
import type { NewMessage } from "./journal.ts";

/** Most messages have none: one empty map serves them all. */
export const NO_REACTIONS: ReadonlyMap<string, string> = new Map();

/** A text of which nothing else has become yet. */
export function plain(
  text: string,
): Omit<NewMessage, "number" | "from" | "own" | "manner" | "to" | "reply" | "state"> {
  return {
    text,
    id: null,
    ref: null,
    edited: false,
    deleted: false,
    reactions: NO_REACTIONS,
    delivered: 0,
    audience: 0,
    mention: false,
    until: null,
    revealed: false,
  };
}
