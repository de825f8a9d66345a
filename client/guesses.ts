/**
 * Counts guesses at the room's doors (SPEC §5.2). Every answer that a sponsor sends is one, until the one who
 * knocked has proved that it knows the code; all members count all announced answers.
 *
 * @module
 */
import type { DoorKind } from "../crypto/doors.ts";
import type { Clock } from "./options.ts";

/** Wrong guesses at a named door before it slows down, until {@linkcode WINDOW_MS} have gone by without one of them. */
export const NAMED_BURST = 5;
/** The window of the named door, in milliseconds. */
export const WINDOW_MS = 3_600_000;
/** How long a slowed named door waits between answers, in milliseconds. */
export const SLOW_MS = 600_000;
/** Wrong guesses in a spoken door's life. */
export const SPOKEN_LIFE = 1_000;
/** How long a proof may take before the answer counts as a failed guess, in milliseconds. */
export const PROOF_MS = 15_000;
/** Most attempts remembered one by one. */
export const MAX_ATTEMPTS = 2_048;

/** Most doors of which guesses are counted; members alone can name doors, and each one has few. */
export const MAX_COUNTED = 4_096;

interface Attempt {
  door: string;
  at: number;
}

/** The announced attempts of all sponsors. */
export class Guesses {
  readonly #clock: Clock;
  readonly #attempts = new Map<string, Attempt>();
  readonly #totals = new Map<string, number>();

  /** Starts with what a sponsor said had been counted before. */
  constructor(clock: Clock, before: Iterable<readonly [string, number]> = []) {
    this.#clock = clock;
    for (const [door, count] of before) this.#totals.set(door, count);
  }

  /** An answer has been announced. */
  note(key: string, door: string): void {
    if (this.#attempts.has(key)) return;
    this.#attempts.set(key, { door, at: this.#clock.now() });
    const count = this.count(door) + 1;
    this.#totals.delete(door);
    this.#totals.set(door, count);
    for (const oldest of this.#totals.keys()) {
      if (this.#totals.size <= MAX_COUNTED) break;
      this.#totals.delete(oldest);
    }
    for (const oldest of this.#attempts.keys()) {
      if (this.#attempts.size <= MAX_ATTEMPTS) break;
      this.#attempts.delete(oldest);
    }
  }

  /** The one who knocked did know the code. */
  clear(key: string): void {
    const attempt = this.#attempts.get(key);
    if (attempt === undefined) return;
    this.#attempts.delete(key);
    this.#totals.set(attempt.door, Math.max(0, this.count(attempt.door) - 1));
  }

  /** Whether an announced attempt is still unproven. */
  isOpen(key: string): boolean {
    return this.#attempts.has(key);
  }

  /** Wrong and unproven guesses at a door so far. */
  count(door: string): number {
    return this.#totals.get(door) ?? 0;
  }

  /**
   * Milliseconds until one more answer may be given; 0 for now, Infinity for never. `opening` answers of ours are
   * on their way and not announced yet: they count as if they were, or many knocks at once would get past the limit.
   */
  wait(door: string, kind: DoorKind, opening = 0): number {
    if (kind === "invite") return 0;
    if (kind === "spoken") return this.count(door) + opening < SPOKEN_LIFE ? 0 : Infinity;
    const now = this.#clock.now();
    const times = [...this.#attempts.values()]
      .filter((attempt) => attempt.door === door && now - attempt.at < WINDOW_MS)
      .map((attempt) => attempt.at);
    for (let i = 0; i < opening; i++) times.push(now);
    if (times.length < NAMED_BURST) return 0;
    const proving = times.filter((at) => now - at < PROOF_MS);
    if (times.length - proving.length < NAMED_BURST) {
      return Math.max(1, Math.min(...proving) + PROOF_MS - now);
    }
    return Math.max(0, Math.max(...times) + SLOW_MS - now);
  }

  /** All counts, for a newcomer. */
  totals(): [string, number][] {
    return [...this.#totals];
  }
}
