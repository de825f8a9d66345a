/** The escape sequences that are written, and nothing else: no text of anybody's may become one. @module */
import { sanitize } from "../sanitize.ts";
import type { Capabilities, ColourDepth } from "./capabilities.ts";
import type { Style } from "./style.ts";
import type { RoleLook, Theme } from "./theme.ts";
import { cut } from "./measure.ts";

/** What follows is to be shown at once, up to {@linkcode SYNC_END}. */
export const SYNC_BEGIN = "\x1b[?2026h";
/** Ends what {@linkcode SYNC_BEGIN} began. */
export const SYNC_END = "\x1b[?2026l";
/** Shows the cursor. */
export const SHOW_CURSOR = "\x1b[?25h";
/** Hides the cursor. */
export const HIDE_CURSOR = "\x1b[?25l";
/** Text that reaches the last column stays there. */
export const NO_WRAP = "\x1b[?7l";
/** Text that reaches the last column goes on in the next row, as terminals have it from the start. */
export const WRAP = "\x1b[?7h";
/** No style at all. */
export const PLAIN = "\x1b[0m";
/** Blanks the row from the cursor on. */
export const CLEAR_TO_END = "\x1b[K";

const TITLE_COLUMNS = 80;
const LINK = /^https?:\/\/[\x21-\x7e]{1,2000}$/i;

/** Places the cursor; both count from 0. */
export function cursorTo(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}

/**
 * Blanks every row without scrolling anything away: clearing the whole screen at once moves it into the scrollback
 * of some terminals.
 */
export function clearRows(rows: number): string {
  let out = PLAIN;
  for (let row = 0; row < rows; row++) out += `\x1b[${row + 1}H\x1b[2K`;
  return out + "\x1b[J\x1b[H";
}

/** Sets the window's title, cleaned and cut. */
export function titleOf(text: string): string {
  return `\x1b]2;${cut(sanitize(text), TITLE_COLUMNS)}\x1b\\`;
}

/**
 * How a style is switched on, whatever was on before.
 *
 * @returns One SGR sequence that begins with a reset.
 */
export function styleSequence(style: Style, theme: Theme, colours: ColourDepth): string {
  const front = style.fg === undefined ? {} : theme.look(style.fg);
  const ground = style.bg === undefined ? {} : theme.ground(style.bg);
  const codes = ["0"];
  if (style.bold || front.bold || ground.bold) codes.push("1");
  if (front.faint && !style.bold) codes.push("2");
  if (style.italic) codes.push("3");
  if (style.underline || front.underline || ground.underline) codes.push("4");
  if ((style.inverse === true) !== (front.inverse === true || ground.inverse === true)) codes.push("7");
  if (style.strike) codes.push("9");
  if (colours !== 0) {
    const ink = ground.ink === undefined && ground.inkBasic === undefined ? front : inkOf(ground);
    codes.push(...colourCodes(ink, colours, 30), ...colourCodes(ground, colours, 40));
  }
  return `\x1b[${codes.join(";")}m`;
}

/** The address of a link, if it is one that may be written. */
export function linkOf(style: Style, capabilities: Capabilities): string {
  return capabilities.osc8 && style.link !== undefined && LINK.test(style.link) ? style.link : "";
}

/** Begins a link, or ends one where the address is empty. */
export function linkSequence(address: string): string {
  return `\x1b]8;;${address}\x1b\\`;
}

function inkOf(ground: RoleLook): RoleLook {
  return {
    ...(ground.ink === undefined ? {} : { colour: ground.ink }),
    ...(ground.inkBasic === undefined ? {} : { basic: ground.inkBasic }),
  };
}

/** `base` is 30 for text and 40 for what is behind it. */
function colourCodes(look: RoleLook, colours: ColourDepth, base: 30 | 40): string[] {
  if (colours === 16) {
    if (look.basic === undefined) return [];
    return [String(look.basic < 8 ? base + look.basic : base + 60 + look.basic - 8)];
  }
  if (look.colour === undefined) return [];
  const [red, green, blue] = rgb(look.colour);
  if (colours === "true") return [`${base + 8};2;${red};${green};${blue}`];
  return [`${base + 8};5;${nearestOf256(red, green, blue)}`];
}

/** Parts of a colour such as `#56b4e9`. */
export function rgb(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16 & 255, value >> 8 & 255, value & 255];
}

const STEPS = [0, 95, 135, 175, 215, 255];

/** The nearest colour of the 6x6x6 cube or the grey ramp; the first 16 differ from terminal to terminal. */
export function nearestOf256(red: number, green: number, blue: number): number {
  const steps = [red, green, blue].map((value) => nearestStep(value));
  const [r = 0, g = 0, b = 0] = steps;
  const cube = distance([red, green, blue], steps.map((step) => STEPS[step] ?? 0));
  const grey = Math.max(0, Math.min(23, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const level = 8 + 10 * grey;
  if (distance([red, green, blue], [level, level, level]) < cube) return 232 + grey;
  return 16 + 36 * r + 6 * g + b;
}

function nearestStep(value: number): number {
  let best = 0;
  STEPS.forEach((step, index) => {
    if (Math.abs(step - value) < Math.abs((STEPS[best] ?? 0) - value)) best = index;
  });
  return best;
}

function distance(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + (value - (right[index] ?? 0)) ** 2, 0);
}
