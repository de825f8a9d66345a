/** People in a room behind a hostile relay, and what they get to see. @module */
import { cryptoAtRest } from "../crypto_rest.ts";
import { settle } from "../settle.ts";
import { fail } from "node:assert/strict";
import {
  type Connect,
  type CreateOptions,
  createRoom,
  type JoinOptions,
  joinRoom,
  platformConnect,
} from "../../client/mod.ts";
import type { Limits } from "../../wire/mod.ts";
import { HostileRelay, type Victim } from "./hostile_relay.ts";
import { asRoom, type EventOf, LOOK_MS, Somebody, until, watched } from "./people.ts";
import { PushClock } from "./push_clock.ts";

export { type EventOf, until };

/** Somebody at a client. */
export class Person extends Somebody {
  /** `victim` is the hostile relay's end of the connection. */
  constructor(name: string, readonly victim: Victim) {
    super(name);
  }

  /** Whether this was shown, and how often it was. */
  count(text: string): number {
    return this.texts.filter((shown) => shown === text).length;
  }

  /** Nicknames of those that count as confirmed, oneself left out. */
  get confirmed(): string[] {
    return this.room.members().filter((m) => m.confirmed && m.id !== this.id).map((m) => m.nick).sort();
  }
}

/** A hostile relay with its people. Use {@linkcode withStage}. */
export class Stage {
  readonly clock: PushClock = new PushClock();
  readonly #people = new Map<string, Person>();
  readonly #closed: Promise<void>[] = [];
  readonly #abort = new AbortController();
  readonly #joining: Promise<unknown>[] = [];
  readonly #ends: (() => void)[] = [];
  #rounds = 0;

  /** Around `relay`. */
  constructor(readonly relay: HostileRelay) {}

  /** Whoever has this name; there is somebody from the first time it is asked for. */
  person(name: string): Person {
    let person = this.#people.get(name);
    if (person === undefined) {
      this.#people.set(name, person = new Person(name, this.relay.victim(name)));
    }
    return person;
  }

  /** `name` founds a room. */
  async create(name: string, options: Partial<CreateOptions> = {}): Promise<Person> {
    const person = this.person(name);
    person.room = asRoom(await createRoom({ ...this.#options(person), ...options }));
    return person;
  }

  /** `name` joins by `code`; by the newest invite of `code` if that is a person. */
  async join(name: string, code: string | Person, options: Partial<JoinOptions> = {}): Promise<Person> {
    const person = this.person(name);
    const text = typeof code === "string" ? code : code.of("invite").at(-1)?.invite ?? fail("no invite");
    const joining = joinRoom({ ...this.#options(person), code: text, ...options });
    this.#joining.push(joining.catch(() => {}));
    person.room = asRoom(await joining);
    return person;
  }

  /** A room of these people, each of whom has heard all the others. */
  async party(...names: string[]): Promise<Person[]> {
    const [first = fail("nobody"), ...others] = names;
    const founder = await this.create(first);
    for (const name of others) await this.join(name, founder);
    const people = names.map((name) => this.person(name));
    await this.meet(...people);
    return people;
  }

  /** Everybody says something and hears all the others. */
  async meet(...people: Person[]): Promise<void> {
    await until("everybody has confirmed everybody", () => {
      return people.every((p) => p.confirmed.length >= people.length - 1);
    });
    const hello = this.#rounds++ === 0 ? "hello from" : `round ${this.#rounds}, hello from`;
    await Promise.all(people.map((person) => person.say(`${hello} ${person.name}`)));
    await until(
      "everybody has heard everybody",
      () => people.every((p) => people.every((q) => p === q || p.count(`${hello} ${q.name}`) === 1)),
    );
  }

  /** Pushes the clock by `ms`, in steps that leave the heartbeat alone. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5_000) {
      this.clock.push(Math.min(left, 5_000));
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      await cryptoAtRest();
    }
  }

  /** As {@linkcode until}, with time flying meanwhile: for what comes of a deadline. */
  untilInTime<T>(what: string, test: () => T | false | undefined): Promise<T> {
    return this.inTime(until(what, test));
  }

  /** Waits for what may take until a deadline, with time flying meanwhile. */
  async inTime<T>(work: Promise<T>): Promise<T> {
    return await this.clock.inTime(work);
  }

  /** Opens sockets by way of the hostile relay under a name. */
  connectAs(name: string): Connect {
    return async (_url, options) => {
      const inner = await platformConnect(this.relay.urlFor(name), options);
      const { socket, closed } = watched(inner);
      this.#closed.push(closed);
      return socket;
    };
  }

  /** Does this too, when the stage is closed. */
  also(end: () => void): void {
    this.#ends.push(end);
  }

  /** Ends all sessions; resolves when every socket is closed. */
  async close(): Promise<void> {
    this.#abort.abort();
    for (const person of this.#people.values()) if (person.isIn) person.room.abort();
    for (const end of this.#ends) end();
    await Promise.all(this.#joining);
    await this.relay.close();
    await Promise.all(this.#closed);
  }

  #options(person: Person): CreateOptions {
    return {
      relay: this.relay.honest.url,
      nick: person.name,
      connect: this.connectAs(person.name),
      clock: this.clock,
      signal: this.#abort.signal,
      onEvent: (event) => void person.events.push(event),
    };
  }
}

/** Runs `play` on a stage of its own and cleans up after it. */
export async function withStage(
  play: (stage: Stage) => Promise<void>,
  limits: Partial<Limits> = {},
): Promise<void> {
  const stage = new Stage(await HostileRelay.open(limits));
  try {
    await play(stage);
  } finally {
    await stage.close();
    await settle();
  }
}
