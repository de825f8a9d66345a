/** One member in a scenario: what it said, what it was shown, and what is wrong with that. @module */
import type { MemberView, RoomSession, SessionEvent } from "../../client/mod.ts";
import type { Proxy } from "./proxy.ts";

/** What one member was shown of one author: the numbers of its texts, from `first` to `last` without a gap. */
export interface Shown {
  first: number;
  last: number;
}

/** What is remembered of what lately happened to a member. */
const REMEMBERED: readonly string[] = [
  ...["connection", "notice", "error", "joined", "ended", "doors_turned"],
  ...["member_joined", "member_left", "member_away", "member_back", "member_confirmed"],
];
/** How much of it. */
const MAX_LATELY = 30;

/** Things of which none may happen among honest members, whatever becomes of their connections. */
const ALARMS: readonly string[] = [
  "lost",
  "equivocation",
  "split_view",
  "error",
  "notice tampered",
  "notice replayed",
  "notice malformed",
  "notice overflow",
];

/** What a connection that says again what another has said is answered with: its claim names another's place. */
export const COPIED = "notice tampered: Something sent in the name of somebody";

/** What members tell their scenario. */
export interface Listener {
  /** Something happened. */
  happened(member: Member, event: SessionEvent): void;
  /** Something that must not be. */
  problem(text: string): void;
  /** The member with this id or nickname. */
  find(name: string): Member | undefined;
}

/** A session with its own way to the relay. */
export class Member {
  id = "";
  room = "";
  /** The newest safety words of the room. */
  words = "";
  /** The invite link last told. */
  invite = "";
  /** Texts said, in order; number n is at n - 1. */
  readonly said: string[] = [];
  /** What it was shown, by nickname of the author. */
  readonly shown: Map<string, Shown> = new Map();
  /** By nickname of an author: what that one says after so many texts must be shown here. */
  readonly owed: Map<string, number> = new Map();
  /** Ids of those that it has confirmed; a founder is not told. */
  readonly confirmed: Set<string> = new Set();
  /** How often each event came; connection states and notices by name. */
  readonly counts: Map<string, number> = new Map();
  /** The end that it may meet: a code, such as `kicked`. */
  mayEnd: string | null = null;
  /** Alarms that it may be told: names, such as `notice tampered`, or the beginning of `name: message`. */
  tolerates: readonly string[] = [];
  /** Whether it may be shown something marked as after a gap; it is counted. */
  mayGap = true;
  /** The code with which it ended. */
  endedBy: string | null = null;
  /** Texts that have no number yet. */
  unsent = 0;
  /** Whether the session says that it is connected. */
  online = false;
  /** Set once the session has begun. */
  session: RoomSession | null = null;
  /** What has lately happened to it, its messages left out: when, and what. */
  readonly lately: string[] = [];
  /** Who is in the room, when it was last asked. */
  others: readonly MemberView[] = [];
  readonly #listener: Listener;

  /** Somebody who goes by `nick`, through `proxy`. */
  constructor(readonly nick: string, readonly proxy: Proxy, listener: Listener) {
    this.#listener = listener;
  }

  /** Whether it is in the room, as far as it was told. */
  get there(): boolean {
    return this.session !== null && this.endedBy === null;
  }

  /** Whether one of the two has confirmed the other. */
  knows(other: Member): boolean {
    return this.confirmed.has(other.id) || other.confirmed.has(this.id);
  }

  /** Says its next text, with so many bytes more; it counts as said from now on, connected or not. */
  say(more = 0): void {
    const text = `${this.nick} ${this.said.length + 1}${more > 0 ? ` ${".".repeat(more)}` : ""}`;
    this.said.push(text);
    this.unsent++;
    this.session?.run({ command: "send", text }).catch((error: Error) => {
      if (this.mayEnd === null) {
        this.#listener.problem(
          `${this.nick} could not say ${JSON.stringify(text.slice(0, 40))}: ${error.message}`,
        );
      }
    }).finally(() => {
      this.unsent--;
    });
  }

  /** What it knows, for whoever has to find out why something did not happen. */
  async describe(): Promise<string> {
    const said: string[] = [];
    for (const command of ["who", "invite"] as const) {
      await this.session?.run({ command }).catch((error: Error) => said.push(error.message));
    }
    const others = this.others.map(({ nick, confirmed, online }) =>
      `${nick}${confirmed ? "" : " unconfirmed"}${online ? "" : " away"}`
    );
    const state = this.session === null ? "not in yet" : this.endedBy ?? (this.online ? "online" : "offline");
    return [
      `${this.nick} ${this.id.slice(0, 8)}: ${state}, may end ${this.mayEnd}, ${this.unsent} unsent, ` +
      `${this.proxy.live.length} connections, invite …${this.invite.slice(-6)}`,
      `  sees ${others.join(", ")}`,
      `  shown ${
        [...this.shown].map(([nick, { last }]) => `${nick} ${last}/${this.#saidBy(nick)}`).join(", ")
      }`,
      ...[...said, ...this.lately].map((line) => `  ${line}`),
    ].join("\n");
  }

  #saidBy(nick: string): number {
    return this.#listener.find(nick)?.said.length ?? 0;
  }

  /** The `onEvent` of its session. */
  readonly take = (event: SessionEvent): void => {
    const name = event.type === "connection"
      ? `${event.type} ${event.state}`
      : event.type === "notice"
      ? `${event.type} ${event.code}`
      : event.type;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    this.#note(event);
    this.#remember(name, event);
    const told = "message" in event ? `${name}: ${event.message}` : name;
    const tolerated = this.tolerates.some((alarm) => alarm === name || told.startsWith(`${alarm} `));
    if (ALARMS.includes(name) && !tolerated) {
      this.#listener.problem(`${this.nick} was told: ${JSON.stringify(event)}`);
    }
    this.#listener.happened(this, event);
  };

  /** How many texts are still owed to it. */
  missing(authors: readonly Member[]): number {
    let missing = 0;
    for (const author of authors) {
      if (author === this) continue;
      // Whoever left before either had confirmed the other owes it nothing.
      if (author.endedBy !== null && !this.owed.has(author.nick)) continue;
      const from = this.owed.get(author.nick) ?? 0;
      const shown = this.shown.get(author.nick);
      missing += Math.max(0, author.said.length - Math.max(from, shown?.last ?? 0));
    }
    return missing;
  }

  #remember(name: string, event: SessionEvent): void {
    if (!REMEMBERED.includes(event.type)) return;
    const why = "message" in event ? event.message : "reason" in event ? event.reason : "";
    const who = "nick" in event ? event.nick : "";
    this.lately.push(`${Math.round(performance.now())} ms: ${name} ${who} ${why}`.trimEnd());
    if (this.lately.length > MAX_LATELY) this.lately.shift();
  }

  #note(event: SessionEvent): void {
    switch (event.type) {
      case "joined":
        if (this.id !== "") this.#listener.problem(`${this.nick} joined twice`);
        this.id = event.me.id;
        this.room = event.room;
        return;
      case "connection":
        this.online = event.state === "online";
        return;
      case "invite":
        this.invite = event.invite;
        return;
      case "members":
        this.others = event.members;
        return;
      case "safety":
        if (event.member === null) this.words = event.words;
        return;
      case "message":
        return this.#read(event);
      case "ended":
        this.endedBy = event.code;
        if (event.code !== this.mayEnd) {
          this.#listener.problem(`${this.nick}'s session ended: ${event.code}: ${event.message}`);
        }
    }
  }

  #read({ from, text, gap }: Extract<SessionEvent, { type: "message" }>): void {
    const { problem } = this.#listener;
    if (gap) this.counts.set("gap", (this.counts.get("gap") ?? 0) + 1);
    if (gap && !this.mayGap) problem(`${this.nick} was shown ${text} of ${from.nick} as after a gap`);
    const [nick = "", digits] = text.split(" ");
    const number = Number(digits);
    const author = this.#listener.find(from.id);
    if (author === undefined || author.nick !== nick || author.said[number - 1] !== text) {
      return problem(
        `${this.nick} was shown ${JSON.stringify(text.slice(0, 40))} of ${from.nick}, who never said it`,
      );
    }
    const shown = this.shown.get(nick);
    if (shown === undefined) {
      const owed = this.owed.get(nick) ?? Infinity;
      if (number > owed + 1) problem(`${this.nick} was shown ${text} first: ${owed + 1} is missing`);
      this.shown.set(nick, { first: number, last: number });
    } else if (number === shown.last + 1) shown.last = number;
    else if (number <= shown.last) problem(`${this.nick} was shown ${text} twice, or after ${shown.last}`);
    else {
      problem(`${this.nick} was shown ${text} after ${shown.last}: something is missing or late`);
      shown.last = number;
    }
  }
}
