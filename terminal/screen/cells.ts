/** A row as the cells that it should fill. @module */
import type { Row, Span } from "./style.ts";
import { graphemes, graphemeWidth } from "./measure.ts";

/** How a cell is inked; two that look the same are the same object. */
export interface Ink {
  /** Switches the style on. */
  readonly sequence: string;
  /** Where a click leads; empty for nowhere. */
  readonly link: string;
  /** Whether a space in it cannot be told from nothing. */
  readonly blank: boolean;
}

/** What cells are made with. */
export interface CellOptions {
  columns: number;
  /** Finds the ink of a span. */
  ink: (span: Span) => Ink;
  /** The ink of nothing. */
  blank: Ink;
  /** Whether more than ASCII can be shown. */
  unicode: boolean;
}

/** One row of cells. */
export interface Cells {
  /** One grapheme a cell; the cells behind a wide one are empty strings. */
  glyphs: string[];
  inks: Ink[];
  /** Where parts begin that are placed by themselves; the first is 0, the last the number of columns. */
  edges: number[];
  /** Whether all is ASCII, so that every terminal agrees on where what is. */
  sure: boolean;
}

/** Longest glyph, in UTF-16 units: what a cell holds with all that was put onto it. */
const MAX_GLYPH = 64;
const MARKS = /^\p{M}+$/u;
const LINE_SEPARATOR = /^[\u2028\u2029]$/;

/** A row with nothing in it. */
export function blankCells(columns: number, blank: Ink): Cells {
  return {
    glyphs: new Array<string>(columns).fill(" "),
    inks: new Array<Ink>(columns).fill(blank),
    edges: [0, columns],
    sure: true,
  };
}

/**
 * Lays segments onto a row: cut, padded, later ones over earlier ones. A wide grapheme of which only half has room
 * becomes blank.
 */
export function cellsOf(row: Row, options: CellOptions): Cells {
  const { columns, blank } = options;
  const cells = blankCells(columns, blank);
  const edges = new Set(cells.edges);
  for (const { column, width, spans } of row) {
    const start = Math.max(0, Math.floor(column));
    const end = Math.min(columns, Math.floor(column) + Math.floor(width));
    if (!(start < end)) continue;
    halve(cells, start);
    halve(cells, end);
    cells.glyphs.fill(" ", start, end);
    cells.inks.fill(blank, start, end);
    edges.add(start).add(end);
    fill(cells, spans, Math.floor(column), start, end, options);
  }
  if (edges.size > 2) cells.edges = [...edges].sort((left, right) => left - right);
  return cells;
}

/** A wide grapheme across this edge gives way to blanks. */
function halve({ glyphs }: Cells, edge: number): void {
  if (glyphs[edge] !== "") return;
  let from = edge;
  while (from > 0 && glyphs[from] === "") from--;
  let to = edge;
  while (glyphs[to] === "") to++;
  glyphs.fill(" ", from, to);
}

/** Writes spans from `x` on, seen from `start` to `end`. */
function fill(
  cells: Cells,
  spans: Span[],
  x: number,
  start: number,
  end: number,
  options: CellOptions,
): void {
  const { glyphs, inks } = cells;
  let last = -1; // the cell of the last grapheme
  for (const span of spans) {
    const ink = options.ink(span);
    for (const grapheme of graphemes(span.text)) {
      const width = graphemeWidth(grapheme);
      if (width === 0) {
        if (last >= 0 && options.unicode && MARKS.test(grapheme)) attach(cells, last, grapheme);
        continue;
      }
      if (x >= end) return;
      const next = x + width;
      if (x >= start && next <= end) {
        glyphs[x] = options.unicode ? shown(grapheme) : plain(grapheme);
        glyphs.fill(options.unicode ? "" : " ", x + 1, next);
        inks.fill(ink, x, next);
        if (grapheme.length > 1 || grapheme > "~") cells.sure &&= !options.unicode;
        last = x;
      } else {
        inks.fill(ink, Math.max(x, start), Math.min(next, end)); // half of it has no room: blanks
        last = -1;
      }
      x = next;
    }
  }
}

function attach(cells: Cells, index: number, marks: string): void {
  const glyph = (cells.glyphs[index] ?? "") + marks;
  if (glyph.length > MAX_GLYPH) return;
  cells.glyphs[index] = glyph;
  cells.sure = false;
}

function shown(grapheme: string): string {
  return LINE_SEPARATOR.test(grapheme) ? " " : grapheme;
}

/** The nearest that ASCII has: letters without their accents. */
function plain(grapheme: string): string {
  if (grapheme.length === 1 && grapheme <= "~") return grapheme;
  const base = grapheme.normalize("NFKD").charAt(0);
  return base > " " && base <= "~" ? base : "?";
}
