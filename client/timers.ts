/** The timers of one owner, so that all of them end with it. @module */
import type { Clock } from "./options.ts";

/** Runs things later, until disposed. */
export class Timers {
  readonly #clock: Clock;
  readonly #running = new Map<unknown, (() => void) | undefined>();
  #disposed = false;

  /** Uses `clock` for all of them. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs once after `ms`; the function returned forgets it. `onDispose` is called if the end comes first. */
  after(ms: number, run: () => void, onDispose?: () => void): () => void {
    if (this.#disposed) {
      onDispose?.();
      return () => {};
    }
    const timer = this.#clock.setTimer(() => {
      this.#running.delete(timer);
      run();
    }, ms);
    this.#running.set(timer, onDispose);
    return () => {
      if (this.#running.delete(timer)) this.#clock.clearTimer(timer);
    };
  }

  /** Runs again and again, `ms` after the last time. */
  every(ms: number, run: () => void): void {
    this.after(ms, () => {
      run();
      this.every(ms, run);
    });
  }

  /** Forgets all of them. */
  dispose(): void {
    this.#disposed = true;
    const running = [...this.#running];
    this.#running.clear();
    for (const [timer, onDispose] of running) {
      this.#clock.clearTimer(timer);
      onDispose?.();
    }
  }
}
