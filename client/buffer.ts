/** Frames that cannot be read yet, for a while and within bounds. @module */

/** A frame that waits. */
export interface Held {
  from: number;
  payload: Uint8Array;
  at: number;
}

/** Bounds of a {@linkcode FrameBuffer}. */
export const BUFFER_LIMITS = { frames: 1_024, bytes: 8 * 1_048_576, framesPerKey: 256, ms: 30_000 } as const;

/** Frames by what they wait for; when it is full, what is new is dropped, so that nobody can push out others'. */
export class FrameBuffer {
  readonly #held = new Map<string, Held[]>();
  #frames = 0;
  #bytes = 0;

  /** Holds a frame; false when there is no room for it. */
  hold(key: string, frame: Held): boolean {
    this.#expire(frame.at);
    const list = this.#held.get(key) ?? [];
    if (list.length >= BUFFER_LIMITS.framesPerKey || this.#frames >= BUFFER_LIMITS.frames) return false;
    if (this.#bytes + frame.payload.length > BUFFER_LIMITS.bytes) return false;
    list.push(frame);
    this.#held.set(key, list);
    this.#frames++;
    this.#bytes += frame.payload.length;
    return true;
  }

  /** Takes out all that waits for `key`, in the order in which it came. */
  take(key: string): Held[] {
    const list = this.#held.get(key) ?? [];
    this.#held.delete(key);
    this.#frames -= list.length;
    for (const { payload } of list) this.#bytes -= payload.length;
    return list;
  }

  /** Whether anything waits for `key`. */
  has(key: string): boolean {
    return this.#held.has(key);
  }

  /** Frames held. */
  get size(): number {
    return this.#frames;
  }

  /** Forgets everything. */
  clear(): void {
    this.#held.clear();
    this.#frames = 0;
    this.#bytes = 0;
  }

  #expire(now: number): void {
    for (const [key, list] of this.#held) {
      const first = list[0];
      if (first !== undefined && now - first.at > BUFFER_LIMITS.ms) this.take(key);
    }
  }
}
