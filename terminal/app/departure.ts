/** How a run on the full screen ends, and what is said afterwards on the shell's screen. @module */
import type { Ending } from "../../client/events.ts";
import { unsentText } from "../unsent_wording.ts";
import { sentence } from "../wording.ts";

/** Exit status after a second Ctrl-C, as shells know it. */
export const INTERRUPTED = 130;
/** Exit status when something was not sent. */
export const UNSENT = 3;
/** Exit status when the terminal has gone. */
export const HUNG_UP = 129;

/** The end of a run. */
export interface Departure {
  /** Exit status. */
  status: number;
  /** What the user is told once the screen is the shell's again: nothing of any room. */
  words: string[];
}

/** The end of a run that was left in order: the worst that a room's end had to say. */
export function leftInOrder(endings: readonly (Ending | null)[]): Departure {
  let status = 0;
  const words: string[] = [];
  for (const ending of endings) {
    if (ending === null || ending.status === 0) continue;
    status = Math.max(status, ending.status);
    words.push(sentence(ending.message));
  }
  return { status, words: [...new Set(words)] };
}

/** The end of a run that was cut short; `atRisk` messages have not been sent. */
export function cutShort(status: number, atRisk: number): Departure {
  if (atRisk === 0) return { status, words: [] };
  return { status: UNSENT, words: [sentence(unsentText(atRisk))] };
}
