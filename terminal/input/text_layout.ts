/** Wraps the text being written and finds places in it. @module */
import { widthOf } from "../screen/width.ts";
import { sanitize } from "../sanitize.ts";
import { split } from "./graphemes.ts";

/** Rows on the screen and the cursor among them. */
export interface TextLayout {
  /** What to draw, at least one row; sanitised, none wider than the columns asked for. */
  rows: string[];
  /** Counted from 0. The column is always below the columns asked for. */
  cursor: { row: number; column: number };
}

/** How a character is drawn. */
interface Drawn {
  readonly text: string;
  readonly width: number;
}

/** One character of a line. */
interface Cell extends Drawn {
  /** Where it begins in its line. */
  readonly at: number;
  readonly length: number;
}

/** One row of a line. */
export interface LineRow {
  /** Where it begins in its line. */
  from: number;
  /** What is drawn. */
  text: string;
  /** Its characters. */
  cells: readonly Cell[];
}

/** One row of the whole text. */
interface PlacedRow extends LineRow {
  /** Where its line begins in the text. */
  base: number;
  /** Whether the line ends with it. */
  last: boolean;
}

/** Most lines whose rows are kept from one layout to the next, beside those of a text that has more; most characters. */
export const MAX_KEPT = 2_000;

/** Wrapped lines of one text area: those that did not change are not wrapped again. */
export class TextWrapper {
  #columns = 0;
  #kept = new Map<string, readonly LineRow[]>();
  #drawn = new Map<string, Drawn>();

  /**
   * Wraps a text.
   *
   * @param text Lines parted by `\n`.
   * @param columns At least 1. The last column is left for the cursor.
   */
  rows(text: string, columns: number): WrappedText {
    if (columns !== this.#columns || this.#kept.size > MAX_KEPT) this.#kept = new Map();
    this.#columns = columns;
    const placed: PlacedRow[] = [];
    let base = 0;
    for (const line of text.split("\n")) {
      let rows = this.#kept.get(line);
      if (rows === undefined) {
        this.#kept.set(line, rows = wrapLine(this.#cells(line), line.length, Math.max(1, columns - 1)));
      }
      rows.forEach((row, n) => placed.push({ ...row, base, last: n === rows.length - 1 }));
      base += line.length + 1;
    }
    return new WrappedText(placed, columns);
  }

  /** How many lines and how many characters are kept. */
  get kept(): { lines: number; drawn: number } {
    return { lines: this.#kept.size, drawn: this.#drawn.size };
  }

  /** Forgets every line. */
  wipe(): void {
    this.#kept = new Map();
    this.#drawn = new Map();
  }

  #cells(line: string): Cell[] {
    let at = 0;
    return split(line).map((grapheme): Cell => {
      const { length } = grapheme;
      const cell = { at, length, ...this.#draw(grapheme) };
      at += length;
      return cell;
    });
  }

  /** What is drawn for a character. A long text has the same ones over and over. */
  #draw(grapheme: string): Drawn {
    if (/^[ -~]$/.test(grapheme)) return { text: grapheme, width: 1 };
    let drawn = this.#drawn.get(grapheme);
    if (drawn === undefined) {
      const text = sanitize(grapheme);
      drawn = { text, width: widthOf(text) };
      if (this.#drawn.size >= MAX_KEPT) this.#drawn.clear();
      this.#drawn.set(grapheme, drawn);
    }
    return drawn;
  }
}

/** A text as rows. */
export class WrappedText {
  readonly #rows: readonly PlacedRow[];
  readonly #columns: number;

  /** Of placed rows. */
  constructor(rows: readonly PlacedRow[], columns: number) {
    this.#rows = rows;
    this.#columns = columns;
  }

  /** What is drawn. */
  get texts(): string[] {
    return this.#rows.map(({ text }) => text);
  }

  /** How many rows there are. */
  get length(): number {
    return this.#rows.length;
  }

  /** Row and column of an offset. */
  place(offset: number): { row: number; column: number } {
    let [low, high] = [0, this.#rows.length - 1];
    while (low < high) { // the last row that begins at the offset or before it
      const middle = (low + high + 1) >> 1;
      if (startOf(this.#rows[middle]) <= offset) low = middle;
      else high = middle - 1;
    }
    const row = this.#rows[low];
    let column = 0;
    for (const cell of row?.cells ?? []) {
      if ((row?.base ?? 0) + cell.at >= offset) break;
      column += cell.width;
    }
    return { row: low, column: Math.min(column, Math.max(0, this.#columns - 1)) };
  }

  /** The offset nearest to a column of a row, not beyond it. */
  offset(row: number, column: number): number {
    const found = this.#rows[row];
    if (found === undefined) return 0;
    let width = 0;
    for (const cell of found.cells) {
      // Behind the last character of a row that goes on, one would stand in the next row already.
      const only = cell === found.cells.at(-1) && !found.last;
      if (width + cell.width > column || only) return found.base + cell.at;
      width += cell.width;
    }
    return startOf(found) + lengthOf(found);
  }
}

function startOf(row: PlacedRow | undefined): number {
  return row === undefined ? 0 : row.base + row.from;
}

function lengthOf({ cells, from }: PlacedRow): number {
  const last = cells.at(-1);
  return last === undefined ? 0 : last.at + last.length - from;
}

/** Breaks one line, behind a space where there is one. */
function wrapLine(drawn: readonly Cell[], length: number, width: number): LineRow[] {
  // What has no room even alone is drawn as a sign that has.
  const cells = drawn.map((cell) => cell.width <= width ? cell : { ...cell, text: "\ufffd", width: 1 });
  const rows: LineRow[] = [];
  let start = 0;
  let used = 0;
  let gap = 0; // behind the last space of this row
  const end = (to: number): void => {
    rows.push(rowOf(cells.slice(start, to), cells[start]?.at ?? length));
    start = gap = to;
    used = 0;
  };
  for (const [n, cell] of cells.entries()) {
    if (cell.text === " " && used === width) { // the space of a break stays at the end of the row, in the last column
      end(n + 1);
      continue;
    }
    while (used + cell.width > width && n > start) {
      end(gap > start ? gap : n);
      for (let m = start; m < n; m++) used += cells[m]?.width ?? 0;
    }
    used += cell.width;
    if (cell.text === " " || /^\s+$/.test(cell.text)) gap = n + 1;
  }
  end(cells.length);
  return rows;
}

function rowOf(cells: Cell[], from: number): LineRow {
  return { from, cells, text: cells.map(({ text }) => text).join("") };
}
