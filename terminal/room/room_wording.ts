/** What Sotto itself says in a room's pane: line mode's words without its signs. @module */
import { colours } from "../colour.ts";
import type { RoomBook } from "../room_book.ts";
import { sanitizeName } from "../sanitize.ts";
import { wording } from "../wording.ts";
import type { LineLevel } from "./entries.ts";
import type { SessionEvent } from "../../client/events.ts";

const NO_COLOUR = colours(false);

/** A line to show. */
export interface Line {
  /** Sanitised; may hold line breaks. */
  text: string;
  level: LineLevel;
}

/**
 * Words an event that is no message.
 *
 * @param event What happened.
 * @param book Who we are.
 * @param relay The relay, as people write it.
 * @returns Null when a person need not be told.
 */
export function lineOf(
  event: SessionEvent,
  book: RoomBook,
  relay: string | undefined,
): Line | null {
  const text = wording(event, { book, colour: NO_COLOUR, ...(relay === undefined ? {} : { relay }) });
  if (text === null) return null;
  return { text: text.replace(/^(?:--|!!) /gm, ""), level: levelOf(event) };
}

/** Words that a name that had been verified now belongs to other keys. */
export function impostorText(nick: string): string {
  const name = sanitizeName(nick);
  return `You had verified a member called ${name}, and it has gone: the ${name} here now has other keys. ` +
    `It may be the same person, or not: compare safety words (/verify ${name}).`;
}

/** Says that something is missing before a message. */
export function gapText(nick: string): string {
  return `Something that ${sanitizeName(nick)} said before this has not arrived.`;
}

function levelOf(event: SessionEvent): LineLevel {
  switch (event.type) {
    case "equivocation":
    case "split_view":
      return "alarm";
    case "error":
    case "lost":
      return "problem";
    case "ended":
      return event.status === 0 ? "info" : "problem";
    case "notice":
      return event.code === "tampered" || event.code === "replayed" ? "problem" : "info";
    default:
      return "info";
  }
}
