/**
 * Tells the others what has arrived here and learns what has arrived there (SPEC §10): from it come
 * `delivered`, the loss of an author's last words, and two members being shown different things.
 *
 * @module
 */
import { type Bytes, fromHex, toHex } from "../crypto/bytes.ts";
import type { Head } from "./delivery.ts";
import type { Id } from "./ids.ts";
import type { Clock } from "./options.ts";
import { type Have, vectorDigest } from "./side.ts";

/** How long after news a `have` is said, in milliseconds. */
export const SOON_MS = 2_000;
/** How often one is said in a small room without news, in milliseconds. */
export const PERIOD_MS = 30_000;
/** How much longer that may be for each member above eight, in milliseconds: what one says makes all others speak. */
export const SPREAD_MS = 150;
/** For how long nothing may have come before two compare all that they have, in milliseconds. */
export const QUIET_MS = 5_000;
/** About how many ask somebody whose things are unlike theirs: in a large room not everybody that hears of it. */
export const LOOKERS = 8;
const NONE = "0".repeat(64);
const NOTHING = { number: 0, hash: "" };

/** What {@linkcode HaveKeeper} needs. */
export interface HaveRoom {
  clock: Clock;
  me: Id;
  /** Members in the room. */
  size(): number;
  /** Everybody's head, one's own included. */
  vector(): Map<Id, Head>;
  /** Seals and sends a `have`; may be dropped. */
  send(have: Have): void;
  /** `id` has everything that one has said up to `number`. */
  covered(id: Id, number: number): void;
  /** An author's own word on how far it has come. */
  claimed(id: Id, number: number): void;
  /** Who is in the room, oneself included. */
  here(): Iterable<Id>;
  /** `holder` has what `author` said up to `number`, and we do not. */
  ahead(author: Id, number: number, holder: Id): void;
  /** `from` and we have had different things for a while, in a quiet room. */
  unlike(from: Id): void;
  /** `witness` holds another content than we do under one of `author`'s numbers. */
  differs(author: Id, number: number, witness: Id): void;
}

/** Says and hears `have`. */
export class HaveKeeper {
  readonly #room: HaveRoom;
  readonly #told = new Map<Id, number>();
  readonly #covered = new Map<Id, number>();
  readonly #unlike = new Map<Id, string>();
  #recent = new Set<Id>();
  #quietSince: number;
  #timer: unknown = null;
  #due = Infinity;
  #disposed = false;

  /** Starts the slow beat. */
  constructor(room: HaveRoom) {
    this.#room = room;
    this.#quietSince = room.clock.now();
    this.#plan(this.#period());
  }

  /** Up to which of our numbers a member has everything. */
  coveredBy(id: Id): number {
    return this.#covered.get(id) ?? 0;
  }

  /** Something arrived or was said: tell the others soon. */
  news(): void {
    this.stir();
    this.#plan(SOON_MS + Math.random() * Math.max(0, this.#room.size() - 8) * SPREAD_MS);
  }

  /** The room changes: until that has reached everybody, members have different things. */
  stir(): void {
    this.#quietSince = this.#room.clock.now();
  }

  /** Somebody waits for it: tell the others now, spread out in a large room. */
  now(): void {
    this.#plan(Math.random() * Math.max(0, this.#room.size() - 4) * 5);
  }

  /** Somebody is there who may have heard none of this: tells all of it, now. */
  anew(): void {
    this.#told.clear();
    this.now();
  }

  /** Takes what `from` says it has. */
  hear(from: Id, have: Have): void {
    const vector = this.#room.vector();
    this.#room.claimed(from, have.number);
    this.#compare(vector, from, { id: from, number: have.number, hash: have.hash });
    this.#entries(vector, from, have.entries);
    this.#look(vector, from, toHex(have.digest));
  }

  /** Takes everything that `from` has. */
  hearVector(from: Id, entries: Have["entries"]): void {
    this.#entries(this.#room.vector(), from, entries);
  }

  /** Stops. */
  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) this.#room.clock.clearTimer(this.#timer);
  }

  #entries(vector: Map<Id, Head>, from: Id, entries: Have["entries"]): void {
    for (const entry of entries) {
      if (entry.id === this.#room.me) this.#hearOwn(vector, from, entry.number);
      else if (entry.number > (vector.get(entry.id)?.number ?? 0)) {
        this.#room.ahead(entry.id, entry.number, from);
      }
      this.#compare(vector, from, entry);
    }
  }

  /** Two that have different things in a quiet room compare all of it, once for each difference, if chance has it. */
  #look(vector: Map<Id, Head>, from: Id, theirs: string): void {
    if (this.#room.clock.now() - this.#quietSince < QUIET_MS) return;
    const mine = toHex(this.#digest(vector));
    const difference = `${mine} ${theirs}`;
    if (mine === theirs || this.#unlike.get(from) === difference) return;
    // All others may see the same; what one of them learns the rest hear of.
    if (Math.random() * this.#room.size() >= LOOKERS) return;
    this.#unlike.set(from, difference);
    this.#room.unlike(from);
  }

  #digest(vector: Map<Id, Head>): Bytes {
    // Also of whom nothing has come: else nobody would notice that the one word of somebody was that it left.
    return vectorDigest(new Map([...this.#room.here()].map((id) => [id, vector.get(id) ?? NOTHING])));
  }

  #hearOwn(vector: Map<Id, Head>, from: Id, number: number): void {
    const said = Math.min(number, vector.get(this.#room.me)?.number ?? 0);
    if (said <= this.coveredBy(from)) return;
    this.#covered.set(from, said);
    this.#room.covered(from, said);
  }

  #compare(vector: Map<Id, Head>, from: Id, entry: { id: Id; number: number; hash: string }): void {
    const mine = vector.get(entry.id);
    if (mine === undefined || mine.number !== entry.number || mine.hash === "" || entry.hash === NONE) return;
    if (mine.hash !== entry.hash) this.#room.differs(entry.id, entry.number, from);
  }

  #period(): number {
    return PERIOD_MS * Math.max(1, this.#room.size() / 50) * (0.75 + Math.random() * 0.5);
  }

  #plan(ms: number): void {
    const at = this.#room.clock.now() + ms;
    if (this.#disposed || (this.#timer !== null && this.#due <= at)) return;
    if (this.#timer !== null) this.#room.clock.clearTimer(this.#timer);
    this.#due = at;
    this.#timer = this.#room.clock.setTimer(() => {
      this.#timer = null;
      this.#say();
      this.#plan(this.#period());
    }, ms);
  }

  /** Says the entries that changed since the last one, and those of the one before: either may be dropped. */
  #say(): void {
    const vector = this.#room.vector();
    const own = vector.get(this.#room.me);
    const changed = new Set<Id>();
    const entries: Have["entries"] = [];
    for (const [id, head] of vector) {
      if (id === this.#room.me || head.number === 0) continue;
      if (this.#told.get(id) !== head.number) changed.add(id);
      else if (!this.#recent.has(id)) continue;
      if (entries.length < 1_000) entries.push({ id, number: head.number, hash: head.hash });
    }
    for (const { id, number } of entries) this.#told.set(id, number);
    this.#recent = changed;
    this.#room.send({
      number: own?.number ?? 0,
      hash: own === undefined || fromHex(own.hash) === undefined ? "" : own.hash,
      digest: this.#digest(vector),
      full: false,
      entries,
    });
  }
}
