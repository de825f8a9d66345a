/** What has been asked for and may be answered yet, in time or late (SPEC §10.2). @module */
import type { Id } from "./ids.ts";
import type { Range } from "./repair_frames.ts";
import { ASKING } from "./repair_tries.ts";

/** An ask that has not been answered to the end. */
export interface Pending {
  to: Id;
  /** When it was asked, or gave the last part that helped. */
  at: number;
  ranges: Range[];
  all: boolean;
  /** No answer has come in time; others are asked, and one that comes all the same is taken. */
  late: boolean;
  /** The connection over which it was asked is gone: only an answer that lies here unread may still come. */
  cut: boolean;
  /** For what is known to be missing; else it says nothing about who has that. */
  missing: boolean;
  /** It has brought something. */
  helped: boolean;
  /** Parts of its answer that are being taken: what lacks something of one must not be given up in between. */
  taking: number;
  stop: () => void;
}

/** The asks of one member, by number. */
export class PendingAsks {
  readonly #byAsk = new Map<number, Pending>();
  #next = 1;

  /** Remembers an ask; gives its number. */
  add(pending: Pending): number {
    const ask = this.#next++;
    this.#byAsk.set(ask, pending);
    return ask;
  }

  /** What was asked under this number. */
  get(ask: number): Pending | undefined {
    return this.#byAsk.get(ask);
  }

  /** Nothing is expected of it any more. */
  drop(ask: number): void {
    this.#byAsk.get(ask)?.stop();
    this.#byAsk.delete(ask);
  }

  /** It has not been answered in time. Of too many such the oldest are forgotten. */
  isLate(pending: Pending): void {
    pending.stop();
    pending.late = true;
    const late = [...this.#byAsk].filter(([, other]) => other.late);
    for (const [old] of late.slice(0, Math.max(0, late.length - ASKING.late))) this.drop(old);
  }

  /** The connection is gone. */
  cut(): void {
    for (const pending of [...this.#byAsk.values()]) {
      pending.cut = true;
      this.isLate(pending);
    }
  }

  /** Who has answered this to the end has answered all that it was asked before: it does so in order. */
  answered(ask: number, { to, ranges }: Pending): void {
    this.drop(ask);
    const authors = new Set(ranges.map(({ author }) => author));
    for (const [old, pending] of this.#byAsk) {
      if (old > ask || pending.to !== to || !pending.late) continue;
      if (pending.ranges.every(({ author }) => authors.has(author))) this.drop(old);
    }
  }

  /** Whether something of this author has been asked for and is not late. */
  has(author: Id): boolean {
    return this.#some(author, ({ late }) => !late);
  }

  /** Whether something of this author is in what is being taken just now. */
  isTaking(author: Id): boolean {
    return this.#some(author, ({ taking }) => taking > 0);
  }

  /** Whether one of `those` was asked for something of this author after `since`, and may answer yet, though late. */
  mayAnswer(author: Id, since: number, those: () => readonly Id[]): boolean {
    let known: readonly Id[] | undefined;
    return this.#some(author, ({ late, cut, at, to }) => {
      return late && !cut && at > since && (known ??= those()).includes(to);
    });
  }

  #some(author: Id, fits: (pending: Pending) => boolean): boolean {
    for (const pending of this.#byAsk.values()) {
      if (fits(pending) && pending.ranges.some((range) => range.author === author)) return true;
    }
    return false;
  }
}
