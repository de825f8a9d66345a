/** What was cut and can be put back: readline's kill ring. @module */

/** Most cuts that are kept. */
const MAX_CUTS = 16;

/** Cuts, the newest first. */
export class KillRing {
  #cuts: string[] = [];
  #at = 0;

  /**
   * Keeps a cut.
   *
   * @param text What was cut.
   * @param join Whether it goes with the cut before, and on which side of it. Left out, it stands alone.
   */
  add(text: string, join?: "before" | "after"): void {
    const newest = this.#cuts[0];
    if (join !== undefined && newest !== undefined) {
      this.#cuts[0] = join === "before" ? text + newest : newest + text;
    } else this.#cuts = [text, ...this.#cuts].slice(0, MAX_CUTS);
    this.#at = 0;
  }

  /** What is put back now; null when nothing was cut. */
  get current(): string | null {
    return this.#cuts[this.#at] ?? null;
  }

  /** Begins at the newest cut again. */
  rewind(): void {
    this.#at = 0;
  }

  /** Goes on to the cut before, and from the oldest to the newest. */
  rotate(): void {
    this.#at = this.#cuts.length === 0 ? 0 : (this.#at + 1) % this.#cuts.length;
  }

  /** Forgets all cuts. */
  wipe(): void {
    this.#cuts = [];
    this.#at = 0;
  }
}
