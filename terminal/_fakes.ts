/** Stand-ins for a session and a terminal, for tests of the modes. @module */
import type { RoomSession, SessionCommand } from "../client/commands.ts";
import type { Ending, SessionEvent } from "../client/events.ts";
import type { Input, LineIo } from "./line_io.ts";
import type { Entrance, EntranceHooks } from "./seat.ts";

/** The member that the fake session is. */
export const ME = { id: "a".repeat(32), nick: "alice" };
/** Another member. */
export const BOB = { id: "b".repeat(32), nick: "bob" };

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

  /** Ends as if by an outside cause. */
  end(ending: Ending): void {
    this.tell({ type: "ended", ...ending });
    this.#end(ending);
  }

  run(command: SessionCommand): Promise<void> {
    this.commands.push(command);
    for (const watcher of this.#watchers) watcher();
    const { refusal } = this;
    this.refusal = null;
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
    while (true) {
      const line = this.printed.find((printed) => pattern.test(printed));
      if (line !== undefined) return line;
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

  clear(): void {
    this.cleared++;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
