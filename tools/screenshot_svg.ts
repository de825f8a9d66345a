/** A terminal's cells as SVG. @module */

/** One cell. */
export interface Cell {
  text: string;
  /** Columns that it takes; 0 for the second half of a wide one. */
  width: number;
  /** Colours such as `#ffcc00`; null for the usual ones. */
  fore: string | null;
  back: string | null;
  bold: boolean;
  italic: boolean;
  inverse: boolean;
}

const WIDE = 8.4;
const HIGH = 18;
const MARGIN = 12;
const INK = "#d4d4d4";
const PAPER = "#16181d";
const FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";

/** Draws rows of cells, each run of one look at its own column. */
export function svgOf(rows: readonly (readonly Cell[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const [width, height] = [columns * WIDE + 2 * MARGIN, rows.length * HIGH + 2 * MARGIN];
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="${FONTS}" font-size="14">`,
    `<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>`,
  ];
  rows.forEach((row, y) => {
    for (const { cells, column } of runsOf(row)) out.push(...drawn(cells, column, y));
  });
  return out.join("\n") + "\n</svg>\n";
}

function drawn(cells: readonly Cell[], column: number, y: number): string[] {
  const [first] = cells;
  if (first === undefined) return [];
  const [fore, back] = first.inverse
    ? [first.back ?? PAPER, first.fore ?? INK]
    : [first.fore ?? INK, first.back];
  const x = round(MARGIN + column * WIDE);
  const width = round(cells.reduce((sum, cell) => sum + cell.width, 0) * WIDE);
  const text = cells.filter((cell) => cell.width > 0).map((cell) => cell.text === "" ? " " : cell.text).join(
    "",
  );
  const out: string[] = [];
  if (back !== null) {
    out.push(`<rect x="${x}" y="${MARGIN + y * HIGH}" width="${width}" height="${HIGH}" fill="${back}"/>`);
  }
  if (text.trim() === "") return out;
  const look = (first.bold ? ' font-weight="bold"' : "") + (first.italic ? ' font-style="italic"' : "");
  out.push(
    `<text x="${x}" y="${MARGIN + y * HIGH + 13}" fill="${fore}"${look} textLength="${width}" ` +
      `lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escaped(text)}</text>`,
  );
  return out;
}

/** Runs of cells that look the same; what is wide or unusual stands alone, so that no font can move the rest. */
function runsOf(row: readonly Cell[]): { cells: Cell[]; column: number }[] {
  const runs: { cells: Cell[]; column: number; look: string }[] = [];
  row.forEach((cell, column) => {
    if (cell.width === 0) return;
    const alone = !/^[\x20-\x7e]?$/.test(cell.text);
    const look = alone
      ? `alone ${column}`
      : [cell.fore, cell.back, cell.bold, cell.italic, cell.inverse].join();
    const last = runs.at(-1);
    if (last?.look === look) last.cells.push(cell);
    else runs.push({ cells: [cell], column, look });
  });
  return runs;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
