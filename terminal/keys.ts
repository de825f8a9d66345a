/** Turns the bytes of a terminal in raw mode into keys. @module */

/** Keys with a meaning of their own. */
export type KeyName =
  | "enter"
  | "backspace"
  | "delete"
  | "left"
  | "right"
  | "up"
  | "down"
  | "home"
  | "end"
  | "word_left"
  | "word_right"
  | "kill_line"
  | "kill_end"
  | "kill_word"
  | "interrupt"
  | "end_of_input"
  | "clear"
  | "suspend";

/** A key with a name, or text that was typed or pasted. */
export type Key = { name: KeyName } | { text: string };

const CONTROLS: Record<string, KeyName> = {
  "\x01": "home",
  "\x02": "left",
  "\x03": "interrupt",
  "\x04": "end_of_input",
  "\x05": "end",
  "\x06": "right",
  "\x08": "backspace",
  "\x0a": "enter",
  "\x0b": "kill_end",
  "\x0c": "clear",
  "\x0d": "enter",
  "\x0e": "down",
  "\x10": "up",
  "\x15": "kill_line",
  "\x17": "kill_word",
  "\x1a": "suspend",
  "\x7f": "backspace",
};

const SEQUENCES: Record<string, KeyName> = {
  "A": "up",
  "B": "down",
  "C": "right",
  "D": "left",
  "F": "end",
  "H": "home",
  "1~": "home",
  "3~": "delete",
  "4~": "end",
  "7~": "home",
  "8~": "end",
  "1;5C": "word_right",
  "1;5D": "word_left",
  "1;3C": "word_right",
  "1;3D": "word_left",
};

const ALTS: Record<string, KeyName> = { "b": "word_left", "f": "word_right", "\x7f": "kill_word" };

/** One key at the start of what is left: an escape sequence, Alt with a key, a control, or a run of text. */
const NEXT =
  // deno-lint-ignore no-control-regex
  /^(?:\x1b[[O]([0-9;:<=>?]*[ -/]*[@-~])|\x1b([^[O\x1b])|([\x00-\x1f\x7f])|([^\x00-\x1f\x7f]+))/u;
/** An escape sequence that has not arrived wholly. */
// deno-lint-ignore no-control-regex
const UNFINISHED = /^\x1b(?:[[O][0-9;:<=>?]*[ -/]*)?$/;

/** Keeps what is unfinished between reads. */
export class KeyDecoder {
  readonly #decoder = new TextDecoder();
  #pending = "";

  /**
   * Takes bytes as they were read.
   *
   * @param bytes Any bytes; characters and sequences may be cut anywhere.
   * @returns The keys that are complete. Sequences without a meaning here are swallowed.
   */
  push(bytes: Uint8Array): Key[] {
    let rest = this.#decoder.decode(bytes, { stream: true });
    // A lone Escape has no meaning of its own: it only counts when its sequence goes on.
    if (this.#pending !== "\x1b" || /^[[O]/.test(rest)) rest = this.#pending + rest;
    this.#pending = "";
    const keys: Key[] = [];
    while (rest !== "") {
      if (UNFINISHED.test(rest) && rest.length < 32) {
        this.#pending = rest;
        break;
      }
      const match = NEXT.exec(rest);
      const key = match === null ? null : keyOf(match);
      if (key !== null) keys.push(key);
      rest = rest.slice(match?.[0].length ?? 1);
    }
    return keys;
  }
}

function keyOf([, sequence, alt, control, text]: RegExpExecArray): Key | null {
  if (text !== undefined) return { text };
  if (alt === "/") return { text: alt }; // an Escape, and then a command: no key of ours
  const name = sequence !== undefined
    ? SEQUENCES[sequence]
    : alt !== undefined
    ? ALTS[alt]
    : CONTROLS[control ?? ""];
  return name === undefined ? null : { name };
}
