/** What waits to be said, and what of it goes into one pack (SPEC §9). @module */
import type { Bytes } from "../crypto/bytes.ts";
import { ContentKind, isStatement } from "../crypto/content.ts";
import { MAX_PACK_CONTENTS } from "../crypto/pack.ts";
import { ClientError, sendingOver } from "./errors.ts";

/** Most bodies of one pack together, in bytes. */
const MAX_PACK_BODY_BYTES = 200_000;
/** Most contents that wait to be said. */
export const MAX_QUEUE = 20_000;

/** A content that waits to be said. */
export interface Waiting {
  kind: number;
  body: Bytes;
  /** It has this number and has been handed to the link. */
  resolve: (number: number) => void;
  reject: (error: unknown) => void;
}

/** What one member has to say, in order; statements and the like come before what people say. */
export class PackQueue {
  #queue: Waiting[] = [];
  #urgent: Waiting[] = [];
  #held = false;
  #heldAll = false;
  /** The goodbye waits to be said, or has been. */
  #leaving = false;

  /** Messages that wait. */
  get messages(): number {
    return this.#queue.filter(isMessage).length;
  }

  /** Whether more may come together: nothing is urgent, and a pack is not full. */
  get mayGrow(): boolean {
    return this.#urgent.length === 0 && this.#queue.length < MAX_PACK_CONTENTS;
  }

  /** Holds back what people say until {@linkcode PackQueue.release}, and all else until `releaseAll`. */
  hold(): void {
    this.#held = this.#heldAll = true;
  }

  /** Lets go what people say. */
  release(): void {
    this.#held = false;
  }

  /** Lets go everything that was held back. */
  releaseAll(): void {
    this.#held = this.#heldAll = false;
  }

  /** Why something of this kind cannot be said any more, or now; a goodbye is noted as such. */
  refusal(kind: number): ClientError | null {
    if (this.#leaving && kind < ContentKind.found) return sendingOver();
    if (kind === ContentKind.leave) this.#leaving = true;
    else if (this.#queue.length >= MAX_QUEUE) {
      return new ClientError("too_much", "Cannot send: too much is waiting to be sent already");
    }
    return null;
  }

  /** Puts something at the end. */
  add(waiting: Waiting): void {
    // A goodbye comes after all that was said before it: nobody reads what is said by who has left.
    const last = waiting.kind === ContentKind.leave || isMessage(waiting);
    (last ? this.#queue : this.#urgent).push(waiting);
  }

  /** What is said next; empty when all that waits is held back. */
  next(): readonly Waiting[] {
    return this.#next();
  }

  /** Takes a pack's worth: a statement goes alone; other contents go together as long as they fit. */
  take(): Waiting[] {
    const list = this.#next();
    const batch: Waiting[] = [];
    let bytes = 0;
    while (list.length > 0 && batch.length < MAX_PACK_CONTENTS) {
      const next = list[0] as Waiting;
      const alone = isStatement(next.kind);
      if (batch.length > 0 && (alone || bytes + next.body.length > MAX_PACK_BODY_BYTES)) break;
      bytes += next.body.length;
      batch.push(next);
      list.shift();
      if (alone) break;
    }
    return batch;
  }

  /** Refuses all that waits. */
  refuse(error: unknown): void {
    for (const waiting of [...this.#urgent.splice(0), ...this.#queue.splice(0)]) waiting.reject(error);
  }

  #next(): Waiting[] {
    if (this.#urgent.length > 0 && !this.#heldAll) return this.#urgent;
    return this.#held ? [] : this.#queue;
  }
}

/** Whether it is what people say. */
export function isMessage({ kind }: Waiting): boolean {
  return kind < ContentKind.found;
}
