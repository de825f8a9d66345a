/**
 * A room under faults: members with a proxy each, a relay that can be killed, and what must be true at the end.
 *
 * What the members said is what the others must be shown: each text once, in its author's order, nothing lost.
 *
 * @module
 */
import {
  createRoom,
  joinRoom,
  platformConnect,
  type SessionEvent,
  type SessionOptions,
} from "../../client/mod.ts";
import { settle } from "../settle.ts";
import { Member } from "./member.ts";
import { Patience } from "./patience.ts";
import { Proxy } from "./proxy.ts";
import { Random, seedOfRun } from "./random.ts";
import { RelayProcess, type RelayProcessOptions } from "./relay_process.ts";

/** Most texts of one member that wait for a connection before it pauses. */
const MAX_UNSENT = 400;
/** How long telling what went wrong, or ending a part of it, may take, in milliseconds. */
const END_MS = 15_000;

/** Settings of a scenario. */
export interface ScenarioOptions {
  /** How many members there are from the beginning. */
  members: number;
  /** The relay. */
  relay?: RelayProcessOptions;
  /** Options of all sessions, such as `rotateMs`. */
  session?: Partial<SessionOptions>;
  /** How long all of it may take, in milliseconds. @default 600_000 */
  patienceMs?: number;
  /** Whether anything may be marked as after a gap, though nothing is lost. @default true */
  gaps?: boolean;
  /** The seed. @default `FAULT_SEED`, or a new one */
  seed?: number;
}

/** A room, its members and its relay. */
export class Scenario {
  readonly random: Random;
  readonly relay: RelayProcess;
  readonly members: Member[] = [];
  /** The first thing that must not be. */
  problem: string | null = null;
  /** Texts said by all. */
  said = 0;
  /** How many are talking. */
  talking = 0;
  readonly #options: ScenarioOptions;
  readonly #patience: Patience;
  readonly #byName = new Map<string, Member>();
  #mayTalk: () => boolean = () => true;
  /** Ends joins that are still under way. */
  readonly #over = new AbortController();

  private constructor(relay: RelayProcess, options: ScenarioOptions, seed: number) {
    this.relay = relay;
    this.random = new Random(seed);
    this.#options = options;
    this.#patience = new Patience(options.patienceMs ?? 600_000);
  }

  /** Sets the room up, lets `body` happen, sees that all is whole, and ends everything. A failure names the seed. */
  static async run(options: ScenarioOptions, body: (scenario: Scenario) => Promise<void>): Promise<Scenario> {
    const seed = options.seed ?? seedOfRun();
    const scenario = new Scenario(await RelayProcess.start(options.relay), options, seed);
    try {
      await scenario.#gather();
      await body(scenario);
      await scenario.whole();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const parts = [message, scenario.report(), await scenario.#describe()];
      await scenario.#end().catch((again: Error) => parts.push(again.message));
      throw new Error([...parts, `Same faults again: FAULT_SEED=${seed}`].join("\n"), { cause: error });
    }
    await scenario.#end();
    return scenario;
  }

  /** A member by nickname. */
  member(nick: string): Member {
    const member = this.#byName.get(nick);
    if (member === undefined) throw new TypeError(`no ${nick}`);
    return member;
  }

  /** Members that are in the room. */
  get here(): Member[] {
    return this.members.filter((member) => member.there);
  }

  /** Somebody more comes in, by the invite that `via` was told last. One that fails to has never been here. */
  async join(nick: string, via: Member, more: Partial<SessionOptions> = {}): Promise<Member> {
    const member = await this.#newMember(nick);
    try {
      const { signal } = this.#over;
      const options = { ...this.#session(member), signal, ...more, code: via.invite };
      member.session = await this.within(`${nick} is in the room`, joinRoom(options));
    } catch (error) {
      this.members.splice(this.members.indexOf(member), 1);
      this.#byName.delete(nick);
      await this.within(`the proxy of ${nick} is closed`, member.proxy.close());
      throw error;
    }
    this.#enter(member);
    return member;
  }

  /** Waits until something is so; fails at once when something is so that must not be. */
  async until(step: string, fits: () => boolean): Promise<void> {
    await this.#patience.until(step, () => {
      if (this.problem !== null) throw new Error(this.problem);
      return fits();
    });
  }

  /** What `work` gives; fails by the name of the step when the time is up. */
  within<T>(step: string, work: Promise<T>): Promise<T> {
    return this.#patience.within(step, work);
  }

  /** From now on everything together may take so long, in milliseconds. */
  grant(ms: number): void {
    this.#patience.grant(ms);
  }

  /** A member says `texts` texts, one every `paceMs` on average. Never rejects: what is wrong is told by `until`. */
  async talk(member: Member, options: { texts: number; paceMs: number }): Promise<void> {
    this.talking++;
    try {
      await this.#talk(member, options);
    } catch (error) {
      this.problem ??= String(error);
    } finally {
      this.talking--;
    }
  }

  async #talk(member: Member, { texts, paceMs }: { texts: number; paceMs: number }): Promise<void> {
    const random = this.random.fork(1_000 + this.members.indexOf(member));
    let due = performance.now();
    for (let n = 0; n < texts && member.there; n++) {
      due += paceMs * 2 * random.next();
      const wait = due - performance.now();
      if (wait > 0) {
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
      await this.until(`${member.nick} may go on talking`, () => {
        return !member.there || (member.unsent < MAX_UNSENT && this.#mayTalk());
      });
      if (!member.there) return;
      member.say();
      this.said++;
    }
  }

  /** A member leaves in order; what it said stays owed to the others. */
  async leave(member: Member): Promise<void> {
    member.mayEnd = "left";
    await this.within(`${member.nick} has left`, member.session?.leave() ?? Promise.resolve());
    await this.within(`the proxy of ${member.nick} is closed`, member.proxy.close());
  }

  /** Everybody talks. */
  async talkAll(options: { texts: number; paceMs: number }): Promise<void> {
    await Promise.all(this.here.map((member) => this.talk(member, options)));
  }

  /** Talking goes on only while `may` is true. */
  gate(may: () => boolean): void {
    this.#mayTalk = may;
  }

  /** No more faults: what is open stays as it is, what opens from now on is whole. */
  calm(): void {
    this.#mayTalk = () => true;
    for (const { proxy } of this.members) {
      proxy.plan = () => ({});
      proxy.refuses = false;
    }
  }

  /** Waits until everybody was shown everything, and all have the same room and the same safety words. */
  async whole(): Promise<void> {
    this.calm();
    const { here } = this;
    const authors = this.members.filter(({ mayEnd }) => mayEnd !== "kicked");
    await this.until("everybody has confirmed everybody", () => {
      return here.every((m) => here.every((o) => o === m || m.knows(o)));
    });
    await this.until("everybody was shown everything", () => here.every((m) => m.missing(authors) === 0));
    await this.until("all safety words are equal", () => {
      for (const { session } of here) void session?.run({ command: "verify" });
      return new Set(here.map(({ words }) => words)).size === 1;
    });
    if (new Set(here.map(({ room }) => room)).size !== 1) throw new Error("they are in different rooms");
    if (here.some(({ words }) => words === "")) throw new Error("nobody was told safety words");
    if (this.problem !== null) throw new Error(this.problem);
  }

  /** What happened so far, a line a member. */
  report(): string {
    return this.members.map((m) => {
      const shown = [...m.shown].map(([nick, { first, last }]) => `${nick} ${first}-${last}`).join(", ");
      const counts = [...m.counts].map(([name, count]) => `${name} ${count}`).join(", ");
      return `${m.nick}: said ${m.said.length} (${m.unsent} unsent), ${m.proxy.cuts} cuts; shown ${shown}; ${counts}`;
    }).join("\n");
  }

  async #gather(): Promise<void> {
    const founder = await this.#newMember("m0");
    founder.session = await this.within("the room is founded", createRoom(this.#session(founder)));
    this.#enter(founder);
    const names = Array.from({ length: this.#options.members - 1 }, (_, i) => `m${i + 1}`);
    // A few at a time, as many more would only wait for each other.
    for (let at = 0; at < names.length; at += 4) {
      await Promise.all(names.slice(at, at + 4).map((nick) => this.join(nick, founder)));
    }
    const { here } = this;
    await this.until("the room is complete", () => {
      return here.every((m) => m === founder || here.every((o) => o === m || m.confirmed.has(o.id)));
    });
  }

  async #newMember(nick: string): Promise<Member> {
    const index = this.members.length;
    const proxy = await Proxy.open({ target: this.relay.port, seed: this.random.fork(index).seed });
    const member = new Member(nick, proxy, {
      happened: (who, event) => this.#happened(who, event),
      problem: (text) => this.problem ??= text,
      find: (name) => this.#byName.get(name),
    });
    member.mayGap = this.#options.gaps ?? true;
    this.members.push(member);
    this.#byName.set(nick, member);
    return member;
  }

  #session(member: Member): SessionOptions {
    return {
      relay: member.proxy.url,
      nick: member.nick,
      connect: platformConnect,
      // Cuts come many times a second here: whoever waited as for a relay that drops everybody would miss them.
      steadyMs: 0,
      ...this.#options.session,
      onEvent: member.take,
    };
  }

  #enter(member: Member): void {
    this.#byName.set(member.id, member);
  }

  #happened(member: Member, event: SessionEvent): void {
    if (event.type === "joined") {
      this.#byName.set(event.me.id, member);
      for (const other of this.members) if (other.confirmed.has(member.id)) owe(other, member);
    }
    if (event.type !== "member_confirmed") return;
    member.confirmed.add(event.id);
    const other = this.#byName.get(event.id);
    if (other !== undefined) owe(member, other);
  }

  /** What each member knows, now that something is wrong. */
  async #describe(): Promise<string> {
    const patience = new Patience(END_MS);
    const all = this.members.map((member) => {
      return patience.within(`${member.nick} has told what it knows`, member.describe())
        .catch((error: Error) => error.message);
    });
    return (await Promise.all(all)).join("\n");
  }

  async #end(): Promise<void> {
    const patience = new Patience(END_MS);
    this.#over.abort();
    for (const member of this.members) {
      member.mayEnd = "left";
      member.session?.abort();
    }
    await patience.within("what the sessions have begun is over", settle());
    await patience.within(
      "the proxies are closed",
      Promise.all(this.members.map(({ proxy }) => proxy.close())),
    );
    await patience.within("the relay has ended", this.relay.close());
    await patience.within("nothing is under way any more", settle());
  }
}

/** Each is in the other's audience from now on: what is said from here on must arrive. */
function owe(a: Member, b: Member): void {
  if (!a.shown.has(b.nick)) a.owed.set(b.nick, b.said.length);
  if (!b.shown.has(a.nick)) b.owed.set(a.nick, a.said.length);
}
