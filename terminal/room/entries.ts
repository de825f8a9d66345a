/** What stands in a room's pane: messages, lines of Sotto's own, days; in order, and not without end. @module */
import type { MemberRef, MessageKind } from "../../client/events.ts";

/** Most entries of one room. */
export const MAX_ENTRIES = 50_000;
/** Most characters of one room. */
export const MAX_CHARACTERS = 16_000_000;
/** What an entry counts beside its text, so that a flood of empty ones is bounded too. */
const ENTRY_COST = 64;

/** What has become of a message of one's own. `waiting`: there is no connection; `delivered`: all have it that it was for. */
export type OwnState = "waiting" | "sending" | "sent" | "delivered";

/** What every entry has. */
export interface EntryBase {
  /** Rises from entry to entry and is never given twice. */
  readonly key: number;
  /** Rises with every change of the entry. */
  version: number;
  /** When it was shown here, in milliseconds. */
  readonly at: number;
}

/** The message that is answered, as far as it is known here. */
export interface ReplyContext {
  id: string;
  number: number | null;
  /** Null when the message is not known here. */
  nick: string | null;
  /** Its beginning, as it was written: not safe to show before it has been sanitised. */
  text: string;
  /** What there is instead of a text. */
  gone: "deleted" | "expired" | null;
}

/** One message. */
export interface MessageEntry extends EntryBase {
  readonly kind: "message";
  /** Null as long as the relay has not taken it. */
  id: string | null;
  /** For one's own: what it was sent with. */
  ref: number | null;
  /** Short number to name it by. */
  number: number | null;
  from: MemberRef;
  own: boolean;
  manner: MessageKind;
  /** As it was written: not safe to show before it has been sanitised. */
  text: string;
  /** For a private message: the one it is for. */
  to: MemberRef | null;
  reply: ReplyContext | null;
  edited: boolean;
  deleted: boolean;
  /** Emoji by member id; as they were sent. */
  reactions: ReadonlyMap<string, string>;
  /** Only of one's own. */
  state: OwnState | null;
  /** How many have it, and how many it was for. */
  delivered: number;
  audience: number;
  /** Whether it names us. */
  mention: boolean;
  /** When it disappears, in milliseconds; null where it stays, or is not sent yet. */
  until: number | null;
  /** Whether its spoilers are open. */
  revealed: boolean;
}

/** How much a line of Sotto's own matters. */
export type LineLevel = "info" | "problem" | "alarm";

/** A line of Sotto's own. */
export interface LineEntry extends EntryBase {
  readonly kind: "line";
  level: LineLevel;
  /** Sanitised; may hold line breaks. */
  text: string;
}

/** A new day has begun. */
export interface DayEntry extends EntryBase {
  readonly kind: "day";
  text: string;
}

/** Anything in the pane. */
export type Entry = MessageEntry | LineEntry | DayEntry;

/** Caps of an {@linkcode EntryList}. */
export interface EntryCaps {
  /** @default 50_000 */
  maxEntries?: number;
  /** @default 16_000_000 */
  maxCharacters?: number;
  /** Called with what has to go. */
  dropped?: (entry: Entry) => void;
}

/** Entries in the order of their keys; the oldest go when there are too many. */
export class EntryList {
  #items: Entry[] = [];
  #head = 0;
  #characters = 0;
  #lastKey = 0;
  #gone = 0;
  #version = 0;
  #rewrites = 0;
  readonly #maxEntries: number;
  readonly #maxCharacters: number;
  readonly #dropped: (entry: Entry) => void;

  /** An empty list. */
  constructor(caps: EntryCaps = {}) {
    this.#maxEntries = caps.maxEntries ?? MAX_ENTRIES;
    this.#maxCharacters = caps.maxCharacters ?? MAX_CHARACTERS;
    this.#dropped = caps.dropped ?? (() => {});
  }

  /** How many there are. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  /** How many have gone because there were too many. */
  get gone(): number {
    return this.#gone;
  }

  /** Characters that are kept, with what an entry counts by itself. */
  get characters(): number {
    return this.#characters;
  }

  /** Rises when entries come or go; a change of one entry shows in that entry alone. */
  get version(): number {
    return this.#version;
  }

  /** Rises when a text is changed or taken out: what was made of it must not be kept. */
  get rewrites(): number {
    return this.#rewrites;
  }

  /** The key that the next entry is to have. */
  nextKey(): number {
    return ++this.#lastKey;
  }

  /** The entry at a place, 0 being the oldest. */
  at(index: number): Entry | undefined {
    return index < 0 ? undefined : this.#items[this.#head + index];
  }

  /** The newest entry. */
  get last(): Entry | undefined {
    return this.at(this.length - 1);
  }

  /** The place of the first entry whose key is at least `key`; `length` when there is none. */
  indexOf(key: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.at(middle)?.key ?? Infinity) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The entry with a key, if it is still there. */
  get(key: number): Entry | undefined {
    const entry = this.at(this.indexOf(key));
    return entry?.key === key ? entry : undefined;
  }

  /** Adds an entry whose key is the newest. */
  add(entry: Entry): void {
    this.#items.push(entry);
    this.#characters += costOf(entry);
    this.#version++;
    this.#trim();
  }

  /** Changes the text of an entry. */
  setText(entry: Entry, text: string): void {
    this.#rewrites++;
    this.#characters += text.length - entry.text.length;
    entry.text = text;
    entry.version++;
    this.#trim();
  }

  /** Takes entries out. */
  remove(keys: ReadonlySet<number>): void {
    if (keys.size === 0) return;
    this.#rewrites++;
    this.#items = this.#items.filter((entry, index) => {
      if (index < this.#head) return false;
      if (!keys.has(entry.key)) return true;
      this.#characters -= costOf(entry);
      return false;
    });
    this.#head = 0;
    this.#version++;
  }

  /** Forgets everything. */
  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#characters = 0;
    this.#gone = 0;
    this.#rewrites++;
    this.#version++;
  }

  /** From the oldest to the newest. */
  *[Symbol.iterator](): IterableIterator<Entry> {
    for (let index = 0; index < this.length; index++) {
      const entry = this.at(index);
      if (entry !== undefined) yield entry;
    }
  }

  #trim(): void {
    while (
      this.length > 1 && (this.length > this.#maxEntries || this.#characters > this.#maxCharacters)
    ) {
      const oldest = this.#items[this.#head] as Entry;
      this.#head++;
      this.#gone++;
      this.#characters -= costOf(oldest);
      this.#dropped(oldest);
    }
    if (this.#head < 1_024 || this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}

function costOf(entry: Entry): number {
  return entry.text.length + ENTRY_COST;
}
