/** Looks at the clock while something is waited for, so that it is given up in time (SPEC §9). @module */
import type { Clock } from "./options.ts";
import type { StillClock } from "./still_clock.ts";

/** How soon it is looked again at the earliest while something lies unread, and at the latest, in milliseconds. */
const LOOK_MS = { least: 100, most: 5_000 } as const;
/** A look that comes so much later than it should shows that the machine has slept, or had no time, in milliseconds. */
const SLEPT_MS = 5_000;

/** What {@linkcode Looks} needs. */
export interface LooksParts {
  /** Runs the timer. */
  clock: Clock;
  /** Counts patience. */
  time: StillClock;
  /** It is time, or the machine has slept. */
  run: () => void;
}

/** The timer of what is waited for. */
export class Looks {
  readonly #parts: LooksParts;
  #timer: unknown = null;
  /** When the next look is due. */
  #due = Infinity;

  /** Nothing is waited for. */
  constructor(parts: LooksParts) {
    this.#parts = parts;
  }

  /** Whether the last look has come much later than it should, or is that late by now. */
  get haveSlept(): boolean {
    return this.#parts.clock.now() - this.#due > SLEPT_MS;
  }

  /** Nothing is waited for any more. */
  stop(): void {
    if (this.#timer !== null) this.#parts.clock.clearTimer(this.#timer);
    this.#timer = null;
    this.#due = Infinity;
  }

  /** Something is waited for until then. */
  wait(until: number): void {
    const { clock, time, run } = this.#parts;
    this.stop();
    const ms = Math.min(LOOK_MS.most, Math.max(time.isBehind ? LOOK_MS.least : 1, until - time.read()));
    this.#due = clock.now() + ms;
    this.#timer = clock.setTimer(() => {
      this.#timer = null;
      if (time.read() >= until || this.haveSlept) run();
      else this.wait(until);
    }, ms);
  }
}
