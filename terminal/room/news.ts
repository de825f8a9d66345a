/** What a room's model tells apart from its state, and what it is given for that. @module */
import type { SessionEvent } from "../../client/events.ts";
import type { EntryCaps, MessageEntry } from "./entries.ts";

/** What a {@linkcode RoomModel} is given. */
export interface RoomModelOptions extends Pick<EntryCaps, "maxEntries" | "maxCharacters"> {
  /** Time in milliseconds. @default Date.now */
  now?: () => number;
  /** Called after every change. */
  onChange?: () => void;
  /** Called for what may deserve attention, also while the room is being looked at. */
  onNews?: (news: News) => void;
  /** The relay, as people write it; asked each time, a room may bring its own. */
  relay?: () => string;
}

/** Something that may deserve attention; `seen` when the room was being looked at. */
export type News =
  | { kind: "message" | "mention" | "private"; entry: MessageEntry; seen: boolean }
  | { kind: "alarm"; text: string; seen: boolean };

/** What an alarm is about: the same is told once. */
export function alarmAbout(event: Extract<SessionEvent, { type: "equivocation" | "split_view" }>): string {
  return event.type === "equivocation" ? `${event.id}-${event.number}` : `${event.id}-${event.witness}`;
}
