/** A picture of a terminal, cell by cell, as a camera could take one; and an independent program that reads it. @module */
import { Emulator } from "../../terminal/screen/_emulator.ts";
import type { Size } from "../../terminal/screen/style.ts";

/** Whether zbar's reader is installed here. */
export const HAS_ZBAR: boolean = await (async () => {
  try {
    return (await new Deno.Command("zbarimg", { args: ["--version"], stdout: "null" }).output()).success;
  } catch {
    return false;
  }
})();

/** Pixels of a cell: fonts are about twice as high as wide, and seldom exactly so. */
const WIDE = 7;
const HIGH = 15;
const BLACK: Colour = [12, 12, 16];
const WHITE: Colour = [238, 238, 232];

type Colour = readonly [number, number, number];

/** How the picture is taken. */
export interface Shot extends Size {
  /** Whether the terminal is black on white; else white on black. */
  light: boolean;
}

/** Draws what a terminal shows that was sent `bytes`: a PPM, a little blurred and grainy. */
export async function photograph(bytes: string, { light, columns, rows }: Shot): Promise<Uint8Array> {
  const emulator = new Emulator({ columns, rows });
  emulator.write(bytes);
  const cells = await emulator.cells();
  emulator.dispose();
  const width = columns * WIDE;
  const height = rows * HIGH;
  const sharp = new Float32Array(width * height * 3);
  cells.forEach((cell, index) => {
    const [glyph = "", , attributes = "", fore = "", back = ""] = parts(cell);
    let front = colour(fore, light ? BLACK : WHITE);
    let ground = colour(back, light ? WHITE : BLACK);
    if (attributes[4] === "1") [front, ground] = [ground, front];
    const left = (index % columns) * WIDE;
    const top = Math.floor(index / columns) * HIGH;
    for (let y = 0; y < HIGH; y++) {
      for (let x = 0; x < WIDE; x++) {
        const at = ((top + y) * width + left + x) * 3;
        sharp.set(inked(glyph, x, y) ? front : ground, at);
      }
    }
  });
  return ppm(grainy(blurred(sharp, width, height)), width, height);
}

/** What a QR reader finds in a picture, line by line. */
export async function scanned(picture: Uint8Array): Promise<string[]> {
  const path = await Deno.makeTempFile({ suffix: ".ppm" });
  try {
    await Deno.writeFile(path, picture);
    const args = ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", path];
    const { stdout } = await new Deno.Command("zbarimg", { args, stderr: "null" }).output();
    return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  } finally {
    await Deno.remove(path);
  }
}

/** Half blocks are drawn as they are; any other glyph is a pattern that fills about a third of its cell. */
function inked(glyph: string, x: number, y: number): boolean {
  const upper = y < HIGH / 2;
  switch (glyph) {
    case "█":
      return true;
    case "▀":
      return upper;
    case "▄":
      return !upper;
    case " ":
      return false;
  }
  return y > 2 && y < HIGH - 3 && (x * 5 + y * 3 + (glyph.codePointAt(0) ?? 0)) % 3 === 0;
}

/** A cell of the emulator: glyph, width, attributes, front, ground; the glyph may be a space. */
function parts(cell: string): string[] {
  const [, glyph = " ", rest = ""] = /^(.+?) (\d \d{6} .*)$/su.exec(cell) ?? [];
  return [glyph, ...rest.split(" ")];
}

/** `mode:value`: the terminal's own, one of 256, or 24 bits. */
function colour(code: string, own: Colour): Colour {
  const [mode = 0, value = 0] = code.split(":").map(Number);
  if (mode === 0) return own;
  if (mode === 0x3000000) return [value >> 16 & 255, value >> 8 & 255, value & 255];
  if (value >= 232) return Array(3).fill(8 + 10 * (value - 232)) as unknown as Colour;
  if (value >= 16) {
    const level = (n: number): number => n === 0 ? 0 : 55 + 40 * n;
    const cube = value - 16;
    return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
  }
  const on = value > 7 ? 255 : 190;
  return [value & 1 ? on : 0, value & 2 ? on : 0, value & 4 ? on : 0];
}

function blurred(from: Float32Array, width: number, height: number): Float32Array {
  const to = new Float32Array(from.length);
  const clamp = (n: number, most: number): number => Math.max(0, Math.min(most, n));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let dy = -1; dy <= 1; dy++) {
          for (let dx = -1; dx <= 1; dx++) {
            sum += from[(clamp(y + dy, height - 1) * width + clamp(x + dx, width - 1)) * 3 + c] ?? 0;
          }
        }
        to[(y * width + x) * 3 + c] = sum / 9;
      }
    }
  }
  return to;
}

function grainy(from: Float32Array): Uint8Array {
  let seed = 1;
  return Uint8Array.from(from, (value) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.max(0, Math.min(255, value + seed % 41 - 20));
  });
}

function ppm(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const head = new TextEncoder().encode(`P6\n${width} ${height}\n255\n`);
  const out = new Uint8Array(head.length + pixels.length);
  out.set(head);
  out.set(pixels, head.length);
  return out;
}
