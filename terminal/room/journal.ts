/** Adds lines and messages to a room's entries, and the days between them. @module */
import type { EntryList, LineLevel, MessageEntry } from "./entries.ts";

/** A message that is to be added. */
export type NewMessage = Omit<MessageEntry, "kind" | "key" | "version" | "at">;

/** Writes into one list. */
export class Journal {
  readonly #entries: EntryList;
  readonly #now: () => number;
  #day: string | null = null;

  /** Writes into `entries`. */
  constructor(entries: EntryList, now: () => number) {
    this.#entries = entries;
    this.#now = now;
  }

  /** The time. */
  now(): number {
    return this.#now();
  }

  /** Adds a line whose text has been sanitised. */
  line(text: string, level: LineLevel): void {
    const at = this.#now();
    this.#newDay(at);
    this.#entries.add({ kind: "line", key: this.#entries.nextKey(), version: 0, at, level, text });
  }

  /** Adds a message. */
  message(message: NewMessage, at: number = this.#now()): MessageEntry {
    this.#newDay(at);
    const { id, ref, number, from, own, manner, text, to, reply, edited, deleted } = message;
    const { until, reactions, state, delivered, audience, mention, revealed } = message;
    const entry: MessageEntry = { // written out: of one form and a third smaller than what `...message` would make
      kind: "message",
      key: this.#entries.nextKey(),
      version: 0,
      at,
      id,
      ref,
      number,
      from,
      own,
      manner,
      text,
      to,
      reply,
      edited,
      deleted,
      until,
      reactions,
      state,
      delivered,
      audience,
      mention,
      revealed,
    };
    this.#entries.add(entry);
    return entry;
  }

  /** Forgets which day it was. */
  clear(): void {
    this.#day = null;
  }

  #newDay(at: number): void {
    const date = new Date(at);
    const day = `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
    if (day === this.#day) return;
    const first = this.#day === null;
    this.#day = day;
    if (first) return;
    this.#entries.add({ kind: "day", key: this.#entries.nextKey(), version: 0, at, text: dayText(date) });
  }
}

let format: Intl.DateTimeFormat | undefined;

/** A day as people write it: `Saturday, 21 November 2026`. */
export function dayText(date: Date): string {
  format ??= new Intl.DateTimeFormat("en", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  const parts = new Map(format.formatToParts(date).map(({ type, value }) => [type as string, value]));
  return `${parts.get("weekday")}, ${parts.get("day")} ${parts.get("month")} ${parts.get("year")}`;
}
