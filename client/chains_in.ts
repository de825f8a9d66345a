/** The chains of others that can be read here: a few an author, the oldest wiped first (SPEC §6.2). @module */
import { wipe } from "../crypto/bytes.ts";
import { type ChainStart, ReceivingChain } from "../crypto/sender_chain.ts";
import { toHex } from "../crypto/bytes.ts";
import type { Id } from "./ids.ts";

/** Most chains kept of one author. */
export const MAX_CHAINS = 3;

/** A chain and whose it is. */
export interface ChainIn {
  author: Id;
  chain: ReceivingChain;
  /** First counter that we may read; what comes before was not meant for us. */
  from: number;
}

/** Owner of all receiving chains. */
export class ChainsIn {
  readonly #byId = new Map<string, ChainIn>();
  readonly #byAuthor = new Map<Id, string[]>();

  /** The chain with this id. */
  get(chainId: Uint8Array): ChainIn | undefined {
    return this.#byId.get(toHex(chainId));
  }

  /** Adds a chain and wipes `start`; false when it is known already, which changes nothing. */
  add(author: Id, start: ChainStart): boolean {
    const key = toHex(start.chainId);
    const known = this.#byId.has(key);
    if (!known) {
      this.#byId.set(key, { author, chain: new ReceivingChain(start), from: start.counter });
      const own = this.#byAuthor.get(author) ?? [];
      own.push(key);
      this.#byAuthor.set(author, own);
      for (const old of own.splice(0, own.length - MAX_CHAINS)) this.#remove(old);
    }
    wipe(start.chainKey, start.sideKey);
    return !known;
  }

  /** Wipes all chains of an author. */
  drop(author: Id): void {
    for (const key of this.#byAuthor.get(author) ?? []) this.#remove(key);
    this.#byAuthor.delete(author);
  }

  /** Wipes everything. */
  dispose(): void {
    for (const author of [...this.#byAuthor.keys()]) this.drop(author);
  }

  #remove(key: string): void {
    this.#byId.get(key)?.chain.dispose();
    this.#byId.delete(key);
  }
}
