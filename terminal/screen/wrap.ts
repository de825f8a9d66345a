/** Wrapping of styled text: by words where that can be, by graphemes where it must. @module */
import type { Span, Style } from "./style.ts";
import { graphemes, graphemeWidth } from "./measure.ts";

/** How lines are wrapped. */
export interface WrapOptions {
  /** Columns of blanks before every line but the first; at most half of the columns. @default 0 */
  indent?: number;
}

/** One grapheme on its way into a line. */
interface Piece {
  text: string;
  width: number;
  style: Style | undefined;
}

/**
 * Wraps text. Nothing is lost, added or moved apart from the indent: the lines one after the other are the text.
 *
 * @param spans The text; line breaks have been taken out before.
 * @param columns Columns of a line.
 * @returns At least one line. No line is wider than `columns`, except by one space at its end (which is not seen)
 * and where one grapheme alone is wider.
 */
export function wrapSpans(spans: readonly Span[], columns: number, options: WrapOptions = {}): Span[][] {
  const room = Math.max(1, Math.floor(columns));
  const indent = Math.max(0, Math.min(Math.floor(options.indent ?? 0), Math.floor(room / 2)));
  const pieces = piecesOf(spans);
  const lines: Span[][] = [];
  let from = 0;
  do {
    const available = lines.length === 0 ? room : room - indent;
    const to = endOfLine(pieces, from, available);
    const line: Span[] = lines.length > 0 && indent > 0 ? [{ text: " ".repeat(indent) }] : [];
    append(line, pieces, from, to);
    lines.push(line);
    from = to;
  } while (from < pieces.length);
  return lines;
}

/** Where the line that begins at `from` ends. */
function endOfLine(pieces: readonly Piece[], from: number, columns: number): number {
  let width = 0;
  let lastBreak = from; // the line may end here
  for (let i = from; i < pieces.length; i++) {
    const piece = pieces[i] as Piece;
    if (i > from && mayBreak(pieces[i - 1] as Piece, piece)) lastBreak = i;
    width += piece.width;
    if (width <= columns) continue;
    if (piece.text === " " && width === columns + 1) return past(pieces, i + 1); // it hangs over the edge, unseen
    const hard = i > from ? i : past(pieces, i + 1); // at least one grapheme a line
    if (lastBreak === from) return hard;
    return fitsAlone(pieces, lastBreak, columns) ? lastBreak : hard;
  }
  return pieces.length;
}

/** Skips what belongs onto the grapheme before it. */
function past(pieces: readonly Piece[], index: number): number {
  while (index < pieces.length && (pieces[index] as Piece).width === 0) index++;
  return index;
}

/** Whether the word that begins here has room in a line of its own. */
function fitsAlone(pieces: readonly Piece[], from: number, columns: number): boolean {
  let width = 0;
  for (let i = from; i < pieces.length; i++) {
    const piece = pieces[i] as Piece;
    if (piece.text === " " || (i > from && mayBreak(pieces[i - 1] as Piece, piece))) return true;
    width += piece.width;
    if (width > columns) return false;
  }
  return true;
}

/** Whether a line may end between two graphemes: after a space, and beside an ideograph or an emoji. */
function mayBreak(left: Piece, right: Piece): boolean {
  if (right.width === 0 || right.text === " ") return false;
  if (left.text === " ") return true;
  return (left.width === 2 || right.width === 2) && !/^[\p{Pe}\p{Pf}\p{Po}]/u.test(right.text) &&
    !/[\p{Ps}\p{Pi}]$/u.test(left.text);
}

function piecesOf(spans: readonly Span[]): Piece[] {
  const out: Piece[] = [];
  for (const { text, style } of spans) {
    for (const grapheme of graphemes(text)) {
      out.push({ text: grapheme, width: graphemeWidth(grapheme), style });
    }
  }
  return out;
}

/** Adds pieces to a line, those of one style in one span. */
function append(line: Span[], pieces: readonly Piece[], from: number, to: number): void {
  let start = from;
  while (start < to) {
    const { style } = pieces[start] as Piece;
    let text = "";
    let i = start;
    while (i < to && (pieces[i] as Piece).style === style) text += (pieces[i++] as Piece).text;
    line.push(style === undefined ? { text } : { text, style });
    start = i;
  }
}
