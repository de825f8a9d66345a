/** Lines and boxes, with what ASCII has where there is no more. @module */
import type { Segment, Span, Style } from "./style.ts";
import { cut, widthOf } from "./measure.ts";

/** The signs that lines are drawn with. */
export interface BoxSigns {
  horizontal: string;
  vertical: string;
  topLeft: string;
  topRight: string;
  bottomLeft: string;
  bottomRight: string;
  /** Stands for what was cut off. */
  more: string;
}

const LINES: BoxSigns = {
  horizontal: "─",
  vertical: "│",
  topLeft: "┌",
  topRight: "┐",
  bottomLeft: "└",
  bottomRight: "┘",
  more: "…",
};
const ASCII: BoxSigns = {
  horizontal: "-",
  vertical: "|",
  topLeft: "+",
  topRight: "+",
  bottomLeft: "+",
  bottomRight: "+",
  more: "~",
};

/** The signs for a terminal. */
export function boxSigns(unicode: boolean): BoxSigns {
  return unicode ? LINES : ASCII;
}

/** Where a box stands. */
export interface BoxPlace {
  column: number;
  /** Columns with the border. */
  width: number;
  /** Rows with the border. */
  height: number;
}

/** What a box looks like. */
export interface BoxLook {
  signs: BoxSigns;
  /** Stands in the upper border. */
  title?: string;
  /** @default the role `border` */
  style?: Style;
}

const BORDER: Style = { fg: "border" };

/**
 * A box around lines of text.
 *
 * @param lines The content; what has no room is cut off.
 * @returns One list of segments for each of its rows, to be added to rows of a frame: what was there is covered.
 */
export function boxOf(lines: readonly Span[][], place: BoxPlace, look: BoxLook): Segment[][] {
  const { column, width, height } = place;
  const { signs, style = BORDER } = look;
  if (width < 2 || height < 2) return [];
  const inner = width - 2;
  const bar = (left: string, middle: string, right: string): Segment[] => [
    { column, width, spans: [{ text: left + middle + right, style }] },
  ];
  const out = [bar(signs.topLeft, titleBar(look.title ?? "", inner, signs), signs.topRight)];
  for (let i = 0; i < height - 2; i++) {
    out.push([
      { column, width: 1, spans: [{ text: signs.vertical, style }] },
      { column: column + 1, width: inner, spans: lines[i] ?? [] },
      { column: column + width - 1, width: 1, spans: [{ text: signs.vertical, style }] },
    ]);
  }
  out.push(bar(signs.bottomLeft, signs.horizontal.repeat(inner), signs.bottomRight));
  return out;
}

function titleBar(title: string, columns: number, { horizontal, more }: BoxSigns): string {
  if (title === "" || columns < 4) return horizontal.repeat(columns);
  const text = ` ${shorten(title, columns - 3, more)} `;
  return horizontal + text + horizontal.repeat(Math.max(0, columns - 1 - widthOf(text)));
}

/**
 * Cuts text to a width and shows that something is missing.
 *
 * @param text One line.
 * @param columns Columns there are.
 * @param more The sign for what is missing, one column wide, see {@linkcode boxSigns}.
 */
export function shorten(text: string, columns: number, more: string): string {
  if (widthOf(text) <= columns) return text;
  return columns < 1 ? "" : cut(text, columns - 1) + more;
}
