/** People in a room behind a hostile relay, and what they get to see. @module */
import { cryptoAtRest } from "../crypto_rest.ts";
import { settle } from "../settle.ts";
import { fail } from "node:assert/strict";
import type { Id } from "../../client/ids.ts";
import {
  type Connect,
  type CreateOptions,
  createRoom,
  type JoinOptions,
  joinRoom,
  platformConnect,
  type SessionEvent,
  type Socket,
} from "../../client/mod.ts";
import { Room } from "../../client/room.ts";
import type { Limits } from "../../wire/mod.ts";
import { HostileRelay, type Victim } from "./hostile_relay.ts";
import { PushClock } from "./push_clock.ts";

/** What of a kind of event. */
export type EventOf<T extends SessionEvent["type"]> = Extract<SessionEvent, { type: T }>;

/** How long a test waits for something before it has failed, in milliseconds. */
const DEADLINE_MS = 60_000;
const LOOK_MS = 4;

/** Waits until `test` gives something other than `false` or `undefined`; fails with `what` at the deadline. */
export async function until<T>(what: string, test: () => T | false | undefined): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const result = test();
    if (result !== false && result !== undefined) return result;
    if (performance.now() > deadline) fail(`it never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Somebody at a client. */
export class Person {
  readonly events: SessionEvent[] = [];
  #room: Room | null = null;

  /** `victim` is the hostile relay's end of the connection. */
  constructor(readonly name: string, readonly victim: Victim) {}

  /** The session, with its insides. */
  get room(): Room {
    return this.#room ?? fail(`${this.name} is not in a room`);
  }

  set room(room: Room) {
    this.#room = room;
  }

  /** Whether there is a session. */
  get isIn(): boolean {
    return this.#room !== null;
  }

  /** Member id. */
  get id(): Id {
    return this.room.me;
  }

  /** The events of one type. */
  of<T extends SessionEvent["type"]>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** The texts shown so far. */
  get texts(): string[] {
    return this.of("message").map((event) => event.text);
  }

  /** Codes of the notices shown so far. */
  get notices(): string[] {
    return this.of("notice").map((event) => event.code);
  }

  /** Whether this was shown, and how often it was. */
  count(text: string): number {
    return this.texts.filter((shown) => shown === text).length;
  }

  /** Says something. */
  say(text: string): Promise<void> {
    return this.room.run({ command: "send", text });
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
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#closed.push(promise);
      const socket: Socket = {
        send: (bytes) => inner.send(bytes),
        close: () => inner.close(),
        get bufferedAmount() {
          return inner.bufferedAmount;
        },
        onMessage: () => {},
        onClose: () => {},
      };
      inner.onMessage = (bytes) => socket.onMessage(bytes);
      inner.onClose = (info) => {
        resolve();
        socket.onClose(info);
      };
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

function asRoom(session: unknown): Room {
  return session instanceof Room ? session : fail("a session is not a Room");
}
