/**
 * Members whose connection is gone (SPEC §8.4). They stay members for the away time, as counted while we were
 * connected ourselves: whoever is cut off knows nothing about the others.
 *
 * @module
 */
import type { Id } from "./ids.ts";
import type { Clock } from "./options.ts";
import type { Timers } from "./timers.ts";

/** How long a connection may be gone before that is told, in milliseconds. */
export const TELL_AWAY_MS = 5_000;
/** How much longer than the away time it may take in a large room, for each member, so that one says it for all. */
const SPREAD_MS = 500;
const MAX_SPREAD_MS = 60_000;

/** What {@linkcode Absence} needs. */
export interface AbsenceRoom {
  clock: Clock;
  timers: Timers;
  awayMs: number;
  /** Members in the room. */
  size(): number;
  /** A member has been gone for a while, or is back after that was told. */
  told(id: Id, away: boolean): void;
  /** A member has been away for the away time. */
  over(id: Id): void;
}

interface Away {
  /** Counted so far, in milliseconds. */
  counted: number;
  since: number;
  /** The away time with this member's share of jitter. */
  limit: number;
  told: boolean;
  stop: () => void;
}

/** Counts how long each member has been away. */
export class Absence {
  readonly #room: AbsenceRoom;
  readonly #away = new Map<Id, Away>();
  #paused = false;

  /** Nobody is away. */
  constructor(room: AbsenceRoom) {
    this.#room = room;
  }

  /** Whether anybody is away. */
  get isAnyAway(): boolean {
    return this.#away.size > 0;
  }

  /** Whether this member was here and its connection is gone. */
  has(id: Id): boolean {
    return this.#away.has(id);
  }

  /** How long a member may still be away before that is too long, in milliseconds. */
  leftMs(id: Id): number {
    const away = this.#away.get(id);
    if (away === undefined) return this.#room.awayMs;
    return away.limit - away.counted - (this.#paused ? 0 : this.#room.clock.now() - away.since);
  }

  /** A member's connection is gone. */
  begin(id: Id): void {
    if (this.#away.has(id)) return;
    const { awayMs } = this.#room;
    const jitter = Math.round(Math.random() * Math.min(MAX_SPREAD_MS, this.#room.size() * SPREAD_MS));
    const away = {
      counted: 0,
      since: this.#room.clock.now(),
      limit: awayMs + jitter,
      told: false,
      stop: () => {},
    };
    this.#away.set(id, away);
    if (!this.#paused) this.#plan(id, away);
  }

  /** A member's connection is there (again), or it is no longer a member. */
  end(id: Id, { back }: { back: boolean }): void {
    const away = this.#away.get(id);
    if (away === undefined) return;
    away.stop();
    this.#away.delete(id);
    if (back && away.told) this.#room.told(id, false);
  }

  /** We have lost our own connection: nothing is counted. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    for (const away of this.#away.values()) {
      away.stop();
      away.counted += this.#room.clock.now() - away.since;
    }
  }

  /** We are connected again. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const [id, away] of this.#away) {
      away.since = this.#room.clock.now();
      this.#plan(id, away);
    }
  }

  #plan(id: Id, away: Away): void {
    const next = away.told ? away.limit : Math.min(TELL_AWAY_MS, away.limit);
    away.stop = this.#room.timers.after(Math.max(0, next - away.counted), () => {
      const now = this.#room.clock.now();
      away.counted += now - away.since;
      away.since = now;
      if (!away.told) {
        away.told = true;
        this.#room.told(id, true);
      }
      if (away.counted < away.limit) return this.#plan(id, away);
      this.#away.delete(id);
      this.#room.over(id);
    });
  }
}
