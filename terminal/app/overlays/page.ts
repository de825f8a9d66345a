/** Putting text and drawings beside and below each other in a window. @module */
import type { Row, Size, Span, Style } from "../../screen/style.ts";
import { wrapSpans } from "../../screen/wrap.ts";

/** One line of a window: what stands in it from its first column on. */
export type Line = Span[];

const TITLE: Style = { fg: "accent", bold: true, inverse: true };
const DIM: Style = { fg: "dim" };

/** The first line of a window: what it is, and how it is closed. */
export function titleLine(title: string, keys: string = "Esc: close"): Line {
  return [{ text: ` ${title} `, style: TITLE }, { text: `  ${keys}`, style: DIM }];
}

/** A text as lines of a width. */
export function paragraph(text: string, columns: number, style?: Style): Line[] {
  return text.split("\n").flatMap((line) =>
    wrapSpans([style === undefined ? { text: line } : { text: line, style }], columns)
  );
}

/** Text that others have to copy exactly: cut hard at the edge, so that nothing is added and nothing is lost. */
export function verbatim(text: string, columns: number, style?: Style): Line[] {
  const out: Line[] = [];
  const width = Math.max(1, columns);
  const characters = [...text];
  for (let i = 0; i < characters.length; i += width) {
    const piece = characters.slice(i, i + width).join("");
    out.push([style === undefined ? { text: piece } : { text: piece, style }]);
  }
  return out;
}

/** Lines as rows over the whole width. */
export function asRows(lines: readonly Line[], { columns, rows }: Size): Row[] {
  return lines.slice(0, rows).map((spans) => [{ column: 0, width: columns, spans }]);
}

/** A block of lines with its place. */
export interface Block {
  row: number;
  column: number;
  width: number;
  lines: readonly Line[];
}

/** Blocks as rows; the later one is seen where two overlap. Nothing leaves the screen. */
export function blockRows(blocks: readonly Block[], { columns, rows }: Size): Row[] {
  const out: Row[] = [];
  for (const { row, column, width, lines } of blocks) {
    lines.forEach((spans, i) => {
      const at = row + i;
      const room = Math.min(width, columns - column);
      if (at >= rows || room < 1) return;
      while (out.length <= at) out.push([]);
      out[at]?.push({ column, width: room, spans });
    });
  }
  return out;
}

/** The text of rows, as it stands on the screen; for tests and for what is copied. */
export function rowText(row: Row): string {
  let text = "";
  for (const { column, spans } of row) {
    text = text.padEnd(column) + spans.map((span) => span.text).join("");
  }
  return text;
}
