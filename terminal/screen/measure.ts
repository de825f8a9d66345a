/**
 * Graphemes and how many columns they take. What is measured here is what the screen paints by.
 *
 * The first frame is made of simple characters alone. What measures all others takes longer to load than the rest of
 * that frame together: it is handed in by `width.ts`, which everything that shows what somebody wrote imports.
 *
 * @module
 */

/** Longest piece that is treated as one grapheme, in UTF-16 units; a family with skin tones has 19. */
const MAX_UNITS = 32;
/** Widths that are remembered. */
const MAX_CACHED = 4096;
/** Texts whose graphemes are remembered, and the longest: what scrolls is taken apart once a frame. */
const MAX_SPLIT = 512;
const MAX_SPLIT_UNITS = 64;

const ASCII = /^[\x20-\x7e]*$/;
/** Latin letters, dashes and dots, arrows, what boxes are drawn with: each stands for itself and takes one column. */
const SIMPLE = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc]*$/;
/**
 * Pairs of first and last: characters that no other of them can join, so that between two of them there is always a
 * border. Greek, Cyrillic, Hebrew, Arabic, syllabics, dashes, arrows, boxes, kana, bopomofo, ideographs, Hangul.
 */
const ALONE = [
  [0x20, 0x7e],
  [0xa1, 0xac],
  [0xae, 0x2ff],
  [0x370, 0x377],
  [0x391, 0x3a1],
  [0x3a3, 0x482],
  [0x48a, 0x52f],
  [0x5d0, 0x5ea],
  [0x620, 0x64a],
  [0x1401, 0x167f],
  [0x2010, 0x2027],
  [0x2030, 0x205e],
  [0x2190, 0x21ff],
  [0x2500, 0x25fc],
  [0x3001, 0x3029],
  [0x3041, 0x3096],
  [0x309b, 0x30ff],
  [0x3105, 0x312f],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xff01, 0xff9d],
] as const;
const widths = new Map<string, number>();
const split = new Map<string, readonly string[]>();
let segmenter: Intl.Segmenter | undefined;
let measure: ((grapheme: string) => number) | undefined;

/** Measures every grapheme that is not simple by this. */
export function measureWith(own: (grapheme: string) => number): void {
  measure = own;
}

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
  if (SIMPLE.test(text)) return text.split("");
  const out: string[] = [];
  let at = 0;
  while (at < text.length) {
    // Only what is around characters that others may join needs to be looked at.
    let from = at;
    while (from < text.length && isAlone(text.charCodeAt(from))) from++;
    if (from < text.length && from > at) from--;
    while (at < from) out.push(text.charAt(at++));
    let to = from;
    while (to < text.length && !(isAlone(text.charCodeAt(to)) && isAlone(text.charCodeAt(to + 1)))) to++;
    if (to < text.length) to++;
    if (to > from) { for (const segment of segmentsOf(text.slice(from, to))) out.push(segment); }
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
  if (SIMPLE.test(text)) return text.length;
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
  if (grapheme.length === 1 && SIMPLE.test(grapheme)) return 1;
  if (measure === undefined) throw new Error("Cannot measure text: width.ts has not been loaded");
  const width = measure(grapheme);
  if (widths.size >= MAX_CACHED) widths.clear();
  widths.set(grapheme, width);
  return width;
}

/** How many graphemes have a width that is remembered, for tests. */
export function knownWidths(): number {
  return widths.size;
}

/** How many texts are remembered as they were taken apart, for tests. */
export function splitTexts(): number {
  return split.size;
}

/** Forgets texts that were taken apart, some of which may have been taken back since. */
export function forgetSplit(): void {
  split.clear();
}

/** Forgets what was measured, which are pieces of what was shown. */
export function forgetWidths(): void {
  widths.clear();
  split.clear();
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
  if (SIMPLE.test(text)) return text.slice(0, Math.floor(columns));
  let width = 0;
  let out = "";
  for (const grapheme of graphemes(text)) {
    width += graphemeWidth(grapheme);
    if (width > columns) break;
    out += grapheme;
  }
  return out;
}

/** Whether a character is one of {@linkcode ALONE}; NaN, behind the end, is none. */
function isAlone(code: number): boolean {
  if (code < 0x7f) return code >= 0x20;
  for (const [first, last] of ALONE) if (code <= last) return code >= first;
  return false;
}

function segmentsOf(text: string): readonly string[] {
  const known = split.get(text);
  if (known !== undefined) return known;
  const out: string[] = [];
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) {
    if (segment.length <= MAX_UNITS) out.push(segment);
    else pushPieces(out, segment);
  }
  if (text.length > MAX_SPLIT_UNITS) return out;
  if (split.size >= MAX_SPLIT) split.clear();
  split.set(text, out);
  return out;
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
