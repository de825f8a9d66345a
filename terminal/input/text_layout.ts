/** Wraps the text being written and finds the cursor in it. @module */

/** Rows on the screen and the cursor among them. */
export interface TextLayout {
  /** What to draw, at least one row; sanitised, none wider than the columns asked for. */
  rows: string[];
  /** Counted from 0. The column is always below the columns asked for. */
  cursor: { row: number; column: number };
}
