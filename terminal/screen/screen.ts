/** The screen: paints frames, and of each frame only what differs from the one before. @module */
import { clearRows, HIDE_CURSOR, NO_WRAP, SHOW_CURSOR, SYNC_BEGIN, SYNC_END, titleOf } from "./ansi.ts";
import type { Capabilities } from "./capabilities.ts";
import { blankCells, type Cells, cellsOf } from "./cells.ts";
import { BLANK, Inks } from "./inks.ts";
import { RowPainter } from "./row_painter.ts";
import { SeenRow } from "./seen_row.ts";
import type { Frame, Row, Size, Span } from "./style.ts";
import type { Theme } from "./theme.ts";
import { forgetWidths } from "./measure.ts";

/** What a screen needs of the terminal. */
export interface ScreenPort {
  /** Takes all that one frame changes, in one piece. */
  write(text: string): void;
  /** Columns and rows there are now. */
  size(): Size;
}

/** More than any terminal has; a size beyond it is a mistake. */
const MAX_SIDE = 2000;
const NOTHING: Row = [];

/** A screen that is painted on. */
export class Screen {
  readonly #port: ScreenPort;
  readonly #capabilities: Capabilities;
  #inks: Inks;
  /** What the terminal shows, row by row; null when that is not known. */
  #painted: Cells[] | null = null;
  /** What each row was made of. */
  #seen: SeenRow[] = [];
  #columns = 0;
  #cursor: string | null = null; // where it was placed last; null when hidden
  #title: string | undefined;
  #made = 0;

  /** Makes a screen; nothing is written before the first frame. */
  constructor(port: ScreenPort, capabilities: Capabilities, theme: Theme) {
    this.#port = port;
    this.#capabilities = capabilities;
    this.#inks = new Inks(capabilities, theme);
  }

  /** Columns and rows there are now. */
  get size(): Size {
    const { columns, rows } = this.#port.size();
    return { columns: side(columns), rows: side(rows) };
  }

  /** How many rows have been taken apart into cells so far, for tests. */
  get made(): number {
    return this.#made;
  }

  /**
   * Brings the terminal to show a frame: one write, or none where nothing differs.
   *
   * @param frame What to show. Its objects may be used again, but styles must not be changed.
   */
  paint(frame: Frame): void {
    const { columns, rows } = this.size;
    const known = this.#painted !== null && this.#columns === columns && this.#painted.length === rows;
    const painter = new RowPainter();
    let painted = this.#painted ?? [];
    if (!known) {
      painted = Array.from({ length: rows }, () => blankCells(columns, BLANK));
      this.#seen = [];
      this.#columns = columns;
      this.#cursor = null;
    }
    const options = {
      columns,
      ink: (span: Span) => this.#inks.of(span),
      blank: BLANK,
      unicode: this.#capabilities.unicode,
    };
    let scrolled = 1;
    for (let row = 0; row < rows; row++) {
      const content = frame.rows[row] ?? NOTHING;
      if (known && this.#seen[row]?.is(content)) continue;
      const from = this.#find(content, row, scrolled);
      if (from === null) this.#made++;
      const next = from === null ? cellsOf(content, options) : painted[from] as Cells;
      painter.paint(row, painted[row] as Cells, next);
      painted[row] = next;
      this.#seen[row] = from === null ? new SeenRow(content) : this.#seen[from] as SeenRow;
      if (from !== null) scrolled = from - row;
    }
    painter.finish();
    this.#painted = painted;
    this.#write((known ? "" : NO_WRAP + HIDE_CURSOR + clearRows(rows)) + painter.out, frame);
  }

  /** Forgets what was painted: the next frame is painted whole. For when something else has written to the terminal. */
  invalidate(): void {
    this.#painted = null;
    this.#seen = [];
    this.#title = undefined;
  }

  /** Paints with another theme from the next frame on. */
  setTheme(theme: Theme): void {
    this.#inks = new Inks(this.#capabilities, theme);
    this.invalidate();
  }

  /** Wipes from memory what was shown, and blanks the terminal at once. */
  burn(): void {
    this.paint({ rows: [], cursor: null, title: "" });
    this.invalidate();
    forgetWidths();
  }

  /**
   * Where a row stood when what is below it has scrolled up: its cells need not be made again.
   *
   * @param offset How far down the row above was found.
   * @returns The row below this one that still has this content; null when none has.
   */
  #find(content: Row, row: number, offset: number): number | null {
    if (this.#seen[row + offset]?.is(content)) return row + offset;
    for (let from = row + 1; from < this.#seen.length; from++) if (this.#seen[from]?.is(content)) return from;
    return null;
  }

  /** Adds title and cursor to the changes of rows, and writes it all. */
  #write(changes: string, { cursor, title }: Frame): void {
    let out = changes;
    if (this.#capabilities.title && title !== undefined && title !== this.#title) {
      out += titleOf(title);
      this.#title = title;
    }
    const shown = this.#cursor !== null;
    const place = cursor === null ? null : this.#place(cursor);
    if (out === "" && place === this.#cursor) return;
    if (changes !== "" && shown) out = HIDE_CURSOR + out; // it would be seen jumping about
    if (place !== null) out += place + (shown && changes === "" ? "" : SHOW_CURSOR);
    else if (shown && changes === "") out += HIDE_CURSOR;
    this.#cursor = place;
    this.#port.write(this.#capabilities.sync && changes !== "" ? SYNC_BEGIN + out + SYNC_END : out);
  }

  #place({ row, column }: { row: number; column: number }): string {
    const rows = this.#painted?.length ?? 1;
    const y = Math.max(0, Math.min(rows - 1, Math.floor(row)));
    const x = Math.max(0, Math.min(this.#columns - 1, Math.floor(column)));
    return `\x1b[${y + 1};${x + 1}H`;
  }
}

function side(value: number): number {
  return Number.isFinite(value) ? Math.max(1, Math.min(MAX_SIDE, Math.floor(value))) : 1;
}
