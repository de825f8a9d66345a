/**
 * Messages that disappear (SPEC §7.3): each carries its time, and is forgotten that long after it was shown here. The
 * room's state says only which time one's next words carry, so that nobody can change that of what has been said.
 *
 * @module
 */
import { MAX_MESSAGES } from "./history.ts";
import { type Id, messageId } from "./ids.ts";
import type { Clock } from "./options.ts";
import type { Timers } from "./timers.ts";

/** Bounds; times in milliseconds. */
export const EXPIRY = {
  /** What is due within this time goes together. */
  stepMs: 250,
  /** How long it is slept at most: the machine's own sleep is not counted by its timers. */
  lookMs: 30_000,
  /** Most messages whose end is waited for; the oldest go at once when there are more, as in the history. */
  messages: MAX_MESSAGES,
} as const;

/** What {@linkcode Expiry} needs of the room. */
export interface ExpiryRoom {
  clock: Clock;
  timers: Timers;
  /** The room's timer, as its state has it. */
  timer(): number | null;
  /** Removes all that is kept of one content. */
  forget(author: Id, number: number): void;
  /** These have been shown, and are gone. */
  told(ids: string[]): void;
}

interface Entry {
  author: Id;
  number: number;
  at: number;
  shown: boolean;
}

/** What may live on in a content. */
export interface Timed {
  /** How long it lives, in milliseconds. */
  ms: number | undefined;
  /** The message that it changes: it does not outlive that one. */
  edits?: string;
}

/** Knows when what was said is to be forgotten. */
export class Expiry {
  readonly #room: ExpiryRoom;
  readonly #entries = new Map<string, Entry>();
  readonly #due = new Map<number, string[]>();
  #announced: { ms: number | null }[] = [];
  #stop: () => void = () => {};
  #wakeAt = Infinity;

  /** Nothing disappears yet. */
  constructor(room: ExpiryRoom) {
    this.#room = room;
  }

  /** The time that what is said now carries: what we have announced counts at once, sent or not. */
  get ms(): number | null {
    const last = this.#announced.at(-1);
    return last === undefined ? this.#room.timer() : last.ms;
  }

  /** A new timer is being said. */
  async announce(ms: number | null, said: Promise<unknown>): Promise<void> {
    const mine = { ms };
    this.#announced.push(mine);
    try {
      await said;
    } finally {
      this.#announced = this.#announced.filter((other) => other !== mine);
    }
  }

  /** A content has come, or was said. Its time counts from now; that of one that is known, from before. */
  note(author: Id, number: number, { ms, edits }: Timed): void {
    const id = messageId(author, number);
    const now = this.#room.clock.now();
    const target = edits === undefined ? undefined : this.#entries.get(edits);
    const at = Math.min(ms === undefined ? Infinity : now + ms, target?.at ?? Infinity);
    if (at === Infinity || this.#entries.has(id)) return;
    const step = Math.ceil(at / EXPIRY.stepMs) * EXPIRY.stepMs;
    this.#entries.set(id, { author, number, at: step, shown: false });
    const due = this.#due.get(step);
    if (due === undefined) this.#due.set(step, [id]);
    else due.push(id);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > EXPIRY.messages && oldest !== undefined) this.#end([oldest]);
    this.#plan(step);
  }

  /** A message that was noted has been shown: its end will be told. */
  shown(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.shown = true;
  }

  #plan(at: number): void {
    if (this.#wakeAt <= at) return;
    this.#stop();
    const { clock, timers } = this.#room;
    const ms = Math.min(Math.max(0, at - clock.now()), EXPIRY.lookMs);
    this.#wakeAt = clock.now() + ms;
    this.#stop = timers.after(ms, () => {
      this.#wakeAt = Infinity;
      this.#look();
    });
  }

  #look(): void {
    const now = this.#room.clock.now();
    const over: string[] = [];
    let next = Infinity;
    for (const [at, ids] of this.#due) {
      if (at > now) next = Math.min(next, at);
      else {
        this.#due.delete(at);
        over.push(...ids);
      }
    }
    this.#end(over);
    if (next < Infinity) this.#plan(next);
  }

  #end(ids: readonly string[]): void {
    const told: string[] = [];
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      this.#entries.delete(id);
      this.#room.forget(entry.author, entry.number);
      if (entry.shown) told.push(id);
    }
    if (told.length > 0) this.#room.told(told);
  }
}
