/** The text being written: its rows, what it is for, and how much room is left. @module */
import type { MessageEntry } from "../room/entries.ts";
import { sanitize, sanitizeName } from "../sanitize.ts";
import type { Row } from "../screen/style.ts";
import { widthOf } from "../screen/measure.ts";
import { oneLine } from "./markdown.ts";
import type { Signs } from "./signs.ts";
import { blank, fit, fitText, row, span } from "./spans.ts";

/** From which part of the limit on the length is counted. */
const NEAR = 0.8;

/** How much of the message that is answered or changed is looked at, in UTF-16 units. */
const MAX_SHOWN = 400;

/** What is being written. */
export interface ComposerState {
  /** Rows that have been wrapped and sanitised for {@linkcode composerColumns}, and where the cursor is among them. */
  layout: { rows: readonly string[]; cursor: { row: number; column: number } };
  /** Bytes that it has. */
  bytes: number;
  /** Most bytes of one message. */
  limit: number;
  /** What it does, if it is no new message. */
  about?: { kind: "reply" | "edit"; entry: Pick<MessageEntry, "from" | "text" | "number" | "manner"> } | null;
  /** Shown while nothing is written. */
  hint?: string;
  /** Who is typing, as `typingText()` words it. */
  typing?: string;
}

/** What {@linkcode composerView} gives. */
export interface ComposerRows {
  rows: Row[];
  /** Where the cursor stands in them. */
  cursor: { row: number; column: number };
}

/** Columns that the text has, for wrapping it. */
export function composerColumns(columns: number, signs: Signs): number {
  return Math.max(1, columns - widthOf(signs.prompt) - 1);
}

/** How many rows {@linkcode composerView} wants. */
export function composerHeight(state: ComposerState): number {
  return state.layout.rows.length + (noteOf(state) ? 1 : 0);
}

/**
 * Draws the composer. When the text has more rows than there are, those around the cursor are shown.
 *
 * @returns As many rows as {@linkcode composerHeight} says, at most `size.rows`.
 */
export function composerView(
  state: ComposerState,
  size: { columns: number; rows: number },
  signs: Signs,
): ComposerRows {
  const { columns } = size;
  const { layout } = state;
  const noted = noteOf(state) && size.rows > 1;
  const space = Math.max(1, size.rows - (noted ? 1 : 0));
  const top = Math.max(0, Math.min(layout.cursor.row - space + 1, layout.rows.length - space));
  const from = Math.max(0, Math.min(top, layout.cursor.row));
  const shown = layout.rows.slice(from, from + space);
  const rows: Row[] = noted ? [noteRow(state, columns, signs)] : [];
  const prompt = `${signs.prompt} `;
  const empty = layout.rows.length === 1 && layout.rows[0] === "";
  for (const [index, text] of shown.entries()) {
    const first = from + index === 0;
    const lead = span(
      first
        ? prompt
        : from > 0 && index === 0
        ? `${signs.ellipsis} `.slice(0, prompt.length)
        : blank(prompt.length),
      "accent",
    );
    const body = empty && state.hint !== undefined
      ? span(fitText(sanitize(state.hint), columns - prompt.length, signs.ellipsis), "dim")
      : span(text);
    const spans = [lead, body];
    // What has been wrapped for these columns need not be measured once more for every frame.
    rows.push(columns > prompt.length ? [{ column: 0, width: columns, spans }] : row(columns, spans));
  }
  const column = Math.min(Math.max(0, columns - 1), widthOf(prompt) + layout.cursor.column);
  return { rows, cursor: { row: layout.cursor.row - from + (noted ? 1 : 0), column } };
}

function noteOf(state: ComposerState): boolean {
  return (state.about ?? null) !== null || isNear(state) || (state.typing ?? "") !== "";
}

function isNear({ bytes, limit }: ComposerState): boolean {
  return bytes >= limit * NEAR;
}

/** Above the text: what is answered or changed, who types; and at the right how long it is, near the limit. */
function noteRow(state: ComposerState, columns: number, signs: Signs): Row {
  const { bytes, limit, about } = state;
  const over = bytes > limit;
  const count = !isNear(state)
    ? ""
    : over
    ? ` ${(bytes - limit).toLocaleString("en")} bytes too long`
    : ` ${bytes.toLocaleString("en")}/${limit.toLocaleString("en")}`;
  const space = Math.max(0, columns - widthOf(count));
  const left = about !== undefined && about !== null ? aboutText(about, signs) : state.typing ?? "";
  const shown = fitText(left, space, signs.ellipsis);
  return row(columns, [
    ...fit([span(shown, about === undefined || about === null ? "dim" : "accent")], space),
    span(blank(space - widthOf(shown))),
    span(count, over ? "bad" : "warn", { bold: over }),
  ]);
}

function aboutText({ kind, entry }: NonNullable<ComposerState["about"]>, signs: Signs): string {
  const number = entry.number === null ? "" : ` #${entry.number}`;
  const text = oneLine(entry.text.slice(0, MAX_SHOWN).toWellFormed(), signs.cover);
  if (kind === "edit") return `Changing your message${number} (Esc to stop): ${text}`;
  const alone = entry.manner === "private" ? ", to that member alone" : "";
  return `Answering ${sanitizeName(entry.from.nick)}${number}${alone} (Esc to stop): ${text}`;
}
