/** What line mode and JSON mode have in common: a seat in one room, and a run that ends when that is left. @module */
import type { Ending, SessionEvent } from "../client/events.ts";
import type { Clock } from "../client/options.ts";
import { type Running, withTimeout } from "./running.ts";
import { type Entrance, Seat } from "./seat.ts";
import { UnderWay } from "./under_way.ts";
import { unsentText } from "./unsent_wording.ts";

/** Exit status after a second interrupt, as shells know it. */
const INTERRUPTED = 130;
/** Exit status when something was not sent. */
export const UNSENT = 3;
/** How often one gives way to an older room of the same name. */
const MAX_MOVES = 3;

/** A mode that is in one room at a time. */
export abstract class OneRoomMode implements Running {
  /** The place in a room. */
  protected readonly seat: Seat;
  /** What is not done yet. */
  protected readonly underWay: UnderWay;
  /** Whether the room is being left for good. */
  protected ending = false;
  /** Whether nothing is told any more. */
  protected over = false;
  readonly #done = Promise.withResolvers<number>();
  readonly #older: (() => Entrance | null) | undefined;
  #moves = 0;

  /** `older` makes the way into an older room of the same name, which has come back. */
  constructor({ clock, older }: { clock?: Clock | undefined; older?: (() => Entrance | null) | undefined }) {
    this.#older = older;
    this.seat = new Seat({
      onEvent: (event) => this.observe(event),
      onEnded: (ending) => this.#ended(ending),
    });
    this.underWay = new UnderWay(clock);
  }

  /** Runs until the user has left. @returns The exit status. */
  async run(): Promise<number> {
    this.begin();
    return await this.#done.promise;
  }

  /** Ctrl-C: leaves in order; the second time, at once. */
  interrupt(): void {
    if (this.ending) void this.abort(INTERRUPTED);
    else void this.leave();
  }

  /** Ends without waiting for anybody, but for `graceMs` to say goodbye. */
  async abort(status: number, graceMs = 0): Promise<void> {
    this.ending = true;
    if (graceMs > 0) await withTimeout(this.seat.leave(), graceMs);
    const atRisk = this.over ? 0 : this.underWay.atRisk;
    if (atRisk > 0) this.sayUnsent(unsentText(atRisk));
    await this.seat.abort();
    this.end(atRisk > 0 ? UNSENT : status);
  }

  /** Goes through the first entrance, and begins to read. */
  protected abstract begin(): void;
  /** Takes note of what the session tells. */
  protected abstract observe(event: SessionEvent): void;
  /** Goes through the entrance of an older room. */
  protected abstract enterOlder(entrance: Entrance): Promise<void>;
  /** Waits until what was said has been sent, before the room is left for good. */
  protected abstract drain(): Promise<void>;
  /** Says how much was not sent. */
  protected abstract sayUnsent(text: string): void;

  /** Leaves in order, and ends. */
  protected async leave(): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    try {
      await this.drain();
      const ending = await this.seat.leave(); // which tells of what could not be sent, and has a status for it
      this.end(ending?.status ?? 0);
    } catch (error) {
      this.fault(error);
    }
  }

  /** Ends the run. */
  protected end(status: number): void {
    this.underWay.stop();
    this.ending = this.over = true;
    this.#done.resolve(status);
  }

  /** What is no refusal but a fault of the program: ends the run. */
  protected fault(error: unknown): void {
    this.#done.reject(error);
  }

  /** A founder that was alone gives way to the room that had its name before, a few times at most. */
  #ended({ code, status }: Ending): void {
    const older = code === "older_room" && this.#moves++ < MAX_MOVES ? this.#older?.() : null;
    if (this.ending || older === null || older === undefined) return this.end(status);
    this.enterOlder(older).catch((error) => this.fault(error));
  }
}
