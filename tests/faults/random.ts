/** Numbers that look random and are the same for the same seed. @module */

/** A seeded generator (splitmix32). */
export class Random {
  #state: number;

  /** Starts from `seed`. */
  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to 1, 1 left out. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** True in `share` of the cases. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of `list`; `undefined` if it is empty. */
  pick<T>(list: readonly T[]): T | undefined {
    return list[this.int(0, list.length - 1)];
  }

  /** `list` in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  }

  /** A generator of its own for one purpose, so that more numbers here change nothing there. */
  fork(label: number): Random {
    return new Random(Math.imul(this.seed ^ 0x5bd1e995, 2 * label + 1) ^ (label + 1));
  }
}

/** The seed of this run: `FAULT_SEED`, or a new one. */
export function seedOfRun(): number {
  const text = Deno.env.get("FAULT_SEED");
  return text === undefined || text === "" ? Math.floor(Math.random() * 2 ** 32) : Number(text) >>> 0;
}
