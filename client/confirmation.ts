/**
 * Who counts as confirmed (SPEC §5.4). A welcome is one member's view: a member in it counts only once its own
 * signed distribution names the ADD by which we came in. Who comes in later through somebody confirmed, is; also
 * when that ADD was passed on, since its author had not heard of us yet. Otherwise two that come in at once through
 * two sponsors would each wait for the other's chain for good.
 *
 * @module
 */
import type { Id } from "./ids.ts";
import { type Member, present, type RoomState } from "./room_state.ts";

/** Most names of ADDs remembered for members whose ADD of us is not known yet. */
export const MAX_NAMED = 8;

/** Owner of the question whether a member may be believed to be there. */
export class Confirmation {
  readonly #me: Id;
  readonly #hearsay = new Set<Id>();
  readonly #named = new Map<Id, Set<string>>();
  readonly #confirmed = new Set<Id>();
  /** Who has let those in once more that were in our welcome: their connection was cut before theirs came. */
  readonly #again = new Map<Id, Set<Id>>();

  /** Nobody is confirmed yet but oneself. */
  constructor(me: Id) {
    this.#me = me;
    this.#confirmed.add(me);
  }

  /** These members are known only from what one member told us. */
  hearsay(ids: Iterable<Id>): void {
    for (const id of ids) if (!this.#confirmed.has(id)) this.#hearsay.add(id);
  }

  /** An ADD that was not in our welcome: `by` has let this one in. */
  added(id: Id, by: Id): void {
    if (!this.#hearsay.has(id) || this.#confirmed.has(id)) return;
    this.#again.set(id, (this.#again.get(id) ?? new Set()).add(by));
  }

  /** A verified distribution of `author` for us names this ADD. */
  named(author: Id, addHash: string): void {
    let hashes = this.#named.get(author);
    if (hashes === undefined) this.#named.set(author, hashes = new Set());
    if (hashes.size < MAX_NAMED) hashes.add(addHash);
  }

  /** Whether `id` is confirmed. */
  has(id: Id): boolean {
    return this.#confirmed.has(id);
  }

  /** Whether a newcomer counts as confirmed at the next look, by whoever let it in. */
  expects({ id, addedBy }: Pick<Member, "id" | "addedBy">): boolean {
    if (this.#confirmed.has(id) || (!this.#hearsay.has(id) && this.#confirmed.has(addedBy))) return true;
    return [...this.#again.get(id) ?? []].some((by) => this.#confirmed.has(by));
  }

  /** Looks again after something changed; gives those newly confirmed. */
  update(state: RoomState): Id[] {
    const mine = state.members.get(this.#me)?.addHashes ?? [];
    const fresh: Id[] = [];
    for (const member of present(state)) {
      if (this.#confirmed.has(member.id)) continue;
      const named = this.#named.get(member.id);
      const byName = named !== undefined && mine.some((hash) => named.has(hash));
      const byChain = this.expects(member);
      if (!byName && !byChain) continue;
      this.#confirmed.add(member.id);
      fresh.push(member.id);
    }
    return fresh;
  }
}
