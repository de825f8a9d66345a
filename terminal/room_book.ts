/** What line mode remembers of a room: who we are, and short numbers for messages. @module */
import type { MemberRef, SessionEvent } from "../client/events.ts";

/** How many messages keep their number; older ones can no longer be named. */
const MAX_NUMBERED = 5_000;

/** Short numbers for messages, counted from 1 in the order in which they are shown. */
export class RoomBook {
  #me: MemberRef | null = null;
  #last = 0;
  #lastOfOthers: string | undefined;
  #lastPublic: string | undefined;
  #lastOwnPrivate = false;
  #expireMs: number | null = null;
  readonly #privates = new Map<string, MemberRef>();
  /** Ids in the places of their numbers, of which the last ones go round. A table of them would take ten times as much. */
  readonly #ids: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #files = new Map<string, string>();

  /** Who we are in this room; null before `joined`. */
  get me(): MemberRef | null {
    return this.#me;
  }

  /** After how long what is said now disappears, in milliseconds; null when it stays. */
  get expireMs(): number | null {
    return this.#expireMs;
  }

  /** The last message of somebody else. */
  get lastOfOthers(): string | undefined {
    return this.#lastOfOthers;
  }

  /** The last message of somebody else that the whole room could read. */
  get lastPublic(): string | undefined {
    return this.#lastPublic;
  }

  /** Whether what we said last was for one member alone. */
  get lastOwnPrivate(): boolean {
    return this.#lastOwnPrivate;
  }

  /** Takes note that we have said something. */
  said(options: { alone: boolean }): void {
    this.#lastOwnPrivate = options.alone;
  }

  /** Who said this to us alone; undefined for what the room could read. */
  privateFrom(id: string): MemberRef | undefined {
    return this.#privates.get(id);
  }

  /** The name of the file that a message offers; undefined where it offers none. */
  fileName(id: string): string | undefined {
    return this.#files.get(id);
  }

  /** Takes note of what changes who we are, or of the id that one of our messages got. */
  observe(event: SessionEvent): void {
    if (event.type === "joined") {
      this.#clear();
      this.#me = event.me;
    } else if (event.type === "message") this.#heard(event);
    else if (event.type === "expire") this.#expireMs = event.ms;
    else if (event.type === "offered") this.said({ alone: event.to !== null });
    else if (event.type === "nick" && event.id === this.#me?.id) {
      this.#me = { id: event.id, nick: event.nick };
    } else if (event.type === "sent" && typeof event.ref === "number" && event.ref <= this.#last) {
      this.#set(event.ref, event.id);
    }
  }

  /** The number of a message, given out now if it has none yet. */
  number(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const fresh = this.reserve();
    this.#set(fresh, id);
    return fresh;
  }

  /** The number of a message that has been shown, if it still has one. */
  known(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  /** A number for a message of ours whose id is not known yet; it is also the message's `ref`. */
  reserve(): number {
    return ++this.#last;
  }

  /** Takes a number back whose message was not sent, if it was the last one given out. */
  release(number: number): void {
    if (number === this.#last) this.#last--;
  }

  /** The message with this number; undefined if there is none, or none that has been sent. */
  id(number: number): string | undefined {
    const id = this.#ids[number % MAX_NUMBERED];
    return id !== undefined && this.#numbers.get(id) === number ? id : undefined;
  }

  /** Whether a member, given by name, is ourselves. */
  isMe(nick: string): boolean {
    return this.#me?.nick === nick;
  }

  /** Forgets everything: who we are, and all numbers. */
  forget(): void {
    this.#clear();
    this.#me = null;
  }

  /** The next room starts at 1. */
  #clear(): void {
    this.#last = 0;
    this.#expireMs = null;
    this.#lastOfOthers = this.#lastPublic = undefined;
    this.#lastOwnPrivate = false;
    this.#privates.clear();
    this.#files.clear();
    this.#ids.length = 0;
    this.#numbers.clear();
  }

  #heard({ id, kind, from, file }: Extract<SessionEvent, { type: "message" }>): void {
    this.#lastOfOthers = id;
    if (file !== undefined) this.#files.set(id, file.name);
    if (kind === "private") this.#privates.set(id, from);
    else this.#lastPublic = id;
  }

  #set(number: number, id: string): void {
    const place = number % MAX_NUMBERED;
    const old = this.#ids[place];
    this.#ids[place] = id;
    if (old !== undefined && old !== id && (this.#numbers.get(old) ?? -1) % MAX_NUMBERED === place) {
      this.#numbers.delete(old);
      this.#privates.delete(old);
      this.#files.delete(old);
    }
    this.#numbers.set(id, number);
  }
}
