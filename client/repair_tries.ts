/** Whom to ask for what is missing of an author, and who has been asked in vain (SPEC §10.2). @module */
import type { Id } from "./ids.ts";
import { type ChancesRoom, RepairChances } from "./repair_chances.ts";
import { type GoneRange, REPAIR_LIMITS } from "./repair_frames.ts";

/** Times and bounds of asking; times in milliseconds. */
export const ASKING = {
  /** What is missing may be on its way: so long is waited before anybody is asked, and up to twice as long. */
  firstMs: 250,
  /** For each member of the room, the first wait is longer by up to this: a loss may be everybody's. */
  spreadMs: 5,
  /** Between two asks for the same, at least and at most. */
  againMs: [500, 2_000],
  /** How long an answer, or its next part, may take. */
  answerMs: 4_000,
  /** The same at most, of whoever has helped and took longer: half as long again as it took. */
  slowMs: 30_000,
  /** For how long an answer that is late may still come. */
  lateMs: 300_000,
  /** Members asked for the same without an answer that helps, before it is left to time. */
  tries: 4,
  /** Asks for the same that stay without an answer, likewise; and members asked whom it was never for. */
  failures: 12,
  /** Authors of whom it is remembered who has what. */
  authors: 4_096,
  /** Asks whose answer is late that are remembered. */
  late: 512,
} as const;

type Said = GoneRange & { byAuthor: boolean };

interface Tries {
  /** Those that have been asked, and the lowest number for which. */
  asked: Map<Id, number>;
  /** Those that have not answered in time; they are asked again when nobody else is left. */
  silent: Set<Id>;
  /** How often that was. */
  failures: number;
  /** How many have answered, or are about to. */
  count: number;
  /** What is said to be gone, and others may have; counts once nobody is left to ask. */
  gone: Said[];
  /** Those for whom it never was: to have asked them has told nothing. */
  strangers: Set<Id>;
  /** That nobody is left to ask has been told. */
  told: boolean;
}

/** What {@linkcode RepairTries} needs. */
export interface TriesRoom extends ChancesRoom {
  /** Whom of these to ask first for what an author said. */
  first(author: Id, those: readonly Id[]): Id[];
  /** These numbers are not to be had. */
  gone(gone: Said): void;
  /** Whether something may still come may have changed. */
  changed(): void;
}

/** Remembers, for each author of whom something is missing, who has been asked. */
export class RepairTries {
  readonly #room: TriesRoom;
  readonly #tries = new Map<Id, Tries>();
  readonly #holders = new Map<Id, Map<Id, number>>();
  /** Who is away, and will be asked when it is back. */
  readonly chances: RepairChances;

  /** Nobody has been asked. */
  constructor(room: TriesRoom) {
    this.#room = room;
    this.chances = new RepairChances(room);
  }

  /** Whether somebody is left who will be asked; `undefined` if this has not begun. */
  mayCome(author: Id): boolean | undefined {
    const tries = this.#tries.get(author);
    if (tries === undefined) return undefined;
    return this.#candidates(author, tries).length > 0 || this.#due(author, tries).length > 0;
  }

  /** `holder` has what `author` said up to `number`; whether it was asked before it had, and may be asked again. */
  holds(author: Id, holder: Id, number: number): boolean {
    let holders = this.#holders.get(author);
    if (holders === undefined) {
      if (this.#holders.size >= ASKING.authors) return false;
      this.#holders.set(author, holders = new Map());
    }
    const before = holders.get(holder) ?? 0;
    if (number <= before) return false;
    holders.set(holder, number);
    const tries = this.#tries.get(author);
    // What it had when it was asked, and did not give, it does not give by having more.
    if (tries === undefined || before >= (tries.asked.get(holder) ?? 0)) return false;
    this.#notAsked(tries, holder);
    tries.told = false;
    return true;
  }

  /** A member is gone for good. */
  forget(id: Id): void {
    for (const holders of this.#holders.values()) holders.delete(id);
  }

  /** Nothing is missing of others than these any more. */
  keep(isMissing: (author: Id) => boolean): void {
    for (const author of this.#tries.keys()) if (!isMissing(author)) this.#tries.delete(author);
    this.chances.keep(isMissing);
  }

  /** What is missing of these may be had by whoever is there, also of those that have been asked before. */
  anew(authors: Iterable<Id> = this.#tries.keys()): void {
    for (const author of authors) this.#tries.set(author, noTries());
  }

  /** `from` says that these are gone, or were never for it; it is their author only where others may have them. */
  hearGone(from: Id, gone: GoneRange): void {
    const tries = this.#triesOf(gone.author);
    const byAuthor = from === gone.author;
    if (
      !byAuthor && gone.notMine === true && tries.strangers.size < ASKING.failures && tries.asked.has(from)
    ) {
      if (!tries.strangers.has(from)) tries.count--;
      tries.strangers.add(from);
    }
    // Others may be wrong about what was in it: nobody is to be made to forget a message without a word.
    if (tries.gone.length < REPAIR_LIMITS.ranges) {
      tries.gone.push({ ...gone, byAuthor, messages: byAuthor ? gone.messages : gone.to - gone.from + 1 });
    }
  }

  /** `to` has not been asked for anything of `author` after all. */
  notAsked(to: Id, author: Id): void {
    const tries = this.#tries.get(author);
    if (tries !== undefined) this.#notAsked(tries, to);
  }

  #notAsked(tries: Tries, to: Id): boolean {
    if (!tries.asked.delete(to)) return false;
    if (!tries.strangers.delete(to)) tries.count--;
    return true;
  }

  /** `to` has not answered in time. */
  failed(to: Id, author: Id): void {
    this.chances.silent(author, to);
    const tries = this.#tries.get(author);
    if (tries === undefined || !this.#notAsked(tries, to)) return;
    tries.failures++;
    tries.silent.add(to);
  }

  /** Whom to ask next for what is missing of an author, `from` and up to `upTo`; `undefined` when nobody is left. */
  choose(author: Id, from = 0, upTo?: number): Id | undefined {
    const tries = this.#triesOf(author);
    const open = this.#candidates(author, tries);
    const due = this.#due(author, tries, upTo);
    const candidates = due.length === 0 || open.includes(author) ? open : due;
    if (candidates.length === 0) {
      for (const gone of tries.gone.splice(0)) this.#room.gone(gone);
      if (!tries.told) this.#room.changed();
      tries.told = true;
      return undefined;
    }
    const holders = this.#holders.get(author);
    const known = candidates.filter((id) => (holders?.get(id) ?? 0) > 0);
    const pool = known.length > 0 ? known : candidates;
    const to = candidates.includes(author) ? author : pool[Math.floor(Math.random() * pool.length)] as Id;
    tries.asked.set(to, from);
    tries.count++;
    return to;
  }

  /** Those that have come back and are asked before others, also when enough of these have been. */
  #due(author: Id, tries: Tries, upTo?: number): Id[] {
    return this.chances.due(author, upTo).filter((id) => !tries.asked.has(id));
  }

  #candidates(author: Id, tries: Tries): Id[] {
    if (tries.failures >= ASKING.failures) return [];
    const reachable = this.#room.reachable().filter((id) => !tries.asked.has(id));
    // Who was only slow, and has it for certain, is asked again after any number of others.
    if (tries.count >= ASKING.tries) return reachable.includes(author) ? [author] : [];
    const fresh = reachable.filter((id) => !tries.silent.has(id));
    const open = fresh.length > 0 ? fresh : reachable;
    return open.includes(author) ? [author] : this.#room.first(author, open);
  }

  #triesOf(author: Id): Tries {
    let tries = this.#tries.get(author);
    if (tries === undefined) this.#tries.set(author, tries = noTries());
    return tries;
  }
}

function noTries(): Tries {
  return {
    asked: new Map(),
    silent: new Set(),
    failures: 0,
    count: 0,
    gone: [],
    strangers: new Set(),
    told: false,
  };
}
