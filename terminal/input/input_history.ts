/** What one has sent before: up and down walk through it, Ctrl-R searches it. In RAM only. @module */
import { carriesSecret } from "./secret_lines.ts";
import type { Draft } from "./text_area.ts";

/** Most lines that are kept. */
const MAX_LINES = 200;
/** Most UTF-16 units of all of them. */
const MAX_UNITS = 262_144;

/** Lines sent, oldest first. */
export class InputHistory {
  #lines: string[] = [];
  #place: number | null = null; // null: the text being written
  #draft: Draft | null = null;

  /** Keeps a line that was sent. One that may hold a secret is not kept. */
  remember(line: string): void {
    this.leave();
    if (line.trim() === "" || carriesSecret(line) || line.length > MAX_UNITS || this.#lines.at(-1) === line) {
      return;
    }
    this.#lines.push(line);
    let units = this.#lines.reduce((sum, { length }) => sum + length, 0);
    while (this.#lines.length > MAX_LINES || units > MAX_UNITS) units -= this.#lines.shift()?.length ?? 0;
  }

  /**
   * The line before the one shown.
   *
   * @param draft What is being written now; {@linkcode InputHistory.newer} comes back to it.
   * @returns Null when there is none.
   */
  older(draft: Draft): Draft | null {
    const place = (this.#place ?? this.#lines.length) - 1;
    if (place < 0) return null;
    if (this.#place === null) this.#draft = draft;
    return this.#go(place);
  }

  /** The line behind the one shown, and after the newest what was being written. */
  newer(): Draft | null {
    if (this.#place === null) return null;
    if (this.#place + 1 < this.#lines.length) return this.#go(this.#place + 1);
    const draft = this.#draft;
    this.leave();
    return draft;
  }

  /** What is shown is being written now: the next `older` begins at the newest line again. */
  leave(): void {
    this.#place = null;
    this.#draft = null;
  }

  /** Begins a search. */
  search(draft: Draft): HistorySearch {
    this.leave();
    return new HistorySearch(this.#lines, draft);
  }

  /** Forgets all lines. */
  wipe(): void {
    this.#lines = [];
    this.leave();
  }

  #go(place: number): Draft {
    this.#place = place;
    const text = this.#lines[place] ?? "";
    return { text, cursor: text.length };
  }
}

/** A search that finds more with every letter: Ctrl-R. */
export class HistorySearch {
  readonly #lines: readonly string[];
  readonly #draft: Draft;
  #query = "";
  #place: number;
  #failed = false;

  /** Over lines, oldest first. */
  constructor(lines: readonly string[], draft: Draft) {
    this.#lines = [...lines];
    this.#draft = draft;
    this.#place = this.#lines.length;
  }

  /** What is searched for. */
  get query(): string {
    return this.#query;
  }

  /** Whether nothing (more) was found; what was found before stays. */
  get failed(): boolean {
    return this.#failed;
  }

  /** The line found, as it goes into the text area; null when none has been. */
  get found(): Draft | null {
    const text = this.#lines[this.#place];
    if (text === undefined) return null;
    const at = this.#query === "" ? -1 : text.toLowerCase().indexOf(this.#query.toLowerCase());
    return { text, cursor: at < 0 ? text.length : at };
  }

  /** Adds to what is searched for. */
  type(text: string): void {
    this.#query += text;
    // The line shown may fit still.
    this.#look(this.#place < this.#lines.length ? this.#place : this.#lines.length - 1, -1);
  }

  /** Takes away its last character, and begins at the newest line. */
  backspace(): void {
    this.#query = [...this.#query].slice(0, -1).join("");
    this.#place = this.#lines.length;
    this.#failed = false;
    if (this.#query !== "") this.#look(this.#place - 1, -1);
  }

  /** Finds an older line. */
  older(): void {
    this.#look(this.#place - 1, -1);
  }

  /** Finds a newer one. */
  newer(): void {
    this.#look(this.#place + 1, 1);
  }

  /** What the text area gets: the line found, or what was being written. */
  accept(): Draft {
    return this.found ?? this.#draft;
  }

  /** What was being written when the search began. */
  cancel(): Draft {
    return this.#draft;
  }

  #look(from: number, by: 1 | -1): void {
    const query = this.#query.toLowerCase();
    const shown = this.#lines[this.#place];
    for (let place = from; place >= 0 && place < this.#lines.length; place += by) {
      const line = this.#lines[place] ?? "";
      // A line that is the same as the one shown would look as if nothing had happened.
      if (!line.toLowerCase().includes(query) || (place !== this.#place && line === shown)) continue;
      this.#place = place;
      this.#failed = false;
      return;
    }
    this.#failed = true;
  }
}
