/** Stand-ins for a session and a terminal, for tests of the modes. @module */
import type { WaysIn } from "./app/ways_in.ts";
import type { RoomSession, SessionCommand } from "../client/commands.ts";
import { ClientError } from "../client/errors.ts";
import type { Ending, SessionEvent } from "../client/events.ts";
import type { Clock } from "../client/options.ts";
import { colours } from "./colour.ts";
import type { JoinWords } from "./join_words.ts";
import type { Input, LineIo } from "./line_io.ts";
import { LineMode } from "./line_mode.ts";
import type { Entrance, EntranceHooks } from "./seat.ts";

/** The member that the fake session is. */
export const ME = { id: "a".repeat(32), nick: "alice" };
/** Another member. */
export const BOB = { id: "b".repeat(32), nick: "bob" };

/** Commands that need no connection. */
const LOCAL: ReadonlySet<string> = new Set(["who", "verify", "invite", "reconnect"]);

/** A session that notes what it is asked and says what it is told to say. */
export class FakeSession implements RoomSession {
  readonly commands: SessionCommand[] = [];
  /** Thrown by the next `run`. */
  refusal: Error | null = null;
  aborted = false;
  left = false;
  readonly ended: Promise<Ending>;
  readonly #hooks: EntranceHooks;
  readonly #end: (ending: Ending) => void;
  readonly #watchers = new Set<() => void>();
  /** What waits for the connection; null while there is one. */
  #held: { command: SessionCommand; done: PromiseWithResolvers<void> }[] | null = null;
  #sent = 0;

  constructor(hooks: EntranceHooks) {
    this.#hooks = hooks;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** Tells the mode something. */
  tell(event: SessionEvent): void {
    this.#hooks.onEvent(event);
  }

  /** Loses the connection, or fails to get it back. */
  lose(about: { attempt?: number; retryMs?: number; reason?: string } = {}): void {
    this.#held ??= [];
    const unsent = this.#held.length;
    const said = { reason: "the connection was cut", attempt: 1, retryMs: 2_000, ...about, unsent };
    this.tell({ type: "connection", state: "reconnecting", ...said });
  }

  /** Gets the connection back: what has waited gets its number, and the relay takes it. */
  back(): void {
    const held = this.#held ?? [];
    this.#held = null;
    this.tell({ type: "connection", state: "online", back: true });
    for (const { command, done } of held) {
      done.resolve();
      this.take(command);
    }
  }

  /** The relay takes a message. */
  take(command: SessionCommand): void {
    const ref = "ref" in command ? command.ref ?? null : null;
    this.tell({ type: "sent", id: `${ME.id}-${++this.#sent}`, ref });
  }

  /** Ends as if by an outside cause. */
  end(ending: Ending): void {
    for (const { done } of this.#held?.splice(0) ?? []) done.reject(new ClientError("ended", "Cannot send"));
    this.tell({ type: "ended", ...ending });
    this.#end(ending);
  }

  run(command: SessionCommand): Promise<void> {
    if (command.command === "typing") return Promise.resolve(); // said at every key
    this.commands.push(command);
    for (const watcher of this.#watchers) watcher();
    const { refusal } = this;
    this.refusal = null;
    if (refusal === null && this.#held !== null && !LOCAL.has(command.command)) {
      const done = Promise.withResolvers<void>();
      this.#held.push({ command, done });
      if ("ref" in command) this.tell({ type: "pending", ref: command.ref ?? null });
      return done.promise;
    }
    return refusal === null ? Promise.resolve() : Promise.reject(refusal);
  }

  /** Resolves once this many commands have come. */
  async received(count: number): Promise<SessionCommand[]> {
    while (this.commands.length < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#watchers.add(resolve);
      await promise;
      this.#watchers.delete(resolve);
    }
    return this.commands;
  }

  leave(): Promise<void> {
    this.left = true;
    this.end({ status: 0, code: "left", message: "You left the room" });
    return Promise.resolve();
  }

  abort(): void {
    this.aborted = true;
    this.end({ status: 0, code: "left", message: "You left the room" });
  }
}

/** An entrance that lets one in at once, and the session behind it. */
export function openDoor(
  members = [{ ...BOB, operator: false, confirmed: true, online: true, verified: false }],
): {
  entrance: Entrance;
  session: Promise<FakeSession>;
} {
  const { promise, resolve } = Promise.withResolvers<FakeSession>();
  const entrance: Entrance = (hooks) => {
    const session = new FakeSession(hooks);
    session.tell({ type: "joined", room: "r", me: ME, members, founded: false, topic: "" });
    resolve(session);
    return Promise.resolve(session);
  };
  return { entrance, session: promise };
}

/** A terminal that is typed at by a test. */
export class FakeIo implements LineIo {
  readonly interactive: boolean;
  readonly echoes = false;
  readonly columns = 80;
  readonly printed: string[] = [];
  putBackText = "";
  cleared = 0;
  /** Whether it can be emptied. */
  clears = true;
  readonly #inputs: Input[] = [];
  #waiting: ((input: Input) => void) | null = null;
  readonly #watchers = new Set<() => void>();

  constructor(options: { interactive: boolean }) {
    this.interactive = options.interactive;
  }

  /** Types lines. */
  type(...lines: string[]): void {
    for (const text of lines) this.give({ type: "line", text });
  }

  /** Gives any input. */
  give(input: Input): void {
    if (this.#waiting === null) this.#inputs.push(input);
    else {
      this.#waiting(input);
      this.#waiting = null;
    }
  }

  /** Resolves with the first printed line that matches. */
  async shows(pattern: RegExp): Promise<string> {
    let line: string | undefined;
    await this.prints(() => (line = this.printed.find((printed) => pattern.test(printed))) !== undefined);
    return line ?? "";
  }

  /** Resolves once what has been printed fits. */
  async prints(fits: () => boolean): Promise<void> {
    while (!fits()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#watchers.add(resolve);
      await promise;
      this.#watchers.delete(resolve);
    }
  }

  print(text: string): void {
    this.printed.push(text);
    for (const watcher of this.#watchers) watcher();
  }

  next(): Promise<Input> {
    const input = this.#inputs.shift();
    return input === undefined
      ? new Promise<Input>((resolve) => this.#waiting = resolve)
      : Promise.resolve(input);
  }

  ask(): Promise<string | null> {
    return Promise.resolve(null);
  }

  putBack(text: string): boolean {
    this.putBackText = text;
    return this.interactive;
  }

  clear(): boolean {
    this.cleared++;
    return this.clears;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A relay's desk as the modes see it. */
export type FakeDesk = WaysIn["desk"];

/** A desk with nothing behind it. */
export function fakeDesk(desk: Partial<FakeDesk> = {}): FakeDesk {
  return {
    place: "127.0.0.1:4443",
    listed: [],
    list: () => Promise.resolve([]),
    login: ({ name }) => Promise.resolve(`Logged in at 127.0.0.1:4443 as ${name}`),
    register: ({ name }) => Promise.resolve(`The account ${name} is yours at 127.0.0.1:4443`),
    invite: () => undefined,
    ...desk,
  };
}

/** Line mode that runs, and what it was asked for. */
export interface Started {
  io: FakeIo;
  mode: LineMode;
  status: Promise<number>;
  joins: JoinWords[];
}

/** Starts line mode on a terminal of the test's own. */
export function startLineMode(
  first: Entrance,
  options: {
    interactive?: boolean;
    join?: (words: JoinWords) => Entrance;
    isHere?: (words: JoinWords) => Promise<boolean>;
    again?: () => Promise<Entrance>;
    desk?: FakeDesk;
    clock?: Clock;
  } = {},
): Started {
  const io = new FakeIo({ interactive: options.interactive ?? true });
  const joins: JoinWords[] = [];
  const mode = new LineMode({
    io,
    colour: colours(false),
    first,
    join: (words) => {
      joins.push(words);
      return (options.join ?? (() => openDoor().entrance))(words);
    },
    ...(options.isHere === undefined ? {} : { isHere: options.isHere }),
    again: options.again ?? (() => Promise.reject(new ClientError("no_room", "Cannot rejoin: no room"))),
    relay: () => "ws://127.0.0.1:4443/ws",
    desk: options.desk ?? fakeDesk(),
    drawQr: null,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  return { io, mode, joins, status: mode.run() };
}
