/** What escape sequences mean as keys: xterm's, rxvt's, the Linux console's and kitty's forms. @module */
import { characterKey, type Held, heldOf, NONE } from "./key_codes.ts";
import type { KeyPress } from "./key_press.ts";

const LETTERS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
};

const NUMBERS: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
  ...Object.fromEntries(
    [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24].map((code, n) => [code, `f${n + 1}`]),
  ),
};

/** The keypad in application mode. */
const KEYPAD: Readonly<Record<string, string>> = Object.fromEntries(
  [..."jklmnopqrstuvwxyX"].map((letter, n) => [letter, "*+,-./0123456789="[n] ?? ""]),
);

/** rxvt marks its modifiers by the final character. */
const RXVT: Readonly<Record<string, Held>> = {
  "^": { ...NONE, ctrl: true },
  "$": { ...NONE, shift: true },
  "@": { ...NONE, ctrl: true, shift: true },
};
const ARROWS: Readonly<Record<string, string>> = { a: "up", b: "down", c: "right", d: "left" };

/** Furthest cell a mouse can report. */
const MAX_CELL = 9_999;

/**
 * The key of a CSI sequence.
 *
 * @param body What stands between `ESC [` and the final character.
 * @param final The final character.
 * @returns Null when it has no meaning here.
 */
export function csiKey(body: string, final: string): KeyPress | null {
  if (body === "" && final === "I") return { focus: true };
  if (body === "" && final === "O") return { focus: false };
  if (body === "" && final === "Z") return { ...NONE, shift: true, key: "tab" };
  if (body === "" && ARROWS[final] !== undefined) return { ...NONE, shift: true, key: ARROWS[final] };
  if (body.startsWith("<")) return mouse(body.slice(1), final);
  if (body.startsWith("[")) return linuxKey(final);
  if (!/^[\d;:]*$/.test(body)) return null;
  const parameters = body.split(";");
  const [first = "", second] = parameters;
  if (final === "u") return unicodeKey(parameters);
  if (final === "~" && first === "27") return otherKey(parameters);
  if (RXVT[final] !== undefined) return named(NUMBERS[body], RXVT[final]);
  if (parameters.length > 2) return null;
  const [modifiers, event] = (second ?? "").split(":");
  if (event === "3") return null; // let go
  const held = heldOf(modifiers);
  if (final === "~") return named(NUMBERS[first], held);
  if (first !== "" && first !== "1") return null;
  return final === "Z"
    ? named("tab", held === null ? null : { ...held, shift: true })
    : named(LETTERS[final], held);
}

/** The key of an SS3 sequence: `ESC O`, maybe a modifier, a letter. */
export function ss3Key(body: string, final: string): KeyPress | null {
  const parameters = body.split(";");
  if (parameters.length > 2) return null;
  const held = heldOf(parameters.at(-1));
  if (held === null) return null;
  const arrow = ARROWS[final];
  if (arrow !== undefined) return { ...held, ctrl: true, key: arrow };
  if (final === "M") return { ...held, key: "enter" };
  if (final === "I") return { ...held, key: "tab" };
  const keypad = KEYPAD[final];
  if (keypad !== undefined) return characterKey(keypad.charCodeAt(0), held);
  return named(LETTERS[final], held);
}

function named(key: string | undefined, held: Held | null): KeyPress | null {
  return key === undefined || held === null ? null : { ...held, key };
}

/** kitty's `CSI code:shifted:base ; modifiers:event ; text u`, and xterm's shorter form of it. */
function unicodeKey([codes = "", modifiers = "", text = ""]: string[]): KeyPress | null {
  const [code, shifted] = codes.split(":").map(number);
  const [bits, event] = modifiers.split(":");
  const held = heldOf(bits);
  if (held === null || event === "3") return null;
  if (code === 0 && /^\d{1,7}$/.test(text)) return characterKey(Number(text), NONE); // text of an input method
  if (code === undefined || Number.isNaN(code)) return null;
  return characterKey(code, held, Number.isNaN(shifted) ? undefined : shifted);
}

/** xterm's modifyOtherKeys: `CSI 27 ; modifiers ; code ~`. */
function otherKey([, modifiers, code = ""]: string[]): KeyPress | null {
  const held = heldOf(modifiers);
  const read = number(code);
  if (held === null || Number.isNaN(read)) return null;
  return characterKey(read, held, held.shift ? read : undefined); // the code is the shifted character already
}

function number(text: string): number {
  return /^\d{1,7}$/.test(text) ? Number(text) : NaN;
}

/** SGR mouse: `CSI < button ; column ; row M`; `m` when it is let go. */
function mouse(body: string, final: string): KeyPress | null {
  const match = /^(\d{1,3});(\d{1,5});(\d{1,5})$/.exec(body);
  if (match === null || final !== "M") return null;
  const button = Number(match[1]) & ~28; // whatever Shift, Alt and Ctrl do to it
  const column = Number(match[2]) - 1;
  const row = Number(match[3]) - 1;
  if (column < 0 || row < 0 || column > MAX_CELL || row > MAX_CELL) return null;
  const kind = button === 64 ? "wheelup" : button === 65 ? "wheeldown" : button === 0 ? "press" : null;
  return kind === null ? null : { mouse: { kind, row, column } };
}

/** F1 to F5 of the Linux console: `ESC [ [ A`. */
function linuxKey(final: string): KeyPress | null {
  const n = "ABCDE".indexOf(final);
  return n < 0 ? null : { ...NONE, key: `f${n + 1}` };
}
