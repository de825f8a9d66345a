/** How far one may trust a room: safety words, who is verified, and alarms that stay until they are acknowledged. @module */
import type { MemberRef, SessionEvent } from "../../client/events.ts";
import { nicknameSkeleton } from "../../crypto/nickname.ts";
import type { Presence } from "./presence.ts";

/** Most alarms that are kept; one that is about the same is not kept twice. */
const MAX_ALARMS = 100;
/** Most verified members that are remembered after they have gone. */
const MAX_GONE = 1_000;

/** Something that must not be overlooked. */
export interface Alarm {
  /** Names it when it is acknowledged. */
  readonly key: string;
  readonly kind: "equivocation" | "split_view" | "changed";
  /** The member it is about. */
  readonly member: MemberRef;
  /** What has happened and what to do, sanitised. */
  readonly text: string;
}

/** The state in one word, the worst first. */
export type TrustLevel = "alarm" | "changed" | "unverified" | "verified" | "alone";

/** The state of trust in a room. */
export class Trust {
  /** Safety words of the room; null before there are any. */
  words: string | null = null;
  /** Safety words with single members, by member id. */
  readonly memberWords: Map<string, string> = new Map();
  readonly #alarms = new Map<string, Alarm>();
  readonly #newcomers = new Map<string, MemberRef>();
  /** Those that had been verified and have gone: by look-alike name, their id. */
  readonly #gone = new Map<string, string>();
  readonly #others: () => Presence[];

  /** Judges by who is there. */
  constructor(others: () => Presence[]) {
    this.#others = others;
  }

  /** Alarms that nobody has acknowledged. */
  get alarms(): Alarm[] {
    return [...this.#alarms.values()];
  }

  /** Others that are not verified. */
  get unverified(): Presence[] {
    return this.#others().filter(({ verified }) => !verified);
  }

  /** Others that have not shown that they know us. */
  get unconfirmed(): Presence[] {
    return this.#others().filter(({ confirmed }) => !confirmed);
  }

  /** Those that came into a room in which everybody had been verified, and are not verified themselves. */
  get newcomers(): MemberRef[] {
    return [...this.#newcomers.values()];
  }

  /** The state in one word. */
  get level(): TrustLevel {
    if (this.#alarms.size > 0) return "alarm";
    const others = this.#others();
    if (others.length === 0) return "alone";
    if (this.#newcomers.size > 0) return "changed";
    return others.every(({ verified }) => verified) ? "verified" : "unverified";
  }

  /** Takes an alarm away; all of them without a key. */
  acknowledge(key?: string): void {
    if (key === undefined) this.#alarms.clear();
    else this.#alarms.delete(key);
  }

  /** An alarm, unless it is known. @returns Whether it is new. */
  alarm(alarm: Alarm): boolean {
    if (this.#alarms.has(alarm.key) || this.#alarms.size >= MAX_ALARMS) return false;
    this.#alarms.set(alarm.key, alarm);
    return true;
  }

  /** A member counts as verified now, or no longer. */
  marked(id: string, verified: boolean): void {
    if (verified) this.#newcomers.delete(id);
  }

  /**
   * Takes note of words, and of who comes and goes. The members are to be as they were before the event.
   *
   * @returns The name of somebody who comes back under a verified name with other keys; else null.
   */
  observe(event: SessionEvent): MemberRef | null {
    switch (event.type) {
      case "joined":
        this.clear();
        return null;
      case "safety":
        if (event.member === null) this.words = event.words;
        else this.memberWords.set(event.member, event.words);
        return null;
      case "member_left": {
        const known = this.#others().find(({ id }) => id === event.id);
        if (known?.verified === true && this.#gone.size < MAX_GONE) {
          this.#gone.set(nicknameSkeleton(known.nick), known.id);
        }
        this.#newcomers.delete(event.id);
        this.memberWords.delete(event.id);
        return null;
      }
      case "member_joined": {
        const others = this.#others();
        if (others.length > 0 && others.every(({ verified }) => verified)) {
          this.#newcomers.set(event.id, { id: event.id, nick: event.nick });
        }
        return this.#impostor(event);
      }
      case "nick":
        return this.#others().some(({ id, verified }) => id === event.id && !verified)
          ? this.#impostor(event)
          : null;
      case "members":
        for (const { id, verified } of event.members) if (verified) this.#newcomers.delete(id);
        return null;
    }
    return null;
  }

  /** Forgets everything. */
  clear(): void {
    this.words = null;
    this.memberWords.clear();
    this.#alarms.clear();
    this.#newcomers.clear();
    this.#gone.clear();
  }

  #impostor({ id, nick }: MemberRef): MemberRef | null {
    const before = this.#gone.get(nicknameSkeleton(nick));
    return before !== undefined && before !== id ? { id, nick } : null;
  }
}
