/** Turns the bytes of a terminal into keys, pastes, mouse and focus. @module */
import { KeyParser } from "./key_parser.ts";
import type { KeyPress } from "./key_press.ts";

export { keyName, type KeyPress } from "./key_press.ts";

/** The part of a clock that is needed here. */
export interface KeyClock {
  /** Calls `run` once after `ms`. */
  setTimer(run: () => void, ms: number): unknown;
  /** Forgets a timer that has not run. */
  clearTimer(timer: unknown): void;
}

/** What {@linkcode KeyInput} works with. */
export interface KeyInputOptions {
  /** Receives what is pressed, in order. */
  onPress: (press: KeyPress) => void;
  /** Time, to tell a lone Escape from the start of a sequence. */
  clock: KeyClock;
  /** After how long an Escape stands alone, in milliseconds. @default 40 */
  escapeMs?: number;
}

/** A lone Escape is told after this many milliseconds. */
const ESCAPE_MS = 40;
/** A sequence that does not go on is dropped after this many: it was no sequence. */
const SEQUENCE_MS = 500;
/** What has come of a paste is given after this many, should its end have been lost. */
const PASTE_MS = 2_000;

/** Keys of one terminal. */
export class KeyInput {
  readonly #options: KeyInputOptions;
  readonly #parser = new KeyParser();
  #timer: unknown;
  #over = false;

  /** Makes one. */
  constructor(options: KeyInputOptions) {
    this.#options = options;
  }

  /** Takes bytes as they were read: characters, sequences and pastes may be cut anywhere. */
  push(bytes: Uint8Array): void {
    if (!this.#over && bytes.length > 0) this.#tell(this.#parser.push(bytes));
  }

  /** Forgets what is unfinished, and its timer. */
  dispose(): void {
    this.#over = true;
    this.#stopTimer();
  }

  #tell(presses: readonly KeyPress[]): void {
    this.#stopTimer();
    const { clock, onPress, escapeMs = ESCAPE_MS } = this.#options;
    const { waiting } = this.#parser;
    if (waiting !== "nothing") {
      const ms = waiting === "escape" ? escapeMs : waiting === "paste" ? PASTE_MS : SEQUENCE_MS;
      this.#timer = clock.setTimer(() => this.#tell(this.#parser.expire()), ms);
    }
    for (const press of presses) if (!this.#over) onPress(press);
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
