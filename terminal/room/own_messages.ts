/** What becomes of one's own messages: they wait, are sent, and are delivered to those who were there. @module */
import type { MessageEntry, OwnState } from "./entries.ts";

/** Most own messages that are followed. */
const MAX_FOLLOWED = 20_000;

interface Followed {
  entry: MessageEntry;
  /** Those who do not have it yet. */
  missing: Set<string>;
}

/** Follows them. */
export class OwnMessages {
  readonly #byRef = new Map<number, Followed>();
  readonly #byId = new Map<string, Followed>();

  /** Messages that the relay has not taken. */
  get unsent(): number {
    return this.#byRef.size;
  }

  /** A message has been said; `missing` are those whom it is for. */
  add(entry: MessageEntry, missing: readonly string[]): void {
    if (entry.ref === null) return;
    this.#byRef.set(entry.ref, { entry, missing: new Set(missing) });
    trim(this.#byRef);
  }

  /** It was refused. */
  drop(ref: number): MessageEntry | undefined {
    const followed = this.#byRef.get(ref);
    this.#byRef.delete(ref);
    return followed?.entry;
  }

  /** It waits for the connection. */
  waits(ref: string | number | null): void {
    if (typeof ref === "number") set(this.#byRef.get(ref), "waiting");
  }

  /** There is no connection: all that has not been sent waits. */
  allWait(): void {
    for (const followed of this.#byRef.values()) set(followed, "waiting");
  }

  /** The relay has it, and it has an id. */
  sent(ref: string | number | null, id: string): MessageEntry | undefined {
    const followed = typeof ref === "number" ? this.#byRef.get(ref) : undefined;
    if (followed === undefined || typeof ref !== "number") return undefined;
    this.#byRef.delete(ref);
    followed.entry.id = id;
    set(followed, "sent");
    if (followed.missing.size > 0) {
      this.#byId.set(id, followed);
      trim(this.#byId);
    }
    return followed.entry;
  }

  /** Somebody has it. */
  delivered(id: string, to: string): void {
    const followed = this.#byId.get(id);
    if (followed === undefined || !followed.missing.delete(to)) return;
    followed.entry.delivered++;
    followed.entry.version++;
    this.#settle(followed);
  }

  /** Somebody has gone: nothing is delivered there any more. */
  left(member: string): void {
    for (const map of [this.#byRef, this.#byId]) {
      for (const followed of map.values()) {
        if (!followed.missing.delete(member)) continue;
        followed.entry.audience--;
        followed.entry.version++;
        this.#settle(followed);
      }
    }
  }

  /** An entry is no longer there. */
  forget(entry: MessageEntry): void {
    if (entry.ref !== null) this.#byRef.delete(entry.ref);
    if (entry.id !== null) this.#byId.delete(entry.id);
  }

  /** Nothing is shown any more: what is sent is no longer followed, and of the rest only that it is under way. */
  forgetTexts(): void {
    this.#byId.clear();
    for (const followed of this.#byRef.values()) {
      followed.missing.clear();
      followed.entry = { ...followed.entry, text: "", reply: null };
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#byRef.clear();
    this.#byId.clear();
  }

  #settle({ entry, missing }: Followed): void {
    if (missing.size > 0 || entry.id === null) return;
    this.#byId.delete(entry.id);
    if (entry.delivered === 0) return; // nobody was left to have it
    entry.state = "delivered";
    entry.version++;
  }
}

function set(followed: Followed | undefined, state: OwnState): void {
  if (followed === undefined || followed.entry.state === state) return;
  followed.entry.state = state;
  followed.entry.version++;
}

function trim(map: Map<unknown, unknown>): void {
  if (map.size <= MAX_FOLLOWED) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
