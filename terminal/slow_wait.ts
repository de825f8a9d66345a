/** Says what is waited for when leaving a room takes its time. @module */
import type { Clock } from "../client/options.ts";
import type { ConnectionNotes } from "./connection_notes.ts";
import type { UnderWay } from "./under_way.ts";
import { waitingText } from "./unsent_wording.ts";

/** Leaving takes longer than this, in milliseconds: say why. */
const SLOW_LEAVE_MS = 700;

/** What a {@linkcode SlowWait} works with. */
export interface SlowWaitOptions {
  clock: Clock;
  /** What is waited for. */
  underWay: UnderWay;
  /** What is told of the connection: first, where that is why. */
  notes: ConnectionNotes;
  say: (text: string) => void;
}

/** Waits for what is under way, and does not leave the user without a word. */
export class SlowWait {
  readonly #options: SlowWaitOptions;
  #timer: unknown;

  /** Nothing is waited for yet. */
  constructor(options: SlowWaitOptions) {
    this.#options = options;
  }

  /** The wait begins; `ending` where it is for good. */
  begin({ ending }: { ending: boolean }): void {
    const { clock, underWay, notes, say } = this.#options;
    this.stop();
    this.#timer = clock.setTimer(() => {
      notes.tellNow();
      say(waitingText(underWay, { ending }));
    }, SLOW_LEAVE_MS);
  }

  /** The wait is over. */
  stop(): void {
    this.#options.clock.clearTimer(this.#timer);
  }

  /** Waits until what has been said is sent. */
  async drain(how: { ending: boolean }): Promise<void> {
    this.begin(how);
    try {
      await this.#options.underWay.drain();
    } finally {
      this.stop();
    }
  }
}
