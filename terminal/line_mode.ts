/** Line mode: type to talk, slash commands, one clear line for everything that happens. @module */
import type { SessionCommand } from "../client/commands.ts";
import type { Ending, SessionEvent } from "../client/events.ts";
import type { Clock } from "../client/options.ts";
import { platformClock } from "../client/platform.ts";
import type { Colour } from "./colour.ts";
import { Composer } from "./composer.ts";
import { ConnectionNotes } from "./connection_notes.ts";
import { failureOf } from "./failure.ts";
import { type DrawQr, invitePage } from "./invite_page.ts";
import type { JoinWords } from "./join_words.ts";
import type { LineIo } from "./line_io.ts";
import { RoomBook } from "./room_book.ts";
import type { RelayDesk } from "./relay_desk.ts";
import { relayPlace } from "./relay_url.ts";
import { roomsText } from "./rooms_wording.ts";
import { withTimeout } from "./running.ts";
import { type Entrance, Seat } from "./seat.ts";
import type { LineAction } from "./line_action.ts";
import { helpText, readLine } from "./slash_commands.ts";
import { helpOfScreenOnly, screenOnly } from "./screen_only.ts";
import { UnderWay } from "./under_way.ts";
import { unsentText, waitingText } from "./unsent_wording.ts";
import { markedText, notice, problem, wording, type WordingContext } from "./wording.ts";

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

/** How often one gives way to an older room of the same name. */
const MAX_MOVES = 3;
/** Exit status after a second Ctrl-C, as shells know it. */
const INTERRUPTED = 130;
/** Exit status when something was not sent. */
const UNSENT = 3;
const IN_NO_ROOM = "You are in no room now: /join <code>, /rejoin, or /quit.";
const STAYS = "What has been printed stays where it is: clear or close this window yourself.";
/** Leaving takes longer than this, in milliseconds: say why. */
const SLOW_LEAVE_MS = 700;

/** One user's line mode. */
export class LineMode {
  readonly #options: LineModeOptions;
  readonly #clock: Clock;
  readonly #book = new RoomBook();
  readonly #seat: Seat;
  readonly #underWay: UnderWay;
  readonly #notes: ConnectionNotes;
  readonly #composer: Composer;
  readonly #done = Promise.withResolvers<number>();
  /** Settled once a relay has let us in, so that no login is asked for any more. */
  readonly #greeted = Promise.withResolvers<void>();
  #ending = false;
  #moves = 0;
  #over = false;
  #slowTimer: unknown;
  #safetyWanted = true;
  /** What `/verify <nick> yes|no` under way says of a member. */
  #marking: boolean | undefined;

  /** Makes one; {@linkcode LineMode.run} starts it. */
  constructor(options: LineModeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? platformClock;
    this.#seat = new Seat({
      onEvent: (event) => this.#onEvent(event),
      onEnded: (ending) => this.#ended(ending),
    });
    this.#underWay = new UnderWay(this.#clock);
    this.#notes = new ConnectionNotes({
      clock: this.#clock,
      say: (text) => this.#notice(text),
      underWay: this.#underWay,
      giveUpMs: options.giveUpMs,
    });
    this.#composer = new Composer({
      io: options.io,
      seat: this.#seat,
      underWay: this.#underWay,
      notes: this.#notes,
      context: () => this.#context,
      fault: (error) => this.#done.reject(error),
    });
  }

  /** Runs until the user has left. @returns The exit status. */
  async run(): Promise<number> {
    const first = this.#enter(this.#options.first, { initial: true });
    const failed = (error: unknown): void => this.#done.reject(error);
    first.catch(failed);
    const { interactive, echoes } = this.#options.io;
    // A terminal that shows what is typed shows nothing of a password as long as nobody reads lines from it.
    const greeted = Promise.race([first.catch(() => {}), this.#greeted.promise]);
    this.#read(!interactive ? first : echoes ? greeted : Promise.resolve()).catch(failed);
    return await this.#done.promise;
  }

  /** Ctrl-C: leaves in order; the second time, at once. */
  interrupt(): void {
    if (this.#ending) void this.abort(INTERRUPTED);
    else void this.#leaveForGood();
  }

  /** Ends without waiting for anybody, but for `graceMs` to say goodbye. */
  async abort(status: number, graceMs = 0): Promise<void> {
    this.#ending = true;
    if (graceMs > 0) await withTimeout(this.#seat.leave(), graceMs);
    const unsent = !this.#over && this.#tellUnsent();
    await this.#seat.abort();
    this.#end(unsent ? UNSENT : status);
  }

  /** Wipes keys and screen, says goodbye at once, and ends. */
  async #burn(): Promise<void> {
    this.#ending = true;
    const wiped = this.#seat.abort(); // the keys are gone when this returns
    if (!this.#options.io.clear()) this.#notice(STAYS);
    await wiped;
    this.#end(0);
  }

  /** A founder that was alone gives way to the room that had its name before, a few times at most. */
  #ended({ code, status }: Ending): void {
    const older = code === "older_room" && this.#moves++ < MAX_MOVES ? this.#options.older?.() : null;
    if (this.#ending || older === null || older === undefined) return this.#end(status);
    this.#enter(older, { initial: true }).catch((error) => this.#done.reject(error));
  }

  #end(status: number): void {
    this.#clock.clearTimer(this.#slowTimer);
    this.#notes.dispose();
    this.#underWay.stop();
    this.#ending = this.#over = true;
    this.#done.resolve(status);
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
      if (!initial) await this.#drain();
      if (this.#over) return;
      if (!await this.#seat.enter(entrance)) return;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#say(problem(failure.message, this.#options.colour));
      if (initial) this.#end(failure.status);
      else this.#notice(IN_NO_ROOM);
      return;
    }
    if (this.#options.io.interactive) this.#notice("Type to talk, /help for commands, /quit to leave.");
  }

  async #read(ready: Promise<void>): Promise<void> {
    await ready;
    const { io } = this.#options;
    while (!this.#ending || io.interactive) { // a person may still press Ctrl-C while the room is being left
      const input = await io.next();
      if (input.type === "interrupt") this.interrupt();
      else if (input.type === "line" && !this.#ending) await this.#line(input.text);
      else if (input.type === "end") {
        if (this.#ending) return;
        await this.#orInBackground(this.#leaveForGood());
      }
    }
  }

  /** A person goes on typing while something takes its time; a pipe waits for it. */
  async #orInBackground(work: Promise<void>): Promise<void> {
    if (!this.#options.io.interactive) return await work;
    work.catch((error) => this.#done.reject(error));
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
          return await this.#orInBackground(this.#leaveForGood());
        case "leave":
          return await this.#orInBackground(this.#leaveRoom());
        case "join":
          return await this.#orInBackground(
            this.#enter(this.#options.join(this.#listed(action.words)), { initial: false }),
          );
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
  async #atDesk(action: Extract<LineAction, { kind: "list" | "register" | "login" }>): Promise<void> {
    const { desk } = this.#options;
    const told = (event: SessionEvent): void => this.#onEvent(event);
    try {
      if (action.kind === "list") {
        return this.#notice(
          roomsText(await desk.list(told), desk.place, { how: "/join #1 enters the first of them." }),
        );
      }
      const { kind, name, password } = action;
      const done = await desk[kind]({ name, password }, told);
      const here = this.#seat.session === null ? "" : " This room's connection stays as it is.";
      this.#notice(`${done}. New connections to this relay use it, until you quit.${here}`);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#say(problem(failure.message, this.#options.colour));
    }
  }

  /** A room of the last list may be named by its number or its name there. */
  #listed(words: JoinWords): JoinWords {
    const { desk } = this.#options;
    const invite = desk.invite(words.password === undefined ? words.code : `${words.code} ${words.password}`);
    if (invite === undefined) return words;
    this.#notice("Joining a public room of the relay's list.");
    return { code: invite };
  }

  async #leaveRoom(): Promise<void> {
    if (this.#seat.session === null && !this.#seat.entering) return this.#notice("You are in no room.");
    await this.#drain();
    await this.#seat.leave();
    this.#notice(IN_NO_ROOM);
  }

  async #leaveForGood(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    try {
      await this.#drain();
      this.#explainWait();
      const ending = await this.#seat.leave(); // which tells of what could not be sent, and has a status for it
      this.#end(ending?.status ?? 0);
    } catch (error) {
      this.#done.reject(error);
    } finally {
      this.#clock.clearTimer(this.#slowTimer);
    }
  }

  /** Waits until what has been said is sent; says so when that takes its time. */
  async #drain(): Promise<boolean> {
    this.#explainWait();
    try {
      return await this.#underWay.drain();
    } finally {
      this.#clock.clearTimer(this.#slowTimer);
    }
  }

  #explainWait(): void {
    this.#clock.clearTimer(this.#slowTimer);
    this.#slowTimer = this.#clock.setTimer(() => {
      this.#notes.tellNow();
      this.#notice(waitingText(this.#underWay, { ending: this.#ending }));
    }, SLOW_LEAVE_MS);
  }

  /** Says how much was not sent, if anything was not. */
  #tellUnsent(): boolean {
    const count = this.#underWay.atRisk;
    if (count > 0) this.#say(problem(unsentText(count), this.#options.colour));
    return count > 0;
  }

  async #command(command: SessionCommand, typed: string): Promise<void> {
    if (command.command === "verify" && this.#seat.session !== null) {
      this.#safetyWanted = true;
      this.#marking = command.mark;
    }
    await this.#composer.carryOut(command, typed);
  }

  #onEvent(event: SessionEvent): void {
    const { io, colour } = this.#options;
    if (event.type === "connection" && event.state === "online") this.#greeted.resolve();
    this.#book.observe(event);
    this.#underWay.observe(event);
    this.#notes.observe(event);
    this.#composer.observe(event);
    if (event.type === "joined") this.#safetyWanted = true;
    else if (event.type === "safety" && event.member === null) {
      // The words change with every member: after the first time, only who asks for them wants them.
      if (!this.#safetyWanted) return;
      this.#safetyWanted = false;
    } else if (event.type === "safety" && this.#marking !== undefined) {
      this.#notice(markedText(event.nick ?? "", this.#marking));
      this.#marking = undefined;
      return;
    }
    if (event.type === "invite") {
      const page = {
        relay: this.#options.relay(),
        needsCa: this.#options.needsCa?.() ?? false,
        colour,
        columns: io.columns,
        drawQr: this.#options.drawQr,
      };
      return io.print(invitePage(event, page), { asIs: true });
    }
    const text = wording(event, this.#context);
    if (text !== null) this.#say(text);
  }
}
