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
  const lines = qrLines(text, { onPaper: options.colour });
  if ((lines[0] ?? "").length > options.columns) return null;
  return (options.colour ? lines.map((line) => `\x1b[38;5;16;48;5;231m${line}\x1b[0m`) : lines).join("\n");
}

/**
 * The lines of a QR code, all of one width, with nothing but half blocks and spaces in them.
 *
 * @param text What it holds.
 * @param options.onPaper Whether they are shown in black on white; otherwise in the light colour of a dark terminal.
 */
export function qrLines(text: string, options: { onPaper: boolean }): string[] {
  const { data, size } = encode(text, { border: BORDER, ecc: "L" });
  const dark = (row: number, column: number): boolean => data[row]?.[column] === true;
  const lines: string[] = [];
  for (let row = 0; row < size; row += 2) {
    let line = "";
    for (let column = 0; column < size; column++) {
      line += half(dark(row, column) === options.onPaper, dark(row + 1, column) === options.onPaper);
    }
    lines.push(line);
  }
  return lines;
}

function half(upper: boolean, lower: boolean): string {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}
