/** The doors of rooms that the operator has closed, which found no room for a while. @module */

/** How long, in milliseconds: whoever is there and has not heard of it tries again within a minute. */
export const CLOSED_DOOR_MS = 600_000;
/** Doors remembered; beyond that the oldest are forgotten first. */
export const MAX_CLOSED = 4_096;

/** Doors that are shut, in RAM only. */
export class ClosedDoors {
  readonly #until = new Map<string, number>();

  /** Doors remembered. */
  get size(): number {
    return this.#until.size;
  }

  /** Shuts a door. */
  shut(key: string, now: number): void {
    this.#until.delete(key);
    const oldest = this.#until.size >= MAX_CLOSED ? this.#until.keys().next().value : undefined;
    if (oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(key, now + CLOSED_DOOR_MS);
  }

  /** Milliseconds until a door may lead somewhere again; 0 for all others. */
  wait(key: string, now: number): number {
    return Math.max(0, (this.#until.get(key) ?? 0) - now);
  }

  /** Forgets what is over. */
  sweep(now: number): void {
    for (const [key, until] of this.#until) {
      if (until > now) return; // in the order in which they end
      this.#until.delete(key);
    }
  }
}
