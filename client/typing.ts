/**
 * Who is typing (SPEC §10.3): said while the user types, forgotten soon after. Nothing depends on it, so it may be lost, and
 * it is never said or shown where the user does not want it, nor in a large room.
 *
 * @module
 */
import type { Id } from "./ids.ts";
import type { Clock } from "./options.ts";
import type { Timers } from "./timers.ts";

/** Bounds, each reached by a test; times in milliseconds. */
export const TYPING = {
  /** How long after one "on" no other is said. */
  againMs: 4_000,
  /** How long somebody is shown as typing after the last "on". */
  shownMs: 6_000,
  /** How long nobody is shown anew that was shown and has stopped, counted from when it was shown. */
  flickerMs: 2_000,
  /** Most members of a room in which it is said or shown. */
  members: 50,
  /** How much of the relay's rate must be left: words come first. */
  spare: 0.5,
} as const;

/** What {@linkcode Typing} needs of the room. */
export interface TypingRoom {
  clock: Clock;
  timers: Timers;
  /** Members in the room. */
  size(): number;
  /** How much of the relay's rate is left, 0 to 1. */
  spare(): number;
  /** Whether `id` is a member that may be believed to be there. */
  counts(id: Id): boolean;
  /** Seals and sends it; may be dropped. */
  send(on: boolean): void;
  /** `id` has begun to type, or stopped. */
  told(id: Id, on: boolean): void;
}

/** Says that we type, and knows who does. */
export class Typing {
  readonly #room: TypingRoom;
  readonly #shown = new Map<Id, () => void>();
  readonly #since = new Map<Id, number>();
  #wanted = true;
  #saidAt = -Infinity;
  #said = false;

  /** Nobody types. */
  constructor(room: TypingRoom) {
    this.#room = room;
  }

  /** Whether it is said and shown. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** Whether the last thing said is that we type. */
  get said(): boolean {
    return this.#said;
  }

  /** Says it and shows it, or neither from now on. */
  want(wanted: boolean): void {
    if (!wanted) {
      this.type(false);
      for (const id of [...this.#shown.keys()]) this.stop(id);
    }
    this.#wanted = wanted;
  }

  /** The user types, at each key; or has emptied the line. */
  type(on: boolean): void {
    const { clock, size, spare, send } = this.#room;
    const since = clock.now() - this.#saidAt;
    if (!on) {
      if (this.#said && since < TYPING.shownMs) send(false);
      this.#said = false;
      return;
    }
    if (!this.#wanted || since < TYPING.againMs) return;
    if (size() > TYPING.members || spare() < TYPING.spare) return;
    this.#saidAt = clock.now();
    this.#said = true;
    send(true);
  }

  /** We have said something: that tells the others that we have stopped. */
  spoke(): void {
    this.#said = false;
  }

  /** Takes what `from` says. */
  hear(from: Id, on: boolean): void {
    if (!on) return this.stop(from);
    const { clock, timers, size, counts, told } = this.#room;
    if (!this.#wanted || size() > TYPING.members || !counts(from)) return;
    const forget = this.#shown.get(from);
    if (forget === undefined) {
      // Somebody that says on and off as fast as it can does not make the screen flicker.
      if (clock.now() - (this.#since.get(from) ?? -Infinity) < TYPING.flickerMs) return;
      this.#since.set(from, clock.now());
    } else forget();
    this.#shown.set(from, timers.after(TYPING.shownMs, () => this.stop(from)));
    if (forget === undefined) told(from, true);
  }

  /** `id` has said something, or has no connection any more. */
  stop(id: Id): void {
    const forget = this.#shown.get(id);
    if (forget === undefined) return;
    forget();
    this.#shown.delete(id);
    this.#room.told(id, false);
  }

  /** `id` is no longer a member. */
  forget(id: Id): void {
    this.stop(id);
    this.#since.delete(id);
  }
}
