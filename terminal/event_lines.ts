/** Which of a session's events line mode prints, and as what. @module */
import type { SessionCommand } from "../client/commands.ts";
import type { SessionEvent } from "../client/events.ts";
import { type InvitePage, inviteParts } from "./invite_page.ts";
import type { LineIo } from "./line_io.ts";
import { markedText, notice, wording, type WordingContext } from "./wording.ts";

/** What {@linkcode EventLines} are made of. */
export interface EventLinesOptions {
  io: LineIo;
  /** Numbers, names and colours as they are now. */
  context: () => WordingContext;
  /** The relay and the QR code on an invite's page, as they are now. */
  invite: () => Pick<InvitePage, "relay" | "needsCa" | "drawQr">;
}

/** Prints events. */
export class EventLines {
  readonly #options: EventLinesOptions;
  #safetyWanted = true;
  /** What `/verify <nick> yes|no` under way says of a member. */
  #marking: boolean | undefined;

  /** Nothing has been printed yet. */
  constructor(options: EventLinesOptions) {
    this.#options = options;
  }

  /** Safety words have been asked for, or a member is being marked. */
  expect({ mark }: Extract<SessionCommand, { command: "verify" }>): void {
    this.#safetyWanted = true;
    this.#marking = mark;
  }

  /** Prints what an event tells, where a person is to see it. */
  tell(event: SessionEvent): void {
    const { io, context, invite } = this.#options;
    if (event.type === "joined") this.#safetyWanted = true;
    else if (event.type === "safety" && event.member === null) {
      // The words change with every member: after the first time, only who asks for them wants them.
      if (!this.#safetyWanted) return;
      this.#safetyWanted = false;
    } else if (event.type === "safety" && this.#marking !== undefined) {
      io.print(notice(markedText(event.nick ?? "", this.#marking), context().colour));
      this.#marking = undefined;
      return;
    }
    if (event.type === "invite") {
      const page = { ...invite(), colour: context().colour, columns: io.columns };
      for (const { text, asIs } of inviteParts(event, page)) io.print(text, { asIs });
      return;
    }
    const text = wording(event, context());
    if (text !== null) io.print(text);
  }
}
