/** What a terminal tells: keys, text, pastes, the mouse, and whether it is looked at. @module */

/** A key with a name or with Ctrl or Alt. A plain letter that is typed is {@linkcode TypedText}. */
export interface NamedKey {
  /**
   * Its name without modifiers, in lower case: `a`, `enter`, `tab`, `escape`, `space`, `backspace`, `delete`, `insert`,
   * `up`, `down`, `left`, `right`, `home`, `end`, `pageup`, `pagedown`, `f1` … `f12`.
   */
  key: string;
  /** Whether Ctrl was held. */
  ctrl: boolean;
  /** Whether Alt (or Meta) was held. */
  alt: boolean;
  /** Whether Shift was held, as far as the terminal tells. */
  shift: boolean;
}

/** Text as it was typed: no control characters. */
export interface TypedText {
  /** One or more characters. */
  text: string;
}

/** A bracketed paste, whole. Nothing in it is a key. */
export interface PastedText {
  /** What was pasted, as it came: any characters, control characters too. See `readPaste`. */
  paste: string;
  /** Set when it was too long and its end was dropped. */
  cut?: true;
}

/** What the mouse did. */
export interface MousePress {
  /** Wheel or button, and the cell, counted from 0. */
  mouse: { kind: "wheelup" | "wheeldown" | "press"; row: number; column: number };
}

/** The terminal window has got (`true`) or lost the focus. */
export interface FocusChange {
  /** Whether it has the focus now. */
  focus: boolean;
}

/** Anything a terminal tells. */
export type KeyPress = NamedKey | TypedText | PastedText | MousePress | FocusChange;

/**
 * A key's full name as key maps and the help write it: `ctrl+a`, `alt+enter`, `ctrl+alt+shift+up`, `f1`, `?`.
 *
 * @param press What was pressed.
 * @returns Its name; the character itself for typed text; null for pastes, the mouse and the focus.
 */
export function keyName(press: KeyPress): string | null {
  if ("text" in press) return press.text;
  if (!("key" in press)) return null;
  const { key, ctrl, alt, shift } = press;
  return `${ctrl ? "ctrl+" : ""}${alt ? "alt+" : ""}${shift ? "shift+" : ""}${key}`;
}
