/** Turns the bytes of a terminal into keys, pastes, mouse and focus. @module */
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

/** Keys of one terminal. */
export class KeyInput {
  /** Makes one. */
  constructor(_options: KeyInputOptions) {}
  /** Takes bytes as they were read; cut anywhere. */
  push(_bytes: Uint8Array): void {}
  /** Forgets what is unfinished, and its timer. */
  dispose(): void {}
}
