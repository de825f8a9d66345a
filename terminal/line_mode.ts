/** Line mode: type to talk, slash commands, one clear line for everything that happens. @module */
import type { SessionCommand } from "../client/commands.ts";
import type { SessionEvent } from "../client/events.ts";
import { ClientError } from "../client/errors.ts";
import type { Colour } from "./colour.ts";
import { failureOf } from "./failure.ts";
import { type DrawQr, invitePage } from "./invite_page.ts";
import type { JoinWords } from "./join_words.ts";
import type { LineIo } from "./line_io.ts";
import { deedLine, isSpeech, isSpoken, ownLine, type SpokenCommand, targeted } from "./own_wording.ts";
import { RoomBook } from "./room_book.ts";
import { relayPlace } from "./relay_url.ts";
import { withTimeout } from "./running.ts";
import { type Entrance, Seat } from "./seat.ts";
import { helpText, readLine } from "./slash_commands.ts";
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
  /** The relay in use, for the invite page. */
  relay: () => string;
  /** Draws QR codes; null where none is wanted. */
  drawQr: DrawQr | null;
}

/** Exit status after a second Ctrl-C, as shells know it. */
const INTERRUPTED = 130;
/** How many commands may be under way at once; more wait, so that a long pipe does not pile up in memory. */
const MAX_UNDER_WAY = 64;
/**
 * How long what is under way may take before the room is left all the same, in milliseconds: a relay with a low
 * rate takes its time, and nothing is to be lost by that.
 */
const UNDER_WAY_MS = 120_000;
/** Leaving takes longer than this, in milliseconds: say why. */
const SLOW_LEAVE_MS = 700;

/** One user's line mode. */
export class LineMode {
  readonly #options: LineModeOptions;
  readonly #book = new RoomBook();
  readonly #seat: Seat;
  readonly #done = Promise.withResolvers<number>();
  readonly #underWay = new Set<Promise<void>>();
  #ending = false;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #safetyWanted = true;
  /** What `/verify <nick> yes|no` under way says of a member. */
  #marking: boolean | undefined;

  /** Makes one; {@linkcode LineMode.run} starts it. */
  constructor(options: LineModeOptions) {
    this.#options = options;
    this.#seat = new Seat({
      onEvent: (event) => this.#onEvent(event),
      onEnded: ({ status }) => this.#end(status),
    });
  }

  /** Runs until the user has left. @returns The exit status. */
  async run(): Promise<number> {
    const first = this.#enter(this.#options.first, { initial: true });
    const failed = (error: unknown): void => this.#done.reject(error);
    first.catch(failed);
    this.#read(this.#options.io.interactive ? Promise.resolve() : first).catch(failed);
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
    await this.#seat.abort();
    this.#end(status);
  }

  #end(status: number): void {
    clearTimeout(this.#slowTimer);
    this.#ending = true;
    this.#done.resolve(status);
  }

  get #context(): WordingContext {
    const { colour, relay } = this.#options;
    return { book: this.#book, colour, relay: relayPlace(relay()) };
  }

  #say(text: string): void {
    this.#options.io.print(text);
  }

  #notice(text: string): void {
    this.#say(notice(text, this.#options.colour));
  }

  async #enter(entrance: Entrance, { initial }: { initial: boolean }): Promise<void> {
    try {
      if (!await this.#seat.enter(entrance)) return;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#say(problem(failure.message, this.#options.colour));
      if (initial) this.#end(failure.status);
      else this.#notice("You are in no room now: /join <code>, or /quit.");
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
      const action = readLine(text, (number) => this.#book.id(number));
      switch (action.kind) {
        case "nothing":
          return;
        case "help":
          return this.#say(helpText(action.about));
        case "clear":
          return this.#options.io.clear();
        case "quit":
          return await this.#orInBackground(this.#leaveForGood());
        case "leave":
          return await this.#orInBackground(this.#leaveRoom());
        case "join":
          return await this.#orInBackground(
            this.#enter(this.#options.join(action.words), { initial: false }),
          );
        case "session":
          return await this.#command(action.command, text);
      }
    } catch (error) {
      this.#failed(error, text);
    }
  }

  async #leaveRoom(): Promise<void> {
    if (this.#seat.session === null && !this.#seat.entering) return this.#notice("You are in no room.");
    await this.#seat.leave();
    this.#notice("You are in no room now: /join <code>, or /quit.");
  }

  async #leaveForGood(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.#slowTimer = setTimeout(
      () => this.#notice("Leaving; what you said last is still being delivered. Ctrl-C again ends at once."),
      SLOW_LEAVE_MS,
    );
    try {
      await withTimeout(Promise.all(this.#underWay), UNDER_WAY_MS);
      await this.#seat.leave();
      this.#end(0);
    } catch (error) {
      this.#done.reject(error);
    } finally {
      clearTimeout(this.#slowTimer);
    }
  }

  async #command(command: SessionCommand, typed: string): Promise<void> {
    if (this.#seat.session === null) {
      const why = this.#seat.entering
        ? "you are not in the room yet"
        : "you are in no room; /join <code> enters one";
      throw new ClientError("no_room", `Cannot do that now: ${why}`);
    }
    command = targeted(command, this.#book);
    if (command.command === "verify") {
      this.#safetyWanted = true;
      this.#marking = command.mark;
    }
    if (!isSpoken(command)) {
      const running = this.#run(command, typed);
      const deed = deedLine(command, this.#context);
      if (deed !== null) void running.then((done) => done && this.#say(deed));
    } else await this.#speak(command, typed);
    if (this.#underWay.size >= MAX_UNDER_WAY && !this.#options.io.interactive) {
      await Promise.race(this.#underWay);
    }
  }

  async #speak(command: SpokenCommand, typed: string): Promise<void> {
    const ref = this.#book.reserve();
    const running = this.#run({ ...command, ref }, typed);
    // What is refused at once, such as a text too long, is not shown as said.
    const tick = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => tick.resolve(true), 0);
    const said = await Promise.race([running, tick.promise]);
    clearTimeout(timer);
    if (!said) return this.#book.release(ref);
    this.#book.said({ alone: command.command === "msg" });
    if (this.#options.io.echoes) this.#notice(`That was #${ref}.`);
    else this.#say(ownLine(command, ref, this.#context));
  }

  /** Runs a command of the session; resolves to whether it was done. Never rejects. */
  #run(command: SessionCommand, typed: string): Promise<boolean> {
    const running = (this.#seat.session?.run(command) ?? Promise.resolve()).then(() => true, (error) => {
      this.#failed(error, typed);
      return false;
    });
    const tracked = running.then(() => {
      this.#underWay.delete(tracked);
    });
    this.#underWay.add(tracked);
    return running;
  }

  /** Says why something was not done, and gives the text back. */
  #failed(error: unknown, typed: string): void {
    const failure = failureOf(error);
    if (failure === null) return this.#done.reject(error);
    this.#say(problem(failure.message, this.#options.colour));
    if (!isSpeech(typed) || this.#options.io.putBack(typed) || this.#options.io.echoes) return;
    this.#notice(`Not sent: ${typed}`);
  }

  #onEvent(event: SessionEvent): void {
    const { io, colour } = this.#options;
    this.#book.observe(event);
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
