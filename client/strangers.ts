/**
 * Members that have not told us where they stand (SPEC §10.2). Whoever comes while we are cut off, and is gone before we
 * are back, never gives us its chain: what it said about the room is had from others. Who spoke before it knew of us,
 * and introduced itself when we were no longer new, is asked for it itself.
 *
 * @module
 */
import { CATCH_UP_MS } from "./catching_up.ts";
import type { Id } from "./ids.ts";
import type { Range } from "./repair_frames.ts";
import type { Room } from "./room.ts";
import { present } from "./room_state.ts";

/** When what a stranger may have said is asked for, in milliseconds after there was a reason to. */
export const STRANGER_MS: readonly number[] = [1_500, 6_000, 20_000, 60_000];
/** Most strangers at a time. */
export const MAX_STRANGERS = 4_096;

/** Asks for what strangers have said. */
export class Strangers {
  readonly #room: Room;
  readonly #since: number;
  /** Those that are looked after. */
  readonly #minded = new Set<Id>();
  /** Those of whom nobody could be asked as long as we were new: we were cut off, or alone. */
  readonly #owing = new Set<Id>();

  /** Asks for `room`. */
  constructor(room: Room) {
    this.#room = room;
    this.#since = room.parts.clock.now();
  }

  /** Somebody is a member, or its connection is gone, or others have heard of it: it may be a stranger. */
  mind(id: Id): void {
    if (this.#room.delivery.startOf(id) === null) this.#mind([id]);
  }

  /** Somebody has told us where it stands: what it had said by then about the room is asked for. */
  introduced(id: Id): void {
    const last = CATCH_UP_MS.at(-1) ?? 0;
    if (this.#room.parts.clock.now() - this.#since >= last) this.#mind([id]); // before that it is asked for anyway
  }

  /** Nobody was there whom a newcomer could have asked for what these had said: they are asked themselves. */
  owe(ids: readonly Id[]): void {
    for (const id of ids) this.#owing.add(id);
  }

  /** We are back: who came meanwhile may be gone already. */
  back(): void {
    const { state, delivery, presence } = this.#room;
    this.#mind(present(state).map(({ id }) => id).filter((id) => delivery.startOf(id) === null));
    for (const id of this.#owing) if (presence.peerOf(id) !== undefined) this.there(id);
  }

  /** A member's connection is there. */
  there(id: Id): void {
    if (this.#owing.delete(id)) this.#mind([id]);
  }

  #mind(ids: readonly Id[]): void {
    const fresh = ids.filter((id) => !this.#minded.has(id) && this.#wanted(id) !== null)
      .slice(0, MAX_STRANGERS - this.#minded.size);
    for (const id of fresh) this.#minded.add(id);
    if (fresh.length > 0) this.#later(fresh, 0);
  }

  #later(ids: readonly Id[], tries: number): void {
    const at = STRANGER_MS[tries];
    if (at === undefined) return this.#done(ids);
    this.#room.timers.after(at - (STRANGER_MS[tries - 1] ?? 0), () => {
      const asks = ids.map((id) => ({ id, wanted: this.#wanted(id) }));
      this.#done(asks.filter(({ wanted }) => wanted === null).map(({ id }) => id));
      const left = asks.filter(({ wanted }) => wanted !== null);
      this.#ask(left.map(({ wanted }) => wanted as Wanted));
      if (left.length > 0) this.#later(left.map(({ id }) => id), tries + 1);
    });
  }

  #done(ids: readonly Id[]): void {
    for (const id of ids) this.#minded.delete(id);
  }

  /** Asks one member for all that one can give. */
  #ask(wanted: readonly Wanted[]): void {
    const { repair, state } = this.#room;
    const reachable = this.#room.reachable();
    const operators = reachable.filter((id) => state.members.get(id)?.operator === true);
    repair.askOnce(wanted.filter(({ of }) => of === "any").map(({ range }) => range), reachable);
    repair.askOnce(wanted.filter(({ of }) => of === "operator").map(({ range }) => range), operators);
    for (const { range, of } of wanted) {
      if (of === "itself") repair.askOnce([range], reachable.filter((id) => id === range.author));
    }
  }

  /** What is to be had of somebody, and of whom; `null` when it is no stranger, or will speak for itself. */
  #wanted(id: Id): Wanted | null {
    const { state, delivery, presence, parts, me } = this.#room;
    const member = state.members.get(id);
    if (member === undefined || id === me) return null;
    const from = (parts.welcome?.vector.find((entry) => entry.id === id)?.number ?? 0) + 1;
    const start = delivery.startOf(id);
    const unread = member.expired && !delivery.hasMet(id);
    if (start !== null && !unread) {
      return member.status !== "in" || start < from ? null : wanted(id, from, start, "itself");
    }
    if (member.status === "in") {
      const next = start === null ? from : (delivery.head(id)?.number ?? start) + 1;
      return presence.peerOf(id) === undefined ? wanted(id, next, Number.MAX_SAFE_INTEGER, "any") : null;
    }
    // A goodbye is the last word, and is not had without what was said before it.
    const cut = state.cuts.get(id) ?? 0;
    return cut < from ? null : wanted(id, from, cut, "operator");
  }
}

interface Wanted {
  range: Range;
  /**
   * Who is believed: whoever is out could say something else now, and have it passed on. An operator can do as much by
   * itself.
   */
  of: "any" | "operator" | "itself";
}

function wanted(author: Id, from: number, to: number, of: Wanted["of"]): Wanted {
  return { range: { author, from, to }, of };
}
