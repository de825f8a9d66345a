/** One's own KEM keys: the current ones, and earlier ones as long as frames sealed to them may still come. @module */
import { type Bundle, signBundle } from "../crypto/bundle.ts";
import type { Identity } from "../crypto/identity.ts";
import { KemKeys } from "../crypto/kem.ts";
import type { Clock } from "./options.ts";

/** How long earlier keys are kept after they were last used, in milliseconds. */
export const KEEP_KEYS_MS = 60_000;
/** Most generations of keys held at once. */
export const MAX_GENERATIONS = 16;

/** One generation of keys with the bundle that announced them. */
export interface Generation {
  keys: KemKeys;
  bundle: Bundle;
  lastUsed: number;
}

/** Owner of one's own KEM keys. */
export class KeyRing {
  readonly #identity: Identity;
  readonly #clock: Clock;
  #generations: Generation[] = [];

  private constructor(identity: Identity, clock: Clock) {
    this.#identity = identity;
    this.#clock = clock;
  }

  /** Makes the first keys of an identity. */
  static async create(identity: Identity, options: { nick: string; clock: Clock }): Promise<KeyRing> {
    const ring = new KeyRing(identity, options.clock);
    ring.adopt(await ring.make(options.nick, 1));
    return ring;
  }

  /** The current generation. */
  get current(): Generation {
    const current = this.#generations[0];
    if (current === undefined) throw new TypeError("Cannot use the keys: they have been wiped");
    return current;
  }

  /** All generations that may still be used for opening, newest first. */
  get all(): readonly Generation[] {
    return this.#generations;
  }

  /** The generation with this key number; using it keeps it alive. */
  find(keyNumber: number): Generation | undefined {
    const found = this.#generations.find((g) => g.bundle.keyNumber === keyNumber);
    if (found !== undefined) found.lastUsed = this.#clock.now();
    return found;
  }

  /** Makes the next generation without using it yet; {@linkcode KeyRing.adopt} does. */
  async make(nick: string, keyNumber: number = this.current.bundle.keyNumber + 1): Promise<Generation> {
    const keys = await KemKeys.generate();
    const bundle = await signBundle(this.#identity, keys, { keyNumber, nickname: nick });
    return { keys, bundle, lastUsed: this.#clock.now() };
  }

  /** Makes `generation` the current one. */
  adopt(generation: Generation): void {
    const [before] = this.#generations;
    if (before !== undefined) before.lastUsed = this.#clock.now(); // the others hear of the new ones only now
    this.#generations.unshift(generation);
    for (const old of this.#generations.splice(MAX_GENERATIONS)) old.keys.dispose();
  }

  /** Drops earlier keys that have not been used for so long, in milliseconds. */
  expire(keepMs: number = KEEP_KEYS_MS): void {
    const limit = this.#clock.now() - keepMs;
    this.#generations = this.#generations.filter((generation, index) => {
      if (index === 0 || generation.lastUsed > limit) return true;
      generation.keys.dispose();
      return false;
    });
  }

  /** Drops all keys. */
  dispose(): void {
    for (const { keys } of this.#generations) keys.dispose();
    this.#generations = [];
  }
}
