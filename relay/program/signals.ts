/** Signals that tell the relay to end, or to look at its files again. @module */

/** What may be told. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** Listens for signals from when it is made until it is closed. */
export class Signals {
  /** The first signal to end. */
  readonly first: Promise<StopSignal>;
  /** Resolves when ending can wait no longer: at SIGINT, or at the second SIGTERM. */
  readonly urgent: Promise<void>;
  readonly #listeners: [Deno.Signal, () => void][] = [];

  /** Begins to listen. */
  constructor() {
    const first = Promise.withResolvers<StopSignal>();
    const urgent = Promise.withResolvers<void>();
    this.first = first.promise;
    this.urgent = urgent.promise;
    let terminated = false;
    this.#listen("SIGINT", () => {
      first.resolve("SIGINT");
      urgent.resolve();
    });
    this.#listen("SIGTERM", () => {
      first.resolve("SIGTERM");
      if (terminated) urgent.resolve();
      terminated = true;
    });
  }

  /** Runs `run` at each SIGHUP. Without it, SIGHUP ends the program, as when its terminal closes. */
  onHangUp(run: () => void): void {
    this.#listen("SIGHUP", run);
  }

  /** Stops listening. */
  close(): void {
    for (const [signal, run] of this.#listeners.splice(0)) Deno.removeSignalListener(signal, run);
  }

  #listen(signal: Deno.Signal, run: () => void): void {
    try {
      Deno.addSignalListener(signal, run);
      this.#listeners.push([signal, run]);
    } catch { /* this system has no such signal */ }
  }
}
