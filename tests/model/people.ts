/** Members of a modelled room: what each has said, what each was shown, and what must never be seen. @module */
import type { LeaveReason, MemberView, RoomSession, SessionCommand, SessionEvent } from "../../client/mod.ts";
import type { Host } from "./net.ts";

/** Notices that accuse somebody; in a network without an attacker none may be told. */
const ACCUSING = new Set(["replayed", "tampered", "malformed", "overflow"]);

/** What may be refused, as others have been faster. */
const REFUSALS = new Set(["not_operator", "nick_taken", "no_member", "ended"]);

/** Most events kept for a report. */
const KEEP_EVENTS = 60;

/** What is wrong. */
export type Complain = (what: string) => void;

/** What a {@linkcode Person} is given. */
export interface PersonOptions {
  complain: Complain;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Whoever goes by this name. */
  find: (name: string) => Person | undefined;
  /** Somebody is a member (again), as one of the others was told. */
  onJoined?: (id: string) => void;
  /** Somebody is no longer a member, as one of the others was told. */
  onLeft?: (id: string, reason: LeaveReason) => void;
  /** Whether what this member says may be missing: it is on its way out, or out. @default never */
  mayMiss?: (id: string | null) => boolean;
}

/** One member: a session, the log of what it said, and the record of what it was shown. */
export class Person {
  readonly name: string;
  readonly host: Host;
  session: RoomSession | null = null;
  id = "";
  /** How many texts it has said: they are `<name> 1`, `<name> 2`, … */
  said = 0;
  /** Texts whose `send` has been carried out. */
  taken = 0;
  /** Texts that the relay has taken, by number. */
  readonly sent: Set<number> = new Set();
  /** The last text seen of each other member, by name. */
  readonly heard: Map<string, number> = new Map();
  /** How many texts it was shown of each other member, by name. */
  readonly shown: Map<string, number> = new Map();
  /** Which texts are known to have reached whom: `<number> <member id>`. */
  readonly delivered: Set<string> = new Set();
  /** How many texts of each were told to be lost, by member id. */
  readonly lost: Map<string, number> = new Map();
  /** For each other member: what was said up to here may not be for it. */
  readonly floors: Map<string, number> = new Map();
  online = false;
  /** Why it is not one of those that everything is for: it has not come in, is leaving, or was put out. */
  parted: string | null = "joining";
  topic = "";
  ended: string | null = null;
  members: MemberView[] = [];
  words = "";
  /** The newest invite. */
  invite = "";
  /** What it was told of who is there: `away`, `back` or the reason of leaving, and the member id. */
  readonly comings: string[] = [];
  /** The last things that it was told. */
  readonly recent: { at: number; event: SessionEvent }[] = [];
  /** It has begun to leave since the schedule began. */
  leaves = false;
  /** It was none of those that everything is for when the schedule began. */
  longGone = false;
  /** How often its network has failed it since the schedule began; what lasts counts twice. */
  faults = 0;
  /** Texts may be missing, if it is told so. */
  mayLose = false;
  readonly #complain: Complain;
  readonly #now: () => number;
  readonly #options: PersonOptions;
  readonly #idToNumber = new Map<string, number>();

  /** Somebody on a host. */
  constructor(name: string, host: Host, options: PersonOptions) {
    this.name = name;
    this.host = host;
    this.#complain = (what) => options.complain(`${name}: ${what}`);
    this.#now = options.now;
    this.#options = options;
  }

  /** The `onEvent` of its session. */
  readonly take = (event: SessionEvent): void => {
    if (event.type !== "members") this.recent.push({ at: this.#now(), event });
    if (this.recent.length > KEEP_EVENTS) this.recent.shift();
    switch (event.type) {
      case "joined":
        this.id = event.me.id;
        this.topic = event.topic;
        return;
      case "member_joined":
      case "member_confirmed":
        this.floors.set(event.id, this.said);
        return this.#options.onJoined?.(event.id);
      case "member_away":
      case "member_back":
        this.comings.push(`${event.type.slice("member_".length)} ${event.id}`);
        return;
      case "member_left":
        this.comings.push(`${event.reason} ${event.id}`);
        return this.#options.onLeft?.(event.id, event.reason);
      case "topic":
        this.topic = event.topic;
        return;
      case "connection":
        this.online = event.state === "online";
        return;
      case "message":
        return this.#hear(event.text, event.from.id, event.gap);
      case "sent":
        return this.#sent(event.id, event.ref);
      case "delivered":
        return this.#delivered(event.id, event.to);
      case "invite":
        this.invite = event.invite;
        return;
      case "members":
        this.members = event.members;
        return;
      case "safety":
        if (event.member === null) this.words = event.words;
        return;
      case "lost":
        this.lost.set(event.id, (this.lost.get(event.id) ?? 0) + event.count);
        if (!this.mayLose && this.#options.mayMiss?.(event.id) !== true) {
          this.#complain(`was told that ${event.count} of ${event.nick} were lost`);
        }
        return;
      case "equivocation":
      case "split_view":
      case "error":
        return this.#complain(JSON.stringify(event));
      case "notice":
        if (ACCUSING.has(event.code)) this.#complain(`was told: ${event.message}`);
        return;
      case "ended":
        this.online = false;
        this.ended = `${event.code}: ${event.message}`;
        if (event.code === "kicked" || event.code === "void") this.parted = event.code;
        else if (event.code === "unsent") this.#unsent(event.message);
        else if (event.code !== "left") this.#complain(`the session ended: ${this.ended}`);
        else if (this.leaves && this.sent.size < this.said) {
          this.#complain(`left as if all was sent, and ${this.said - this.sent.size} were not`);
        }
    }
  };

  /** Says the next text; what it waits for is the model's affair. */
  say(): void {
    const number = ++this.said;
    const { session } = this;
    if (session === null) return;
    session.run({ command: "send", text: `${this.name} ${number}`, ref: number }).then(
      () => void this.taken++,
      (error: unknown) => this.ended ?? this.#complain(`could not say ${number}: ${error}`),
    );
  }

  /** Whether all it said has been taken, by its session and by the relay. */
  get settled(): boolean {
    return this.taken === this.said && this.sent.size === this.said;
  }

  /** Asks who is there; the answer is in {@linkcode Person.members}. */
  look(): void {
    this.session?.run({ command: "who" }).catch((error: unknown) => this.#complain(`who: ${error}`));
  }

  /** Asks for something that may be refused. */
  ask(command: SessionCommand): void {
    this.session?.run(command).catch((error: unknown) => {
      const { code } = error as { code?: string };
      if (!REFUSALS.has(code ?? "")) this.#complain(`${command.command}: ${error}`);
    });
  }

  /** Up to where it has `author`'s texts, or they are not for it. */
  has(author: Person): number {
    return this.heard.get(author.name) ?? author.floors.get(this.id) ?? -1;
  }

  /** Whether it knows that its text has reached a member. */
  knowsDelivered(number: number, id: string): boolean {
    return this.delivered.has(`${number} ${id}`);
  }

  #hear(text: string, from: string, gap: boolean): void {
    const [name = "", digits = ""] = text.split(" ");
    const number = Number(digits);
    const last = this.heard.get(name);
    this.heard.set(name, number);
    this.shown.set(name, (this.shown.get(name) ?? 0) + 1);
    const author = this.#options.find(name);
    if (from !== author?.id) this.#complain(`heard "${text}" from ${from}`);
    const loose = this.mayLose || this.#options.mayMiss?.(null) === true;
    if (gap && !loose) this.#complain(`heard "${text}" marked as after a gap`);
    const least = last ?? author?.floors.get(this.id) ?? 0;
    const next = last === undefined ? number <= least + 1 : number === last + 1;
    if (next || ((this.mayLose || this.#options.mayMiss?.(from)) && number > least)) return;
    this.#complain(`heard "${text}" after ${name} ${last ?? `${least} at the most`}`);
  }

  /** It has left, and is told how many texts were not sent, and of how many that is not known. */
  #unsent(message: string): void {
    const count = (words: RegExp): number => {
      const [, amount] = words.exec(message) ?? [, "0"];
      return amount === "One" ? 1 : Number(amount);
    };
    const not = count(/(One|\d+) messages? (?:was|were) not sent/);
    const unknown = count(/(One|\d+) messages? may not have been sent/);
    if (!this.leaves) return this.#complain(`the session ended: ${this.ended}`);
    // One connection that is gone without a word is found out, and the next one tells what had arrived.
    if (this.faults < 2) this.#complain(`was told after ${this.faults} faults: ${message}`);
    if (this.sent.size + unknown + not !== this.said) {
      this.#complain(`said ${this.said}, of which ${this.sent.size} were sent, and was told: ${message}`);
    }
    this.onUnsent(this.said - not);
  }

  /** Called when it has left and was told that all above this number was not sent. */
  onUnsent: (number: number) => void = () => {};

  #sent(id: string, ref: string | number | null): void {
    const number = Number(ref);
    if (this.sent.has(number)) this.#complain(`was told twice that ${number} was sent`);
    if (number !== this.sent.size + 1) {
      this.#complain(`was told that ${number} was sent after ${this.sent.size}`);
    }
    this.sent.add(number);
    this.#idToNumber.set(id, number);
  }

  #delivered(id: string, to: string): void {
    const number = this.#idToNumber.get(id);
    if (number === undefined) return this.#complain(`${id} was delivered before it was sent`);
    const key = `${number} ${to}`;
    if (this.delivered.has(key)) this.#complain(`was told twice that ${number} was delivered to ${to}`);
    this.delivered.add(key);
    this.onDelivered(number, to);
  }

  /** Called when a text is said to have reached a member. */
  onDelivered: (number: number, to: string) => void = () => {};
}
