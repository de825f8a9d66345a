/** Which connection of the relay is which member: routing only, never authorship (SPEC §6). @module */
import type { Bytes } from "../crypto/bytes.ts";
import { equalBytes } from "../crypto/bytes.ts";
import type { Present } from "../crypto/present.ts";
import { type Id, idOf } from "./ids.ts";

interface Entry {
  peerId: number;
  number: number;
  /** `null` when nothing but a frame of its own shows where the member is. */
  payload: Bytes | null;
}

/** Knows where to send what is for one member. */
export class Presence {
  readonly #byMember = new Map<Id, Entry>();
  readonly #byPeer = new Map<number, Id>();
  readonly #returned = new Map<Id, number>();
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
  }

  /** All connections known. */
  peers(): number[] {
    return [...this.#byPeer.keys()];
  }

  /** How often a member has come back on another connection. */
  returns(id: Id): number {
    return this.#returned.get(id) ?? 0;
  }

  /** Takes a verified `present`; false for one that is older than what is known or of another room epoch. */
  learn(present: Present, payload: Bytes): boolean {
    if (!equalBytes(present.roomEpoch, this.#epoch)) return false;
    const id = idOf(present.memberId);
    const known = this.#byMember.get(id);
    if (known !== undefined && known.number >= present.number) return false;
    if (present.number > 1) this.#returned.set(id, present.number);
    if (known !== undefined) this.#byPeer.delete(known.peerId);
    const other = this.#byPeer.get(present.peerId);
    if (other !== undefined) this.#byMember.delete(other);
    this.#byMember.set(id, { peerId: present.peerId, number: present.number, payload });
    this.#byPeer.set(present.peerId, id);
    return true;
  }

  /**
   * A signed frame of `id` came from this connection; that counts as long as the member has not said where it is.
   * Two that come in at the same moment can miss each other's `present`. True when it is news.
   */
  hint(id: Id, peerId: number): boolean {
    if (this.#byMember.has(id) || this.#byPeer.has(peerId)) return false;
    this.#byMember.set(id, { peerId, number: 0, payload: null });
    this.#byPeer.set(peerId, id);
    return true;
  }

  /** The connection is gone; gives the member that had it. */
  peerOut(peerId: number): Id | undefined {
    const id = this.#byPeer.get(peerId);
    if (id === undefined) return undefined;
    this.#byPeer.delete(peerId);
    this.#byMember.delete(id);
    return id;
  }

  /** The connection of a member. */
  peerOf(id: Id): number | undefined {
    return this.#byMember.get(id)?.peerId;
  }

  /** The member behind a connection, as far as it has said. */
  memberOf(peerId: number): Id | undefined {
    return this.#byPeer.get(peerId);
  }

  /** Forgets a member that is no longer one. */
  forget(id: Id): void {
    const entry = this.#byMember.get(id);
    if (entry !== undefined) this.#byPeer.delete(entry.peerId);
    this.#byMember.delete(id);
    this.#returned.delete(id);
  }

  /** The signed words of everybody here, for a newcomer. */
  payloads(): Bytes[] {
    return [...this.#byMember.values()].map(({ payload }) => payload).filter((payload) => payload !== null);
  }
}
