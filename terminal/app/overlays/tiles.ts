/**
 * Safety words as a picture: 44 tiles in four rows, each a letter on a colour (SPEC: "Safety tiles").
 *
 * The tiles come from a hash of the words, so that words that differ in one place give another picture everywhere.
 * Letter and colour always go together: whoever cannot tell the colours reads the letters.
 *
 * @module
 */
import { hashParts } from "../../../crypto/hash.ts";
import { utf8 } from "../../../crypto/bytes.ts";
import type { NickRole } from "../../screen/style.ts";
import type { Line } from "./page.ts";

/** Tiles in a row. */
export const TILE_COLUMNS = 11;
/** Rows of tiles. */
export const TILE_ROWS = 4;
/** Columns of the whole picture: every tile has a blank on both sides of its letter. */
export const TILES_WIDTH: number = TILE_COLUMNS * 3;

/** The letter of each value; they are unlike each other in shape and in sound. */
const LETTERS = "AEHLOSTX";

/**
 * The letters of the tiles, row by row.
 *
 * @param words Safety words, in their order, with one blank between two.
 * @returns Four strings of eleven letters: 132 bits, three a letter.
 */
export function tileLetters(words: string): string[] {
  const hash = hashParts("sotto/v1/safety-tiles", utf8(words));
  const rows: string[] = [];
  for (let row = 0; row < TILE_ROWS; row++) {
    let letters = "";
    for (let column = 0; column < TILE_COLUMNS; column++) {
      letters += LETTERS[threeBits(hash, (row * TILE_COLUMNS + column) * 3)] ?? "?";
    }
    rows.push(letters);
  }
  return rows;
}

/** The tiles as lines of a window. */
export function tileLines(words: string): Line[] {
  return tileLetters(words).map((letters) =>
    [...letters].map((letter) => ({
      text: ` ${letter} `,
      style: { fg: `nick${LETTERS.indexOf(letter)}` as NickRole, inverse: true, bold: true },
    }))
  );
}

/** Three bits of a hash, the highest first, from bit `at` on. */
function threeBits(hash: Uint8Array, at: number): number {
  const pair = ((hash[at >> 3] ?? 0) << 8) | (hash[(at >> 3) + 1] ?? 0);
  return (pair >> (13 - (at & 7))) & 7;
}
