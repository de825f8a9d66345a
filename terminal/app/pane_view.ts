/** How the messages of each tab are looked at: where one has scrolled to, what is searched. @module */
import type { KeyAction } from "../input/key_map.ts";
import type { Entry } from "../room/entries.ts";
import { sanitize, sanitizeName } from "../sanitize.ts";
import type { Capabilities } from "../screen/capabilities.ts";
import type { Row, Size, Span } from "../screen/style.ts";
import { wrapSpans } from "../screen/wrap.ts";
import type { RoomTab } from "./room_tab.ts";

/** The panes of all tabs. */
export class PaneView {
  readonly #offsets = new WeakMap<RoomTab, number>();

  /** Makes the panes. */
  constructor(_capabilities: Capabilities) {}

  /** Whether the newest message of a tab is on the screen. */
  atEnd(tab: RoomTab): boolean {
    return (this.#offsets.get(tab) ?? 0) === 0;
  }

  /** Scrolls by rows; up is negative. */
  scroll(tab: RoomTab, rows: number): void {
    this.#offsets.set(tab, Math.max(0, (this.#offsets.get(tab) ?? 0) - rows));
  }

  /** Does what a key asks for. */
  act(tab: RoomTab, action: KeyAction): void {
    if (action === "page_up") this.scroll(tab, -10);
    if (action === "page_down") this.scroll(tab, 10);
  }

  /** Empties what is seen. */
  clear(tab: RoomTab): void {
    this.#offsets.delete(tab);
  }

  /** A tab has gone. */
  forget(tab: RoomTab): void {
    this.#offsets.delete(tab);
  }

  /** Drops what was laid out. */
  wipe(): void {}

  /** Rows of a tab's messages. */
  rows(tab: RoomTab, { columns, rows }: Size): Row[] {
    const lines: Span[][] = [];
    for (const entry of [...tab.model.entries].slice(-200)) {
      for (const text of textOf(entry)) lines.push(...wrapSpans([{ text }], columns));
    }
    const end = lines.length - (this.#offsets.get(tab) ?? 0);
    return lines.slice(Math.max(0, end - rows), end).map((spans) => [{ column: 0, width: columns, spans }]);
  }
}

function textOf(entry: Entry): string[] {
  if (entry.kind !== "message") return entry.text.split("\n").map((line) => `-- ${line}`);
  const mark = entry.state === null ? "" : ` [${entry.state}]`;
  return [`#${entry.number} ${sanitizeName(entry.from.nick)}: ${sanitize(entry.text)}${mark}`];
}
