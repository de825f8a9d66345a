/** JSON mode, for bots and tests: one event a line out, one command a line in. DESIGN §9 fixes the names. @module */
import { ClientError } from "../client/errors.ts";
import type { SessionEvent } from "../client/events.ts";
import type { Clock } from "../client/options.ts";
import { type DeskAction, listedRoom } from "./desk_answer.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { JoinWords } from "./join_words.ts";
import { aboutCommand, aboutLine, JSON_COMMANDS, type JsonAction, readJsonCommand } from "./json_commands.ts";
import { OneRoomMode, UNSENT } from "./one_room_mode.ts";
import type { RelayDesk } from "./relay_desk.ts";
import type { Entrance } from "./seat.ts";
import { usableWords } from "./usable_words.ts";
import { waitingText } from "./unsent_wording.ts";

/** What JSON mode is given. */
export interface JsonModeOptions {
  /** Reads the next line; null at the end of input. */
  nextLine: () => Promise<string | null>;
  /** Writes a line. */
  write: (line: string) => void;
  /** The way in. */
  first: Entrance;
  /** Makes a way in for `join`. */
  join: (words: JoinWords) => Entrance;
  /** Makes the way in for `rejoin`; rejects when there is none. */
  again: () => Promise<Entrance>;
  /** Whether words lead into the room that one is in. @default they never do */
  isHere?: (words: JoinWords) => Promise<boolean>;
  /** The relay's public rooms and accounts. */
  desk: Pick<RelayDesk, "list" | "login" | "register" | "invite">;
  /** Makes the way into an older room of the same name, which has come back; null when there is none. */
  older?: () => Entrance | null;
  /** Time. @default the platform's */
  clock?: Clock;
}

/** How many commands may be under way at once; more wait, so that a long pipe does not pile up in memory. */
const MAX_UNDER_WAY = 256;
/** How many commands may wait for the room to be entered; more stay in the pipe. */
const MAX_HELD = 1_024;

/** One bot's session. */
export class JsonMode extends OneRoomMode {
  readonly #options: JsonModeOptions;
  #entered = Promise.withResolvers<void>();
  /** Commands that came before the room was entered; null once one is in. */
  #held: JsonAction[] | null = [];
  #waiting = false;
  #inputEnded = false;
  #endedSaid = false;

  /** Makes one; {@linkcode JsonMode.run} starts it. */
  constructor(options: JsonModeOptions) {
    super({ clock: options.clock, older: options.older });
    this.#options = options;
  }

  protected override begin(): void {
    const failed = (error: unknown): void => this.fault(error);
    this.#enter(this.#options.first).catch(failed);
    this.#read().catch(failed);
  }

  protected override enterOlder(older: Entrance): Promise<void> {
    return this.#enter(older);
  }

  protected override async drain(): Promise<void> {
    if (this.underWay.offline && this.underWay.unsent > 0) {
      const message = waitingText(this.underWay, { ending: true });
      this.#emit({ event: "notice", code: "waiting_to_send", message });
    }
    await this.underWay.drain();
  }

  protected override sayUnsent(text: string): void {
    this.#error({ code: "unsent", message: text, status: UNSENT });
  }

  protected override observe(event: SessionEvent): void {
    const { type, ...rest } = event;
    this.underWay.observe(event);
    if (type === "ended") this.#endedSaid = true;
    if (type === "notice" && event.code === "waiting") this.#waiting = true;
    this.#emit({ event: type, ...rest });
    if (this.#waitsForNothing) void this.leave();
  }

  #emit(event: { event: string } & Record<string, unknown>): void {
    this.#options.write(JSON.stringify(event));
  }

  #error({ code, message }: Failure, about: Record<string, unknown> = {}): void {
    this.#emit({ event: "error", code, message, ...about });
  }

  async #enter(entrance: Entrance): Promise<void> {
    this.#endedSaid = false;
    this.#waiting = false;
    try {
      if (!await this.seat.enter(entrance)) return;
      this.#entered.resolve();
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#error(failure);
      const { status, code, message } = failure;
      if (!this.#endedSaid) this.#emit({ event: "ended", status, code, message });
      this.end(status);
    }
  }

  async #read(): Promise<void> {
    const entered = this.#entered.promise.then(async () => {
      for (let action = this.#held?.shift(); action !== undefined; action = this.#held?.shift()) {
        await this.#act(action);
      }
      this.#held = null;
    });
    while (!this.ending) {
      const line = await this.#options.nextLine();
      if (line === null) break;
      const action = this.#understand(line);
      if (action === null) continue;
      // Until one is in the room, commands wait; leaving does not, unless something is to be said before it.
      if (this.#held !== null && (action.kind !== "leave" || this.#held.length > 0)) this.#held.push(action);
      else await this.#act(action);
      if ((this.#held?.length ?? 0) >= MAX_HELD) await entered;
    }
    this.#inputEnded = true;
    if (!this.#waitsForNothing) await entered;
    await this.leave();
  }

  /** A bot whose input has ended does not wait for company, unless it still has something to say. */
  get #waitsForNothing(): boolean {
    return this.#waiting && this.#inputEnded && this.#held?.length === 0;
  }

  #understand(line: string): JsonAction | null {
    try {
      return readJsonCommand(line);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#error(failure, aboutLine(line));
      return null;
    }
  }

  async #act(action: JsonAction): Promise<void> {
    switch (action.kind) {
      case "nothing":
        return;
      case "help":
        return this.#emit({
          event: "notice",
          code: "help",
          message: `Commands: ${JSON_COMMANDS.join(", ")}`,
        });
      case "leave":
        return await this.leave();
      case "join":
        return await this.#change(() => this.#join(action.words));
      case "list":
      case "register":
      case "login":
        return await this.#atDesk(action);
      case "rejoin":
        return await this.#change(() => this.#options.again());
      case "file":
      case "save":
        return await this.#runFile(action);
      case "session":
        this.#run(action);
        await this.underWay.fewerThan(MAX_UNDER_WAY);
    }
  }

  /** A path that cannot be used is told as any other refusal. */
  async #runFile(action: Extract<JsonAction, { kind: "file" | "save" }>): Promise<void> {
    const about = aboutCommand({ ...action, command: action.kind });
    try {
      const { fileCommand } = await import("./files/file_commands.ts");
      const command = await fileCommand(action, () => "file") as Extract<
        JsonAction,
        { kind: "session" }
      >["command"];
      this.#run({ kind: "session", command, ref: action.ref });
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#error(failure, about);
    }
  }

  /** Asks the relay over a connection apart; what is refused is told, and changes nothing. */
  async #atDesk(action: DeskAction): Promise<void> {
    const { desk } = this.#options;
    const told = (event: SessionEvent): void => this.observe(event);
    try {
      if (action.kind === "list") return this.#emit({ event: "rooms", rooms: await desk.list(told) });
      const { kind, name, password } = action;
      const message = await desk[kind]({ name, password }, told);
      this.#emit({ event: "notice", code: kind === "login" ? "logged_in" : "registered", message });
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#error(failure, { command: action.kind });
    }
  }

  /** A room of the last list may be named by its number or its name there. */
  async #join(words: JoinWords): Promise<Entrance> {
    const listed = listedRoom(this.#options.desk, words) ?? words;
    await usableWords(listed);
    if (await this.#options.isHere?.(listed)) {
      throw new ClientError("already_here", "Cannot join: you are in this room already");
    }
    return this.#options.join(listed);
  }

  /** Leaves this room and enters another; stays where the other cannot even be tried. */
  async #change(entrance: () => Promise<Entrance>): Promise<void> {
    let next: Entrance;
    try {
      next = await entrance();
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      return this.#error(failure);
    }
    this.#entered = Promise.withResolvers();
    await this.underWay.drain();
    if (!this.over) await this.#enter(next);
  }

  #run({ command, ref }: Extract<JsonAction, { kind: "session" }>): void {
    const running = this.seat.session?.run(command) ?? Promise.resolve();
    this.underWay.add(command, running);
    running.catch((error) => {
      const failure = failureOf(error);
      if (failure === null) return this.fault(error);
      if (this.#endedSaid && failure.code === "ended") return; // `ended` says how many, and is the last word
      this.#error(failure, aboutCommand({ ...command, ref }));
    });
  }
}
