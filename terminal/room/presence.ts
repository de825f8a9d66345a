/** Who is in a room, how one stands to them, and who is typing. @module */
import type { MemberRef, MemberView, SessionEvent } from "../../client/events.ts";

/** How long somebody counts as typing without saying so again, in milliseconds. */
export const TYPING_MS = 8_000;

/** A member, as the pane beside the messages shows it. */
export interface Presence extends MemberView {
  me: boolean;
  /** What somebody who is away says of it, as it was written, may be empty; null for who is not away. */
  away: string | null;
}

/** Keeps the members of one room. */
export class Roster {
  readonly #members = new Map<string, Presence>();
  readonly #typing = new Map<string, { nick: string; at: number }>();
  readonly #now: () => number;
  #me: MemberRef | null = null;

  /** Nobody is there yet. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Who we are; null before we are in. */
  get me(): MemberRef | null {
    return this.#me;
  }

  /** Everybody: ourselves, then operators, then the others; by name, those without a connection last. */
  get members(): Presence[] {
    return [...this.#members.values()].sort((a, b) => rank(a) - rank(b) || compare(a.nick, b.nick));
  }

  /** How many there are, ourselves included. */
  get size(): number {
    return this.#members.size;
  }

  /** A member by its id. */
  get(id: string): Presence | undefined {
    return this.#members.get(id);
  }

  /** A member by its name or its id. */
  find(name: string): Presence | undefined {
    const byId = this.#members.get(name);
    if (byId !== undefined) return byId;
    for (const member of this.#members.values()) if (member.nick === name) return member;
    return undefined;
  }

  /** The ids of all others. */
  others(): string[] {
    return [...this.#members.keys()].filter((id) => id !== this.#me?.id);
  }

  /** Names of those who are typing now. */
  get typing(): string[] {
    const now = this.#now();
    for (const [id, { at }] of this.#typing) if (now - at >= TYPING_MS) this.#typing.delete(id);
    return [...this.#typing.values()].map(({ nick }) => nick);
  }

  /** When the first of those typing stops counting, if nothing is heard; null when nobody types. */
  get typingUntil(): number | null {
    let first = Infinity;
    for (const { at } of this.#typing.values()) first = Math.min(first, at + TYPING_MS);
    return first === Infinity ? null : first;
  }

  /** Marks a member as verified, or no longer. */
  mark(id: string, verified: boolean): void {
    this.#patch(id, { verified });
  }

  /** Takes note of what changes who is there. */
  observe(event: SessionEvent): void {
    switch (event.type) {
      case "joined":
        this.clear();
        this.#me = event.me;
        return this.#all(event.members);
      case "members":
        return this.#all(event.members);
      case "member_joined":
        return this.#came(event);
      case "member_left":
        this.#members.delete(event.id);
        this.#typing.delete(event.id);
        return;
      case "member_away":
        this.#typing.delete(event.id);
        return this.#patch(event.id, { online: false });
      case "member_back":
        if (!this.#members.has(event.id)) this.#came(event);
        return this.#patch(event.id, { online: true });
      case "member_confirmed":
        return this.#patch(event.id, { confirmed: true, online: true }); // one hears it from the member itself
      case "member_unconfirmed":
        return this.#patch(event.id, { confirmed: false });
      case "nick":
        if (event.id === this.#me?.id) this.#me = { id: event.id, nick: event.nick };
        return this.#patch(event.id, { nick: event.nick });
      case "role":
        return this.#patch(event.id, { operator: event.operator });
      case "message":
        this.#typing.delete(event.from.id);
        return;
      case "presence":
        return this.#patch(event.id, { away: event.away ? event.text : null });
      case "typing":
        return this.#types(event);
    }
  }

  /** Forgets everybody. */
  clear(): void {
    this.#members.clear();
    this.#typing.clear();
    this.#me = null;
  }

  #all(members: readonly MemberView[]): void {
    const away = new Map([...this.#members].map(([id, member]) => [id, member.away]));
    this.#members.clear();
    for (const member of members) {
      const { id } = member;
      this.#members.set(id, { ...member, me: id === this.#me?.id, away: away.get(id) ?? null });
    }
    const me = this.#me;
    if (me === null || this.#members.has(me.id)) return;
    this.#members.set(me.id, {
      ...me,
      operator: false,
      confirmed: true,
      online: true,
      verified: false,
      me: true,
      away: null,
    });
  }

  #came(
    { id, nick, confirmed = false, operator = false }: MemberRef & {
      confirmed?: boolean;
      operator?: boolean;
    },
  ): void {
    if (this.#members.has(id)) return;
    this.#members.set(id, {
      id,
      nick,
      operator,
      confirmed,
      online: true,
      verified: false,
      me: id === this.#me?.id,
      away: null,
    });
  }

  #patch(id: string, change: Partial<Presence>): void {
    const member = this.#members.get(id);
    if (member !== undefined) this.#members.set(id, { ...member, ...change });
  }

  #types({ id, nick, on }: Extract<SessionEvent, { type: "typing" }>): void {
    if (!on || id === this.#me?.id) this.#typing.delete(id);
    else if (this.#members.has(id)) this.#typing.set(id, { nick, at: this.#now() });
  }
}

function rank({ me, operator, online }: Presence): number {
  return (me ? 0 : operator ? 1 : 2) + (online || me ? 0 : 3);
}

function compare(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}
