/** Which connection of the relay is which member: routing only, never authorship (SPEC §6). @module */
import type { Bytes } from "../crypto/bytes.ts";
import { equalBytes } from "../crypto/bytes.ts";
import type { Present } from "../crypto/present.ts";
import { type Id, idOf } from "./ids.ts";

/** Most lost connections that are remembered. */
export const MAX_GONE = 4_096;

interface Entry {
  peerId: number;
  number: number;
  /** `null` when nothing but a frame of its own shows where the member is. */
  payload: Bytes | null;
  /** Whether its word on it, or a frame of its own, has come over that very connection, and not from another. */
  shown: boolean;
}

/** Knows where to send what is for one member. */
export class Presence {
  readonly #byMember = new Map<Id, Entry>();
  readonly #byPeer = new Map<number, Id>();
  readonly #returned = new Map<Id, number>();
  /** Connections that are gone, and may be resumed under the same number. */
  readonly #gone = new Map<number, { id: Id; entry: Entry }>();
  /** The highest number that each member has signed in this epoch: an older word of it says nothing any more. */
  readonly #highest = new Map<Id, number>();
  #epoch: Bytes;

  /** Starts empty for one instance of a room at the relay. */
  constructor(roomEpoch: Bytes) {
    this.#epoch = roomEpoch;
  }

  /** The relay has begun the room anew: its numbers mean nothing any more. */
  reset(roomEpoch: Bytes): void {
    this.#epoch = roomEpoch;
    this.#byMember.clear();
    this.#byPeer.clear();
    this.#gone.clear();
    this.#highest.clear();
  }

  /** All connections known. */
  peers(): number[] {
    return [...this.#byPeer.keys()];
  }

  /** How often a member has come back on another connection. */
  returns(id: Id): number {
    return this.#returned.get(id) ?? 0;
  }

  /** Whether a `present` is of this room epoch and later than what is known of its member. */
  isNews({ memberId, roomEpoch, number }: Present): boolean {
    return equalBytes(roomEpoch, this.#epoch) && (this.#highest.get(idOf(memberId)) ?? 0) < number;
  }

  /**
   * Takes a verified `present`; false for one that is older than what is known or of another room epoch. One that others
   * `passedOn` says nothing of a connection over which another member has shown itself: its own author may be lying.
   */
  learn(present: Present, payload: Bytes, { passedOn = false } = {}): boolean {
    if (!this.isNews(present)) return false;
    const id = idOf(present.memberId);
    const there = this.#byPeer.get(present.peerId);
    if (passedOn && there !== undefined && there !== id && this.#hasShown(there)) return false;
    const known = this.#byMember.get(id);
    this.#highest.set(id, present.number);
    if (present.number > 1) this.#returned.set(id, present.number);
    if (known !== undefined) this.#byPeer.delete(known.peerId);
    const other = this.#byPeer.get(present.peerId);
    if (other !== undefined) this.#byMember.delete(other);
    const { peerId, number } = present;
    this.#byMember.set(id, { peerId, number, payload, shown: !passedOn });
    this.#byPeer.set(present.peerId, id);
    return true;
  }

  /**
   * A signed frame of `id` came from this connection; that counts as long as the member has not said where it is.
   * Two that come in at the same moment can miss each other's `present`. It counts for more than the word of another that
   * was passed on and names the same connection. True when it is news.
   */
  hint(id: Id, peerId: number): boolean {
    const there = this.#byPeer.get(peerId);
    const known = this.#byMember.get(id);
    if (known?.peerId === peerId) known.shown = true;
    if (known !== undefined || (there !== undefined && this.#hasShown(there))) return false;
    if (there !== undefined) this.#byMember.delete(there);
    this.#byMember.set(id, { peerId, number: 0, payload: null, shown: true });
    this.#byPeer.set(peerId, id);
    return true;
  }

  #hasShown(id: Id): boolean {
    return this.#byMember.get(id)?.shown === true;
  }

  /** The connection is gone; gives the member that had it. */
  peerOut(peerId: number): Id | undefined {
    const id = this.#byPeer.get(peerId);
    const entry = id === undefined ? undefined : this.#byMember.get(id);
    if (id === undefined || entry === undefined) return undefined;
    this.#byPeer.delete(peerId);
    this.#byMember.delete(id);
    this.#gone.set(peerId, { id, entry });
    for (const oldest of this.#gone.keys()) {
      if (this.#gone.size <= MAX_GONE) break;
      this.#gone.delete(oldest);
    }
    return id;
  }

  /** A connection is there again under its old number; gives the member that has it, if that is news. */
  peerIn(peerId: number): Id | undefined {
    const gone = this.#gone.get(peerId);
    if (gone === undefined || this.#byMember.has(gone.id) || this.#byPeer.has(peerId)) return undefined;
    this.#gone.delete(peerId);
    this.#byMember.set(gone.id, gone.entry);
    this.#byPeer.set(peerId, gone.id);
    return gone.id;
  }

  /** The connection of a member. */
  peerOf(id: Id): number | undefined {
    return this.#byMember.get(id)?.peerId;
  }

  /** The member behind a connection, as far as it has said. */
  memberOf(peerId: number): Id | undefined {
    return this.#byPeer.get(peerId);
  }

  /** Forgets a member that is no longer one; gives its connections, those too that are gone and may come again. */
  forget(id: Id): number[] {
    const entry = this.#byMember.get(id);
    const peers = [...this.#gone].filter(([, gone]) => gone.id === id).map(([peerId]) => peerId);
    for (const peerId of peers) this.#gone.delete(peerId);
    if (entry !== undefined) this.#byPeer.delete(entry.peerId);
    this.#byMember.delete(id);
    this.#returned.delete(id);
    return entry === undefined ? peers : [entry.peerId, ...peers];
  }

  /** A member's signed word on where it is, if it has come. */
  payloadOf(id: Id): Bytes | null {
    return this.#byMember.get(id)?.payload ?? null;
  }

  /** The signed words of everybody here, for a newcomer. */
  payloads(): Bytes[] {
    return [...this.#byMember.values()].map(({ payload }) => payload).filter((payload) => payload !== null);
  }
}
