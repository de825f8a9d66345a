/** The keys by which members sign, as far as they have been seen. @module */
import type { Bundle } from "../crypto/bundle.ts";
import { Verifier } from "../crypto/identity.ts";
import { type Pack, verifyPack } from "../crypto/pack.ts";
import { type Id, idOf } from "./ids.ts";

/** Identity keys certify themselves: an id is the hash of its key. Collects them out of bundles. */
export class VerifierCache {
  readonly #known = new Map<Id, Promise<Verifier>>();

  /** Remembers the key of a bundle's owner. */
  learn(bundle: Bundle): void {
    const id = idOf(bundle.memberId);
    if (this.#known.has(id)) return;
    const verifier = Verifier.import(bundle.identityKey);
    verifier.catch(() => this.#known.delete(id));
    this.#known.set(id, verifier);
  }

  /** The verifier of an id whose key has been seen. */
  get(id: Id): Promise<Verifier> | undefined {
    return this.#known.get(id);
  }

  /** Verifies a pack's signature; false when its author's key is not known. */
  async verify(pack: Pack, room: Uint8Array): Promise<boolean> {
    const verifier = await this.get(idOf(pack.author))?.catch(() => undefined);
    return verifier !== undefined && await verifyPack(pack, room, verifier);
  }
}
