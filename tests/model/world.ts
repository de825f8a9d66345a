/** A relay, a network and people in one room, all in a test's own time. @module */
import {
  createRoom,
  joinRoom,
  type LeaveReason,
  type RoomSession,
  type SessionOptions,
} from "../../client/mod.ts";
import type { Limits } from "../../wire/mod.ts";
import { CryptoInTime } from "./crypto_in_time.ts";
import { Net } from "./net.ts";
import { Person } from "./people.ts";
import { Random } from "./random.ts";
import { ModelTime } from "./time.ts";

/** How long everything may take to be whole again once nothing is broken any more, in milliseconds. */
export const HEAL_MS = 300_000;

/** How long somebody tries to come in, in milliseconds. */
const JOIN_MS = 60_000;

/** What every session of a world gets. */
export type WorldOptions = Pick<SessionOptions, "awayMs" | "rotateMs"> & { limits?: Partial<Limits> };

/** Something that must not be has been seen. */
export class Violation extends Error {}

/** The world of one room. */
export class World {
  readonly time: ModelTime = new ModelTime();
  readonly random: Random;
  readonly net: Net;
  readonly people: Person[] = [];
  /** What was seen that must not be. */
  readonly complaints: string[] = [];
  readonly crypto: CryptoInTime;
  /** A relay has been stopped or killed since the schedule began. */
  restarted = false;
  readonly #options: WorldOptions;

  /** With one relay and nobody there. */
  constructor(seed: number, { limits, ...options }: WorldOptions = {}) {
    this.random = new Random(seed);
    this.crypto = new CryptoInTime(this.time, seed + 1);
    this.net = new Net(this.time, this.random, limits);
    this.#options = options;
  }

  /** Has a room founded and others join it, one after the other. */
  async room(names: readonly string[]): Promise<Person[]> {
    const [first = "ada", ...others] = names;
    await this.found(first);
    for (const name of others) await this.join(name);
    await this.whole();
    return this.people;
  }

  /** Founds the room. */
  found(name: string): Promise<Person> {
    return this.#enter(name, (options) => createRoom(options));
  }

  /** Joins by the newest invite of `by`. */
  join(name: string, by: Person | undefined = this.people[0]): Promise<Person> {
    const code = by?.invite ?? "";
    return this.#enter(name, (options) => joinRoom({ ...options, code }));
  }

  /** Somebody tries to join, and may not succeed: the network or the room may have changed meanwhile. */
  tryJoin(by: Person): void {
    const name = `p${this.people.length}`;
    const stop = new AbortController();
    this.time.in(JOIN_MS, () => stop.abort());
    const person = this.#person(name);
    const invited = by.session?.run({ command: "invite" }) ?? Promise.resolve();
    invited.then(() =>
      this.#begin(person, (options) => joinRoom({ ...options, code: by.invite, signal: stop.signal }))
    ).catch((error: unknown) => {
      person.parted = "not let in";
      person.ended = String(error);
      person.session?.abort();
    });
  }

  /** Those that are members and that everything is for. */
  get here(): Person[] {
    return this.people.filter(({ ended, parted }) => ended === null && parted === null);
  }

  /** Throws when something has been seen that must not be. */
  check(): void {
    if (this.complaints.length > 0) throw new Violation(this.complaints.slice(0, 8).join("\n"));
  }

  /** Lets time pass until everybody has everything, and throws unless that comes within {@linkcode HEAL_MS}. */
  async whole(ms: number = HEAL_MS): Promise<void> {
    const done = (): boolean => this.complaints.length > 0 || this.missing() === null;
    await this.time.until(done, this.time.now + ms);
    this.check();
    const missing = this.missing();
    if (missing !== null) throw new Violation(`not whole after ${ms / 1_000} s: ${missing}`);
  }

  /** What is not as it is to be, or `null`. */
  missing(): string | null {
    const { here } = this;
    const joining = this.people.find(({ parted }) => parted === "joining" || parted === "leaving");
    if (joining !== undefined) return `${joining.name} is still ${joining.parted}`;
    const out = this.people.find(({ parted, ended }) =>
      (parted === "kicked" || parted === "void") && ended === null
    );
    if (out !== undefined) return `${out.name} is out (${out.parted}), and does not know it`;
    for (const person of here) {
      if (!person.online) return `${person.name} is not online`;
      if (!person.settled) {
        return `${person.name} said ${person.said}, ${person.taken} were taken, ${person.sent.size} sent`;
      }
      for (const other of here) {
        if (other === person || other.said === 0) continue;
        const heard = person.has(other);
        if (heard < other.said) return `${person.name} has ${heard} of the ${other.said} of ${other.name}`;
      }
      for (const other of this.people) {
        // What a relay has taken and was stopped before it gave it to anybody is lost with its author.
        if (other.parted !== "left" || !other.leaves || this.restarted || person.lost.has(other.id)) continue;
        // Who never gave somebody its chain has spoken to it all the same, from when it knew of that one.
        const heard = person.heard.get(other.name) ?? other.floors.get(person.id);
        if (heard === undefined || heard >= other.sent.size) continue;
        return `${person.name} has ${heard} of the ${other.sent.size} that ${other.name} sent before it left`;
      }
    }
    return this.#views();
  }

  /** Whether all agree on who is there, under which names, on the topic, and on the words. */
  #views(): string | null {
    const { here } = this;
    const [first] = here;
    if (first === undefined) return null;
    for (const person of here) {
      person.look();
      for (const other of here) {
        const view = person.members.find(({ id }) => id === other.id);
        if (view === undefined) return `${person.name} does not see ${other.name}`;
        if (!view.online) return `${person.name} sees ${other.name} offline`;
        if (!view.confirmed) return `${person.name} sees ${other.name} unconfirmed`;
      }
      const left = this.people.find((p) =>
        p.parted === "left" && person.members.some(({ id }) => id === p.id)
      );
      if (left !== undefined) return `${person.name} sees ${left.name}, who has left`;
      if (viewsOf(person) !== viewsOf(first)) {
        return `${person.name} sees ${viewsOf(person)}, ${first.name} ${viewsOf(first)}`;
      }
      if (here.length > 1 && person.words !== first.words) {
        return `${person.name} and ${first.name} have other safety words`;
      }
    }
    return null;
  }

  /** Ends all sessions; what is under way comes to its end. */
  async end(): Promise<void> {
    for (const { session } of this.people) session?.abort();
    await this.time.until(() => this.crypto.underWay === 0, Infinity);
    this.crypto[Symbol.dispose]();
  }

  async #enter(name: string, make: Make): Promise<Person> {
    const person = this.#person(name);
    await this.time.during(this.#begin(person, make));
    return person;
  }

  async #begin(person: Person, make: Make): Promise<void> {
    const { machine } = person.host;
    person.session = await make({
      ...this.#options,
      relay: this.net.url,
      nick: person.name,
      clock: machine.clock,
      connect: this.net.connector(person.host),
      onEvent: person.take,
    });
    if (person.parted === "joining") person.parted = null;
  }

  #person(name: string): Person {
    const { time, people } = this;
    const person = new Person(name, this.net.host(), {
      complain: (what) => void this.complaints.push(`${((time.now % 1e8) / 1_000).toFixed(3)} ${what}`),
      now: () => time.now,
      find: (other) => people.find((p) => p.name === other),
      onJoined: (id) => this.#joined(id),
      onLeft: (id, reason) => this.#left(id, reason),
      mayMiss: (id) => this.#mayMiss(id),
    });
    people.push(person);
    person.onUnsent = (number) => {
      for (const other of people) {
        const heard = other.heard.get(name) ?? 0;
        if (heard <= number) continue;
        this.complaints.push(`${name} was told that ${heard} was not sent, and ${other.name} was shown it`);
      }
    };
    person.onDelivered = (number, to) => {
      const other = people.find(({ id }) => id === to);
      if (other !== undefined && other.has(person) < number) {
        this.complaints.push(`${name} was told that ${number} reached ${other.name}, who was not shown it`);
      }
    };
    return person;
  }

  #left(id: string, reason: LeaveReason): void {
    const person = this.people.find((p) => p.id === id);
    if (person === undefined || person.parted === "not let in") return;
    if (reason !== "expired") person.parted = reason;
    else if (!person.mayLose) this.complaints.push(`${person.name} expired`);
  }

  /** A removal that turns out to be void never happened; what was said meanwhile may have passed its target by. */
  #joined(id: string): void {
    const person = this.people.find((p) => p.id === id);
    if (person?.parted !== "kicked" || person.ended !== null) return;
    person.parted = null;
    for (const each of this.people) each.mayLose = true;
  }

  /**
   * What somebody said that was put out, or went without a word, may have reached some and not others; what was said
   * in answer to it is marked then. Whoever has left in order has been read to the end.
   */
  #mayMiss(id: string | null): boolean {
    if (id === null) return this.people.some((person) => !person.longGone && goesWithoutWord(person));
    const person = this.people.find((p) => p.id === id);
    return person === undefined || goesWithoutWord(person);
  }
}

function goesWithoutWord({ parted }: Person): boolean {
  return parted !== null && parted !== "joining" && parted !== "left";
}

type Make = (options: SessionOptions) => Promise<RoomSession>;

function viewsOf({ members, topic }: Person): string {
  const nicks = members.map(({ id, nick, operator }) => `${id.slice(0, 8)} ${nick}${operator ? "*" : ""}`);
  return `${nicks.toSorted().join(", ")}; ${topic}`;
}
