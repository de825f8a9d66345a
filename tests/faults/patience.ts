/** A time limit around what is waited for: a hang becomes a failure that says what hung. @module */

/** How often what is waited for is looked at, in milliseconds. */
const LOOK_MS = 20;

/** How long everything together may take, and what is being waited for. */
export class Patience {
  #deadline: number;
  readonly #waiting = new Set<{ step: string }>();

  /** It is over in `ms`. */
  constructor(ms: number) {
    this.#deadline = performance.now() + ms;
  }

  /** From now on everything together may take so long, in milliseconds. */
  grant(ms: number): void {
    this.#deadline = performance.now() + ms;
  }

  /** What `work` gives; rejects when the time is up before. */
  async within<T>(step: string, work: Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const entry = { step };
    this.#waiting.add(entry);
    const timer = setTimeout(
      () => reject(this.#isUp(entry)),
      Math.max(0, this.#deadline - performance.now()),
    );
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(entry);
    }
  }

  /** Waits until something is so; rejects when the time is up, also what is tried again and again and is so each time. */
  async until(step: string, fits: () => boolean): Promise<void> {
    const entry = { step };
    this.#waiting.add(entry);
    try {
      for (;;) {
        if (performance.now() >= this.#deadline) throw this.#isUp(entry);
        if (fits()) return;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    } finally {
      this.#waiting.delete(entry);
    }
  }

  #isUp(late: { step: string }): Error {
    const others = [...this.#waiting].filter((entry) => entry !== late).map(({ step }) =>
      `, and until ${step}`
    );
    return new Error(`the time is up, waiting until ${late.step}${others.join("")}`);
  }
}
