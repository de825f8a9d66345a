/** A QR code as lines of a window. @module */
import { qrLines } from "../../qr.ts";
import type { Style } from "../../screen/style.ts";
import type { Line } from "./page.ts";

/** Black on white, whatever the theme: scanners expect it so. */
const PAPER: Style = { bg: "paper" };

/** What may be drawn. */
export interface QrAbilities {
  /** Whether black on white can be asked for; without, a dark background is assumed. */
  colours: boolean;
  /** Whether half blocks can be shown; without, there is no QR code. */
  unicode: boolean;
}

/** A drawing and its size. */
export interface QrBlock {
  lines: Line[];
  width: number;
  height: number;
}

/** Draws a text; null where the terminal cannot show it. */
export function qrBlock(text: string, { colours, unicode }: QrAbilities): QrBlock | null {
  if (!unicode) return null;
  const drawn = qrLines(text, { onPaper: colours });
  const lines = drawn.map((line): Line => [colours ? { text: line, style: PAPER } : { text: line }]);
  return { lines, width: drawn[0]?.length ?? 0, height: drawn.length };
}
