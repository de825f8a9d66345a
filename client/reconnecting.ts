/**
 * Tries again and again to get a lost connection back: soon at first, then ever more rarely, never all members of a
 * room in step.
 *
 * @module
 */
import { isAtDoor, isFinal, isRare } from "./endings.ts";
import { ClientError } from "./errors.ts";
import type { Clock } from "./options.ts";
import { Timers } from "./timers.ts";

/** The first try comes within this time, in milliseconds. */
export const FIRST_MS = 300;
/** The wait before the second try, in milliseconds; it doubles from there on. */
export const STEP_MS = 500;
/** The longest wait, in milliseconds, before jitter. */
export const LONGEST_MS = 30_000;

/** The shortest wait, in milliseconds, where trying again is of little use; the longest is twice as long. */
export const RARE_MS = 60_000;

/** A connection that has lasted so long, in milliseconds, was one. */
export const STEADY_MS = 30_000;
/** Of the tries before a connection that did not last, so many count on if it was of use. */
export const USEFUL_TRIES = 1;

/** What {@linkcode Reconnecting} needs. */
export interface ReconnectingOptions {
  clock: Clock;
  /** After how long it gives up, in milliseconds. */
  giveUpMs: number;
  /** Tries before, which led to nothing that lasted: it waits as if it went on with them. @default 0 */
  before?: number;
  /** How long the absences before lasted, which led to nothing that lasted, in milliseconds. @default 0 */
  absentMs?: number;
  /** One try; rejects with a `ClientError`. */
  attempt(signal: AbortSignal): Promise<void>;
  /** It waits before the next try. */
  waiting(info: { reason: string; attempt: number; retryMs: number }): void;
  /** It has given up, or trying again makes no sense. */
  failed(error: ClientError): void;
}

/**
 * Remembers whether connections last. A relay that takes everybody in and drops them at once would otherwise be
 * asked again several times a second, as each return would begin to count anew.
 */
export class Lasting {
  readonly #clock: Clock;
  #tries = 0;
  #absentMs = 0;
  #since = -Infinity;
  #useful = false;
  /** Connections in a row that did not last, and were of no use. */
  #short = 0;

  /** The first connection has not been tried for. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** There is a connection again, after so many tries and so long an absence. */
  begin(tries: number, absentMs: number): void {
    this.#tries = tries;
    this.#absentMs = absentMs;
    this.#since = this.#clock.now();
    this.#useful = false;
  }

  /** It has carried something of ours or of others. */
  use(): void {
    this.#useful = true;
  }

  /**
   * It is lost; gives the tries and the absence that still count, unless it has lasted for `steadyMs`. How often the
   * relay was tried in vain while it was away says nothing any more once it has taken us in.
   */
  lost(steadyMs: number): { before: number; absentMs: number } {
    const lasted = this.#clock.now() - this.#since;
    const steady = lasted >= steadyMs;
    this.#short = steady || this.#useful ? 0 : this.#short + 1;
    if (steady) return { before: 0, absentMs: 0 };
    if (this.#useful) return { before: Math.min(USEFUL_TRIES, this.#tries), absentMs: 0 };
    return { before: Math.min(this.#short + 1, this.#tries), absentMs: this.#absentMs };
  }
}

/** One absence: from the loss of a connection until it is back. */
export class Reconnecting {
  readonly #options: ReconnectingOptions;
  readonly #timers: Timers;
  readonly #stop = new AbortController();
  #hurry: () => void = () => {};
  #hurried = false;
  #attempt: number;
  readonly #since: number;

  /** Starts trying. */
  constructor(options: ReconnectingOptions, reason: string) {
    this.#options = options;
    this.#attempt = options.before ?? 0;
    this.#timers = new Timers(options.clock);
    this.#since = options.clock.now() - (options.absentMs ?? 0);
    const left = Math.max(0, options.giveUpMs - this.absentMs);
    if (left < Infinity) this.#timers.after(left, () => this.#giveUp());
    void this.#run(reason);
  }

  /** Tries so far, those before it too. */
  get attempts(): number {
    return this.#attempt;
  }

  /** How long it has been absent, the absences before too, in milliseconds. */
  get absentMs(): number {
    return this.#options.clock.now() - this.#since;
  }

  /** Tries now instead of later. */
  now(): void {
    this.#hurried = true;
    this.#hurry();
  }

  /** Ends the trying. */
  dispose(): void {
    this.#stop.abort(new ClientError("closed", "Cannot go on: the connection was closed", { status: 3 }));
    this.#timers.dispose();
  }

  async #run(first: string): Promise<void> {
    let reason = first;
    let least = 0;
    let atDoor = 0;
    while (!this.#stop.signal.aborted) {
      const attempt = ++this.#attempt;
      // How long the relay was away says nothing of how long it takes until somebody is at the door.
      const step = atDoor === 0 ? attempt : Math.min(attempt, atDoor + 2);
      const retryMs = Math.round(Math.max(least, delayBefore(step, Math.random())));
      this.#options.waiting({ reason, attempt, retryMs });
      await this.#wait(retryMs);
      if (this.#stop.signal.aborted) return;
      try {
        await this.#options.attempt(this.#stop.signal);
        return this.dispose();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (!(error instanceof ClientError)) throw error;
        if (isFinal(error)) {
          this.dispose();
          return this.#options.failed(error);
        }
        reason = error.message;
        atDoor = isAtDoor(error) ? atDoor + 1 : 0;
        // Never all in step: one certificate is another one for everybody at once.
        least = isRare(error) ? RARE_MS * (1 + Math.random()) : error.retryAfterMs;
      }
    }
  }

  async #wait(ms: number): Promise<void> {
    if (this.#hurried) {
      this.#hurried = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const stop = this.#timers.after(ms, resolve, resolve);
      this.#hurry = () => {
        stop();
        this.#hurried = false;
        resolve();
      };
    });
    this.#hurry = () => {};
  }

  #giveUp(): void {
    if (this.#stop.signal.aborted) return;
    this.dispose();
    const time = Math.round(this.#options.giveUpMs / 1000);
    this.#options.failed(
      new ClientError("gave_up", `Cannot get back into the room: nothing has helped for ${time} s`, {
        status: 3,
      }),
    );
  }
}

/**
 * How long to wait before a try.
 *
 * @param attempt The try, from 1.
 * @param random From 0 to 1.
 * @returns Milliseconds.
 */
export function delayBefore(attempt: number, random: number): number {
  if (attempt <= 1) return FIRST_MS * random;
  return Math.min(LONGEST_MS, STEP_MS * 2 ** Math.min(16, attempt - 2)) * (0.5 + random);
}
