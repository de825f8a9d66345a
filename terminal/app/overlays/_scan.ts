/** For tests: reads a QR code off rows as a camera would off the screen. */
import jsqr from "jsqr";
import type { Row } from "../../screen/style.ts";
import { rowText } from "./page.ts";

/** Pixels a module. */
const SCALE = 4;

/**
 * Looks for a QR code in what is on the screen.
 *
 * @param rows What is drawn.
 * @param options.onPaper Whether spans with the role `paper` are black on white; otherwise white on black.
 */
export function scan(rows: readonly Row[], options: { columns: number; onPaper: boolean }): string | null {
  const { columns, onPaper } = options;
  const height = rows.length * 2 * SCALE;
  const width = columns * SCALE;
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  const set = (x: number, y: number, light: boolean): void => {
    for (let dy = 0; dy < SCALE; dy++) {
      for (let dx = 0; dx < SCALE; dx++) {
        const at = ((y * SCALE + dy) * width + x * SCALE + dx) * 4;
        pixels[at] = pixels[at + 1] = pixels[at + 2] = light ? 255 : 0;
      }
    }
  };
  rows.forEach((row, y) => {
    const ground = paper(row, columns);
    [...rowText(row).padEnd(columns)].slice(0, columns).forEach((cell, x) => {
      const dark = onPaper && ground[x] === true; // whether ink is dark here
      set(x, 2 * y, ("█▀".includes(cell)) !== dark);
      set(x, 2 * y + 1, ("█▄".includes(cell)) !== dark);
    });
  });
  return jsqr.default(pixels, width, height, { inversionAttempts: "dontInvert" })?.data ?? null;
}

function paper(row: Row, columns: number): boolean[] {
  const out = new Array<boolean>(columns).fill(false);
  for (const { column, spans } of row) {
    let at = column;
    for (const { text, style } of spans) {
      if (style?.bg === "paper") out.fill(true, at, at + text.length);
      at += text.length;
    }
  }
  return out;
}
