/**
 * Parses what a terminal sends, without knowing of time. Total: any bytes, cut anywhere, give the same keys. What has
 * no meaning is swallowed, and no more than one short sequence and one paste are ever kept.
 *
 * @module
 */
import { controlKey, letterKey, NONE } from "./key_codes.ts";
import type { KeyPress } from "./key_press.ts";
import { csiKey, ss3Key } from "./key_sequences.ts";
import { PasteCollector } from "./paste_collector.ts";

/** What has begun and is not finished: how long it is waited for depends on it. */
export type Waiting = "nothing" | "escape" | "sequence" | "paste";

/** What the next characters belong to. */
type Mode = "keys" | "paste" | "string" | "overlong" | "mouse";

/** Longest escape sequence with a meaning. */
const MAX_SEQUENCE = 64;
const ESC = "\x1b";
const CTRL_C = "\x03";

// deno-lint-ignore no-control-regex
const TEXT = /[^\x00-\x1f\x7f-\x9f]+/uy;
/** Parameters and intermediates of a sequence. */
const BODY = /[ -?]*/y;
/** rxvt's Shift ends a sequence with what is an intermediate elsewhere. */
const RXVT_SHIFT = /^\d{1,2}\$/;
/** Where an answer of the terminal (a colour, a name) ends. */
// deno-lint-ignore no-control-regex
const STRING_END = /[\x07\x18\x1a\x1b\x9c]/g;

/** Keys of one terminal, as far as they have come. */
export class KeyParser {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #paste = new PasteCollector();
  #mode: Mode = "keys";
  #rest = "";
  #at = 0;
  #skip = 0; // characters of an old mouse report still to come
  #stalled = false;

  /** What is waited for. */
  get waiting(): Waiting {
    if (this.#mode === "paste") return this.#stalled ? "nothing" : "paste";
    if (this.#mode !== "keys") return "sequence";
    if (this.#rest === "") return "nothing";
    return this.#rest.replaceAll(ESC, "") === "" ? "escape" : "sequence";
  }

  /**
   * Takes bytes as they were read.
   *
   * @param bytes Any bytes; characters and sequences may be cut anywhere.
   * @returns What is complete.
   */
  push(bytes: Uint8Array): KeyPress[] {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (this.#stalled && text === CTRL_C) { // the end of a paste was lost: this is the way out
      this.#mode = "keys";
      this.#rest = "";
      this.#stalled = false;
      return [];
    }
    if (text !== "") this.#stalled = false;
    this.#rest += text;
    this.#at = 0;
    const out: KeyPress[] = [];
    while (this.#at < this.#rest.length && this.#step(out)) { /* one at a time */ }
    this.#rest = this.#rest.slice(this.#at);
    this.#at = 0;
    return out;
  }

  /**
   * Nothing has come for a while. An Escape stands for itself, an unfinished sequence is dropped. Of a paste, what has
   * come is given; what still comes of it is paste as before, and Ctrl-C alone ends it.
   */
  expire(): KeyPress[] {
    const { waiting } = this;
    if (waiting === "paste") {
      this.#stalled = true;
      const paste = this.#paste.give();
      return paste === null ? [] : [paste];
    }
    const rest = this.#rest;
    this.#rest = "";
    this.#mode = "keys";
    this.#skip = 0;
    if (waiting === "escape") return Array.from(rest, () => ({ ...NONE, key: "escape" }));
    return rest.length === 2 ? [letterKey(rest.slice(1), { ...NONE, alt: true })] : []; // Alt-[ and Alt-O
  }

  /** Takes one thing; false when more has to come first. */
  #step(out: KeyPress[]): boolean {
    if (this.#mode === "paste") return this.#inPaste(out);
    if (this.#mode === "string") return this.#inString();
    if (this.#mode === "overlong") return this.#inOverlong();
    if (this.#mode === "mouse") return this.#inMouse();
    const code = this.#rest.charCodeAt(this.#at);
    if (code === 0x1b) return this.#escape(out, 1);
    if (code < 0x20 || code === 0x7f) return this.#told(out, controlKey(code), 1);
    if (code >= 0x80 && code <= 0x9f) return this.#told(out, null, 1);
    TEXT.lastIndex = this.#at;
    const text = TEXT.exec(this.#rest)?.[0] ?? "";
    return this.#told(out, { text }, text.length);
  }

  /** @param escapes How many Escapes are behind us: rxvt puts a second one before a key for Alt. */
  #escape(out: KeyPress[], escapes: 1 | 2): boolean {
    const at = this.#at + escapes;
    const next = this.#rest[at];
    if (next === undefined) return false;
    if (next === "[" || next === "O") return this.#sequence(out, at, escapes === 2);
    if (escapes === 2) return this.#told(out, { ...NONE, key: "escape" }, 1); // the other may begin something
    if (next === ESC) return this.#escape(out, 2);
    if (/[\]P_^X]/.test(next)) return this.#stringStart(at);
    const code = this.#rest.codePointAt(at) ?? 0;
    const alt = { ...NONE, alt: true };
    if (code < 0x20 || code === 0x7f) return this.#told(out, controlKey(code, alt), 2);
    if (code >= 0x80 && code <= 0x9f) return this.#told(out, null, 2);
    const letter = String.fromCodePoint(code);
    return this.#told(out, letterKey(letter, alt), 1 + letter.length);
  }

  /** `ESC [ …` and `ESC O …`. */
  #sequence(out: KeyPress[], at: number, alt: boolean): boolean {
    const csi = this.#rest[at] === "[";
    let from = at + 1;
    if (csi && this.#rest[from] === "[") from++; // the Linux console's function keys
    BODY.lastIndex = from;
    let body = BODY.exec(this.#rest)?.[0] ?? "";
    const rxvt = csi ? RXVT_SHIFT.exec(body)?.[0] : undefined;
    if (rxvt !== undefined) body = rxvt.slice(0, -1);
    const end = from + body.length;
    if (end - this.#at > MAX_SEQUENCE) {
      this.#mode = "overlong";
      this.#at = end;
      return true;
    }
    const final = this.#rest[end];
    if (final === undefined) return false;
    if (!/[@-~]/.test(final) && rxvt === undefined) {
      // Broken off: nothing of it counts, unless it was no sequence but Alt with a key.
      const key = end === at + 1 && !alt ? letterKey(csi ? "[" : "O", { ...NONE, alt: true }) : null;
      return this.#told(out, key, end - this.#at);
    }
    const length = end + 1 - this.#at;
    if (csi && body === "200" && final === "~" && from === at + 1) this.#mode = "paste";
    else if (csi && body === "" && final === "M" && from === at + 1) {
      this.#mode = "mouse";
      this.#skip = 3;
    } else {
      const key = csi ? csiKey(this.#rest.slice(at + 1, end), final) : ss3Key(body, final);
      return this.#told(out, key !== null && alt && "key" in key ? { ...key, alt } : key, length);
    }
    return this.#told(out, null, length);
  }

  /** `ESC ]` and its like begin an answer of the terminal, if anything follows; alone they are Alt with a key. */
  #stringStart(at: number): boolean {
    if (this.#rest.length === at + 1) return false;
    this.#mode = "string";
    this.#at = at + 1;
    return true;
  }

  #inString(): boolean {
    STRING_END.lastIndex = this.#at;
    const end = STRING_END.exec(this.#rest)?.index;
    this.#at = end ?? this.#rest.length;
    if (end === undefined) return true;
    if (this.#rest[end] === ESC) {
      const next = this.#rest[end + 1];
      if (next === undefined) return false;
      if (next === "\\") this.#at = end + 2; // else another sequence cuts it off
    } else this.#at = end + 1;
    this.#mode = "keys";
    return true;
  }

  #inOverlong(): boolean {
    BODY.lastIndex = this.#at;
    this.#at += BODY.exec(this.#rest)?.[0].length ?? 0;
    const final = this.#rest[this.#at];
    if (final === undefined) return true;
    if (/[@-~]/.test(final)) this.#at++;
    this.#mode = "keys";
    return true;
  }

  #inMouse(): boolean {
    this.#at += String.fromCodePoint(this.#rest.codePointAt(this.#at) ?? 0).length;
    if (--this.#skip === 0) this.#mode = "keys";
    return true;
  }

  #inPaste(out: KeyPress[]): boolean {
    const { taken, over } = this.#paste.take(this.#rest.slice(this.#at));
    if (over) this.#mode = "keys";
    return this.#told(out, over ? this.#paste.give() : null, taken) && over;
  }

  #told(out: KeyPress[], press: KeyPress | null, length: number): boolean {
    if (press !== null) out.push(press);
    this.#at += length;
    return true;
  }
}
