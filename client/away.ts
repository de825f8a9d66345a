/**
 * Who has said that it is away (SPEC §10.4). It is no content: it is said again now and then, so that newcomers
 * hear of it and a lost word does no harm, and it is forgotten where it is not said again.
 *
 * @module
 */
import type { Id } from "./ids.ts";
import type { Clock } from "./options.ts";
import type { AwayWord } from "./side.ts";
import type { Timers } from "./timers.ts";

/** Bounds, each reached by a test; times in milliseconds. */
export const AWAY = {
  /** How often it is said again, in a room of up to 50; more rarely in a larger one. */
  againMs: 60_000,
  /** How long after somebody has come it is said again, and how long after the first word that one is back. */
  soonMs: 2_000,
  /** How much later at random for each member, so that not all say it at once. */
  spreadMs: 150,
  /** How long it is believed, in a room of up to 50. */
  staleMs: 300_000,
  /** How long a member's next change is not listened to after one. */
  flickerMs: 1_000,
} as const;

/** What {@linkcode Away} needs of the room. */
export interface AwayRoom {
  clock: Clock;
  timers: Timers;
  me: Id;
  /** Members in the room. */
  size(): number;
  /** Whether `id` is a member that may be believed to be there. */
  counts(id: Id): boolean;
  /** Seals and sends it; may be dropped. */
  send(word: AwayWord): void;
  /** `id` is away, or back. */
  told(id: Id, word: AwayWord): void;
}

interface Absent {
  text: string;
  forget: () => void;
}

const BACK: AwayWord = { away: false, text: "" };

/** Says whether we are away, and knows who is. */
export class Away {
  readonly #room: AwayRoom;
  readonly #absent = new Map<Id, Absent>();
  readonly #since = new Map<Id, number>();
  #wanted = true;
  /** What we say of ourselves; `null` when there is nothing to say. */
  #own: AwayWord | null = null;
  #stop: () => void = () => {};
  #due = Infinity;

  /** Nobody is away. */
  constructor(room: AwayRoom) {
    this.#room = room;
  }

  /** Whether it is said and shown. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** Says it and shows it, or neither from now on. */
  want(wanted: boolean): void {
    if (!wanted) {
      if (this.#own?.away === true) this.set(BACK);
      for (const id of [...this.#absent.keys()]) this.#back(id);
    }
    this.#wanted = wanted;
  }

  /** The user is away, or back. */
  set(word: AwayWord): void {
    const { me, told, send } = this.#room;
    if (!word.away && this.#own?.away !== true) return;
    this.#own = word;
    send(word);
    told(me, word);
    this.#plan(word.away ? this.#period() : AWAY.soonMs, { anew: true });
  }

  /** Somebody has come that may not have heard it. */
  met(): void {
    if (this.#own?.away !== true) return;
    this.#plan(AWAY.soonMs + Math.random() * this.#room.size() * AWAY.spreadMs);
  }

  /** Takes what `from` says. */
  hear(from: Id, { away, text }: AwayWord): void {
    const { clock, timers, counts, told } = this.#room;
    if (!this.#wanted || !counts(from)) return;
    const known = this.#absent.get(from);
    const changed = away ? known?.text !== text : known !== undefined;
    if (changed && clock.now() - (this.#since.get(from) ?? -Infinity) < AWAY.flickerMs) return;
    if (changed) this.#since.set(from, clock.now());
    if (!away) return this.#back(from);
    known?.forget();
    this.#absent.set(from, {
      text,
      forget: timers.after(AWAY.staleMs * this.#scale(), () => this.#back(from)),
    });
    if (changed) told(from, { away, text });
  }

  /** `id` is no longer a member. */
  forget(id: Id): void {
    this.#absent.get(id)?.forget();
    this.#absent.delete(id);
    this.#since.delete(id);
  }

  #back(id: Id): void {
    if (!this.#absent.has(id)) return;
    this.#absent.get(id)?.forget();
    this.#absent.delete(id);
    this.#room.told(id, BACK);
  }

  #scale(): number {
    return Math.max(1, this.#room.size() / 50);
  }

  #period(): number {
    return AWAY.againMs * this.#scale() * (0.75 + Math.random() * 0.5);
  }

  #plan(ms: number, { anew = false } = {}): void {
    const at = this.#room.clock.now() + ms;
    if (!anew && this.#due <= at) return;
    this.#stop();
    this.#due = at;
    this.#stop = this.#room.timers.after(ms, () => {
      this.#due = Infinity;
      const own = this.#own;
      if (own === null) return;
      this.#room.send(own);
      if (own.away) this.#plan(this.#period());
      else this.#own = null;
    });
  }
}
