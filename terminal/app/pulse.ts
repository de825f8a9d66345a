/** Paints again when time alone changes what is seen: who has stopped typing, when the next try is. @module */
import type { Clock } from "../../client/options.ts";
import type { RoomModel } from "../room/room_model.ts";

/** How often a countdown is painted, in milliseconds. */
const COUNTDOWN_MS = 1_000;

/** One timer for everything that changes by itself. */
export class Pulse {
  readonly #clock: Clock;
  readonly #paint: () => void;
  #timer: unknown = null;

  /** Rests. */
  constructor(clock: Clock, paint: () => void) {
    this.#clock = clock;
    this.#paint = paint;
  }

  /** Sets the timer by what is seen now. */
  next(model: Pick<RoomModel, "connection" | "typingUntil"> | null): void {
    this.stop();
    if (model === null) return;
    const now = this.#clock.now();
    const waits: number[] = [];
    if (model.connection.offline) waits.push(COUNTDOWN_MS);
    if (model.typingUntil !== null) waits.push(Math.max(0, model.typingUntil - now) + 1);
    if (waits.length === 0) return;
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = null;
      this.#paint();
    }, Math.min(...waits));
  }

  /** Rests again. */
  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer);
    this.#timer = null;
  }
}
