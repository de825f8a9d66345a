/** QR codes in half blocks, two rows of modules to a line of text. @module */
import { encode } from "uqr";

/** Light modules around the code, which scanners need. */
const BORDER = 2;

/**
 * Draws a QR code.
 *
 * @param text What it holds.
 * @param options.columns Width there is.
 * @param options.colour Whether black on white may be asked for; without, a dark background is assumed.
 * @returns The drawing, or null when it does not fit.
 */
export function drawQr(text: string, options: { columns: number; colour: boolean }): string | null {
  const { data, size } = encode(text, { border: BORDER, ecc: "L" });
  if (size > options.columns) return null;
  const dark = (row: number, column: number): boolean => data[row]?.[column] === true;
  const lines: string[] = [];
  for (let row = 0; row < size; row += 2) {
    let line = "";
    for (let column = 0; column < size; column++) {
      line += half(dark(row, column) === options.colour, dark(row + 1, column) === options.colour);
    }
    lines.push(options.colour ? `\x1b[38;5;16;48;5;231m${line}\x1b[0m` : line);
  }
  return lines.join("\n");
}

function half(upper: boolean, lower: boolean): string {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}
