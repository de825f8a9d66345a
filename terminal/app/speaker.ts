/** What becomes of what is said in a tab: shown at once, sent in order, given back when it is refused. @module */
import { setImmediate } from "node:timers";
import type { SessionCommand } from "../../client/commands.ts";
import { ClientError } from "../../client/errors.ts";
import { colours } from "../colour.ts";
import type { ConnectionNotes } from "../connection_notes.ts";
import { failureOf } from "../failure.ts";
import { emojiCommand } from "../input/emoji_text.ts";
import { deedLine, isSpeech, isSpoken, targeted } from "../own_wording.ts";
import type { RoomModel } from "../room/room_model.ts";
import type { Seat } from "../seat.ts";
import type { UnderWay } from "../under_way.ts";
import { markedText, sentence } from "../wording.ts";

/** What a {@linkcode Speaker} works with. */
export interface SpeakerOptions {
  seat: Seat;
  model: RoomModel;
  underWay: UnderWay;
  notes: ConnectionNotes;
  /** Puts a text that could not be used back to where it can be corrected; false if something is being written there. */
  putBack: (text: string) => boolean;
  /** Receives what is no refusal but a fault of the program. */
  fault: (error: unknown) => void;
}

const NO_COLOUR = colours(false);

/** Carries out what is asked of a tab's session. */
export class Speaker {
  readonly #options: SpeakerOptions;

  /** Makes one. */
  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  /**
   * Carries out a command; a refusal that comes later is told in the tab.
   *
   * @param command What was asked for.
   * @param typed How it was typed, to give it back.
   * @throws {ClientError} When it cannot even be tried.
   */
  carryOut(command: SessionCommand, typed: string): void {
    const { seat, model } = this.#options;
    if (seat.session === null) {
      const why = seat.entering
        ? "you are not in the room yet"
        : "you are in no room; /join <code> enters one";
      throw new ClientError("no_room", `Cannot do that now: ${why}`);
    }
    command = targeted(emojiCommand(command), model.book);
    if (!isSpoken(command)) return this.#act(command, typed);
    const ref = model.said(command);
    model.book.said({ alone: command.command === "msg" });
    if (this.#options.underWay.offline) this.#options.notes.tellNow();
    void this.#run({ ...command, ref }, typed).then((outcome) => {
      if (outcome === "refused") model.refused(ref); // what a session took along when it ended stays to be read
    });
  }

  /** Says why something was not done, and gives the text back. */
  failed(error: unknown, typed: string): void {
    const { model, putBack, fault } = this.#options;
    const failure = failureOf(error);
    if (failure === null) return fault(error);
    if (failure.code === "ended") return; // told once, for all that had to wait
    const kept = isSpeech(typed) || typed.startsWith("/") ? putBack(typed) : true;
    model.tell(
      `${sentence(failure.message)}${kept || !isSpeech(typed) ? "" : ` Not sent: ${typed}`}`,
      "problem",
    );
  }

  #act(command: SessionCommand, typed: string): void {
    const { model, underWay, notes } = this.#options;
    const offline = underWay.offline;
    let settled = false;
    void this.#run(command, typed).then((outcome) => {
      settled = true;
      if (outcome === "done") this.#done(command, offline);
    });
    if (!offline) return;
    setImmediate(() => {
      if (settled) return;
      notes.tellNow();
      model.tell("That waits for the connection.");
    });
  }

  /** Shows what the session has done and no event tells. */
  #done(command: SessionCommand, offline: boolean): void {
    const { model } = this.#options;
    if (command.command === "edit" || command.command === "delete" || command.command === "react") {
      model.did(command);
    } else if (command.command === "verify" && command.mark !== undefined && command.member !== undefined) {
      const member = model.member(command.member);
      if (member === undefined) return;
      model.marked(member.id, command.mark);
      model.tell(markedText(member.nick, command.mark));
    } else {
      const deed = deedLine(command, { book: model.book, colour: NO_COLOUR }, { offline });
      if (deed !== null) model.tell(deed.replace(/^-- /gm, ""));
    }
  }

  /** Runs a command of the session. Never rejects. */
  async #run(command: SessionCommand, typed: string): Promise<"done" | "refused" | "ended"> {
    const running = this.#options.seat.session?.run(command) ?? Promise.resolve();
    this.#options.underWay.add(command, running);
    try {
      await running;
      return "done";
    } catch (error) {
      this.failed(error, typed);
      return failureOf(error)?.code === "ended" ? "ended" : "refused";
    }
  }
}
