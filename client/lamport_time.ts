/** The Lamport time known here (SPEC §9): nobody can run it far ahead by one content. @module */
import { DELIVERY_LIMITS, type Head } from "./delivery_author.ts";

/** Rises with what is seen. */
export class LamportTime {
  #known = 0;

  /** Largest Lamport time known here; what runs too far ahead moves it by little. */
  get known(): number {
    return this.#known;
  }

  /** A Lamport time that is known from elsewhere. */
  saw(lamport: number): void {
    this.#known = Math.max(this.#known, this.#within(this.#known, lamport));
  }

  /** `head` as the next one of an author that stands at `before`, with a time that is not too far ahead. */
  bounded(head: Head, before: Head): Head {
    return { ...head, lamport: this.#within(Math.max(this.#known, before.lamport), head.lamport) };
  }

  /** Whether an author that stands at `before` may say something at this time. */
  mayFollow(lamport: number, before: Head): boolean {
    return lamport <= Math.max(this.#known, before.lamport) + DELIVERY_LIMITS.maxLamportAhead;
  }

  #within(known: number, lamport: number): number {
    return Math.min(lamport, known + DELIVERY_LIMITS.maxLamportStep);
  }
}
