/**
 * The pane of messages: shows a slice of a room's entries and moves through them.
 *
 * It hangs on its last row, not on a count from the top: what comes or goes elsewhere does not move what one reads.
 *
 * @module
 */
import type { Entry, EntryList } from "../room/entries.ts";
import type { RoomModel } from "../room/room_model.ts";
import { normalQuery } from "../room/search.ts";
import type { Row, Span } from "../screen/style.ts";
import { LayoutCache } from "./layout_cache.ts";
import { leadOf, type Look, rule } from "./message_view.ts";
import type { Signs } from "./signs.ts";
import { fit, row, span } from "./spans.ts";

/** What the pane shows of. */
export type PaneModel = Pick<RoomModel, "entries" | "me" | "unread" | "mentions" | "firstUnread">;

/** The row that stands at the bottom: the `row`th of the entry with this key. */
interface Anchor {
  key: number;
  row: number;
}

/** A place among all rows: an entry by its index, and one of its rows. */
interface Place {
  index: number;
  row: number;
}

/** Scrolls and draws. One for each room. */
export class MessagePane {
  readonly #cache = new LayoutCache();
  readonly #signs: Signs;
  /** Null: it follows the newest entry. */
  #anchor: Anchor | null = null;
  #selected: number | null = null;
  #query = "";
  #columns = 80;
  #rows = 24;
  #model: PaneModel | null = null;

  /** A pane that follows the newest entry. */
  constructor(options: { signs: Signs }) {
    this.#signs = options.signs;
  }

  /** Whether it shows the newest entry, and goes on doing so. */
  get following(): boolean {
    return this.#anchor === null;
  }

  /** How many entries have been laid out so far, for tests. */
  get layouts(): number {
    return this.#cache.layouts;
  }

  /** Key of the entry that stands out; null when none does. */
  get selected(): number | null {
    return this.#selected;
  }

  /** Makes one entry stand out. */
  select(key: number | null): void {
    this.#selected = key;
  }

  /** Marks a text wherever it is seen; an empty one ends that. */
  highlight(query: string): void {
    this.#query = normalQuery(query);
  }

  /** Forgets what was laid out of entries that have gone or changed. For a pane that is not being drawn; drawing does it too. */
  sweep(): void {
    if (this.#model !== null) this.#cache.sweep(this.#model.entries);
  }

  /** How many entries are kept as they were laid out, for tests. */
  get kept(): number {
    return this.#cache.size;
  }

  /** Forgets all that was laid out. */
  wipe(): void {
    this.#cache.clear();
    this.#anchor = this.#selected = this.#model = null;
    this.#query = "";
  }

  /** Draws. @returns Exactly `rows` rows. */
  render(model: PaneModel, size: { columns: number; rows: number }): Row[] {
    this.#take(model, size);
    const { columns, rows } = size;
    if (rows <= 0) return [];
    const out = this.#slice().map(({ spans, key }): Row => { // which fit already
      if (key !== this.#selected) return [{ column: 0, width: columns, spans }];
      const chosen = spans.map(({ text, style }) => ({ text, style: { ...style, bg: "selected" as const } }));
      return [{ column: 0, width: columns, spans: chosen }];
    });
    while (out.length < this.#height) out.unshift([]);
    if (this.#anchor !== null && rows > 1) out.push(row(columns, this.#marker(model, columns)));
    return out;
  }

  /** Moves by rows: up when negative. */
  scroll(by: number): void {
    const model = this.#model;
    if (model === null || model.entries.length === 0 || by === 0) return;
    const from = this.#bottom(model);
    const to = by < 0 ? this.#up(from, -by) : this.#down(from, by);
    this.#hang(to === null ? null : by < 0 ? this.#notAbove(to) : to);
  }

  /** Moves by pages: up when negative. */
  page(by: number): void {
    this.scroll(by * Math.max(1, this.#rows - 2));
  }

  /** Goes to the oldest entry. */
  home(): void {
    if (this.#model === null || this.#model.entries.length === 0) return;
    this.#hang(this.#notAbove({ index: 0, row: 0 }));
  }

  /** Goes to the newest entry, and follows it. */
  end(): void {
    this.#anchor = null;
  }

  /** Brings an entry into view, a third below the top. @returns False when it is not there. */
  jump(key: number): boolean {
    const model = this.#model;
    const index = model?.entries.indexOf(key) ?? 0;
    if (model === null || model.entries.at(index)?.key !== key) return false;
    const below = Math.max(0, this.#rows - 2 - Math.floor(this.#rows / 3));
    const to = this.#down({ index, row: 0 }, below);
    this.#hang(to === null ? null : this.#notAbove(to));
    return true;
  }

  /** Goes to the first unread entry. @returns False when there is none. */
  jumpToUnread(): boolean {
    const { entries, firstUnread } = this.#model ?? {};
    if (entries === undefined || firstUnread === null || firstUnread === undefined) return false;
    const entry = entries.at(entries.indexOf(firstUnread));
    return entry === undefined ? false : this.jump(entry.key);
  }

  /** Keys of the entries that are seen now, the oldest first. */
  get visible(): number[] {
    if (this.#model === null) return [];
    return [...new Set(this.#slice().map(({ key }) => key))];
  }

  /** The key of the entry in a row of what was drawn last; null where there is none. */
  entryAt(line: number): number | null {
    if (this.#model === null) return null;
    const slice = this.#slice();
    return slice[line - (this.#height - slice.length)]?.key ?? null;
  }

  /** Takes up what is to be drawn, for moves before the first drawing or after a change of size. */
  #take(model: PaneModel, { columns, rows }: { columns: number; rows: number }): void {
    this.#model = model;
    this.#cache.sweep(model.entries);
    this.#columns = Math.max(1, columns);
    this.#rows = Math.max(0, rows);
    if (this.#anchor === null) return;
    const place = this.#bottom(model);
    if (!this.#reaches(place)) this.#hang(this.#notAbove(place));
  }

  /** Rows for entries: when it does not follow, the last one says so. */
  get #height(): number {
    return this.#anchor === null || this.#rows <= 1 ? this.#rows : this.#rows - 1;
  }

  /** What is seen, the uppermost row first. */
  #slice(): { spans: Span[]; key: number }[] {
    const model = this.#model;
    const out: { spans: Span[]; key: number }[] = [];
    if (model === null || model.entries.length === 0) return out;
    let { index, row } = this.#bottom(model);
    for (; index >= 0 && out.length < this.#height; index--) {
      const entry = model.entries.at(index) as Entry;
      const rows = this.#layout(index);
      const last = out.length === 0 ? Math.min(row, rows.length - 1) : rows.length - 1;
      for (row = last; row >= 0 && out.length < this.#height; row--) {
        out.push({ spans: rows[row] as Span[], key: entry.key });
      }
    }
    return out.reverse();
  }

  /** The row at the bottom. What it hung on may have gone: then it is the end of what came before. */
  #bottom({ entries }: PaneModel): Place {
    if (this.#anchor === null) return this.#endOf(entries.length - 1);
    const index = entries.indexOf(this.#anchor.key);
    if (entries.at(index)?.key !== this.#anchor.key) return this.#endOf(Math.max(0, index - 1));
    return { index, row: Math.min(this.#anchor.row, this.#layout(index).length - 1) };
  }

  #endOf(index: number): Place {
    return { index, row: index < 0 ? 0 : this.#layout(index).length - 1 };
  }

  /** Hangs on a row; at the very end, or where all fits, it follows. */
  #hang(place: Place | null): void {
    const entries = this.#entries();
    const entry = place === null ? undefined : entries.at(place.index);
    if (place === null || entry === undefined) this.#anchor = null;
    else if (place.index === entries.length - 1 && place.row >= this.#layout(place.index).length - 1) {
      this.#anchor = null;
    } else this.#anchor = { key: entry.key, row: place.row };
  }

  #up({ index, row }: Place, by: number): Place {
    let left = by;
    for (; index >= 0; index--) {
      if (row >= left) return { index, row: row - left };
      left -= row + 1;
      if (index > 0) row = this.#layout(index - 1).length - 1;
    }
    return { index: 0, row: 0 };
  }

  /** Null when that leads beyond the end. */
  #down({ index, row }: Place, by: number): Place | null {
    let left = by;
    for (; index < this.#entries().length; index++) {
      const rows = this.#layout(index).length;
      if (row + left < rows) return { index, row: row + left };
      left -= rows - row;
      row = 0;
    }
    return null;
  }

  /** Whether there are enough rows above a place to fill the pane. */
  #reaches(place: Place): boolean {
    const wanted = Math.max(1, this.#rows - 1) - 1;
    let rows = place.row;
    for (let index = place.index - 1; rows < wanted && index >= 0; index--) {
      rows += this.#layout(index).length;
    }
    return rows >= wanted;
  }

  /** The place, or the uppermost one below it that still fills the pane; null when not all of it can be filled. */
  #notAbove(place: Place): Place | null {
    if (this.#reaches(place)) return place;
    return this.#down({ index: 0, row: 0 }, Math.max(1, this.#rows - 1) - 1);
  }

  #entries(): EntryList {
    return (this.#model as PaneModel).entries;
  }

  #layout(index: number): Span[][] {
    const { entries, me, firstUnread } = this.#model as PaneModel;
    const entry = entries.at(index) as Entry;
    const previous = entries.at(index - 1);
    const unread = firstUnread !== null && index > 0 && entry.key >= firstUnread &&
      (previous?.key ?? Infinity) < firstUnread;
    const look: Look = {
      width: this.#columns,
      signs: this.#signs,
      nick: me?.nick ?? null,
      me: me?.id ?? null,
      query: this.#query,
      lead: unread ? "full" : leadOf(previous, entry),
    };
    const rows = this.#cache.rows(entry, look);
    return unread ? [rule("new", { ...look, role: "unread" }), ...rows] : rows;
  }

  #marker({ unread, mentions }: PaneModel, columns: number): Span[] {
    const { below, ellipsis } = this.#signs;
    const named = mentions === 0 ? "" : `, ${mentions} for you`;
    const text = unread === 0
      ? ` ${below} scrolled back; PgDn or Ctrl-End for the newest `
      : ` ${below} ${unread.toLocaleString("en")} new ${
        unread === 1 ? "message" : "messages"
      }${named}; End to read `;
    return fit([span(text, unread === 0 ? "dim" : "unread", { inverse: true })], columns, ellipsis);
  }
}
