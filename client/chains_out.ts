/**
 * One's own sender chain and who has been given it (SPEC §6.2).
 *
 * A member is owed a chain from the moment it is accepted, so that what is said between that moment and the
 * arrival of its distribution can be read too. When somebody that holds the chain may no longer read, the
 * chain is given up before the next word.
 *
 * @module
 */
import { wipe } from "../crypto/bytes.ts";
import { type ChainStart, SendingChain } from "../crypto/sender_chain.ts";
import type { Head } from "./delivery.ts";
import type { Id } from "./ids.ts";

/** Most chains that one absent member is owed. */
export const MAX_OWED = 3;

/** A chain at the position from which some members may read it. */
export interface Grant {
  start: ChainStart;
  head: Head;
  previous: { chainId: Uint8Array; finalCounter: number } | undefined;
  /** Who has not been sent it yet. */
  pending: Set<Id>;
}

/** Owner of the current sending chain. */
export class ChainsOut {
  #chain: SendingChain | null = null;
  #since = 0;
  #previous: Grant["previous"];
  #granted = new Set<Id>();
  /** Who may hold the chain in use and is to get it once more all the same. */
  readonly #again = new Set<Id>();
  #grants: Grant[] = [];
  /** Where we stood when a member was first to read us. */
  readonly #heads = new Map<Id, Head>();
  readonly #acquainted: (id: Id) => boolean;

  /** `acquainted` tells whether a member has shown that it has something of ours. */
  constructor(acquainted: (id: Id) => boolean = () => true) {
    this.#acquainted = acquainted;
  }

  /** The chain in use. */
  get chain(): SendingChain | null {
    return this.#chain;
  }

  /** When the chain in use was begun, in milliseconds since the epoch. */
  get since(): number {
    return this.#since;
  }

  /** Whether the chain in use may carry one more message that only `allowed` may read. */
  fits(allowed: ReadonlySet<Id>): boolean {
    if (this.#chain === null || this.#chain.spent) return false;
    for (const id of this.#granted) if (!allowed.has(id)) return false;
    return true;
  }

  /** Begins a new chain from fresh randomness; nobody has it yet. */
  rotate(now: number): void {
    if (this.#chain !== null) {
      this.#previous = { chainId: this.#chain.chainId, finalCounter: this.#chain.counter };
      this.#chain.dispose();
    }
    this.#chain = SendingChain.create();
    this.#since = now;
    this.#granted = new Set();
    this.#again.clear();
  }

  /** Entitles those of `allowed` that are not yet, from the chain's present position on. */
  entitle(allowed: Iterable<Id>, head: Head): void {
    if (this.#chain === null) return;
    const fresh = [...allowed].filter((id) => !this.#granted.has(id) || this.#again.has(id));
    if (fresh.length === 0) return;
    const byHead = new Map<Head, Set<Id>>();
    for (const id of fresh) {
      this.#granted.add(id);
      this.#again.delete(id);
      const from = this.#headFor(id, head);
      const pending = byHead.get(from) ?? new Set();
      byHead.set(from, pending.add(id));
    }
    for (const [from, pending] of byHead) {
      this.#grants.push({ start: this.#chain.start(), head: from, previous: this.#previous, pending });
    }
    this.#bound();
  }

  /** Grants with somebody of `reachable` pending, oldest first, and who that is. */
  due(reachable: (id: Id) => boolean): { grant: Grant; ids: Id[] }[] {
    return this.#grants
      .map((grant) => ({ grant, ids: [...grant.pending].filter(reachable) }))
      .filter(({ ids }) => ids.length > 0);
  }

  /** These have been sent what they were owed. */
  settle(grant: Grant, ids: Iterable<Id>): void {
    for (const id of ids) grant.pending.delete(id);
    this.#sweep();
  }

  /**
   * Our present head tells a member what it should have of us. One that has nothing yet takes it for the beginning: it
   * gets the head of when it was first to read us, or what was said since would be lost on it without a word.
   */
  #headFor(id: Id, head: Head): Head {
    const first = this.#heads.get(id);
    if (first === undefined) this.#heads.set(id, head);
    return first === undefined || this.#acquainted(id) ? head : first;
  }

  /** A member may no longer read: it is owed nothing. If it may again before the chain is turned, it is owed that one. */
  revoke(id: Id): void {
    this.#heads.delete(id);
    for (const grant of this.#grants) if (grant.pending.delete(id)) this.again(id);
    this.#sweep();
  }

  /** Whether this member has been sent the chain in use, or is owed it. */
  holds(id: Id): boolean {
    return this.#granted.has(id);
  }

  /**
   * Owes the chain in use again, from its present position: a distribution got lost, or so it is said. Whoever
   * says so counts as holding it until then, so that a removal in between still ends the chain.
   */
  again(id: Id): void {
    if (this.#granted.has(id)) this.#again.add(id);
  }

  /** A member is in from now on, whether we may give it our chain yet or not. */
  meet(id: Id, head: Head): void {
    if (!this.#heads.has(id)) this.#heads.set(id, head);
  }

  /** Wipes everything. */
  dispose(): void {
    this.#chain?.dispose();
    this.#chain = null;
    for (const { start } of this.#grants) wipe(start.chainKey, start.sideKey);
    this.#grants = [];
  }

  #bound(): void {
    const count = new Map<Id, number>();
    for (const grant of this.#grants.toReversed()) {
      for (const id of grant.pending) {
        const seen = (count.get(id) ?? 0) + 1;
        count.set(id, seen);
        if (seen > MAX_OWED) grant.pending.delete(id);
      }
    }
    this.#sweep();
  }

  #sweep(): void {
    this.#grants = this.#grants.filter((grant) => {
      if (grant.pending.size > 0) return true;
      wipe(grant.start.chainKey, grant.start.sideKey);
      return false;
    });
  }
}
