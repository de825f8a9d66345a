/** The accepted statements of a room, with the signed packs that prove them, and the state they make. @module */
import type { Bundle } from "../crypto/bundle.ts";
import { type Bytes, fromHex } from "../crypto/bytes.ts";
import { foldRoom } from "./fold_room.ts";
import { type Id, idOf } from "./ids.ts";
import type { RoomState, Statement } from "./room_state.ts";

/** Most statements a room keeps; KEYS that newer ones replace do not count. */
export const MAX_STATEMENTS = 20_000;

/** KEYS beyond which only those of members are kept: one that was let in meanwhile may be heard of by these first. */
export const MAX_KEYS = 4_096;

/** Most that are remembered of those whom somebody let in who was not allowed to. */
export const MAX_VOID = 256;

/** Most statements about one member that are passed on to it. */
export const MAX_ABOUT = 16;

interface Entry {
  statement: Statement;
  pack: Bytes;
}

/** Grows by statements that have been verified; gives the state they make. */
export class StatementLog {
  readonly #found: Entry;
  readonly #entries = new Map<string, Entry>();
  readonly #keys = new Map<Id, Entry>();
  /** Who has let whom in, whether that counts or not. */
  readonly #addedBy = new Map<Id, Set<Id>>();
  /** Bundles of those whose ADD was void from the first: it is not among the statements. */
  readonly #voidBundles = new Map<Id, Bundle>();
  #state: RoomState | null = null;

  /** Starts with the room's FOUND. */
  constructor(found: Statement, pack: Bytes) {
    this.#found = { statement: found, pack };
  }

  /** Hash of FOUND, from which the room has its id. */
  get foundHash(): Bytes {
    return fromHex(this.#found.statement.hash) as Bytes;
  }

  /** The room as these statements make it. */
  get state(): RoomState {
    this.#state ??= foldRoom(this.#found.statement, this.#statements());
    return this.#state;
  }

  /** Whether this would put a member out by saying that whoever let it in was not allowed to. */
  voids(statement: Statement, id: Id): boolean {
    const { body } = statement;
    if (
      body.kind === "remove"
        ? !this.#lineOf(id).has(body.target)
        : body.kind !== "lock" && body.kind !== "limit"
    ) {
      return false;
    }
    return !foldRoom(this.#found.statement, [...this.#statements(), statement]).members.has(id);
  }

  /**
   * Adds a statement; of two under one number the one with the smaller hash counts, everywhere. Of an author's
   * KEYS only the last matters, and earlier ones would pile up by the hour: they have a place of their own.
   */
  add(statement: Statement, pack: Bytes): boolean {
    const { author, number, hash, body } = statement;
    if (hash === this.#found.statement.hash) return false;
    if (body.kind === "keys") {
      const known = this.#keys.get(author)?.statement;
      if (known !== undefined && (known.number - number || (known.hash <= hash ? 1 : -1)) > 0) return false;
      const full = known === undefined && this.#keys.size >= MAX_KEYS;
      if (full && !this.state.members.has(author)) return false;
      this.#keys.set(author, { statement, pack });
    } else {
      const key = `${author}-${number}`;
      const known = this.#entries.get(key);
      if (known !== undefined && known.statement.hash <= hash) return false;
      if (known === undefined && this.#entries.size >= MAX_STATEMENTS) return false;
      this.#entries.set(key, { statement, pack });
      if (body.kind === "add" && statement.bundle !== null) {
        this.#noteAdd(idOf(statement.bundle.memberId), author);
      }
    }
    this.#state = null;
    return true;
  }

  /** The Lamport times of all statements, rising. */
  lamports(): number[] {
    return [
      this.#found.statement.lamport,
      ...[...this.#statements()].map((s) => s.lamport).sort((a, b) => a - b),
    ];
  }

  /** The statements of one author with these numbers. */
  between(author: Id, from: number, to: number): { number: number; pack: Bytes }[] {
    const out: { number: number; pack: Bytes }[] = [];
    for (const { statement, pack } of [this.#found, ...this.#all()]) {
      const { number } = statement;
      if (statement.author === author && number >= from && number <= to) out.push({ number, pack });
    }
    return out;
  }

  /** The ADDs of a member. */
  addsOf(id: Id): Statement[] {
    return [...this.#entries.values()].map(({ statement }) => statement).filter(({ body, bundle }) =>
      body.kind === "add" && bundle !== null && idOf(bundle.memberId) === id
    );
  }

  /** The LEAVE of a member, if it has said one. */
  leaveOf(id: Id): { number: number; pack: Bytes } | null {
    for (const { statement: { author, number, body }, pack } of this.#entries.values()) {
      if (author === id && body.kind === "leave") return { number, pack };
    }
    return null;
  }

  /** The last RETURN of a member, if it has said any. */
  returnOf(id: Id): Bytes[] {
    let last: Entry | undefined;
    for (const entry of this.#entries.values()) {
      const { author, body, lamport } = entry.statement;
      if (author !== id || body.kind !== "return") continue;
      if (lamport > (last?.statement.lamport ?? 0)) last = entry;
    }
    return last === undefined ? [] : [last.pack];
  }

  /** The last KEYS of a member, if it has said any. */
  keysOf(id: Id): Bytes | undefined {
    return this.#keys.get(id)?.pack;
  }

  /**
   * The statements that put a member out, or say that it was away for too long; of one that whoever let it in was not
   * allowed to, those that put out that one, or closed the room.
   */
  about(target: Id): Bytes[] {
    const removals: Bytes[] = [];
    let expiry: Entry | undefined;
    const out = this.isVoid(target) ? this.#lineOf(target) : null;
    for (const entry of this.#entries.values()) {
      const { body, lamport } = entry.statement;
      if (body.kind === "remove" && (body.target === target || out?.has(body.target))) {
        removals.push(entry.pack);
      }
      if (out !== null && (body.kind === "lock" || body.kind === "limit")) removals.push(entry.pack);
      const later = body.kind === "expire" && body.target === target &&
        lamport >= (expiry?.statement.lamport ?? 0);
      if (later) expiry = entry;
    }
    return [...removals.slice(-MAX_ABOUT), ...expiry === undefined ? [] : [expiry.pack]];
  }

  /** Whether somebody was let in by one who was not allowed to, so that it is no member and never was. */
  isVoid(id: Id): boolean {
    return this.#addedBy.has(id) && !this.state.members.has(id);
  }

  /** An ADD has come that counts for nobody; false if there is no need or no room to remember it. */
  noteVoid({ author, bundle }: Statement): boolean {
    const id = bundle === null ? undefined : idOf(bundle.memberId);
    if (bundle === null || id === undefined || this.state.members.has(id)) return false;
    if (this.#voidBundles.has(id) || this.#voidBundles.size >= MAX_VOID) return false;
    this.#voidBundles.set(id, bundle);
    this.#noteAdd(id, author);
    return true;
  }

  /** The newest bundle that somebody has said itself, or with which it was let in. */
  bundleOf(id: Id): Bundle | null {
    let newest = this.state.members.get(id)?.bundle ?? this.#keys.get(id)?.statement.bundle ??
      this.#voidBundles.get(id) ?? null;
    if (newest !== null) return newest;
    for (const { statement: { bundle } } of this.#entries.values()) {
      if (bundle === null || idOf(bundle.memberId) !== id) continue;
      if (newest === null || bundle.keyNumber > newest.keyNumber) newest = bundle;
    }
    return newest;
  }

  #noteAdd(id: Id, by: Id): void {
    const adders = this.#addedBy.get(id) ?? new Set();
    this.#addedBy.set(id, adders.add(by));
  }

  /** Who has let this one in, and that one, and so on. */
  #lineOf(target: Id): Set<Id> {
    const line = new Set(this.#addedBy.get(target));
    for (const id of line) for (const adder of this.#addedBy.get(id) ?? []) line.add(adder);
    return line;
  }

  /** The packs of all statements, FOUND first. */
  packs(): Bytes[] {
    return [this.#found.pack, ...[...this.#all()].map((entry) => entry.pack)];
  }

  *#all(): Iterable<Entry> {
    yield* this.#entries.values();
    yield* this.#keys.values();
  }

  *#statements(): Iterable<Statement> {
    for (const { statement } of this.#all()) yield statement;
  }
}
