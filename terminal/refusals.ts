/** Tells why something was refused; a burst of the same, as of many pasted lines, once and by its number. @module */
import type { Clock } from "../client/options.ts";
import { counted } from "./wording.ts";

/** What {@linkcode Refusals} is given. */
export interface RefusalsOptions {
  /** Time. */
  clock: Clock;
  /** Prints a refusal. */
  problem: (text: string) => void;
  /** Prints how many more there were. */
  notice: (text: string) => void;
}

/** From how long apart the same is told again, in milliseconds: nobody types that fast. */
const BURST_MS = 300;

/** Watches for bursts. */
export class Refusals {
  readonly #options: RefusalsOptions;
  #last: { message: string; more: number; timer: unknown } | null = null;

  /** Nothing has been refused yet. */
  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  /** Something was refused. */
  tell(message: string): void {
    const { clock, problem } = this.#options;
    if (this.#last?.message === message) {
      this.#last.more++;
      clock.clearTimer(this.#last.timer);
    } else {
      this.settle();
      problem(message);
      this.#last = { message, more: 0, timer: undefined };
    }
    this.#last.timer = clock.setTimer(() => this.settle(), BURST_MS);
  }

  /** What is counted is told; nothing more comes of it. */
  settle(): void {
    const last = this.#last;
    if (last === null) return;
    this.#last = null;
    this.#options.clock.clearTimer(last.timer);
    if (last.more > 0) {
      const lines = counted(last.more, "more line was", "more lines were");
      this.#options.notice(`${lines} refused for the same reason.`);
    }
  }
}
