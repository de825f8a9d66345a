/** Resume tokens: the relay keeps only their hashes. @module */
import { createHash } from "node:crypto";

/** SHA-256 of a token, as the key under which its place is found. */
export function tokenHash(token: Uint8Array): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** What a holder of tokens looks like. */
export interface TokenHolder {
  /** Hash of the token given out last. */
  token: string;
  /** Hash of the one before, until the first frame on the new connection. */
  previousToken: string;
}

/** All tokens of a relay. `P` is the place that a token takes up again. */
export class Tokens<P extends TokenHolder> {
  readonly #places = new Map<string, P>();
  readonly #random: (length: number) => Uint8Array;

  /** An empty table. */
  constructor(random: (length: number) => Uint8Array) {
    this.#random = random;
  }

  /** Tokens that are valid. */
  get size(): number {
    return this.#places.size;
  }

  /** The place that `token` belongs to. */
  find(token: Uint8Array): P | undefined {
    return this.#places.get(tokenHash(token));
  }

  /** Gives out a fresh token. `used`, if given, stays valid until {@linkcode settle}; all others of `place` are void. */
  issue(place: P, used?: Uint8Array): Uint8Array {
    const keep = used === undefined ? "" : tokenHash(used);
    this.#forget(place, keep);
    const token = this.#random(32);
    place.token = tokenHash(token);
    place.previousToken = keep;
    this.#places.set(place.token, place);
    return token;
  }

  /** Makes the token before the present one void. */
  settle(place: P): void {
    if (place.previousToken === "") return;
    this.#places.delete(place.previousToken);
    place.previousToken = "";
  }

  /** Makes all tokens of `place` void. */
  revoke(place: P): void {
    this.#forget(place, "");
    place.token = "";
    place.previousToken = "";
  }

  #forget(place: P, keep: string): void {
    for (const hash of [place.token, place.previousToken]) {
      if (hash !== "" && hash !== keep) this.#places.delete(hash);
    }
  }
}
