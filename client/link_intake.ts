/** What a link makes of the frames that the relay sends: told, held until somebody listens, or an end (SPEC §11.3). @module */
import { CloseCode, ErrorCode } from "../wire/error_codes.ts";
import type { RelayFrame } from "../wire/frame.ts";
import type { Place } from "./coming_back.ts";
import type { Connection } from "./connection.ts";
import { finalClose } from "./endings.ts";
import { ClientError } from "./errors.ts";
import { Held, tooMuch } from "./held.ts";
import { LINK_LIMITS, type LinkEvents, tellOthers } from "./link_events.ts";
import type { Clock } from "./options.ts";
import type { PacedSends } from "./paced_sends.ts";
import { refusal } from "./refusals.ts";
import type { Timers } from "./timers.ts";

/** Refusals that say that the relay does not count us among the members. */
const OUTSIDE: ReadonlySet<number> = new Set([
  ErrorCode.notAMember,
  ErrorCode.notInRoom,
  ErrorCode.knockQuota,
]);

/** What {@linkcode LinkIntake} needs of the link. */
export interface IntakeLink {
  clock: Clock;
  timers: Timers;
  /** What has been sent, and waits for the relay's word. */
  sends: PacedSends;
  /** The connection that there is now. */
  connection(): Connection;
  /** Our place at the relay, if we have one. */
  place(): Place | null;
  /** Whether a lost connection comes back. */
  returns(): boolean;
  /** The connection has carried something of ours or of others. */
  used(): void;
  /** Ends the link. */
  end(error: ClientError): void;
}

/** Takes frames in. */
export class LinkIntake {
  readonly #link: IntakeLink;
  readonly #held = new Held<RelayFrame>();
  #events: LinkEvents | null = null;
  #superseded = -Infinity;

  /** For `link`. */
  constructor(link: IntakeLink) {
    this.#link = link;
  }

  /** Whoever listens; null until somebody does. */
  get events(): LinkEvents | null {
    return this.#events;
  }

  /** Starts telling; what came before is told first. */
  listen(events: LinkEvents): void {
    this.#events = events;
    for (const frame of this.#held.take()) this.#dispatch(frame);
  }

  /** Drops what is held. */
  clear(): void {
    this.#held.take();
  }

  /** A frame has come. */
  take(frame: RelayFrame): void {
    const now = this.#events !== null || frame.type === "ack" || frame.type === "error" ||
      frame.type === "bye";
    // What there is no room for has not been seen: a place that is kept is taken up again from before it.
    if (!now && !this.#held.add(frame)) return this.#link.connection().end(tooMuch("come in"));
    const place = this.#link.place();
    if (place !== null && (frame.type === "deliver" || frame.type === "ack")) {
      place.lastSeq = Math.max(place.lastSeq, frame.seq);
    }
    if (now) this.#dispatch(frame);
  }

  #dispatch(frame: RelayFrame): void {
    switch (frame.type) {
      case "deliver":
        this.#link.used();
        return this.#events?.deliver(frame);
      case "ack": {
        const ticket = this.#link.sends.acknowledge(frame.sendId);
        if (ticket === 0) return;
        this.#link.used();
        return this.#events?.acked(ticket);
      }
      case "error":
        return this.#refused(frame);
      case "bye":
        return this.#bye(frame);
      default:
        if (this.#events !== null) tellOthers(this.#events, frame);
    }
  }

  /** A refused send is kept and sent again, with all that came after it, when the relay says so. */
  #refused(frame: Extract<RelayFrame, { type: "error" }>): void {
    if (frame.sendId === 0 || frame.code === ErrorCode.outOfOrder) return;
    const link = this.#link;
    const [place, connection] = [link.place(), link.connection()];
    if (OUTSIDE.has(frame.code) && link.returns() && place !== null) {
      // Whoever let us in could not tell the relay any more, or the relay has shown us out: members let us in again.
      place.token = null;
      return connection.end(refusal(frame));
    }
    if (frame.code !== ErrorCode.rateLimited) return link.end(refusal(frame));
    const wait = Math.max(100, frame.retryAfterMs);
    link.sends.pause(wait);
    link.timers.after(wait, () => {
      if (connection === link.connection()) link.sends.resend();
    });
  }

  #bye({ code, sentence }: Extract<RelayFrame, { type: "bye" }>): void {
    const link = this.#link;
    const final = finalClose(code, sentence);
    if (final !== undefined) return link.end(final);
    const ending = new ClientError("relay_closed", `The relay ended the connection: ${sentence}`, {
      status: 3,
    });
    if (code === CloseCode.superseded) {
      // Whoever holds our token has our place, and can do nothing with it: without our keys it is a bystander.
      const again = link.clock.now() - this.#superseded < LINK_LIMITS.duelMs;
      this.#superseded = link.clock.now();
      const place = link.place();
      if (place !== null) place.token = null;
      if (again) return link.end(ending);
    }
    link.connection().end(ending);
  }
}
