/** The keys by which members sign, as far as they have been seen. @module */
import type { Bundle } from "../crypto/bundle.ts";
import { Verifier } from "../crypto/identity.ts";
import { type Pack, verifyPack } from "../crypto/pack.ts";
import { type Id, idOf } from "./ids.ts";

/** Most keys that are remembered of those of whom nothing counts here; the ones met longest ago go first. */
export const MAX_MET = 1_024;

/**
 * Identity keys certify themselves: an id is the hash of its key. Collects them out of bundles. Those of a statement
 * that counts stay, as many as there are statements. Anybody can make others, and pass them on without end.
 */
export class VerifierCache {
  readonly #known = new Map<Id, Promise<Verifier>>();
  readonly #met = new Map<Id, Promise<Verifier>>();

  /** Keys remembered. */
  get size(): number {
    return this.#known.size + this.#met.size;
  }

  /** Remembers the key of the owner of a bundle that counts. */
  learn(bundle: Bundle): void {
    const id = idOf(bundle.memberId);
    if (this.#known.has(id)) return;
    remember(this.#known, id, this.#met.get(id) ?? Verifier.import(bundle.identityKey));
    this.#met.delete(id);
  }

  /** Remembers for a while the key of the owner of a bundle that may never count. */
  meet(bundle: Bundle): void {
    const id = idOf(bundle.memberId);
    if (this.#known.has(id) || this.#met.has(id)) return;
    const oldest = this.#met.size >= MAX_MET ? this.#met.keys().next().value : undefined;
    if (oldest !== undefined) this.#met.delete(oldest);
    remember(this.#met, id, Verifier.import(bundle.identityKey));
  }

  /** The verifier of an id whose key has been seen. */
  get(id: Id): Promise<Verifier> | undefined {
    return this.#known.get(id) ?? this.#met.get(id);
  }

  /** Verifies a pack's signature; false when its author's key is neither known nor in `bundle`, which comes with it. */
  async verify(pack: Pack, room: Uint8Array, bundle: Bundle | null = null): Promise<boolean> {
    const id = idOf(pack.author);
    const own = bundle !== null && idOf(bundle.memberId) === id ? bundle.identityKey : undefined;
    const key = this.get(id) ?? (own && Verifier.import(own));
    const verifier = await key?.catch(() => undefined);
    return verifier !== undefined && await verifyPack(pack, room, verifier);
  }
}

function remember(where: Map<Id, Promise<Verifier>>, id: Id, verifier: Promise<Verifier>): void {
  verifier.catch(() => where.delete(id));
  where.set(id, verifier);
}
