/** The text being written: several lines over graphemes, with readline's keys, undo and a kill ring. @module */
import type { EditAction } from "./edit_actions.ts";
import type { TextLayout } from "./text_layout.ts";

/** Most bytes (UTF-8) the text may have. */
export const MAX_TEXT_BYTES = 65_536;

/** What a text area holds, as a value: a draft that can be put away and taken up again. */
export interface Draft {
  /** The text. */
  readonly text: string;
  /** Where the cursor stands, in UTF-16 units. */
  readonly cursor: number;
  /** What can be undone and done again; opaque. */
  readonly history?: unknown;
}

/** A multi-line editor without a terminal: edits go in, rows and a cursor come out. */
export class TextArea {
  /** The whole text; lines are parted by `\n`. */
  get text(): string {
    return "";
  }
  /** Where the cursor stands in {@linkcode TextArea.text}, in UTF-16 units; always between two graphemes. */
  get cursor(): number {
    return 0;
  }
  /** Length of the text in UTF-8 bytes, for the counter near {@linkcode MAX_TEXT_BYTES}. */
  get bytes(): number {
    return 0;
  }
  /** Types text at the cursor. Control characters are dropped. @returns false when it would grow too long: nothing has changed */
  insert(_text: string): boolean {
    return true;
  }
  /** Replaces a part, for a completion; the cursor goes behind it. @returns false when it would grow too long */
  replace(_from: number, _to: number, _text: string): boolean {
    return true;
  }
  /**
   * Carries out an edit. Up and down go by the rows of the last {@linkcode TextArea.layout}.
   *
   * @returns Whether anything has changed: `up` in the first row gives false, and the history may take over.
   */
  apply(_action: EditAction): boolean {
    return false;
  }
  /** Puts a whole text in place of this one; can be undone. The cursor goes to its end. */
  setText(_text: string): void {}
  /** Empties the area, forgets its undo, and returns what it held: the line goes out. */
  take(): string {
    return "";
  }
  /** Rows that fit into `columns`, cleaned for the screen, and the cursor's place in them. */
  layout(_columns: number): TextLayout {
    return { rows: [""], cursor: { row: 0, column: 0 } };
  }
  /** The state as a value. */
  save(): Draft {
    return { text: "", cursor: 0 };
  }
  /** Takes a state up again; without one, starts empty. */
  restore(_draft?: Draft): void {}
  /** Drops all text: what is written, what can be undone, what was killed. */
  wipe(): void {}
}
