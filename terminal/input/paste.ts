/** Makes pasted text fit to be written into a message. @module */

/** A paste as it may be put into the text. */
export interface Paste {
  /** The text: lines end with `\n`, control and invisible characters are gone. */
  text: string;
  /** How many lines it has. A line end at its very end is left out: it came with the marking, and is not meant. */
  lines: number;
}

/** From this many lines on, a person is asked before a paste goes in. */
export const MANY_LINES = 6;

/**
 * Characters that are never part of what is written: controls, directions, and those that nobody sees. Joiners,
 * selectors and tags stay, since emoji and scripts need them; what is drawn is sanitised once more.
 */
const DROPPED =
  // deno-lint-ignore no-control-regex
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** What goes from an escape sequence in a paste: all of it, not only the Escape. */
// deno-lint-ignore no-control-regex
const SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[PX^_][^\x1b\n]*\x1b\\)/g;

/**
 * Cleans text that is typed or put in: what is left can be part of a message.
 *
 * @param text Any text; line ends of every kind become `\n`, tabs stay.
 */
export function cleanInput(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return text.toWellFormed().replaceAll(/\r\n|[\r\u0085\u2028\u2029]/g, "\n").replaceAll(DROPPED, "");
}

/**
 * Reads a paste. It is text, whatever it holds: a line in it that begins with `/` is no command, and nothing is sent.
 *
 * @param raw As the terminal gave it.
 */
export function readPaste(raw: string): Paste {
  const text = cleanInput(raw.replaceAll(SEQUENCES, "")).replace(/\n$/, "");
  const lines = text === "" ? 0 : text.split("\n").length;
  return { text, lines };
}

/**
 * What is asked before a paste goes in; null when it may go in at once.
 *
 * @param paste What was pasted.
 */
export function pasteQuestion({ lines }: Paste): string | null {
  if (lines < MANY_LINES) return null;
  return `Paste ${lines} lines into your message? Nothing is sent before you press Enter. (y/n)`;
}
