/**
 * Asks for what is missing (SPEC §10.2): its author first, then, after a random moment, any other member, one at a
 * time; so one loss in a large room is not answered by everybody.
 *
 * @module
 */
import type { Id } from "./ids.ts";
import { type Range, REPAIR_LIMITS, type RepairAnswer, type RepairAsk } from "./repair_frames.ts";
import type { Timers } from "./timers.ts";

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
  /** Members asked for the same without an answer that helps, before it is left to time. */
  tries: 4,
  /** Asks for the same that stay without an answer, likewise. */
  failures: 12,
  /** Authors of whom it is remembered who has what. */
  authors: 4_096,
  /** Asks whose answer is late that are remembered. */
  late: 64,
} as const;

/** What {@linkcode Repair} needs. */
export interface RepairRoom {
  timers: Timers;
  /** What is missing here. */
  missing(): Range[];
  /** The other members that can be asked now. */
  reachable(): Id[];
  /** Whom of these to ask first for what an author said. */
  first(author: Id, those: readonly Id[]): Id[];
  /** Seals and sends an ask. */
  ask(to: Id, ask: RepairAsk): Promise<void>;
  /** Takes signed packs of these authors, after verifying them; whether any was news. */
  take(packs: RepairAnswer["packs"], authors: ReadonlySet<Id>, from: Id): Promise<boolean>;
  /** These numbers are not to be had. */
  gone(gone: Range & { messages: number; byAuthor: boolean }): void;
  /** An author that was asked has nothing that we do not have. */
  refuted(author: Id): void;
  /** What a member has, all of it. */
  heard(from: Id, vector: NonNullable<RepairAnswer["vector"]>): void;
  /** Whether something may still come may have changed. */
  changed(): void;
  /** Somebody who is connected does not answer: the connection may be gone, its or ours. */
  silent(): void;
}

interface Pending {
  to: Id;
  ranges: Range[];
  all: boolean;
  /** No answer has come in time; others are asked, and one that comes all the same is taken. */
  late: boolean;
  stop: () => void;
}

interface Tries {
  asked: Set<Id>;
  /** Those that have not answered in time; they are asked again when nobody else is left. */
  silent: Set<Id>;
  /** How often that was. */
  failures: number;
  /** How many have answered, or are about to. */
  count: number;
  /** What others than the author say is gone; counts once nobody is left to ask. */
  gone: (Range & { messages: number })[];
  /** That nobody is left to ask has been told. */
  told: boolean;
}

/** Asks for `room`. */
export class Repair {
  readonly #room: RepairRoom;
  readonly #pending = new Map<number, Pending>();
  readonly #tries = new Map<Id, Tries>();
  readonly #holders = new Map<Id, Map<Id, number>>();
  #nextAsk = 1;
  #wantAll: Id | true | null = null;
  #stop: (() => void) | null = null;

  /** Nothing is missing yet. */
  constructor(room: RepairRoom) {
    this.#room = room;
  }

  /** Whether something of this author has been asked for and may come, or somebody else will be asked. */
  mayCome(author: Id): boolean {
    if (this.#isPending(author)) return true;
    const tries = this.#tries.get(author);
    return tries !== undefined && this.#candidates(author, tries).length > 0;
  }

  /** `holder` has what `author` said up to `number`. */
  holds(author: Id, holder: Id, number: number): void {
    let holders = this.#holders.get(author);
    if (holders === undefined) {
      if (this.#holders.size >= ASKING.authors) return;
      this.#holders.set(author, holders = new Map());
    }
    holders.set(holder, Math.max(number, holders.get(holder) ?? 0));
  }

  /** Something is missing, or may be: asks soon. */
  look(): void {
    this.#plan(
      ASKING.firstMs * (1 + Math.random()) + this.#room.reachable().length * ASKING.spreadMs * Math.random(),
    );
  }

  /** We have been away: everything that others have is asked for, of `from` or of anybody. */
  all(from: Id | true = true): void {
    this.#wantAll ??= from;
    this.look();
  }

  /** Asks one of `those` for these, once; what comes of it is taken like any answer. */
  askOnce(ranges: readonly Range[], those: readonly Id[] = this.#room.reachable()): void {
    const to = those[Math.floor(Math.random() * those.length)];
    for (let i = 0; to !== undefined && i < ranges.length; i += REPAIR_LIMITS.ranges) {
      this.#ask(to, ranges.slice(i, i + REPAIR_LIMITS.ranges), false);
    }
  }

  /** Somebody is there who may help: those asked in vain may be asked again. */
  renew(): void {
    this.#tryAnew();
    this.look();
  }

  /** A member is gone for good. */
  forget(id: Id): void {
    for (const holders of this.#holders.values()) holders.delete(id);
  }

  /** Takes a part of an answer; false for what was not asked for. */
  async answered(from: Id, answer: RepairAnswer): Promise<boolean> {
    const pending = this.#pending.get(answer.ask);
    if (pending?.to !== from) return false;
    if (answer.vector !== null) this.#room.heard(from, answer.vector);
    const authors = new Set(pending.ranges.map(({ author }) => author));
    const news = await this.#room.take(answer.packs, authors, from);
    for (const gone of answer.gone.filter((range) => authors.has(range.author))) {
      if (gone.author === from) this.#room.gone({ ...gone, byAuthor: true });
      else {
        const said = this.#triesOf(gone.author).gone;
        // Others may be wrong about what was in it: nobody is to be made to forget a message without a word.
        if (said.length < REPAIR_LIMITS.ranges) said.push({ ...gone, messages: gone.to - gone.from + 1 });
      }
    }
    if (news) { for (const author of authors) this.#tries.set(author, noTries()); }
    if (!answer.last) {
      if (news && this.#pending.get(answer.ask) === pending) this.#expect(answer.ask, pending);
      return true;
    }
    this.#drop(answer.ask);
    if (!news && authors.has(from)) this.#room.refuted(from);
    this.#room.changed();
    this.look();
    return true;
  }

  /** Forgets what was asked; the connection is gone. */
  reset(): void {
    for (const ask of [...this.#pending.keys()]) this.#drop(ask);
    this.#tryAnew();
    this.#stop?.();
    this.#stop = null;
  }

  /** What is missing may come again, of whoever is there. */
  #tryAnew(): void {
    for (const author of this.#tries.keys()) this.#tries.set(author, noTries());
  }

  #plan(ms: number): void {
    this.#stop ??= this.#room.timers.after(ms, () => {
      this.#stop = null;
      this.#go();
    });
  }

  #go(): void {
    const missing = this.#room.missing().filter(({ author }) => !this.#isPending(author));
    const byTarget = new Map<Id, Range[]>();
    const authors = new Set(missing.map(({ author }) => author));
    for (const author of this.#tries.keys()) {
      if (!authors.has(author) && !this.#isPending(author)) this.#tries.delete(author);
    }
    for (const author of authors) {
      const to = this.#choose(author);
      if (to === undefined) continue;
      const ranges = byTarget.get(to) ?? [];
      byTarget.set(to, ranges);
      ranges.push(...missing.filter((range) => range.author === author));
    }
    const reachable = this.#room.reachable();
    if (this.#wantAll !== null && reachable.length > 0) {
      const to = this.#wantAll !== true && reachable.includes(this.#wantAll)
        ? this.#wantAll
        : [...byTarget.keys()][0] ?? reachable[Math.floor(Math.random() * reachable.length)] as Id;
      this.#wantAll = null;
      this.#ask(to, byTarget.get(to) ?? [], true);
      byTarget.delete(to);
    }
    for (const [to, ranges] of byTarget) this.#ask(to, ranges, false);
  }

  #ask(to: Id, ranges: Range[], all: boolean): void {
    const ask = this.#nextAsk++;
    const some = ranges.slice(0, REPAIR_LIMITS.ranges);
    this.#notAsked(to, ranges.slice(REPAIR_LIMITS.ranges), new Set(some.map(({ author }) => author)));
    const pending: Pending = { to, ranges: some, all, late: false, stop: () => {} };
    this.#pending.set(ask, pending);
    this.#expect(ask, pending);
    void this.#room.ask(to, { ask, all, ranges: some }).catch(() => this.#failed(ask));
    if (some.length > 0) this.#room.changed();
  }

  /** There was no room for these in an ask: it counts for those authors alone of whom something is in it. */
  #notAsked(to: Id, ranges: readonly Range[], inIt: ReadonlySet<Id>): void {
    for (const author of new Set(ranges.map((range) => range.author))) {
      const tries = inIt.has(author) ? undefined : this.#tries.get(author);
      if (tries?.asked.delete(to)) tries.count--;
    }
  }

  /** Waits for an answer, or its next part after one that has helped; then others are asked. */
  #expect(ask: number, pending: Pending): void {
    pending.stop();
    pending.stop = this.#room.timers.after(ASKING.answerMs, () => this.#failed(ask));
  }

  #failed(ask: number): void {
    const pending = this.#pending.get(ask);
    if (pending === undefined || pending.late) return;
    pending.stop();
    pending.late = true;
    for (const author of new Set(pending.ranges.map((range) => range.author))) {
      const tries = this.#tries.get(author);
      if (!tries?.asked.delete(pending.to)) continue;
      tries.count--;
      tries.failures++;
      tries.silent.add(pending.to);
    }
    if (pending.all) this.#wantAll ??= true;
    const late = [...this.#pending].filter(([, other]) => other.late);
    for (const [old] of late.slice(0, Math.max(0, late.length - ASKING.late))) this.#drop(old);
    this.#room.silent();
    this.#room.changed();
    const [least, most] = ASKING.againMs;
    this.#plan(least + Math.random() * (most - least));
  }

  #drop(ask: number): void {
    this.#pending.get(ask)?.stop();
    this.#pending.delete(ask);
  }

  /** Whom to ask next for what is missing of an author; `undefined` when nobody is left. */
  #choose(author: Id): Id | undefined {
    const tries = this.#triesOf(author);
    const candidates = this.#candidates(author, tries);
    if (candidates.length === 0) {
      for (const gone of tries.gone.splice(0)) this.#room.gone({ ...gone, byAuthor: false });
      if (!tries.told) this.#room.changed();
      tries.told = true;
      return undefined;
    }
    const holders = this.#holders.get(author);
    const known = candidates.filter((id) => (holders?.get(id) ?? 0) > 0);
    const pool = known.length > 0 ? known : candidates;
    const to = candidates.includes(author) ? author : pool[Math.floor(Math.random() * pool.length)] as Id;
    tries.asked.add(to);
    tries.count++;
    return to;
  }

  #candidates(author: Id, tries: Tries): Id[] {
    if (tries.count >= ASKING.tries || tries.failures >= ASKING.failures) return [];
    const reachable = this.#room.reachable().filter((id) => !tries.asked.has(id));
    const fresh = reachable.filter((id) => !tries.silent.has(id));
    const open = fresh.length > 0 ? fresh : reachable;
    return open.includes(author) ? [author] : this.#room.first(author, open);
  }

  #triesOf(author: Id): Tries {
    let tries = this.#tries.get(author);
    if (tries === undefined) this.#tries.set(author, tries = noTries());
    return tries;
  }

  #isPending(author: Id): boolean {
    return [...this.#pending.values()].some(({ ranges, late }) =>
      !late && ranges.some((range) => range.author === author)
    );
  }
}

function noTries(): Tries {
  return { asked: new Set(), silent: new Set(), failures: 0, count: 0, gone: [], told: false };
}
