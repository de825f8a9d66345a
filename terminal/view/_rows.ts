/** Reading rows in tests. @module */
import assert from "node:assert/strict";
import type { Row, Span } from "../screen/style.ts";
import { widthOf } from "../screen/width.ts";
import { textOf } from "./spans.ts";

/** A row as one reads it. */
export function read(row: Row): string {
  let text = "";
  for (const { column, spans } of row) {
    text += " ".repeat(Math.max(0, column - widthOf(text))) + textOf(spans);
  }
  return text;
}

/** Rows as one reads them, without blanks at their ends. */
export function readAll(rows: readonly Row[]): string[] {
  return rows.map((row) => read(row).trimEnd());
}

/** All spans of rows. */
export function spansOf(rows: readonly Row[]): Span[] {
  return rows.flatMap((row) => row.flatMap(({ spans }) => spans));
}

const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

/** Fails when a row is wider than `columns`, or when text in it could do anything to a terminal. */
export function assertSafe(rows: readonly Row[], columns: number): void {
  for (const row of rows) {
    for (const { column, width, spans } of row) {
      assert.ok(column >= 0 && width >= 0 && column + width <= columns, `${column}+${width} of ${columns}`);
      const text = textOf(spans);
      assert.ok(widthOf(text) <= width, `${widthOf(text)} in ${width}: ${JSON.stringify(text)}`);
      assert.ok(!UNSAFE.test(text), JSON.stringify(text));
      for (const { style } of spans) {
        if (style?.link !== undefined) assert.match(style.link, /^https?:\/\/[\x21-\x7e]+$/i);
      }
    }
  }
}
