/** Frames that cannot be read yet, for a while and within bounds. @module */

/** A frame that waits. */
export interface Held {
  from: number;
  payload: Uint8Array;
  at: number;
}

/** Bounds of a {@linkcode FrameBuffer}. */
export const BUFFER_LIMITS = {
  frames: 1_024,
  bytes: 8 * 1_048_576,
  framesPerPeer: 256,
  bytesPerPeer: 2 * 1_048_576,
  ms: 30_000,
} as const;

/**
 * Frames by what they wait for. What is new is dropped when it is full, and what is one peer's when that peer has
 * its share, so that nobody can push out others'.
 */
export class FrameBuffer {
  readonly #held = new Map<string, Held[]>();
  readonly #byPeer = new Map<number, { frames: number; bytes: number }>();
  #frames = 0;
  #bytes = 0;

  /** Holds a frame; false when there is no room for it. */
  hold(key: string, frame: Held): boolean {
    this.#expire(frame.at);
    const size = frame.payload.length;
    const own = this.#byPeer.get(frame.from) ?? { frames: 0, bytes: 0 };
    const { frames, bytes, framesPerPeer, bytesPerPeer } = BUFFER_LIMITS;
    if (own.frames >= framesPerPeer || own.bytes + size > bytesPerPeer) return false;
    if (this.#frames >= frames || this.#bytes + size > bytes) return false;
    const list = this.#held.get(key) ?? [];
    list.push(frame);
    this.#held.set(key, list);
    this.#count(frame, 1);
    return true;
  }

  /** Takes out all that waits for `key`, in the order in which it came. */
  take(key: string): Held[] {
    const list = this.#held.get(key) ?? [];
    this.#held.delete(key);
    for (const frame of list) this.#count(frame, -1);
    return list;
  }

  /** Whether anything waits for `key`. */
  has(key: string): boolean {
    return this.#held.has(key);
  }

  /** For how many keys something of `peer` waits. */
  keysOf(peer: number): number {
    return [...this.#held.values()].filter((list) => list.some(({ from }) => from === peer)).length;
  }

  /** Frames held. */
  get size(): number {
    return this.#frames;
  }

  /** Forgets everything. */
  clear(): void {
    this.#held.clear();
    this.#byPeer.clear();
    this.#frames = 0;
    this.#bytes = 0;
  }

  #count({ from, payload }: Held, sign: 1 | -1): void {
    const own = this.#byPeer.get(from) ?? { frames: 0, bytes: 0 };
    own.frames += sign;
    own.bytes += sign * payload.length;
    if (own.frames === 0) this.#byPeer.delete(from);
    else this.#byPeer.set(from, own);
    this.#frames += sign;
    this.#bytes += sign * payload.length;
  }

  #expire(now: number): void {
    for (const [key, list] of this.#held) {
      const first = list[0];
      if (first !== undefined && now - first.at > BUFFER_LIMITS.ms) this.take(key);
    }
  }
}
