/** Numbers what one says: each content follows the one before and names what was known by then (SPEC §9). @module */
import { type Bytes, fromHex, toHex } from "../crypto/bytes.ts";
import { contentHash, encodeContent } from "../crypto/content.ts";
import { DELIVERY_LIMITS, type Head } from "./delivery.ts";
import { bytesOf, type Id } from "./ids.ts";

interface Dependency {
  memberId: Bytes;
  number: number;
}

/** Contents with their numbers; they count from {@linkcode Numbering.count} on. */
export interface Numbered {
  encoded: Bytes[];
  /** The last of them. */
  head: Head;
  /** What is said here to be known of others. */
  declared: Dependency[];
}

/** What {@linkcode Numbering} needs to know of the room. */
export interface NumberingRoom {
  /** What was delivered here, as dependencies of what is said now. */
  vector(): Map<Id, Head>;
  /** Largest Lamport time seen. */
  lamport(): number;
}

/** The numbers of one author. */
export class Numbering {
  readonly #room: NumberingRoom;
  readonly #declared = new Map<Id, number>();
  #head: Head;

  /** Goes on from `head`, the last thing that this author said. */
  constructor(room: NumberingRoom, head: Head) {
    this.#room = room;
    this.#head = head;
  }

  /** The last thing said. */
  get head(): Head {
    return this.#head;
  }

  /** Gives the next numbers; what fails before it counts leaves no gap that others would take for a loss. */
  number(batch: readonly { kind: number; body: Bytes }[]): Numbered {
    let head = this.#head;
    const declared = this.#dependencies();
    // Whoever has our last content takes this one: nobody can have it refused by running our time ahead of theirs.
    const most = head.lamport + DELIVERY_LIMITS.maxLamportStep - batch.length;
    let lamport = Math.max(head.lamport, Math.min(this.#room.lamport(), most));
    const encoded = batch.map(({ kind, body }, i) => {
      const bytes = encodeContent({
        number: head.number + 1,
        kind,
        lamport: ++lamport,
        prevHash: head.hash === "" ? new Uint8Array(32) : fromHex(head.hash) as Bytes,
        deps: i === 0 ? declared : [],
        body,
      });
      head = { number: head.number + 1, hash: toHex(contentHash(bytes)), lamport };
      return bytes;
    });
    return { encoded, head, declared };
  }

  /** These have been said. */
  count({ head, declared }: Numbered): void {
    this.#head = head;
    for (const { memberId, number } of declared) this.#declared.set(toHex(memberId), number);
  }

  /** What changed in our view since we last spoke. */
  #dependencies(): Dependency[] {
    const changed: Dependency[] = [];
    for (const [id, head] of this.#room.vector()) {
      if (head.number <= (this.#declared.get(id) ?? 0) || changed.length >= 1_024) continue;
      changed.push({ memberId: bytesOf(id), number: head.number });
    }
    return changed;
  }
}
