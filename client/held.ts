/** What comes before anybody listens: kept in order, up to a bound, and never passed over without a word. @module */
import type { RelayFrame } from "../wire/frame.ts";
import { ClientError } from "./errors.ts";

/** Bounds of what is held while a session begins. */
export const HELD_BEFORE = { frames: 4_096, bytes: 64 * 1_048_576 } as const;

/** Frames in the order in which they came. */
export class Held<Frame extends RelayFrame> {
  readonly frames: Frame[] = [];
  #bytes = 0;

  /** Holds one more; false when there is no room for it. */
  add(frame: Frame): boolean {
    const bytes = sizeOf(frame);
    if (this.frames.length >= HELD_BEFORE.frames || this.#bytes + bytes > HELD_BEFORE.bytes) return false;
    this.frames.push(frame);
    this.#bytes += bytes;
    return true;
  }

  /** Gives the first that `fits`, and holds it no more. */
  pull(fits: (frame: Frame) => boolean): Frame | undefined {
    const at = this.frames.findIndex(fits);
    if (at < 0) return undefined;
    const [frame] = this.frames.splice(at, 1);
    this.#bytes -= sizeOf(frame as Frame);
    return frame;
  }

  /** Gives all of them, and holds none any more. */
  take(): Frame[] {
    this.#bytes = 0;
    return this.frames.splice(0);
  }
}

function sizeOf(frame: RelayFrame): number {
  return frame.type === "deliver" ? frame.payload.length : 0;
}

/** There is no room for more: whoever goes on without it would miss something and not know. */
export function tooMuch(what: "come in" | "come back"): ClientError {
  return new ClientError("too_much", `Cannot ${what}: the relay sends too much at once`, { status: 3 });
}
