/** Attempts of others that were announced, and are looked at once more when their time is over (SPEC §5.2). @module */
import type { Id } from "./ids.ts";
import { type Guesses, MAX_ATTEMPTS } from "./guesses.ts";
import type { Timers } from "./timers.ts";

/** How long others wait for an announced attempt to succeed before they call it failed, in milliseconds. */
export const ATTEMPT_MS = 20_000;

/** What {@linkcode Announced} needs of the room. */
export interface AnnouncedRoom {
  readonly timers: Timers;
  readonly guesses: Guesses;
  readonly notices: { knockFailed(doorId: string, by: Id, proof: "missing"): void };
}

/** Waits for each: as many as are remembered at all, or somebody who announces without end would fill the timers. */
export class Announced {
  readonly #room: AnnouncedRoom;
  readonly #waiting = new Map<string, () => void>();

  /** Waits for nothing yet. */
  constructor(room: AnnouncedRoom) {
    this.#room = room;
  }

  /** Attempts that are waited for. */
  get size(): number {
    return this.#waiting.size;
  }

  /** `by` has announced under `number` that it has answered at a door. */
  note(by: Id, number: number, door: string): void {
    const key = `${by}-${number}`;
    const { guesses, timers } = this.#room;
    guesses.note(key, door);
    this.#waiting.get(key)?.();
    this.#waiting.delete(key);
    const stop = timers.after(ATTEMPT_MS, () => {
      this.#waiting.delete(key);
      if (guesses.isOpen(key)) this.#room.notices.knockFailed(door, by, "missing");
    });
    this.#waiting.set(key, stop);
    for (const [oldest, stopIt] of this.#waiting) {
      if (this.#waiting.size <= MAX_ATTEMPTS) break;
      stopIt();
      this.#waiting.delete(oldest);
    }
  }
}
