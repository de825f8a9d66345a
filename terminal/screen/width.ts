/** Graphemes and how many columns they take. What is measured here is what the screen paints by. @module */
import stringWidth from "string-width";

/** Longest piece that is treated as one grapheme, in UTF-16 units; a family with skin tones has 19. */
const MAX_UNITS = 32;
/** Widths that are remembered. */
const MAX_CACHED = 4096;

const ASCII = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const widths = new Map<string, number>();

/** Whether text is printable ASCII only: every terminal agrees on its width. */
export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/**
 * Takes text apart as a reader sees it. Joined together again, the pieces are the text.
 *
 * @param text Any text.
 * @returns Its graphemes; one that is absurdly long comes in pieces.
 */
export function graphemes(text: string): string[] {
  if (ASCII.test(text)) return text.split("");
  const out: string[] = [];
  let at = 0;
  while (at < text.length) {
    // Between two ASCII characters there is always a border: only what is around others needs to be looked at.
    let from = at;
    while (from < text.length && isPlain(text.charCodeAt(from))) from++;
    if (from < text.length && from > at) from--;
    while (at < from) out.push(text.charAt(at++));
    let to = from;
    while (to < text.length && !(isPlain(text.charCodeAt(to)) && isPlain(text.charCodeAt(to + 1)))) to++;
    if (to < text.length) to++;
    if (to > from) pushSegments(out, text.slice(from, to));
    at = to;
  }
  return out;
}

/**
 * Columns that text takes.
 *
 * @param text Any text without line breaks; control characters count as nothing.
 */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemes(text)) width += graphemeWidth(grapheme);
  return width;
}

/** Columns of one grapheme: 0, 1 or 2, seldom more. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1) {
    const code = grapheme.charCodeAt(0);
    if (code >= 0x20 && code < 0x7f) return 1;
  }
  const known = widths.get(grapheme);
  if (known !== undefined) return known;
  const width = stringWidth(grapheme, { countAnsiEscapeCodes: true });
  if (widths.size >= MAX_CACHED) widths.clear();
  widths.set(grapheme, width);
  return width;
}

/** Forgets what was measured, which are pieces of what was shown. */
export function forgetWidths(): void {
  widths.clear();
}

/**
 * The longest beginning of a text that fits.
 *
 * @param text Any text.
 * @param columns Columns there are.
 * @returns A beginning that takes at most that many columns; a wide grapheme is never halved.
 */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (ASCII.test(text)) return text.slice(0, Math.floor(columns));
  let width = 0;
  let out = "";
  for (const grapheme of graphemes(text)) {
    width += graphemeWidth(grapheme);
    if (width > columns) break;
    out += grapheme;
  }
  return out;
}

function isPlain(code: number): boolean {
  return code >= 0x20 && code < 0x7f; // NaN, behind the end, is none
}

function pushSegments(out: string[], text: string): void {
  for (const { segment } of segmenter.segment(text)) {
    if (segment.length <= MAX_UNITS) out.push(segment);
    else pushPieces(out, segment);
  }
}

function pushPieces(out: string[], segment: string): void {
  let piece = "";
  for (const character of segment) {
    if (piece.length + character.length > MAX_UNITS) {
      out.push(piece);
      piece = "";
    }
    piece += character;
  }
  out.push(piece);
}
