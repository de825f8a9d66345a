/** What of all that happens in a room stands in its pane, and what of it may deserve attention. @module */
import type { MemberRef, SessionEvent } from "../../client/events.ts";
import type { RoomBook } from "../room_book.ts";
import { sanitizeName } from "../sanitize.ts";
import type { Journal } from "./journal.ts";
import { alarmAbout, type News } from "./news.ts";
import { lineOf } from "./room_wording.ts";
import type { Talk } from "./talk.ts";
import type { Alarm, Trust } from "./trust.ts";
import type { Unread } from "./unread.ts";

/** What a {@linkcode Narrator} works on. */
export interface NarratorParts {
  talk: Talk;
  journal: Journal;
  book: RoomBook;
  trust: Trust;
  unread: Unread;
  /** The relay, as people write it. */
  relay: (() => string) | undefined;
  /** Whether the room is being looked at. */
  active: () => boolean;
  onNews: (news: News) => void;
}

/** Puts what happens into the pane of one room. */
export class Narrator {
  readonly #parts: NarratorParts;

  /** Works on `parts`. */
  constructor(parts: NarratorParts) {
    this.#parts = parts;
  }

  /** Shows what an event tells, where a person is to see it. */
  show(event: SessionEvent): void {
    const { talk, journal, book, relay } = this.#parts;
    switch (event.type) {
      case "typing":
      case "presence":
      case "safety": // whoever asked for words is shown them in a place of their own
      case "members":
        return;
      case "message":
        return this.#message(event);
      case "offered":
        return void talk.offered(event);
      case "edited":
      case "deleted":
      case "reaction":
      case "expired":
      case "pending":
      case "sent":
      case "delivered":
        return talk.observe(event);
      case "connection":
      case "member_left":
        talk.observe(event);
        break;
      case "equivocation":
      case "split_view": {
        const line = lineOf(event, book, relay?.());
        if (line !== null) this.alarm(event.type, event, line.text, alarmAbout(event));
        return;
      }
    }
    const line = lineOf(event, book, relay?.());
    if (line !== null) journal.line(line.text, line.level);
  }

  #message(event: Extract<SessionEvent, { type: "message" }>): void {
    const { talk, unread, onNews, active } = this.#parts;
    const entry = talk.heard(event);
    if (entry === null) return;
    const alone = event.kind === "private";
    if (!active()) unread.add(entry.key, { mention: entry.mention || alone });
    const kind = alone ? "private" : entry.mention ? "mention" : "message";
    onNews({ kind, entry, seen: active() });
  }

  /** Warns of a member, once of the same. */
  alarm(
    kind: Alarm["kind"],
    member: MemberRef,
    text: string,
    about: string,
  ): void {
    const { trust, journal, onNews, active } = this.#parts;
    const { id, nick } = member;
    const key = `${kind}-${about}`;
    if (!trust.alarm({ key, kind, member: { id, nick: sanitizeName(nick) }, text })) return;
    journal.line(text, "alarm");
    onNews({ kind: "alarm", text, seen: active() });
  }
}
