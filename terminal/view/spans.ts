/** Small things that all views do with styled text. @module */
import type { ColourRole, NickRole, Row, Segment, Span, Style } from "../screen/style.ts";
import { NICK_COLOURS } from "../screen/style.ts";
import { cut, isAscii, widthOf } from "../screen/measure.ts";
import { wrapSpans } from "../screen/wrap.ts";
import type { Range } from "../room/mentions.ts";

/** Styles by what they are: a screen takes what it has seen for the same only where its styles are the same objects. */
const styles = new Map<string, Style>();

/** Text in one role. */
export function span(text: string, fg?: ColourRole, style?: Style): Span {
  if (fg === undefined && style === undefined) return { text };
  return { text, style: styleOf(fg, style) };
}

function styleOf(fg: ColourRole | undefined, style: Style | undefined): Style {
  const whole: Style = fg === undefined ? { ...style } : { fg, ...style };
  if (whole.link !== undefined) return whole; // there are as many as people write
  const key = style === undefined ? fg as string : JSON.stringify(whole);
  const known = styles.get(key);
  if (known !== undefined) return known;
  styles.set(key, Object.freeze(whole));
  return whole;
}

/** The text of spans without their looks. */
export function textOf(spans: readonly Span[]): string {
  let text = "";
  for (const { text: piece } of spans) text += piece;
  return text;
}

/** Columns that spans take. */
export function spansWidth(spans: readonly Span[]): number {
  let width = 0;
  for (const { text } of spans) width += widthOf(text);
  return width;
}

/** Cuts spans to a width; where something had to go, `mark` stands at the end. */
export function fit(spans: readonly Span[], columns: number, mark = ""): Span[] {
  if (columns <= 0) return [];
  if (spansWidth(spans) <= columns) return [...spans];
  const room = columns - widthOf(mark);
  if (room < 1) return fit(spans, columns);
  const out: Span[] = [];
  let left = mark === "" ? columns : room;
  let last: Style | undefined;
  for (const piece of spans) {
    const text = cut(piece.text, left);
    if (text !== "") out.push({ ...piece, text });
    last = piece.style;
    left -= widthOf(text);
    if (text.length < piece.text.length || left <= 0) break;
  }
  if (mark !== "") out.push(last === undefined ? { text: mark } : { text: mark, style: last });
  return out;
}

/** Cuts a text to a width; where something had to go, `mark` stands at the end. */
export function fitText(text: string, columns: number, mark: string): string {
  return textOf(fit([{ text }], columns, mark));
}

/** Wraps as `wrapSpans()` does; what is short and plain, as most of what is said, is not taken apart for it. */
export function wrap(spans: readonly Span[], columns: number): Span[][] {
  let length = 0;
  for (const { text } of spans) {
    length += text.length;
    if (length > columns || !isAscii(text)) return wrapSpans(spans, columns);
  }
  return [[...spans]];
}

/** Blanks. */
export function blank(columns: number): string {
  return " ".repeat(Math.max(0, columns));
}

/** A segment over a whole width; its spans are cut to it. */
export function segment(column: number, width: number, spans: readonly Span[]): Segment {
  return { column, width, spans: fit(spans, width) };
}

/** A row of one segment. */
export function row(width: number, spans: readonly Span[]): Row {
  return [segment(0, Math.max(0, width), spans)];
}

/** Adds looks to parts of a text that is given in spans. The ranges are in order and do not overlap. */
export function restyle(spans: readonly Span[], ranges: readonly Range[], look: Style): Span[] {
  if (ranges.length === 0) return [...spans];
  const out: Span[] = [];
  let at = 0;
  let next = 0;
  for (const piece of spans) {
    let from = 0;
    while (from < piece.text.length) {
      while (next < ranges.length && (ranges[next] as Range)[1] <= at + from) next++;
      const range = ranges[next];
      const inside = range !== undefined && range[0] <= at + from;
      const end = range === undefined ? Infinity : inside ? range[1] : range[0];
      const to = Math.min(piece.text.length, end - at);
      const text = piece.text.slice(from, to);
      if (inside) out.push({ text, style: { ...piece.style, ...look } });
      else out.push(piece.style === undefined ? { text } : { text, style: piece.style });
      from = to;
    }
    at += piece.text.length;
  }
  return out;
}

/** Where a text that is compared without capitals stands in another. */
export function rangesOf(text: string, query: string): Range[] {
  const lower = text.toLowerCase();
  if (query === "" || lower.length !== text.length) return [];
  const out: Range[] = [];
  for (let from = lower.indexOf(query); from >= 0; from = lower.indexOf(query, from + query.length)) {
    out.push([from, from + query.length]);
  }
  return out;
}

/** The colour of a member's name: always the same for the same member. */
export function nickRole(id: string): NickRole {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return `nick${(hash >>> 0) % NICK_COLOURS}` as NickRole;
}
