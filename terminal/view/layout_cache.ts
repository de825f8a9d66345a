/** Remembers how entries were laid out, so that only what comes into view or has changed is laid out. @module */
import type { Entry, EntryList } from "../room/entries.ts";
import { forgetSplit } from "../screen/measure.ts";
import type { Span } from "../screen/style.ts";
import { entryRows, type Lead, type Look } from "./message_view.ts";

/** Most entries whose layout is kept, and most rows of them together. */
const MAX_KEPT = 1_000;
const MAX_ROWS = 20_000;

interface Kept {
  version: number;
  lead: Lead;
  rows: Span[][];
}

/** Layouts by entry. */
export class LayoutCache {
  readonly #kept = new Map<number, Kept>();
  #rows = 0;
  #about = "";
  #layouts = 0;
  #rewrites = 0;

  /** How many entries have been laid out so far. */
  get layouts(): number {
    return this.#layouts;
  }

  /** The rows of an entry. */
  rows(entry: Entry, look: Look): Span[][] {
    const about = `${look.width} ${look.nick} ${look.me} ${look.signs.bar} ${look.query}`;
    if (about !== this.#about) this.clear();
    this.#about = about;
    const known = this.#kept.get(entry.key);
    if (known !== undefined && known.version === entry.version && known.lead === look.lead) return known.rows;
    this.#layouts++;
    const rows = entryRows(entry, look);
    this.#drop(entry.key);
    this.#kept.set(entry.key, { version: entry.version, lead: look.lead, rows });
    this.#rows += rows.length;
    while (this.#kept.size > 1 && (this.#kept.size > MAX_KEPT || this.#rows > MAX_ROWS)) {
      this.#drop(this.#kept.keys().next().value as number);
    }
    return rows;
  }

  /** Forgets what was laid out of entries that have gone or changed since, so that no text outlives its entry here. */
  sweep(entries: EntryList): void {
    if (entries.rewrites === this.#rewrites) return;
    this.#rewrites = entries.rewrites;
    forgetSplit();
    for (const [key, { version }] of this.#kept) {
      if (entries.get(key)?.version !== version) this.#drop(key);
    }
  }

  /** How many layouts are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /** Forgets everything. */
  clear(): void {
    this.#kept.clear();
    this.#rows = 0;
    this.#about = "";
  }

  #drop(key: number): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#rows -= kept.rows.length;
    this.#kept.delete(key);
  }
}
