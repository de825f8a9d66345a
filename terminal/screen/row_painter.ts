/**
 * What must be written so that a row of the terminal changes from one content to another.
 *
 * A row is painted in parts, each placed at its column. Terminals agree on where ASCII goes; of anything else one may
 * think wider or narrower than we do. So a part with such text is painted whole, blanked before, and everything to
 * its right is painted again after it: whatever it has spilled there is covered, and the layout stands.
 *
 * @module
 */
import { CLEAR_TO_END, cursorTo, linkSequence } from "./ansi.ts";
import type { Cells, Ink } from "./cells.ts";
import { BLANK } from "./inks.ts";
import { isAscii } from "./measure.ts";

/** Unchanged cells that are written again rather than jumped over. */
const SHORT_GAP = 6;
/** Blanks at the end of a row that are worth a sequence. */
const LONG_TAIL = 4;
/** Emoji of several code points, flags and keycaps: here terminals disagree most, so what follows is placed anew. */
const DOUBTFUL = /[\u200d\ufe0e\ufe0f\u20e3\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]/u;

/** Writes into one frame. */
export class RowPainter {
  /** What has been written. */
  out = "";
  #ink: Ink | null = null;
  #row = -1;
  #column = -1;

  /** Brings row number `row` from `old` to `next`. */
  paint(row: number, old: Cells, next: Cells): void {
    if (old.sure && next.sure) return this.#changes(row, old, next, 0, next.glyphs.length);
    const moved = !sameNumbers(old.edges, next.edges);
    let spilled = moved;
    for (let i = 0; i + 1 < next.edges.length; i++) {
      const from = next.edges[i] as number;
      const to = next.edges[i + 1] as number;
      if (!spilled && sameCells(old, next, from, to)) continue;
      if (!isSure(next, from, to)) {
        this.#unsure(row, next, from, to);
        spilled = true;
      } else if (!spilled && isSure(old, from, to)) this.#changes(row, old, next, from, to);
      else this.#run(row, next, from, to);
    }
  }

  /** Ends the frame's last style. */
  finish(): void {
    if (this.#ink !== null && this.#ink !== BLANK) this.#inkWith(BLANK);
  }

  /** Places the cursor. */
  place(row: number, column: number): void {
    this.#place(row, column);
  }

  /** Paints the cells that differ; all of it is ASCII. */
  #changes(row: number, old: Cells, next: Cells, from: number, to: number): void {
    let x = from;
    while (x < to) {
      while (x < to && same(old, next, x)) x++;
      if (x === to) return;
      const start = x;
      let end = x + 1; // behind the last cell that differs
      for (x = end; x < to && x - end < SHORT_GAP; x++) if (!same(old, next, x)) end = x + 1;
      this.#run(row, next, start, end);
      x = end;
    }
  }

  /** Paints all cells of a part, one after the other. */
  #run(row: number, cells: Cells, from: number, to: number): void {
    const { glyphs, inks } = cells;
    const columns = glyphs.length;
    let end = to;
    if (to === columns) end = behindText(cells, from, to);
    if (columns - end < LONG_TAIL) end = to;
    if (from < end) this.#place(row, from);
    for (let x = from; x < end; x++) {
      this.#inkWith(inks[x] as Ink);
      this.out += glyphs[x];
    }
    if (from < end) this.#column = end === columns ? -1 : end;
    if (end < to) {
      this.#place(row, end);
      this.#inkWith(BLANK);
      this.out += CLEAR_TO_END;
    }
  }

  /** Paints a part of which the terminal may think otherwise; what is to its right must be painted after it. */
  #unsure(row: number, cells: Cells, from: number, to: number): void {
    const { glyphs, inks } = cells;
    this.#place(row, from);
    this.#inkWith(BLANK);
    this.out += CLEAR_TO_END;
    const end = behindText(cells, from, to);
    for (let x = from; x < end; x++) {
      const glyph = glyphs[x] as string;
      if (glyph === "") continue;
      if (this.#column !== x) this.#place(row, x);
      this.#inkWith(inks[x] as Ink);
      this.out += glyph;
      let next = x + 1;
      while (next < end && glyphs[next] === "") next++;
      this.#column = glyph.length > 1 && DOUBTFUL.test(glyph) ? -1 : next;
    }
    this.#column = -1;
  }

  #place(row: number, column: number): void {
    if (this.#row === row && this.#column === column) return;
    this.out += cursorTo(row, column);
    this.#row = row;
    this.#column = column;
  }

  #inkWith(ink: Ink): void {
    if (this.#ink === ink) return;
    const link = this.#ink?.link ?? "";
    if (link !== ink.link) this.out += linkSequence(ink.link);
    if (this.#ink?.sequence !== ink.sequence) this.out += ink.sequence;
    this.#ink = ink;
  }
}

function same(old: Cells, next: Cells, x: number): boolean {
  return old.inks[x] === next.inks[x] && old.glyphs[x] === next.glyphs[x];
}

function sameCells(old: Cells, next: Cells, from: number, to: number): boolean {
  for (let x = from; x < to; x++) if (!same(old, next, x)) return false;
  return true;
}

function isSure(cells: Cells, from: number, to: number): boolean {
  if (cells.sure) return true;
  for (let x = from; x < to; x++) {
    const glyph = cells.glyphs[x] as string;
    if (glyph === "" || !isAscii(glyph)) return false;
  }
  return true;
}

/** Where the blanks at the end of a part begin. */
function behindText({ glyphs, inks }: Cells, from: number, to: number): number {
  let end = to;
  while (end > from && glyphs[end - 1] === " " && inks[end - 1] === BLANK) end--;
  return end;
}

function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
