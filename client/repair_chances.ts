/**
 * Who is away that may have what is missing (SPEC §10.2). What nobody who is there can give is not lost as long as
 * somebody is left who has not been asked: each gets that chance once it is back.
 *
 * @module
 */
import type { Id } from "./ids.ts";

/** Asks that somebody may leave without an answer before nothing is expected of it any more. */
export const MAX_SILENCES = 3;

/** What {@linkcode RepairChances} needs. */
export interface ChancesRoom {
  /** The other members that can be asked now. */
  reachable(): Id[];
  /** The other members that are away, and may come back. */
  absent(): Id[];
}

interface Chances {
  /** Those that were away, and are to be asked; the author, too, should it come back. */
  expected: Set<Id>;
  /** Up to which number each has nothing of what was missing. */
  vain: Map<Id, number>;
  silences: Map<Id, number>;
}

/** Remembers, for each author of whom something is missing, who has yet to be asked for it. */
export class RepairChances {
  readonly #room: ChancesRoom;
  readonly #byAuthor = new Map<Id, Chances>();

  /** Nobody is expected. */
  constructor(room: ChancesRoom) {
    this.#room = room;
  }

  /** Those that are away, or have come back since, and may have what `author` said up to `to`. */
  awaited(author: Id, to = 0): Id[] {
    const absent = this.#room.absent();
    let chances = this.#byAuthor.get(author);
    if (chances === undefined) {
      if (absent.length === 0) return []; // asked at each turn of what waits, of a room at rest too
      chances = { expected: new Set([author]), vain: new Map(), silences: new Map() };
      this.#byAuthor.set(author, chances);
    }
    for (const id of absent) chances.expected.add(id);
    return [...absent.filter((id) => !this.#isUsed(author, id, to)), ...this.due(author, to)];
  }

  /** Those that were away, are there again, and have not been asked since. */
  due(author: Id, to = 0): Id[] {
    const expected = this.#byAuthor.get(author)?.expected;
    if (expected === undefined) return [];
    return this.#room.reachable().filter((id) => expected.has(id) && !this.#isUsed(author, id, to));
  }

  /** `id` has been asked, and has nothing that was missing up to `to`. */
  inVain(author: Id, id: Id, to: number): void {
    const vain = this.#byAuthor.get(author)?.vain;
    vain?.set(id, Math.max(to, vain.get(id) ?? 0));
  }

  /** `id` has been asked, and has not answered in time. */
  silent(author: Id, id: Id): void {
    const silences = this.#byAuthor.get(author)?.silences;
    silences?.set(id, (silences.get(id) ?? 0) + 1);
  }

  /** Nothing is missing of others than these any more. */
  keep(isMissing: (author: Id) => boolean): void {
    for (const author of this.#byAuthor.keys()) if (!isMissing(author)) this.#byAuthor.delete(author);
  }

  #isUsed(author: Id, id: Id, to: number): boolean {
    const chances = this.#byAuthor.get(author);
    return (chances?.vain.get(id) ?? -1) >= to || (chances?.silences.get(id) ?? 0) >= MAX_SILENCES;
  }
}
