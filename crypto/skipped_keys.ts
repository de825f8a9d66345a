/**
 * The keys of messages that have not come yet, for all chains of one author: bounded, oldest wiped first.
 *
 * @module
 */
import { wipe } from "./bytes.ts";
import type { ChainStep } from "./sender_chain.ts";

/** Most skipped keys kept for one author. */
export const MAX_SKIPPED_KEYS = 2048;

/** The skipped keys of one chain, by counter. */
export type ChainSkips = Map<number, ChainStep>;

/** Keeps at most `limit` skipped keys over any number of chains. */
export class SkippedKeys {
  /** Most keys kept at once. */
  readonly limit: number;
  readonly #owners = new Map<ChainStep, ChainSkips>(); // in order of age

  /** An empty store; one author's chains share one. */
  constructor(limit: number = MAX_SKIPPED_KEYS) {
    this.limit = limit;
  }

  /** How many keys are kept now. */
  get size(): number {
    return this.#owners.size;
  }

  /** Takes over `step` and lists it in `owner`; wipes and unlists the oldest key when there are too many. */
  add(step: ChainStep, owner: ChainSkips): void {
    this.#owners.set(step, owner);
    owner.set(step.counter, step);
    for (const oldest of this.#owners.keys()) {
      if (this.#owners.size <= this.limit) return;
      this.drop(oldest);
    }
  }

  /** Wipes `step` and unlists it. */
  drop(step: ChainStep): void {
    this.#owners.get(step)?.delete(step.counter);
    this.#owners.delete(step);
    wipe(step.key, step.nonce, step.commitment);
  }

  /** Wipes every key that `owner` lists. */
  dropAll(owner: ChainSkips): void {
    for (const step of [...owner.values()]) this.drop(step);
  }
}
