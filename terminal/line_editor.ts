/** A one-line editor without a terminal: keys go in, text and cursor come out. @module */
import stringWidth from "string-width";
import type { Key, KeyName } from "./keys.ts";
import { sanitize } from "./sanitize.ts";

/** What the terminal has to do after a key. */
export type Outcome = "submit" | "interrupt" | "end" | "clear" | "suspend" | "changed";

/** Most characters a line may hold: far more than a message, far less than what hurts. */
const MAX_LENGTH = 65_536;
const MAX_HISTORY = 100;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Text with a cursor that moves by what a person sees as one character. */
export class LineEditor {
  #graphemes: string[] = [];
  #cursor = 0;
  readonly #history: string[] = [];
  #place = 0; // position in the history; its length means the line being written
  #draft = "";

  /** The whole line. */
  get text(): string {
    return this.#graphemes.join("");
  }

  /** Replaces the line; the cursor goes to its end. */
  set text(text: string) {
    this.#graphemes = split(text);
    this.#cursor = this.#graphemes.length;
  }

  /** Keeps a line for the up key. */
  remember(text: string): void {
    if (text.trim() !== "" && this.#history.at(-1) !== text) this.#history.push(text);
    if (this.#history.length > MAX_HISTORY) this.#history.shift();
    this.#place = this.#history.length;
  }

  /** Empties the line and returns what it held. */
  take(): string {
    const { text } = this;
    this.text = "";
    this.#place = this.#history.length;
    return text;
  }

  /** Carries out one key. */
  apply(key: Key): Outcome {
    if ("text" in key) this.#insert(key.text);
    else {
      const outcome = OUTCOMES[key.name];
      if (outcome !== undefined) return outcome;
      if (key.name === "end_of_input") {
        if (this.#graphemes.length === 0) return "end";
        this.#remove(this.#cursor, this.#cursor + 1);
      } else this.#edit(key.name);
    }
    return "changed";
  }

  /**
   * What to draw in a given width: the part of the line around the cursor.
   *
   * @param columns Columns there are; the cursor may stand in the last one.
   */
  view(columns: number): { text: string; cursor: number } {
    const widths = this.#graphemes.map(widthOf);
    let from = this.#cursor;
    let cursor = 0;
    while (from > 0 && cursor + (widths[from - 1] ?? 0) < columns) cursor += widths[--from] ?? 0;
    let to = this.#cursor;
    let width = cursor;
    while (to < widths.length && width + (widths[to] ?? 0) < columns) width += widths[to++] ?? 0;
    return { text: sanitize(this.#graphemes.slice(from, to).join("")), cursor };
  }

  #insert(text: string): void {
    const before = this.#graphemes.slice(0, this.#cursor).join("") + text;
    const whole = before + this.#graphemes.slice(this.#cursor).join("");
    if (whole.length > MAX_LENGTH) return;
    this.#graphemes = split(whole);
    // A mark or a joiner may have grown the character before it: count by text, not by pieces.
    let length = 0;
    this.#cursor = this.#graphemes.findIndex((grapheme) => (length += grapheme.length) >= before.length) + 1;
  }

  #edit(name: KeyName): void {
    const { length } = this.#graphemes;
    const at = this.#cursor;
    if (name === "left") this.#cursor = Math.max(0, at - 1);
    else if (name === "right") this.#cursor = Math.min(length, at + 1);
    else if (name === "home") this.#cursor = 0;
    else if (name === "end") this.#cursor = length;
    else if (name === "word_left") this.#cursor = this.#wordLeft();
    else if (name === "word_right") this.#cursor = this.#wordRight();
    else if (name === "backspace") this.#remove(at - 1, at);
    else if (name === "delete") this.#remove(at, at + 1);
    else if (name === "kill_line") this.#remove(0, at);
    else if (name === "kill_end") this.#remove(at, length);
    else if (name === "kill_word") this.#remove(this.#wordLeft(), at);
    else if (name === "up") this.#recall(this.#place - 1);
    else if (name === "down") this.#recall(this.#place + 1);
  }

  #remove(from: number, to: number): void {
    const start = Math.max(0, from);
    this.#graphemes.splice(start, Math.max(0, to - start));
    this.#graphemes = split(this.text);
    this.#cursor = Math.min(start, this.#graphemes.length);
  }

  #wordLeft(): number {
    let at = this.#cursor;
    while (at > 0 && this.#graphemes[at - 1] === " ") at--;
    while (at > 0 && this.#graphemes[at - 1] !== " ") at--;
    return at;
  }

  #wordRight(): number {
    let at = this.#cursor;
    while (at < this.#graphemes.length && this.#graphemes[at] === " ") at++;
    while (at < this.#graphemes.length && this.#graphemes[at] !== " ") at++;
    return at;
  }

  #recall(place: number): void {
    if (place < 0 || place > this.#history.length) return;
    if (this.#place === this.#history.length) this.#draft = this.text;
    this.#place = place;
    this.text = this.#history[place] ?? this.#draft;
  }
}

const OUTCOMES: Partial<Record<KeyName, Outcome>> = {
  enter: "submit",
  interrupt: "interrupt",
  clear: "clear",
  suspend: "suspend",
};

function split(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function widthOf(grapheme: string): number {
  return /^[ -~]$/.test(grapheme) ? 1 : stringWidth(sanitize(grapheme));
}
