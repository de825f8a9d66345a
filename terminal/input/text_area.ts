/**
 * The text being written: several lines over graphemes, with readline's keys, undo and a kill ring. It knows no
 * terminal: edits go in, rows and a cursor come out. Offsets are UTF-16 units and never lie within a grapheme.
 *
 * @module
 */
import type { EditAction } from "./edit_actions.ts";
import { Graphemes } from "./graphemes.ts";
import { KillRing } from "./kill_ring.ts";
import { cleanInput } from "./paste.ts";
import { type TextLayout, TextWrapper } from "./text_layout.ts";
import { editTarget, lineEnd, lineStart } from "./text_moves.ts";
import { type Change, UndoHistory, type UndoState } from "./undo_history.ts";

export type { EditAction } from "./edit_actions.ts";
export type { TextLayout } from "./text_layout.ts";

/** Most bytes (UTF-8) the text may have. */
export const MAX_TEXT_BYTES = 65_536;

/** What a text area holds, as a value: a draft that can be put away and taken up again. */
export interface Draft {
  /** The text. */
  readonly text: string;
  /** Where the cursor stands. */
  readonly cursor: number;
  /** What can be undone and done again. */
  readonly history?: UndoState;
}

/** What a splice is. */
interface Splice {
  kind: string;
  from: number;
  to: number;
  text: string;
}

/** What came last, as far as the next edit depends on it. */
type Last = { edit: "kill" } | { edit: "yank"; from: number; to: number } | { edit: "other" };

const encoder = new TextEncoder();
const OTHER: Last = { edit: "other" };

/** A multi-line editor. */
export class TextArea {
  #graphemes = new Graphemes("");
  #cursor = 0;
  #bytes = 0;
  #last: Last = OTHER;
  /** The column that up and down keep to. */
  #goal: number | null = null;
  #columns = 80;
  readonly #history = new UndoHistory();
  readonly #cuts = new KillRing();
  readonly #wrapper = new TextWrapper();

  /** The whole text; lines are parted by `\n`. */
  get text(): string {
    return this.#graphemes.text;
  }

  /** Where the cursor stands in {@linkcode TextArea.text}. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Length of the text in UTF-8 bytes, for the counter near {@linkcode MAX_TEXT_BYTES}. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Types text at the cursor. Control characters are dropped, line ends become `\n`.
   *
   * @returns False when the text would grow too long; then nothing has changed.
   */
  insert(text: string): boolean {
    const clean = cleanInput(text);
    const kind = clean.includes("\n") ? "insert" : "type";
    return this.#splice({ kind, from: this.#cursor, to: this.#cursor, text: clean });
  }

  /**
   * Replaces a part, for a completion. The cursor goes behind it.
   *
   * @returns False when the text would grow too long; then nothing has changed.
   */
  replace(from: number, to: number, text: string): boolean {
    const start = this.#graphemes.boundary(from);
    const end = Math.max(start, this.#graphemes.boundary(to));
    return this.#splice({ kind: "replace", from: start, to: end, text: cleanInput(text) });
  }

  /** Puts a whole text in place of this one; can be undone. @returns False when it is too long */
  setText(text: string): boolean {
    return this.replace(0, this.text.length, text);
  }

  /** Empties the area, forgets its undo, and returns what it held. What was cut stays. */
  take(): string {
    const { text } = this;
    this.restore();
    return text;
  }

  /**
   * Carries out an edit. Up and down go by the rows of the last {@linkcode TextArea.layout}.
   *
   * @returns Whether anything has changed. `up` in the first row and `down` in the last give false: the history of what
   * was sent may take over.
   */
  apply(action: EditAction): boolean {
    if (action === "up" || action === "down") return this.#moveRow(action === "up" ? -1 : 1);
    if (action === "newline") return this.insert("\n");
    if (action === "undo") return this.#travel(this.#history.undo(), "undo");
    if (action === "redo") return this.#travel(this.#history.redo(), "redo");
    if (action === "yank") return this.#yank();
    if (action === "yank_older") return this.#yankOlder();
    if (action === "transpose") return this.#transpose();
    const target = editTarget(action, this.#graphemes, this.#cursor);
    if (action === "backspace" || action === "delete") return this.#remove(action, target);
    return action.startsWith("kill_") ? this.#kill(target) : this.#moveTo(target);
  }

  /**
   * Wraps the text.
   *
   * @param columns Width there is; up and down go by it from now on.
   * @returns Rows for the screen, cleaned, and the cursor's place in them.
   */
  layout(columns: number): TextLayout {
    this.#columns = Math.max(1, Math.floor(columns));
    const wrapped = this.#wrapper.rows(this.text, this.#columns);
    return { rows: wrapped.texts, cursor: wrapped.place(this.#cursor) };
  }

  /** The state as a value. What was cut is not part of it. */
  save(): Draft {
    return { text: this.text, cursor: this.#cursor, history: this.#history.save() };
  }

  /** Takes a state up; without one, starts empty. */
  restore(draft: Draft = { text: "", cursor: 0 }): void {
    this.#graphemes = new Graphemes(draft.text);
    this.#bytes = encoder.encode(draft.text).length;
    this.#history.restore(draft.history);
    this.#place(this.#graphemes.boundary(draft.cursor));
    if (draft.text === "") this.#wrapper.wipe();
  }

  /** Drops all text: what is written, what can be undone, what was cut. */
  wipe(): void {
    this.restore();
    this.#cuts.wipe();
  }

  #place(cursor: number): void {
    this.#cursor = cursor;
    this.#goal = null;
    this.#last = OTHER;
  }

  #splice({ kind, from, to, text }: Splice): boolean {
    const old = this.text;
    const removed = old.slice(from, to);
    if (removed === text) {
      this.#moveTo(from + text.length);
      return true;
    }
    const bytes = this.#bytes - utf8Length(removed) + utf8Length(text);
    if (bytes > MAX_TEXT_BYTES && text !== "") return false;
    const before = this.#cursor;
    this.#graphemes = new Graphemes(old.slice(0, from) + text + old.slice(to));
    this.#bytes = bytes;
    this.#place(this.#graphemes.boundary(from + text.length));
    this.#history.add({ kind, at: from, removed, inserted: text, before, after: this.#cursor });
    return true;
  }

  #moveTo(target: number): boolean {
    const moved = target !== this.#cursor;
    this.#place(target);
    this.#history.close();
    return moved;
  }

  #moveRow(by: -1 | 1): boolean {
    const wrapped = this.#wrapper.rows(this.text, this.#columns);
    const { row, column } = wrapped.place(this.#cursor);
    if (row + by < 0 || row + by >= wrapped.length) return false;
    const goal = this.#goal ?? column;
    this.#moveTo(wrapped.offset(row + by, goal));
    this.#goal = goal;
    return true;
  }

  #remove(kind: "backspace" | "delete", target: number): boolean {
    if (target === this.#cursor) return false;
    return this.#splice({
      kind,
      from: Math.min(target, this.#cursor),
      to: Math.max(target, this.#cursor),
      text: "",
    });
  }

  #kill(target: number): boolean {
    const backwards = target < this.#cursor;
    const from = Math.min(target, this.#cursor);
    const to = Math.max(target, this.#cursor);
    if (from === to) return false;
    const join = this.#last.edit !== "kill" ? undefined : backwards ? "before" : "after";
    this.#cuts.add(this.text.slice(from, to), join);
    this.#splice({ kind: "kill", from, to, text: "" });
    this.#last = { edit: "kill" };
    return true;
  }

  #yank(): boolean {
    this.#cuts.rewind();
    return this.#putBack(this.#cursor, this.#cursor);
  }

  #yankOlder(): boolean {
    if (this.#last.edit !== "yank") return false;
    const { from, to } = this.#last;
    this.#cuts.rotate();
    return this.#putBack(from, to);
  }

  #putBack(from: number, to: number): boolean {
    const text = this.#cuts.current;
    if (text === null || !this.#splice({ kind: "yank", from, to, text })) return false;
    this.#last = { edit: "yank", from, to: from + text.length };
    return true;
  }

  /** Swaps the characters around the cursor; at the end of a line, the two before it. */
  #transpose(): boolean {
    const { text } = this;
    const graphemes = this.#graphemes;
    const atEnd = lineEnd(text, this.#cursor) === this.#cursor;
    const middle = atEnd ? graphemes.previous(this.#cursor) : this.#cursor;
    const start = lineStart(text, this.#cursor);
    if (middle <= start) return false;
    const from = graphemes.previous(middle);
    const to = graphemes.next(middle);
    const swapped = text.slice(middle, to) + text.slice(from, middle);
    return this.#splice({ kind: "transpose", from, to, text: swapped });
  }

  #travel(change: Change | null, way: "undo" | "redo"): boolean {
    if (change === null) return false;
    const { at, before, after } = change;
    const [gone, back] = way === "undo"
      ? [change.inserted, change.removed]
      : [change.removed, change.inserted];
    const { text } = this;
    this.#graphemes = new Graphemes(text.slice(0, at) + back + text.slice(at + gone.length));
    this.#bytes += utf8Length(back) - utf8Length(gone);
    this.#place(way === "undo" ? before : after);
    return true;
  }
}

function utf8Length(text: string): number {
  return text === "" ? 0 : encoder.encode(text).length;
}
