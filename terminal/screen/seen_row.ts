/** What a row was made of, so that the same again costs next to nothing. @module */
import type { Row, Style } from "./style.ts";

/** The content of one row as it was; a row that is changed in place is noticed. */
export class SeenRow {
  readonly #parts: (number | string | Style | undefined)[] = [];

  /** Notes a row's content. */
  constructor(row: Row) {
    for (const { column, width, spans } of row) {
      this.#parts.push(column, width, spans.length);
      for (const { text, style } of spans) this.#parts.push(text, style);
    }
  }

  /** Whether a row certainly has this content: the same texts, in the same style objects. */
  is(row: Row): boolean {
    const parts = this.#parts;
    let at = 0;
    for (const { column, width, spans } of row) {
      if (parts[at] !== column || parts[at + 1] !== width || parts[at + 2] !== spans.length) return false;
      at += 3;
      for (const { text, style } of spans) {
        if (parts[at] !== text || parts[at + 1] !== style) return false;
        at += 2;
      }
    }
    return at === parts.length;
  }
}
