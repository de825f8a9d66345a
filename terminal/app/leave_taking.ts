/** How a run on the full screen comes to its end: in order, at once, or by burning. @module */
import { withTimeout } from "../running.ts";
import { burn } from "./burn.ts";
import { cutShort, type Departure, INTERRUPTED, leftInOrder } from "./departure.ts";
import type { FullScreen } from "./full_screen.ts";

/** Ends one run. */
export class LeaveTaking {
  readonly #app: FullScreen;
  readonly #terminal: { leave(): void };
  readonly #done = Promise.withResolvers<Departure>();
  #ending = false;
  #over = false;

  /** `terminal` is given back at once when all is burnt. */
  constructor(app: FullScreen, terminal: { leave(): void }) {
    this.#app = app;
    this.#terminal = terminal;
  }

  /** Whether all rooms are being left. */
  get ending(): boolean {
    return this.#ending;
  }

  /** Whether they have been. */
  get over(): boolean {
    return this.#over;
  }

  /** How it ended, once it has; rejects with a fault of the program. */
  get departure(): Promise<Departure> {
    return this.#done.promise;
  }

  /** Leaves all rooms in order; the second time, at once. */
  interrupt(): void {
    if (this.#ending) void this.abort(INTERRUPTED);
    else void this.quit();
  }

  /** Ends without waiting for anybody, but for `graceMs` to say goodbye. */
  async abort(status: number, graceMs = 0): Promise<void> {
    const { tabs } = this.#app;
    this.#ending = true;
    if (graceMs > 0) await withTimeout(Promise.all(tabs.all.map((tab) => tab.seat.leave())), graceMs);
    const atRisk = this.#over ? 0 : tabs.all.reduce((sum, tab) => sum + tab.underWay.atRisk, 0);
    await Promise.all(tabs.all.map((tab) => tab.abort()));
    this.end(cutShort(status, atRisk));
  }

  /** Leaves all rooms in order. */
  async quit(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.#app.overlays.wipe();
    try {
      const endings = await Promise.all(this.#app.tabs.all.map((tab) => tab.leave({ ending: true })));
      this.end(leftInOrder(endings));
    } catch (error) {
      this.fault(error);
    }
  }

  /** Wipes rooms, keys, texts and the screen, all before this returns; ends once the others have been told, or a second later. */
  burn(): void {
    const app = this.#app;
    this.#ending = true;
    const aborted: Promise<void>[] = [];
    burn({
      screen: this.#terminal,
      sessions: app.tabs.all.map((tab) => ({ abort: () => aborted.push(tab.abort()) })),
      texts: [{ wipe: () => app.restore() }, ...app.tabs.all, { wipe: () => app.forgetBeginning() }],
      exit: () => void Promise.allSettled(aborted).then(() => this.end({ status: 0, words: [] })),
    });
  }

  /** All is over. */
  end(departure: Departure): void {
    if (this.#over) return;
    this.#ending = this.#over = true;
    for (const tab of this.#app.tabs.all) tab.close();
    this.#done.resolve(departure);
  }

  /** A fault of the program: ends it. */
  fault(error: unknown): void {
    this.#done.reject(error);
  }
}
