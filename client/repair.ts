/**
 * Asks for what is missing (SPEC §10.2): its author first, then, after a random moment, any other member, one at a
 * time; so one loss in a large room is not answered by everybody.
 *
 * @module
 */
import type { Id } from "./ids.ts";
import { type Range, REPAIR_LIMITS, type RepairAnswer, type RepairAsk } from "./repair_frames.ts";
import { type Pending, PendingAsks } from "./repair_pending.ts";
import { ASKING, RepairTries, type TriesRoom } from "./repair_tries.ts";
import type { Timers } from "./timers.ts";

export { ASKING } from "./repair_tries.ts";

/** What {@linkcode Repair} needs. */
export interface RepairRoom extends TriesRoom {
  timers: Timers;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves when all that has come from a member until now has been read; `null` where nothing is left. */
  unreadOf(id: Id): Promise<void> | null;
  /** What is missing here. */
  missing(): Range[];
  /** Seals and sends an ask. */
  ask(to: Id, ask: RepairAsk): Promise<void>;
  /** Takes signed packs of these authors, after verifying them; whether any was news. */
  take(packs: RepairAnswer["packs"], authors: ReadonlySet<Id>, from: Id): Promise<boolean>;
  /** An author that was asked has nothing that we do not have. */
  refuted(author: Id): void;
  /** What a member has, all of it. */
  heard(from: Id, vector: NonNullable<RepairAnswer["vector"]>): void;
  /** Somebody who is connected does not answer: the connection may be gone, its or ours. */
  silent(): void;
}

/** Asks for `room`. */
export class Repair {
  readonly #room: RepairRoom;
  readonly #pending = new PendingAsks();
  readonly #tries: RepairTries;
  /** How long the last part of an answer took that has helped, of each member, in milliseconds. */
  readonly #took = new Map<Id, number>();
  #wantAll: Id | true | null = null;
  #stop: (() => void) | null = null;

  /** Nothing is missing yet. */
  constructor(room: RepairRoom) {
    this.#room = room;
    this.#tries = new RepairTries(room);
  }

  /** Whether something of this author has been asked for and may come, or somebody will be asked. */
  mayCome(author: Id): boolean {
    return this.#pending.has(author) || this.#pending.isTaking(author) ||
      (this.#tries.mayCome(author) ?? this.#room.missing().some((range) => range.author === author)) ||
      this.#pending.mayAnswer(author, this.#room.now() - ASKING.lateMs, () => this.#room.reachable());
  }

  /** Those that are away, or have just come back, and may have what is missing of this author up to `to`. */
  awaited(author: Id, to?: number): Id[] {
    return this.#tries.chances.awaited(author, to);
  }

  /** `holder` has what `author` said up to `number`. */
  holds(author: Id, holder: Id, number: number): void {
    if (this.#tries.holds(author, holder, number)) this.look();
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
      this.#ask(to, ranges.slice(i, i + REPAIR_LIMITS.ranges), { all: false, missing: false });
    }
  }

  /** Somebody is there who may help: those asked in vain may be asked again. */
  renew(): void {
    this.#tries.anew();
    this.look();
  }

  /** A member is gone for good. */
  forget(id: Id): void {
    this.#tries.forget(id);
    this.#took.delete(id);
  }

  /** Takes a part of an answer; false for what was not asked for. */
  async answered(from: Id, answer: RepairAnswer): Promise<boolean> {
    const pending = this.#pending.get(answer.ask);
    if (pending?.to !== from) return false;
    if (answer.vector !== null) this.#room.heard(from, answer.vector);
    const authors = new Set(pending.ranges.map(({ author }) => author));
    const news = await this.#take(pending, answer.packs, authors);
    for (const gone of answer.gone.filter((range) => authors.has(range.author))) {
      if (gone.author === from && gone.notMine !== true) this.#room.gone({ ...gone, byAuthor: true });
      else this.#tries.hearGone(from, gone);
    }
    if (news) this.#tries.anew(authors);
    if (news) this.#hasHelped(pending);
    if (!answer.last) {
      if (news && !pending.late) this.#expect(answer.ask, pending);
      if (news && pending.late) this.#room.changed();
      return true;
    }
    this.#pending.answered(answer.ask, pending);
    if (!news && authors.has(from)) this.#room.refuted(from);
    if (pending.missing && !pending.helped) {
      for (const { author, to } of pending.ranges) this.#tries.chances.inVain(author, from, to);
    }
    this.#room.changed();
    this.look();
    return true;
  }

  /** The connection is gone: nothing comes of what was asked but what lies here unread, and that is taken. */
  reset(): void {
    this.#pending.cut();
    this.#tries.anew();
    this.#stop?.();
    this.#stop = null;
  }

  #plan(ms: number): void {
    this.#stop ??= this.#room.timers.after(ms, () => {
      this.#stop = null;
      this.#go();
    });
  }

  #go(): void {
    const missing = this.#room.missing().filter(({ author }) => !this.#pending.has(author));
    const byTarget = new Map<Id, Range[]>();
    const authors = new Set(missing.map(({ author }) => author));
    this.#tries.keep((author) => authors.has(author) || this.#pending.has(author));
    for (const author of authors) {
      const wanted = missing.filter((range) => range.author === author);
      const from = Math.min(...wanted.map((range) => range.from));
      const to = this.#tries.choose(author, from, Math.max(...wanted.map((range) => range.to)));
      if (to === undefined) continue;
      byTarget.set(to, [...byTarget.get(to) ?? [], ...wanted]);
    }
    const reachable = this.#room.reachable();
    if (this.#wantAll !== null && reachable.length > 0) {
      const to = this.#wantAll !== true && reachable.includes(this.#wantAll)
        ? this.#wantAll
        : [...byTarget.keys()][0] ?? reachable[Math.floor(Math.random() * reachable.length)] as Id;
      this.#wantAll = null;
      this.#ask(to, byTarget.get(to) ?? [], { all: true, missing: true });
      byTarget.delete(to);
    }
    for (const [to, ranges] of byTarget) this.#ask(to, ranges, { all: false, missing: true });
  }

  #ask(to: Id, ranges: Range[], { all, missing }: Pick<Pending, "all" | "missing">): void {
    const some = ranges.slice(0, REPAIR_LIMITS.ranges);
    this.#notAsked(to, ranges.slice(REPAIR_LIMITS.ranges), new Set(some.map(({ author }) => author)));
    const pending: Pending = {
      to,
      ranges: some,
      all,
      missing,
      at: this.#room.now(),
      late: false,
      cut: false,
      helped: false,
      taking: 0,
      stop: () => {},
    };
    const ask = this.#pending.add(pending);
    this.#expect(ask, pending);
    void this.#room.ask(to, { ask, all, ranges: some }).catch(() => this.#failed(ask));
    if (some.length > 0) this.#room.changed();
  }

  /** There was no room for these in an ask: it counts for those authors alone of whom something is in it. */
  #notAsked(to: Id, ranges: readonly Range[], inIt: ReadonlySet<Id>): void {
    for (const author of new Set(ranges.map((range) => range.author))) {
      if (!inIt.has(author)) this.#tries.notAsked(to, author);
    }
  }

  async #take(pending: Pending, packs: RepairAnswer["packs"], authors: ReadonlySet<Id>): Promise<boolean> {
    pending.taking++;
    try {
      return await this.#room.take(packs, authors, pending.to);
    } finally {
      pending.taking--;
    }
  }

  /**
   * Waits for an answer, or its next part after one that has helped; then others are asked. Who has helped late is given
   * more time: the same again would only make it later. And silence is one only where nothing is left to be read.
   */
  #expect(ask: number, pending: Pending): void {
    pending.stop();
    let expected = true;
    const failed = (): void => {
      if (expected) this.#failed(ask);
    };
    const stop = this.#room.timers.after(this.#patience(pending.to), () => {
      const unread = this.#room.unreadOf(pending.to);
      if (unread === null) failed();
      else void unread.then(failed);
    });
    pending.stop = () => {
      expected = false;
      stop();
    };
  }

  #hasHelped(pending: Pending): void {
    const now = this.#room.now();
    this.#took.set(pending.to, Math.max(now - pending.at, (this.#took.get(pending.to) ?? 0) / 2));
    pending.at = now;
    pending.helped = true;
  }

  #patience(id: Id): number {
    const took = this.#took.get(id) ?? 0;
    return took <= ASKING.answerMs ? ASKING.answerMs : Math.min(1.5 * took, ASKING.slowMs);
  }

  #failed(ask: number): void {
    const pending = this.#pending.get(ask);
    if (pending === undefined || pending.late) return;
    this.#pending.isLate(pending);
    for (const author of new Set(pending.ranges.map((range) => range.author))) {
      this.#tries.failed(pending.to, author);
    }
    if (pending.all) this.#wantAll ??= true;
    this.#room.silent();
    this.#room.changed();
    const [least, most] = ASKING.againMs;
    this.#plan(least + Math.random() * (most - least));
  }
}
