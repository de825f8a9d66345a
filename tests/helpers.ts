/** What tests of sessions share: time that they own, sockets in memory, a relay behind them, events to wait for. */
import { cryptoAtRest, turns } from "./crypto_rest.ts";
import { settle } from "./settle.ts";
import { setImmediate } from "node:timers";
import {
  ClientError,
  type Clock,
  type CreateOptions,
  createRoom,
  type Ending,
  type JoinOptions,
  joinRoom,
  type RoomSession,
  type SessionCommand,
  type SessionEvent,
  type Socket,
} from "../client/mod.ts";
import { Relay, type RelayClock, type RelaySocket } from "../relay/mod.ts";
import type { Limits } from "../wire/mod.ts";

interface Timer {
  at: number;
  run: () => void;
}

/** Time that moves only when it is told to. */
export class FakeClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  setTimer(run: () => void, ms: number): Timer {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  /** Timers that are waiting. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Moves time on; timers run when they are due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  /** The machine sleeps: time goes by without any timer running, and those that are due run late. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  /** As {@linkcode advance}; what timers set going runs in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turns();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await turns();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
    }
    return next;
  }
}

export { turns };

const STEP_MS = 1_000;
/** How long a test waits for what surely comes: long enough for a machine that is busy with ten other things. */
const PATIENCE_MS = 60_000;

/** Time that passes by itself, and jumps when it is told to; in a jump, only as far as it is told to. */
export class JumpClock implements Clock, RelayClock {
  #ahead = 0;
  /** What time it is in a jump, however long the machine takes over it. */
  #held: number | null = null;
  readonly #timers = new Map<Timer, ReturnType<typeof setTimeout> | undefined>();

  now(): number {
    return this.#held ?? Date.now() + this.#ahead;
  }

  setTimer(run: () => void, ms: number): Timer {
    const timer = { at: this.now() + ms, run };
    this.#arm(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    clearTimeout(this.#timers.get(timer as Timer));
    this.#timers.delete(timer as Timer);
  }

  setTurn(run: () => void): { run: (() => void) | null } {
    const turn: { run: (() => void) | null } = { run };
    setImmediate(() => turn.run?.());
    return turn;
  }

  clearTurn(turn: unknown): void {
    (turn as { run: null }).run = null;
  }

  /** Jumps ahead, from timer to timer; what is under way, and what each timer sets going, is done first. */
  async jump(ms: number): Promise<void> {
    if (this.#held !== null) throw new Error("two jumps at once");
    const end = (this.#held = this.now()) + ms;
    for (const timer of this.#timers.keys()) this.#arm(timer);
    await cryptoAtRest();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.clearTimer(next);
      this.#held = Math.max(this.#held, next.at);
      next.run();
      await cryptoAtRest();
    }
    this.#held = null;
    this.#ahead = end - Date.now();
    for (const timer of this.#timers.keys()) this.#arm(timer);
  }

  /** Jumps ahead by a second at a time until `work` is done, and fails when it has not come `withinMs` later. */
  async jumpUntil<T>(work: Promise<T>, withinMs = 600_000): Promise<T> {
    let over = false;
    const done = work.finally(() => over = true);
    done.catch(() => {});
    for (let passed = 0; !over && passed < withinMs; passed += STEP_MS) await this.jump(STEP_MS);
    if (!over) throw new Error(`what was waited for has not come in ${withinMs} ms`);
    return await done;
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers.keys()].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }

  /** Has a timer run when it is due; in a jump it is the jump that runs it. */
  #arm(timer: Timer): void {
    clearTimeout(this.#timers.get(timer));
    if (this.#held !== null) return void this.#timers.set(timer, undefined);
    const handle = setTimeout(() => {
      this.#timers.delete(timer);
      timer.run();
    }, Math.max(0, timer.at - this.now()));
    this.#timers.set(timer, handle);
  }
}

/** A session's end of a connection in memory. */
export class MemorySocket implements Socket {
  bufferedAmount = 0;
  onMessage: (bytes: Uint8Array) => void = () => {};
  onClose: (info: { code: number; reason: string }) => void = () => {};
  /** What the session has sent. */
  readonly sent: Uint8Array[] = [];
  /** Called with what the session sends. */
  onSent: (bytes: Uint8Array) => void = () => {};
  /** Called when the session closes. */
  onClosed: () => void = () => {};
  closed = false;

  send(bytes: Uint8Array): void {
    if (this.closed) return;
    this.sent.push(bytes.slice());
    this.onSent(bytes);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.onClosed();
  }

  /** The other end closes, or the network breaks. */
  break(reason = "", code = 1006): void {
    if (this.closed) return;
    this.close();
    this.onClose({ code, reason });
  }
}

/** A relay's end, joined to a {@linkcode MemorySocket}. Bytes travel in a turn of their own. */
export function connectInMemory(relay: Relay, ip = "127.0.0.1"): MemorySocket {
  const socket = new MemorySocket();
  const end: RelaySocket = {
    retains: false,
    bufferedAmount: 0,
    send: (bytes) => {
      const copy = bytes.slice();
      setImmediate(() => socket.closed || socket.onMessage(copy));
    },
    close: (code, reason) => {
      setImmediate(() => socket.break(reason, code));
    },
    onMessage: undefined,
    onClose: undefined,
  };
  socket.onSent = (bytes) => {
    const copy = bytes.slice();
    setImmediate(() => end.onMessage?.(copy));
  };
  socket.onClosed = () =>
    void setImmediate(() => {
      end.onClose?.();
      setImmediate(() => socket.onClose({ code: 1000, reason: "" }));
    });
  relay.accept(end, { ip });
  return socket;
}

type EventOf<T extends SessionEvent["type"]> = Extract<SessionEvent, { type: T }>;

/** Collects events and waits for them. */
export class Events {
  readonly all: SessionEvent[] = [];
  #watchers = new Set<() => void>();

  /** The `onEvent` of a session. */
  readonly take = (event: SessionEvent): void => {
    this.all.push(event);
    for (const watcher of [...this.#watchers]) watcher();
  };

  /** The events of a type. */
  of<T extends SessionEvent["type"]>(type: T): EventOf<T>[] {
    return this.all.filter((event): event is EventOf<T> => event.type === type);
  }

  /** Waits for the first event of a type that fits, past ones included. */
  async until<T extends SessionEvent["type"]>(
    type: T,
    fits: (event: EventOf<T>) => boolean = () => true,
    ms = PATIENCE_MS,
  ): Promise<EventOf<T>> {
    const find = (): EventOf<T> | undefined => this.of(type).find(fits);
    const known = find();
    if (known !== undefined) return known;
    return await new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
      };
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        stop();
        resolve(found);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`no ${type} came; there were ${this.all.map((event) => event.type).join(" ")}`));
      }, ms);
      this.#watchers.add(look);
    });
  }

  /** Waits for a text. */
  text(text: string): Promise<EventOf<"message">> {
    return this.until("message", (event) => event.text === text);
  }
}

/** A session and what it tells. */
export interface Person {
  session: RoomSession;
  events: Events;
  /** Its member id. */
  id: string;
  /** The connection it has now. */
  readonly socket: MemorySocket;
  /** Breaks the connection. */
  cut(): void;
  /** Breaks the connection, and lets none be made until {@linkcode Person.plug}. */
  unplug(): void;
  plug(): void;
  run(command: SessionCommand): Promise<void>;
  say(text: string, ref?: string | number): Promise<void>;
}

/** A relay in memory with people on it. */
export class World {
  readonly clock: JumpClock = new JumpClock();
  relay: Relay;
  readonly url = "ws://relay.test:4443/ws";
  /** Every connection made, in order. */
  readonly sockets: MemorySocket[] = [];
  readonly #sessions: RoomSession[] = [];
  readonly #limits: Partial<Limits>;

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = limits;
    this.relay = new Relay({ limits, clock: this.clock });
  }

  /** The relay is killed, and another one started in its place. */
  async restart(): Promise<void> {
    const old = this.relay;
    this.relay = new Relay({ limits: this.#limits, clock: this.clock });
    for (const socket of this.sockets.splice(0)) socket.break();
    await old.close();
  }

  /** The `connect` of sessions. */
  readonly connect = (): Promise<MemorySocket> => {
    const socket = connectInMemory(this.relay);
    this.sockets.push(socket);
    return Promise.resolve(socket);
  };

  /** Founds a room. */
  create(nick: string, options: Partial<CreateOptions> = {}): Promise<Person> {
    return this.#person((common) => createRoom({ ...common, nick, ...options }));
  }

  /** Joins by a code. */
  join(code: string, nick: string, options: Partial<JoinOptions> = {}): Promise<Person> {
    const { onEvent, ...rest } = options;
    return this.#person((common) => joinRoom({ ...common, code, nick, ...rest }), onEvent);
  }

  /** A founder and others who have come in by invite and confirmed each other. */
  async room(nicks: readonly string[], options: Partial<CreateOptions> = {}): Promise<Person[]> {
    const [first = "ada", ...others] = nicks;
    const people = [await this.create(first, options)];
    const { limit: _limit, name: _name, password: _password, ...rest } = options;
    for (const nick of others) {
      const invite = inviteOf(people[0] as Person);
      const person = await this.join(invite, nick, rest);
      for (const other of people) {
        await other.events.until("member_joined", ({ id }) => id === person.id);
        await person.events.until("member_confirmed", ({ id }) => id === other.id);
      }
      people.push(person);
    }
    return people;
  }

  /** Ends all sessions and the relay. */
  async end(): Promise<void> {
    for (const session of this.#sessions) session.abort();
    await keysAtRest();
    await this.relay.close();
    await turns();
  }

  async #person(
    make: (common: Omit<CreateOptions, "nick">) => Promise<RoomSession>,
    also?: (event: SessionEvent) => void,
  ): Promise<Person> {
    const events = new Events();
    let socket: MemorySocket | undefined;
    let plugged = true;
    const session = await make({
      relay: this.url,
      clock: this.clock,
      connect: async () => {
        if (!plugged) {
          throw new ClientError("unreachable", "Cannot reach the relay: unplugged", { status: 3 });
        }
        return socket = await this.connect();
      },
      onEvent: (event) => {
        events.take(event);
        also?.(event);
      },
    });
    this.#sessions.push(session);
    const joined = events.of("joined")[0];
    if (joined === undefined) throw new Error("a session without `joined`");
    return {
      session,
      events,
      get socket() {
        return socket as MemorySocket;
      },
      cut: () => socket?.break(),
      unplug: () => {
        plugged = false;
        socket?.break();
      },
      plug: () => plugged = true,
      id: joined.me.id,
      run: (command) => session.run(command),
      say: (text, ref) => session.run({ command: "send", text, ...(ref === undefined ? {} : { ref }) }),
    };
  }
}

/** Lets what is being sealed or opened come to its end. */
export const keysAtRest: () => Promise<void> = cryptoAtRest;

/** The newest invite link that a person was told. */
export function inviteOf(person: Person): string {
  return person.events.of("invite").at(-1)?.invite ?? "";
}

/** The code and status with which something is refused. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { code, status, message } = error as ClientError;
    return `${code} ${status}: ${message}`;
  }
  return "not refused";
}

/** Runs `test` in a world and ends it. */
export async function inWorld(
  test: (world: World) => Promise<void>,
  limits?: Partial<Limits>,
): Promise<void> {
  const world = new World(limits);
  try {
    await test(world);
  } finally {
    await world.end();
    await settle();
  }
}

export type { Ending };
