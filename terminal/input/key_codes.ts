/** Key codes and modifiers as terminals number them. @module */
import type { KeyPress } from "./key_press.ts";

/** Modifiers held. */
export interface Held {
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
}

/** No modifier. */
export const NONE: Held = { ctrl: false, alt: false, shift: false };

const CONTROLS: Readonly<Record<number, string>> = { 9: "tab", 13: "enter", 27: "escape", 127: "backspace" };

/** Keypad and editing keys as the kitty protocol numbers them, in Unicode's private use area. */
const PRIVATE: Readonly<Record<number, string>> = {
  57414: "enter",
  57417: "left",
  57418: "right",
  57419: "up",
  57420: "down",
  57421: "pageup",
  57422: "pagedown",
  57423: "home",
  57424: "end",
  57425: "insert",
  57426: "delete",
};
const KEYPAD_FROM = 57399;
const KEYPAD_TEXT = "0123456789./*-+";

/**
 * Reads xterm's modifier number: 1 and a bit each for Shift, Alt, Ctrl, Super, Hyper, Meta, Caps Lock, Num Lock.
 *
 * @returns What is held; null when it is no such number, or a key that no binding here knows is held (Super, Hyper).
 */
export function heldOf(parameter: string | undefined): Held | null {
  if (parameter === undefined || parameter === "") return NONE;
  if (!/^\d{1,3}$/.test(parameter)) return null;
  const bits = Number(parameter) - 1;
  if (bits < 0 || bits > 255 || (bits & 24) !== 0) return null;
  return { shift: (bits & 1) !== 0, alt: (bits & 34) !== 0, ctrl: (bits & 4) !== 0 };
}

/** The key of a C0 control character or DEL, which say Ctrl by themselves. */
export function controlKey(code: number, held: Held = NONE): KeyPress {
  const name = CONTROLS[code];
  if (name !== undefined) return { ...held, key: name };
  if (code === 0) return { ...held, ctrl: true, key: "space" };
  return { ...held, ctrl: true, key: String.fromCharCode(code + 64).toLowerCase() };
}

/**
 * The key of a character that was reported as a number.
 *
 * @param code The code point.
 * @param held What was held.
 * @param shifted The code point that Shift makes of it, where the terminal tells.
 */
export function characterKey(code: number, held: Held, shifted?: number): KeyPress | null {
  if (CONTROLS[code] !== undefined || code < 32) return controlKey(code, held);
  const special = PRIVATE[code];
  if (special !== undefined) return { ...held, key: special };
  const keypad = KEYPAD_TEXT[code - KEYPAD_FROM];
  const text = keypad ?? textOf(held.shift && shifted !== undefined ? shifted : code);
  if (text === null) return null;
  if (held.ctrl || held.alt) return letterKey(keypad ?? String.fromCodePoint(code), held);
  return { text: held.shift && shifted === undefined ? single(text.toUpperCase(), text) : text };
}

/** A letter with Ctrl or Alt: in lower case, a capital counts as Shift. */
export function letterKey(letter: string, held: Held): KeyPress {
  if (letter === " ") return { ...held, key: "space" };
  const key = single(letter.toLowerCase(), letter);
  return { ctrl: held.ctrl, alt: held.alt, shift: held.shift || key !== letter, key };
}

/** A change of case that makes several characters of one is no key. */
function single(changed: string, letter: string): string {
  return [...changed].length === 1 ? changed : letter;
}

function textOf(code: number): string | null {
  if (code > 0x10ffff) return null;
  const text = String.fromCodePoint(code);
  return /[\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}]/u.test(text) ? null : text;
}
