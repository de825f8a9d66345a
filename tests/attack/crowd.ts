/** A room at an honest relay, and what the people in it get to see. @module */
import { cryptoAtRest } from "../crypto_rest.ts";
import { settle } from "../settle.ts";
import { fail } from "node:assert/strict";
import type { Id } from "../../client/ids.ts";
import {
  type CreateOptions,
  createRoom,
  type JoinOptions,
  joinRoom,
  platformConnect,
} from "../../client/mod.ts";
import type { Socket } from "../../client/mod.ts";
import { payloadKind } from "../../client/payload.ts";
import { type Member as RoomMember, present } from "../../client/room_state.ts";
import { type Bytes, concat, toHex } from "../../crypto/bytes.ts";
import { decodePack } from "../../crypto/pack.ts";
import { openRelay, type RunningRelay } from "../../relay/mod.ts";
import { decodeRelayFrame, type Limits, type RelayFrame, unpackBatch } from "../../wire/mod.ts";
import { asRoom, type EventOf, LOOK_MS, Somebody, until, watched } from "./people.ts";
import { PushClock } from "./push_clock.ts";

export { type EventOf, until };

/** Somebody in the room. */
export class Person extends Somebody {
  /** All that the relay sent, decoded. */
  readonly frames: RelayFrame[] = [];

  /** Connection at the relay. */
  get peerId(): number {
    return this.room.parts.joined.peerId;
  }

  /** Nicknames shown of those in the room. */
  get members(): string[] {
    return this.room.members().map((m) => m.nick);
  }

  /** What this one knows of `other`. */
  knows(other: Person | Id): RoomMember | undefined {
    return this.room.state.members.get(typeof other === "string" ? other : other.id);
  }

  /** How many statements of `other` count as said, whether they have an effect or not. */
  statementsOf(other: Person): number {
    return this.room.parts.log.packs().filter((pack) => toHex(decodePack(pack).author) === other.id).length;
  }

  /** Waits until this one is shown `text`. */
  hears(text: string): Promise<EventOf<"message">> {
    return until(`${this.name} is shown ${text}`, () => this.of("message").find((m) => m.text === text));
  }

  /** Payloads of one kind that came from `from`. */
  payloads(kind: number, from?: Person): Bytes[] {
    return this.frames.filter((f) => f.type === "deliver")
      .filter((f) => payloadKind(f.payload) === kind && (from === undefined || f.from === from.peerId))
      .map((f) => concat(f.payload));
  }
}

/** An honest relay and those who meet there. */
export class Crowd {
  readonly clock: PushClock = new PushClock();
  readonly #people: Person[] = [];
  readonly #closed: Promise<void>[] = [];
  readonly #abort = new AbortController();

  /** At `relay`. */
  constructor(readonly relay: RunningRelay) {}

  /** `name` founds a room. */
  async create(name: string, options: Partial<CreateOptions> = {}): Promise<Person> {
    const person = this.#person(name);
    person.room = asRoom(await createRoom({ ...this.options(person), ...options }));
    return person;
  }

  /** `name` joins by the newest invite of `by`. */
  async join(name: string, by: Person, options: Partial<JoinOptions> = {}): Promise<Person> {
    const person = this.#person(name);
    const code = by.of("invite").at(-1)?.invite ?? fail("no invite");
    person.room = asRoom(await joinRoom({ ...this.options(person), code, ...options }));
    return person;
  }

  /** A founder and others, all of whom have each other's chains. */
  async party<const T extends readonly string[]>(...names: T): Promise<{ [K in keyof T]: Person }> {
    const [first = fail("nobody"), ...others] = names;
    const founder = await this.create(first);
    const people = [founder, ...await Promise.all(others.map((name) => this.join(name, founder)))];
    await this.meet(...people);
    return people as unknown as { [K in keyof T]: Person };
  }

  /** Everybody says something and hears all the others. */
  async meet(...people: Person[]): Promise<void> {
    await until("everybody is confirmed to everybody", () =>
      people.every((p) => {
        const others = present(p.room.state).filter(({ id }) => people.some((q) => q.id === id));
        return others.length === people.length && others.every(({ id }) => p.room.confirmation.has(id));
      }));
    await Promise.all(people.map((person) => person.say(`${person.name} is here`)));
    for (const p of people) for (const q of people) if (p !== q) await p.hears(`${q.name} is here`);
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
  async untilInTime<T>(what: string, test: () => T | false | undefined): Promise<T> {
    return await this.clock.inTime(until(what, test));
  }

  /** Ends all sessions; resolves when every socket is closed. */
  async close(): Promise<void> {
    this.#abort.abort();
    for (const person of this.#people) if (person.isIn) person.room.abort();
    await this.relay.close();
    await Promise.all(this.#closed);
    await new Promise<void>((resolve) => void this.clock.setTimer(resolve, 0)); // what was to come at once has come
  }

  /** What a session of `person` is begun with. */
  options(person: Person): CreateOptions {
    return {
      relay: this.relay.url,
      nick: person.name,
      clock: this.clock,
      signal: this.#abort.signal,
      onEvent: (event) => void person.events.push(event),
      connect: async (url, options) => this.#tap(await platformConnect(url, options), person.frames),
    };
  }

  #person(name: string): Person {
    const person = new Person(name);
    this.#people.push(person);
    return person;
  }

  #tap(inner: Socket, frames: RelayFrame[]): Socket {
    const limits = { maxBytes: Infinity, maxFrames: Infinity };
    const { socket, closed } = watched(inner, (bytes) => {
      frames.push(...unpackBatch(concat(bytes), limits).map(decodeRelayFrame));
    });
    this.#closed.push(closed);
    return socket;
  }
}

/** Runs `play` with a relay of its own and cleans up after it. */
export async function withCrowd(
  play: (crowd: Crowd) => Promise<void>,
  limits: Partial<Limits> = {},
): Promise<void> {
  // Where the clock is pushed a busy machine may be late with its pongs: that is not what is tested here.
  const patient = { heartbeatTimeoutMs: 3_600_000 };
  const crowd = new Crowd(await openRelay({ port: 0, limits: { ...patient, ...limits } }));
  try {
    await play(crowd);
  } finally {
    await crowd.close();
    await settle();
  }
}
