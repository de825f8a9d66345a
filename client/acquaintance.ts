/** Who has seen how much of what we said, by its own word (SPEC §9). @module */
import { equalBytes } from "../crypto/bytes.ts";
import type { Dependency } from "../crypto/content.ts";
import type { Id } from "./ids.ts";

/**
 * What others say depends on what they had seen. Of all that only what is ours is of use, so that somebody who names
 * ids of nobody fills nothing: one number is remembered of each author of whom something was shown.
 */
export class Acquaintance {
  readonly #me: Uint8Array;
  readonly #upTo = new Map<Id, number>();

  /** Looks for what `me` said. */
  constructor(me: Uint8Array) {
    this.#me = me;
  }

  /** Authors of whom something is remembered. */
  get size(): number {
    return this.#upTo.size;
  }

  /** `other` has said something that depends on this. */
  heard(other: Id, deps: readonly Dependency[]): void {
    for (const { memberId, number } of deps) {
      if (equalBytes(memberId, this.#me)) this.#upTo.set(other, Math.max(this.#upTo.get(other) ?? 0, number));
    }
  }

  /** Whether `other` has said that it has our content `number`. */
  knows(other: Id, number: number): boolean {
    return (this.#upTo.get(other) ?? 0) >= number;
  }
}
