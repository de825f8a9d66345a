/** Finding text in a room, in memory, without a difference between small and capital letters. @module */
import { sanitize } from "../sanitize.ts";
import type { Entry, EntryList } from "./entries.ts";

/** Longest text that is looked for, in UTF-16 units. */
export const MAX_QUERY = 200;

/** What is looked for, as it is compared; empty when there is nothing to look for. */
export function normalQuery(query: string): string {
  return sanitize(query.slice(0, MAX_QUERY).toWellFormed()).trim().toLowerCase();
}

/**
 * Whether an entry holds a text. Who wrote a message counts too.
 *
 * @param entry Any entry.
 * @param query As {@linkcode normalQuery} gave it.
 */
export function holds(entry: Entry, query: string): boolean {
  if (query === "" || entry.kind === "day") return false;
  if (shown(entry.text).includes(query)) return true;
  return entry.kind === "message" && shown(entry.from.nick).includes(query);
}

/** Finds entries, one after the other, from a place on. */
export class Search {
  readonly #entries: EntryList;
  readonly #query: string;

  /** Looks for `query` in `entries`. */
  constructor(entries: EntryList, query: string) {
    this.#entries = entries;
    this.#query = normalQuery(query);
  }

  /** What is looked for, as it is compared. */
  get query(): string {
    return this.#query;
  }

  /** Key of the next entry older than `before` that holds it; the newest of all when that is left out. */
  older(before: number = Infinity): number | null {
    for (let index = this.#entries.indexOf(before) - 1; index >= 0; index--) {
      const entry = this.#entries.at(index);
      if (entry !== undefined && holds(entry, this.#query)) return entry.key;
    }
    return null;
  }

  /** Key of the next entry newer than `after` that holds it. */
  newer(after: number): number | null {
    for (let index = this.#entries.indexOf(after + 1); index < this.#entries.length; index++) {
      const entry = this.#entries.at(index);
      if (entry !== undefined && holds(entry, this.#query)) return entry.key;
    }
    return null;
  }

  /** How many hold it, counted up to `most`. */
  count(most = 1_000): number {
    let found = 0;
    for (const entry of this.#entries) if (holds(entry, this.#query) && ++found >= most) break;
    return found;
  }
}

function shown(text: string): string {
  return sanitize(text).toLowerCase();
}
