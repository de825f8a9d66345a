/** The chains of others that can be read here: a few an author, the oldest wiped first (SPEC §6.2). @module */
import { toHex, wipe } from "../crypto/bytes.ts";
import { type ChainStart, ReceivingChain } from "../crypto/sender_chain.ts";
import { SkippedKeys } from "../crypto/skipped_keys.ts";
import type { Id } from "./ids.ts";

/** Most chains kept of one author. */
export const MAX_CHAINS = 3;
/** Most chain ids remembered of one author, so that an old distribution played again changes nothing. */
export const MAX_SEEN = 1_024;

/** A chain and whose it is. */
export interface ChainIn {
  author: Id;
  chain: ReceivingChain;
  /** First counter that we may read; what comes before was not meant for us. */
  from: number;
}

interface Author {
  current: string[];
  seen: Set<string>;
  skipped: SkippedKeys;
}

/**
 * Owner of all receiving chains. Each author names its own, so that an id may stand for a chain of several:
 * otherwise a member could take the name of another's chain before that one's distribution arrives.
 */
export class ChainsIn {
  readonly #byId = new Map<string, ChainIn[]>();
  readonly #byAuthor = new Map<Id, Author>();

  /** The chains with this id, that of `author` first. */
  all(chainId: Uint8Array, author?: Id): ChainIn[] {
    const found = this.#byId.get(toHex(chainId)) ?? [];
    return [...found.filter((c) => c.author === author), ...found.filter((c) => c.author !== author)];
  }

  /** The chain with this id that was known first. */
  get(chainId: Uint8Array): ChainIn | undefined {
    return this.#byId.get(toHex(chainId))?.[0];
  }

  /** Whether the author has given us a chain before. */
  knew(author: Id): boolean {
    return this.#byAuthor.has(author);
  }

  /** Adds a chain and wipes `start`; false when it has been known before, which changes nothing. */
  add(author: Id, start: ChainStart): boolean {
    const key = toHex(start.chainId);
    const own = this.#byAuthor.get(author) ?? { current: [], seen: new Set(), skipped: new SkippedKeys() };
    this.#byAuthor.set(author, own);
    const fresh = !own.seen.has(key);
    if (fresh) {
      const chain = { author, chain: new ReceivingChain(start, own.skipped), from: start.counter };
      this.#byId.set(key, [...this.#byId.get(key) ?? [], chain]);
      own.current.push(key);
      own.seen.add(key);
      for (const old of own.current.splice(0, own.current.length - MAX_CHAINS)) this.#remove(author, old);
      for (const oldest of own.seen) {
        if (own.seen.size <= MAX_SEEN) break;
        own.seen.delete(oldest);
      }
    }
    wipe(start.chainKey, start.sideKey);
    return fresh;
  }

  /** Wipes all chains of an author. */
  drop(author: Id): void {
    for (const key of this.#byAuthor.get(author)?.current ?? []) this.#remove(author, key);
    this.#byAuthor.delete(author);
  }

  /** Wipes everything. */
  dispose(): void {
    for (const author of [...this.#byAuthor.keys()]) this.drop(author);
  }

  #remove(author: Id, key: string): void {
    const left: ChainIn[] = [];
    for (const known of this.#byId.get(key) ?? []) {
      if (known.author === author) known.chain.dispose();
      else left.push(known);
    }
    if (left.length > 0) this.#byId.set(key, left);
    else this.#byId.delete(key);
  }
}
