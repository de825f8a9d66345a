/** Collects a bracketed paste up to its end marker, whatever it holds. @module */
import type { KeyPress } from "./key_press.ts";

/** Most UTF-16 units of one paste that are kept. */
export const MAX_PASTE = 1_048_576;

const END = "\x1b[201~";

/** One paste under way. */
export class PasteCollector {
  #parts: string[] = [];
  #length = 0;
  #cut = false;

  /**
   * Takes what has come.
   *
   * @param text Everything since the last call, and what it did not take.
   * @returns How much of it was taken, and whether the paste is over.
   */
  take(text: string): { taken: number; over: boolean } {
    const end = text.indexOf(END);
    if (end >= 0) {
      this.#add(text.slice(0, end));
      return { taken: end + END.length, over: true };
    }
    // The last characters may be the start of the marker: they wait for what follows.
    let kept = Math.min(END.length - 1, text.length);
    while (kept > 0 && !END.startsWith(text.slice(text.length - kept))) kept--;
    this.#add(text.slice(0, text.length - kept));
    return { taken: text.length - kept, over: false };
  }

  /** Gives what was collected and starts anew; null when there is nothing. */
  give(): KeyPress | null {
    const paste = this.#parts.join("");
    const cut = this.#cut;
    this.#parts = [];
    this.#length = 0;
    this.#cut = false;
    return paste === "" ? null : cut ? { paste, cut } : { paste };
  }

  #add(text: string): void {
    if (text === "" || this.#cut) return;
    const room = MAX_PASTE - this.#length;
    let kept = text;
    if (text.length > room) {
      this.#cut = true;
      kept = text.slice(0, room);
      if (/[\ud800-\udbff]$/.test(kept)) kept = kept.slice(0, -1);
    }
    this.#parts.push(kept);
    this.#length += kept.length;
  }
}
