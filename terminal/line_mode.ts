/** Line mode: type to talk, slash commands, one clear line for everything that happens. @module */
import type { SessionCommand } from "../client/commands.ts";
import type { SessionEvent } from "../client/events.ts";
import type { Clock } from "../client/options.ts";
import { platformClock } from "../client/platform.ts";
import type { Colour } from "./colour.ts";
import { Composer } from "./composer.ts";
import { ConnectionNotes } from "./connection_notes.ts";
import { type DeskAction, deskAnswer, listedRoom } from "./desk_answer.ts";
import { EventLines } from "./event_lines.ts";
import { failureOf } from "./failure.ts";
import type { DrawQr } from "./invite_page.ts";
import type { JoinWords } from "./join_words.ts";
import type { LineIo } from "./line_io.ts";
import { OneRoomMode } from "./one_room_mode.ts";
import { Refusals } from "./refusals.ts";
import type { RelayDesk } from "./relay_desk.ts";
import { relayPlace } from "./relay_url.ts";
import { RoomBook } from "./room_book.ts";
import { helpOfScreenOnly, screenOnly } from "./screen_only.ts";
import { HERE_ALREADY } from "./rooms_wording.ts";
import type { Entrance } from "./seat.ts";
import { helpText, readLine } from "./slash_commands.ts";
import { SlowWait } from "./slow_wait.ts";
import { usableWords } from "./usable_words.ts";
import { notice, problem, type WordingContext } from "./wording.ts";

/** What line mode is given. */
export interface LineModeOptions {
  /** Terminal or pipe. */
  io: LineIo;
  /** Colours of the output. */
  colour: Colour;
  /** The first way in. */
  first: Entrance;
  /** Makes a way in for `/join`. */
  join: (words: JoinWords) => Entrance;
  /** Whether words lead into the room that one is in. @default they never do */
  isHere?: (words: JoinWords) => Promise<boolean>;
  /** Makes the way in for `/rejoin`; rejects when there is none. */
  again: () => Promise<Entrance>;
  /** The relay's public rooms and accounts. */
  desk: Pick<RelayDesk, "list" | "login" | "register" | "invite" | "place">;
  /** Makes the way into an older room of the same name, which has come back; null when there is none. */
  older?: () => Entrance | null;
  /** The relay in use, for the invite page. */
  relay: () => string;
  /** Whether others need a file for `--ca` to reach it. @default never */
  needsCa?: () => boolean;
  /** Whether the lines may be read aloud. @default false */
  spoken?: boolean;
  /** Draws QR codes; null where none is wanted. */
  drawQr: DrawQr | null;
  /** After how long without a connection the session ends, in milliseconds; never, when left out. */
  giveUpMs?: number | undefined;
  /** Time. @default the platform's */
  clock?: Clock;
}

const IN_NO_ROOM = "You are in no room now: /join <code>, /rejoin, or /quit.";
const STAYS = "What has been printed stays where it is: clear or close this window yourself.";

/** One user's line mode. */
export class LineMode extends OneRoomMode {
  readonly #options: LineModeOptions;
  readonly #book = new RoomBook();
  readonly #notes: ConnectionNotes;
  readonly #refusals: Refusals;
  readonly #composer: Composer;
  readonly #events: EventLines;
  readonly #wait: SlowWait;
  /** Settled once a relay has let us in, so that no login is asked for any more. */
  readonly #greeted = Promise.withResolvers<void>();

  /** Makes one; {@linkcode LineMode.run} starts it. */
  constructor(options: LineModeOptions) {
    const { io, drawQr } = options;
    const clock = options.clock ?? platformClock;
    super({ clock, older: options.older });
    this.#options = options;
    this.#notes = new ConnectionNotes({
      clock,
      say: (text) => this.#notice(text),
      underWay: this.underWay,
      giveUpMs: options.giveUpMs,
    });
    this.#wait = new SlowWait({
      clock,
      underWay: this.underWay,
      notes: this.#notes,
      say: (text) => this.#notice(text),
    });
    this.#events = new EventLines({
      io,
      context: () => this.#context,
      invite: () => ({ relay: options.relay(), needsCa: options.needsCa?.(), drawQr }),
    });
    this.#refusals = new Refusals({
      clock,
      problem: (text) => this.#say(problem(text, this.#options.colour)),
      notice: (text) => this.#notice(text),
    });
    this.#composer = new Composer({
      io,
      refusals: this.#refusals,
      seat: this.seat,
      underWay: this.underWay,
      notes: this.#notes,
      context: () => this.#context,
      fault: (error) => this.fault(error),
    });
  }

  protected override begin(): void {
    const first = this.#enter(this.#options.first, { initial: true });
    const failed = (error: unknown): void => this.fault(error);
    first.catch(failed);
    const { interactive, echoes } = this.#options.io;
    // A terminal that shows what is typed shows nothing of a password as long as nobody reads lines from it.
    const greeted = Promise.race([first.catch(() => {}), this.#greeted.promise]);
    this.#read(!interactive ? first : echoes ? greeted : Promise.resolve()).catch(failed);
  }

  /** Wipes keys and screen, says goodbye at once, and ends. */
  async #burn(): Promise<void> {
    this.ending = true;
    const wiped = this.seat.abort(); // the keys are gone when this returns
    if (!this.#options.io.clear()) this.#notice(STAYS);
    await wiped;
    this.end(0);
  }

  protected override enterOlder(older: Entrance): Promise<void> {
    return this.#enter(older, { initial: true });
  }

  protected override sayUnsent(text: string): void {
    this.#say(problem(text, this.#options.colour));
  }

  protected override async leave(): Promise<void> {
    if (this.ending) return;
    this.#refusals.settle();
    try {
      await super.leave();
    } finally {
      this.#wait.stop();
    }
  }

  protected override async drain(): Promise<void> {
    await this.#wait.drain({ ending: true });
    this.#wait.begin({ ending: true }); // for leaving itself
  }

  protected override end(status: number): void {
    this.#wait.stop();
    this.#notes.dispose();
    this.#refusals.settle();
    super.end(status);
  }

  get #context(): WordingContext {
    const { colour, relay, spoken = false } = this.#options;
    return { book: this.#book, colour, relay: relayPlace(relay()), spoken };
  }

  #say(text: string): void {
    this.#options.io.print(text);
  }

  #notice(text: string): void {
    this.#say(notice(text, this.#options.colour));
  }

  async #enter(entrance: Entrance, { initial }: { initial: boolean }): Promise<void> {
    try {
      if (!initial) await this.#wait.drain({ ending: false });
      if (this.over) return;
      if (!await this.seat.enter(entrance)) return;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#say(problem(failure.message, this.#options.colour));
      if (initial) this.end(failure.status);
      else this.#notice(IN_NO_ROOM);
      return;
    }
    if (this.#options.io.interactive) this.#notice("Type to talk, /help for commands, /quit to leave.");
  }

  async #read(ready: Promise<void>): Promise<void> {
    await ready;
    const { io } = this.#options;
    while (!this.ending || io.interactive) { // a person may still press Ctrl-C while the room is being left
      const input = await io.next();
      if (input.type === "interrupt") this.interrupt();
      else if (input.type === "line" && !this.ending) await this.#line(input.text);
      else if (input.type === "end") {
        if (this.ending) return;
        await this.#orInBackground(this.leave());
      }
    }
  }

  /** A person goes on typing while something takes its time; a pipe waits for it. */
  async #orInBackground(work: Promise<void>): Promise<void> {
    if (!this.#options.io.interactive) return await work;
    work.catch((error) => this.fault(error));
  }

  async #line(text: string): Promise<void> {
    try {
      const own = screenOnly(text);
      if (own !== null) return "say" in own ? this.#notice(own.say) : await this.#burn();
      const action = readLine(text, (number) => this.#book.id(number));
      switch (action.kind) {
        case "nothing":
          return;
        case "help":
          return this.#say(helpOfScreenOnly(action.about) ?? helpText(action.about));
        case "clear":
          return this.#options.io.clear() ? undefined : this.#notice(STAYS);
        case "quit":
          return await this.#orInBackground(this.leave());
        case "leave":
          return await this.#orInBackground(this.#leaveRoom());
        case "join": {
          const words = listedRoom(this.#options.desk, action.words) ?? action.words;
          await usableWords(words); // before the room is left
          if (await this.#options.isHere?.(words)) return this.#notice(HERE_ALREADY);
          if (words !== action.words) this.#notice("Joining a public room of the relay's list.");
          return await this.#orInBackground(this.#enter(this.#options.join(words), { initial: false }));
        }
        case "list":
        case "register":
        case "login":
          return await this.#orInBackground(this.#atDesk(action));
        case "rejoin": {
          const again = await this.#options.again();
          return await this.#orInBackground(this.#enter(again, { initial: false }));
        }
        case "file":
        case "save": {
          const { fileCommand } = await import("./files/file_commands.ts");
          return await this.#command(await fileCommand(action, (id) => this.#book.fileName(id)), text);
        }
        case "session":
          return await this.#command(action.command, text);
      }
    } catch (error) {
      this.#composer.failed(error, text);
    }
  }

  /** Asks the relay over a connection apart; what is refused is told, and changes nothing. */
  async #atDesk(action: DeskAction): Promise<void> {
    try {
      const told = (event: SessionEvent): void => this.observe(event);
      const inRoom = (): boolean => this.seat.session !== null;
      this.#notice(await deskAnswer(this.#options.desk, action, { told, inRoom }));
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#say(problem(failure.message, this.#options.colour));
    }
  }

  async #leaveRoom(): Promise<void> {
    if (this.seat.session === null && !this.seat.entering) return this.#notice("You are in no room.");
    await this.#wait.drain({ ending: false });
    await this.seat.leave();
    this.#notice(IN_NO_ROOM);
  }

  async #command(command: SessionCommand, typed: string): Promise<void> {
    if (command.command === "verify" && this.seat.session !== null) this.#events.expect(command);
    await this.#composer.carryOut(command, typed);
  }

  protected override observe(event: SessionEvent): void {
    if (event.type === "connection" && event.state === "online") this.#greeted.resolve();
    this.#book.observe(event);
    this.underWay.observe(event);
    this.#notes.observe(event);
    this.#composer.observe(event);
    this.#events.tell(event);
  }
}
