/** Carries out what is typed: shown at once, given back when it is refused. @module */
import type { RoomSession, SessionCommand } from "../client/mod.ts";
import { colours } from "../terminal/colour.ts";
import { failureOf } from "../terminal/failure.ts";
import { deedLine, isSpeech, isSpoken, targeted } from "../terminal/own_wording.ts";
import type { RoomModel } from "../terminal/room/room_model.ts";
import { markedText, sentence } from "../terminal/wording.ts";

/** What a {@linkcode Speaker} works with. */
export interface SpeakerOptions {
  session: RoomSession;
  model: RoomModel;
  /** Gives a text back to where it can be corrected. Says whether there was room for it. */
  putBack: (text: string) => boolean;
}

const NO_COLOUR = colours(false);

/** Carries out commands in one room. */
export class Speaker {
  readonly #options: SpeakerOptions;

  /** For one session. */
  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  /**
   * Carries out a command; what is refused is told in the room.
   *
   * @param asked What was asked for.
   * @param typed How it was typed, to give it back; empty for a press of a button.
   */
  async carryOut(asked: SessionCommand, typed: string): Promise<void> {
    const { session, model } = this.#options;
    let ref: number | undefined;
    try {
      const command = targeted(asked, model.book);
      if (!isSpoken(command)) {
        const offline = model.connection.offline;
        await session.run(command);
        return this.#done(command, offline);
      }
      ref = model.said(command);
      await session.run({ ...command, ref });
    } catch (error) {
      if (this.failed(error, typed) && ref !== undefined) model.refused(ref);
    }
  }

  /** Says why something was not done, and gives the text back. @returns Whether it was refused, and is not just over. */
  failed(error: unknown, typed: string): boolean {
    const failure = failureOf(error);
    if (failure === null) throw error;
    if (failure.code === "ended") return false;
    const { model, putBack } = this.#options;
    const kept = isSpeech(typed) || typed.startsWith("/") ? putBack(typed) : true;
    const lost = kept || !isSpeech(typed) ? "" : ` Not sent: ${typed}`;
    model.tell(`${sentence(failure.message)}${lost}`, "problem");
    return true;
  }

  /** Shows what the session has done and no event tells. */
  #done(command: SessionCommand, offline: boolean): void {
    const { model } = this.#options;
    if (command.command === "edit" || command.command === "delete" || command.command === "react") {
      return model.did(command);
    }
    if (command.command === "verify" && command.mark !== undefined && command.member !== undefined) {
      const member = model.member(command.member);
      if (member === undefined) return;
      model.marked(member.id, command.mark);
      return model.tell(markedText(member.nick, command.mark));
    }
    const deed = deedLine(command, { book: model.book, colour: NO_COLOUR }, { offline });
    if (deed !== null) model.tell(deed.replace(/^-- /gm, ""));
  }
}
