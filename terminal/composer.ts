/**
 * What becomes of what one types: it is shown at once, goes out in order, and gets its number.
 *
 * Without a connection a message is shown as waiting, without a number; when the relay has it, it is shown as any other.
 *
 * @module
 */
import { setImmediate } from "node:timers"; // a timer of 0 ms takes a whole one: too long for each line of a pipe
import type { SessionCommand } from "../client/commands.ts";
import type { SessionEvent } from "../client/events.ts";
import { ClientError } from "../client/errors.ts";
import type { ConnectionNotes } from "./connection_notes.ts";
import { failureOf } from "./failure.ts";
import { emojiCommand } from "./input/emoji_text.ts";
import type { LineIo } from "./line_io.ts";
import {
  deedLine,
  isSpeech,
  isSpoken,
  ownLine,
  type SpokenCommand,
  targeted,
  waitingLine,
} from "./own_wording.ts";
import type { Refusals } from "./refusals.ts";
import type { Seat } from "./seat.ts";
import type { UnderWay } from "./under_way.ts";
import { counted, notice, type WordingContext } from "./wording.ts";

/** How many commands of a pipe may be under way at once; more wait, so that a long one does not pile up in memory. */
const MAX_UNDER_WAY = 256;
/** Most messages that are followed until the relay has them. */
const MAX_FOLLOWED = 20_000;

/** What {@linkcode Composer} works with. */
export interface ComposerOptions {
  /** Terminal or pipe. */
  io: LineIo;
  /** Whose session it is. */
  seat: Seat;
  /** What is under way. */
  underWay: UnderWay;
  /** What is told of the connection. */
  notes: ConnectionNotes;
  /** Tells what was refused. */
  refusals: Refusals;
  /** Numbers and names as they are now. */
  context: () => WordingContext;
  /** Receives what is no refusal but a fault of the program. */
  fault: (error: unknown) => void;
}

/** A message that the relay has not taken. */
interface Own {
  command: SpokenCommand;
  /** Whether it was shown without a number. */
  numberless: boolean;
  /** Whether it has had to wait for the connection. */
  waited: boolean;
}

/** Carries out what is typed. */
export class Composer {
  readonly #options: ComposerOptions;
  readonly #own = new Map<string | number, Own>();
  /** Messages that had to wait and have been sent since. */
  #arrived = 0;
  #waits = 0;

  /** Makes one. */
  constructor(options: ComposerOptions) {
    this.#options = options;
  }

  /**
   * Carries out a command; what is refused is told.
   *
   * @param command What was asked for.
   * @param typed How it was typed, to give it back.
   * @throws {ClientError} When it cannot even be tried.
   */
  async carryOut(command: SessionCommand, typed: string): Promise<void> {
    const { seat, io, underWay, context } = this.#options;
    if (seat.session === null) {
      const why = seat.entering
        ? "you are not in the room yet"
        : "you are in no room; /join <code> enters one";
      throw new ClientError("no_room", `Cannot do that now: ${why}`);
    }
    if (io.interactive) command = emojiCommand(command); // what a pipe says is passed on as it is
    command = targeted(command, context().book);
    if (isSpoken(command)) await this.#speak(command, typed);
    else await this.#act(command, typed);
    if (!io.interactive) await underWay.fewerThan(MAX_UNDER_WAY);
  }

  /** Takes note of what becomes of one's messages. */
  observe(event: SessionEvent): void {
    if (event.type === "joined") {
      this.#own.clear();
      this.#arrived = 0;
    } else if (event.type === "sent" && event.ref !== null) this.#sent(event.id, event.ref);
    else if (event.type === "connection" && event.state === "reconnecting") {
      for (const own of this.#own.values()) own.waited = true;
    } else if (event.type === "connection" && event.state === "online") this.#tellArrived();
  }

  /** Says why something was not done, and gives the text back. */
  failed(error: unknown, typed: string): void {
    const { io, refusals, fault } = this.#options;
    const failure = failureOf(error);
    if (failure === null) return fault(error);
    if (failure.code === "ended") return; // told once, for all that had to wait
    refusals.tell(failure.message);
    if (!isSpeech(typed) || io.putBack(typed) || io.echoes) return;
    this.#notice(`Not sent: ${typed}`);
  }

  async #speak(command: SpokenCommand, typed: string): Promise<void> {
    const { io, notes, underWay, context } = this.#options;
    const { book } = context();
    const waits = underWay.offline;
    const ref = waits ? `waiting-${++this.#waits}` : book.reserve();
    this.#follow(ref, { command, numberless: waits, waited: waits });
    const running = this.#run({ ...command, ref }, typed);
    const said = (): void => book.said({ alone: command.command === "msg" });
    if (!io.interactive && typeof ref === "number") { // the faster a pipe is read, the more goes into one frame
      said();
      return void running.then((done) =>
        done ? io.print(ownLine(command, ref, context())) : book.release(ref)
      );
    }
    // What is refused at once, such as a text too long, is not shown as said.
    if (!await Promise.race([running, nextTurn(true)])) {
      this.#own.delete(ref);
      if (typeof ref === "number") book.release(ref);
      return;
    }
    said();
    if (typeof ref === "number") {
      if (io.echoes) this.#notice(`That was #${ref}.`);
      else io.print(ownLine(command, ref, context()));
    } else if (this.#own.has(ref)) { // not sent meanwhile
      notes.tellNow();
      if (io.echoes) this.#notice("That waits for the connection.");
      else io.print(waitingLine(command, context()));
    }
  }

  async #act(command: SessionCommand, typed: string): Promise<void> {
    const { io, notes, underWay, context } = this.#options;
    const offline = underWay.offline;
    const running = this.#run(command, typed);
    const deed = deedLine(command, context(), { offline });
    if (deed !== null) void running.then((done) => done && io.print(deed));
    if (!offline) return;
    if (await Promise.race([running, nextTurn("waits")]) !== "waits") return;
    notes.tellNow();
    this.#notice("That waits for the connection.");
  }

  /** Runs a command of the session; resolves to whether it was done. Never rejects. */
  #run(command: SessionCommand, typed: string): Promise<boolean> {
    const running = this.#options.seat.session?.run(command) ?? Promise.resolve();
    this.#options.underWay.add(command, running);
    return running.then(() => true, (error) => {
      if ("ref" in command && command.ref !== undefined) this.#own.delete(command.ref);
      this.failed(error, typed);
      return false;
    });
  }

  #follow(ref: string | number, own: Own): void {
    this.#own.set(ref, own);
    if (this.#own.size <= MAX_FOLLOWED) return;
    for (const oldest of this.#own.keys()) {
      this.#own.delete(oldest);
      break;
    }
  }

  #sent(id: string, ref: string | number): void {
    const own = this.#own.get(ref);
    if (own === undefined) return;
    this.#own.delete(ref);
    if (own.waited) this.#arrived++;
    if (own.numberless) {
      const context = this.#options.context();
      this.#options.io.print(ownLine(own.command, context.book.number(id), context));
    }
    this.#tellArrived();
  }

  /** Once everything that waited has been sent, that is told; unless the user never knew that it had to wait. */
  #tellArrived(): void {
    const { underWay, notes } = this.#options;
    if (this.#arrived === 0 || underWay.offline) return;
    for (const { waited } of this.#own.values()) if (waited) return;
    const arrived = counted(this.#arrived, "waiting message was sent", "waiting messages were sent");
    this.#arrived = 0;
    if (notes.told) this.#notice(`${arrived}.`);
  }

  #notice(text: string): void {
    this.#options.io.print(notice(text, this.#options.context().colour));
  }
}

/** Resolves once everything that is ready has run: whatever is refused without having to wait has been by then. */
function nextTurn<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(() => resolve(value)));
}
