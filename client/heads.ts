/** Where authors stand, as far as is known here (SPEC §9.1). @module */
import { toHex } from "../crypto/bytes.ts";
import type { Pack } from "../crypto/pack.ts";
import { type Author, hashOf, type Head } from "./delivery_author.ts";
import { type Id, idOf } from "./ids.ts";

/** Answers what is known of authors; {@linkcode Delivery} moves them. */
export class Heads {
  protected readonly authors: Map<Id, Author> = new Map();

  /** Everybody's head, as far as delivered here; hints are not among them. */
  vector(): Map<Id, Head> {
    const out = new Map<Id, Head>();
    for (const [id, author] of this.authors) if (!author.hint) out.set(id, author.head);
    return out;
  }

  /** The head of one author, if anything of it counts as delivered. */
  head(author: Id): Head | undefined {
    return this.authors.get(author)?.head;
  }

  /** Whether all of a pack is here already, the same to the byte. */
  has({ author, contents }: Pick<Pack, "author" | "contents">): boolean {
    const known = this.authors.get(idOf(author));
    return known !== undefined &&
      contents.every(({ content: { number }, hash }) =>
        (known.hashes.get(number) ?? hashOf(known.waiting.get(number))) === toHex(hash)
      );
  }

  /** What an author had said when it introduced itself; `null` while it has not. */
  startOf(id: Id): number | null {
    const author = this.authors.get(id);
    return author === undefined || author.hint ? null : author.start;
  }

  /** Whether an author has ever told us itself where it stands. */
  hasMet(id: Id): boolean {
    const author = this.authors.get(id);
    return author !== undefined && !author.hint && author.met;
  }

  /** Whether an author's LEAVE is here, though its turn may not have come. */
  hasSaidGoodbye(id: Id): boolean {
    return this.authors.get(id)?.goodbye === true;
  }

  /** Up to where nobody can have from us what an author said, nor that it is lost: it was never for us. */
  notOurs(id: Id): number {
    const author = this.authors.get(id);
    return author === undefined || author.hint || author.unmet ? Infinity : author.notOurs;
  }

  /** Whether a statement of `id` that somebody passes on can be one that we have not had in its turn. */
  isNews(id: Id, { number, lamport }: { number: number; lamport: number }): boolean {
    const author = this.authors.get(id);
    if (author === undefined || author.hint || author.lost.has(number)) return true;
    return number > author.head.number && lamport > author.head.lamport;
  }
}
