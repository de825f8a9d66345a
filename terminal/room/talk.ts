/** What is said in a room: messages and what becomes of them, others' and one's own. @module */
import type { SessionCommand } from "../../client/commands.ts";
import type { SpokenCommand } from "../own_wording.ts";
import type { RoomBook } from "../room_book.ts";
import { offerText } from "../files/file_wording.ts";
import { sanitizeName } from "../sanitize.ts";
import { Answers } from "./answers.ts";
import type { Entry, EntryList, MessageEntry, ReplyContext } from "./entries.ts";
import type { Journal } from "./journal.ts";
import { mentionsOf } from "./mentions.ts";
import { MessageChanges } from "./message_changes.ts";
import type { Roster } from "./presence.ts";
import { OwnMessages } from "./own_messages.ts";
import { plain } from "./plain_message.ts";
import type { MemberRef, SessionEvent } from "../../client/events.ts";
import { gapText } from "./room_wording.ts";

/** What {@linkcode Talk} works on. */
export interface TalkParts {
  entries: EntryList;
  journal: Journal;
  book: RoomBook;
  roster: Roster;
  /** After how long what we say now disappears, in milliseconds; null when it stays. */
  timer: () => number | null;
}

/** Events that change messages. */
export type TalkEvent = Extract<
  SessionEvent,
  {
    type:
      | "edited"
      | "deleted"
      | "reaction"
      | "expired"
      | "pending"
      | "sent"
      | "delivered"
      | "connection"
      | "member_left";
  }
>;

type Heard = Extract<SessionEvent, { type: "message" }>;
type Deed = Extract<SessionCommand, { command: "edit" | "delete" | "react" }>;

/** Keeps the messages of one room up to date. */
export class Talk {
  readonly #parts: TalkParts;
  /** Keys by message id. */
  readonly #keys = new Map<string, number>();
  readonly #answers: Answers;
  readonly #changes: MessageChanges;
  readonly #own = new OwnMessages();
  /** Those who have spoken, by their ids: all messages of a member name it by one and the same object. */
  readonly #speakers = new Map<string, MemberRef>();

  /** Works on `parts`. */
  constructor(parts: TalkParts) {
    this.#parts = parts;
    this.#answers = new Answers(parts.entries);
    this.#changes = new MessageChanges({ ...parts, answers: this.#answers });
  }

  /** Own messages that the relay has not taken. */
  get unsent(): number {
    return this.#own.unsent;
  }

  /** The message with an id. */
  find(id: string): MessageEntry | undefined {
    const key = this.#keys.get(id);
    const entry = key === undefined ? undefined : this.#parts.entries.get(key);
    return entry?.kind === "message" ? entry : undefined;
  }

  /** Our own last message that has been sent and can be changed. */
  get lastOwn(): MessageEntry | undefined {
    const { entries } = this.#parts;
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = entries.at(index);
      if (entry?.kind === "message" && entry.own && !entry.deleted && entry.manner !== "private") {
        return entry;
      }
    }
    return undefined;
  }

  /** Adds what somebody else has said; null when it is here already. */
  heard(event: Heard): MessageEntry | null {
    if (this.#keys.has(event.id)) return null;
    const { book, journal, roster } = this.#parts;
    if (event.gap) journal.line(gapText(event.from.nick), "problem");
    const me = roster.me;
    const own = event.from.id === me?.id;
    const time = Date.parse(event.time);
    const number = book.number(event.id);
    const entry = journal.message({
      ...plain(event.file === undefined ? event.text : offerText(event.file, own ? null : number)),
      id: event.id,
      number,
      from: this.#speaker(event.from),
      own,
      manner: event.kind,
      to: event.to,
      reply: event.kind === "reply" ? this.#context(event.replyTo) : null,
      state: own ? "sent" : null,
      mention: !own && me !== null && mentionsOf(event.text, me.nick).length > 0,
      until: event.expireMs === undefined
        ? null
        : (Number.isNaN(time) ? journal.now() : time) + event.expireMs,
    }, Number.isNaN(time) ? undefined : time);
    this.#index(entry, event.id);
    return entry;
  }

  /** Adds a file that we offer. */
  offered({ id, file, to }: Extract<SessionEvent, { type: "offered" }>): MessageEntry | null {
    const { me } = this.#parts.roster;
    if (me === null) return null;
    const kind = to === null ? "file" : "private";
    const time = new Date().toISOString();
    const said = { type: "message", from: me, text: file.name, replyTo: null, gap: false } as const;
    return this.heard({ ...said, id, kind, time, to, file });
  }

  /** Adds what we say ourselves. */
  said(command: SpokenCommand, { waits }: { waits: boolean }): MessageEntry {
    const { book, journal, roster } = this.#parts;
    const ref = book.reserve();
    const to = command.command === "msg" ? roster.find(command.to) : undefined;
    const alone = command.command === "msg";
    const missing = alone ? to === undefined ? [] : [to.id] : roster.others();
    const replyTo = command.command === "reply" ? command.id ?? book.lastPublic ?? null : null;
    const entry = journal.message({
      ...plain(command.text),
      ref,
      number: ref,
      from: roster.me ?? { id: "", nick: "?" },
      own: true,
      manner: ({ send: "text", me: "action", msg: "private", reply: "reply" } as const)[command.command],
      to: command.command !== "msg" ? null : { id: to?.id ?? "", nick: to?.nick ?? command.to },
      reply: command.command === "reply" ? this.#context(replyTo) : null,
      state: waits ? "waiting" : "sending",
      audience: missing.length,
    });
    book.said({ alone });
    this.#answers.add(entry);
    this.#own.add(entry, missing);
    return entry;
  }

  /** Takes away what was refused. @returns Its text. */
  refused(ref: number): string | null {
    const entry = this.#own.drop(ref);
    if (entry === undefined) return null;
    const { text } = entry;
    this.#parts.book.release(ref);
    this.#parts.entries.remove(new Set([entry.key]));
    this.forget(entry);
    return text;
  }

  /** Does to a message what we have asked the session to do. */
  did(command: Deed): void {
    const { book, roster } = this.#parts;
    const id = command.id ?? (command.command === "react" ? book.lastPublic : undefined);
    const entry = id !== undefined ? this.find(id) : command.command === "react" ? undefined : this.lastOwn;
    if (entry === undefined) return;
    if (command.command === "edit") this.#changes.edit(entry, command.text);
    else if (command.command === "delete") this.#changes.delete(entry);
    else this.#changes.react(entry, roster.me?.id ?? "", command.emoji);
  }

  /** Takes note of what becomes of messages. */
  observe(event: TalkEvent): void {
    switch (event.type) {
      case "edited": {
        const entry = this.#of(event);
        if (entry !== undefined) return this.#changes.edit(entry, event.text);
        return this.#unknown(
          `${sanitizeName(event.from.nick)} changed an earlier message that is no longer shown.`,
        );
      }
      case "deleted": {
        const entry = this.#of(event);
        if (entry !== undefined) this.#changes.delete(entry);
        return;
      }
      case "reaction": {
        const entry = this.find(event.id);
        if (entry !== undefined) this.#changes.react(entry, event.from.id, event.emoji);
        return;
      }
      case "expired":
        return this.#expire(event.ids);
      case "pending":
        return this.#own.waits(event.ref);
      case "sent": {
        const entry = this.#own.sent(event.ref, event.id);
        if (entry === undefined || this.#parts.entries.get(entry.key) !== entry) return;
        this.#index(entry, event.id);
        const ms = this.#parts.timer();
        if (ms !== null) entry.until = this.#parts.journal.now() + ms; // its version has risen with its state
        return;
      }
      case "delivered":
        return this.#own.delivered(event.id, event.to);
      case "connection":
        if (event.state === "reconnecting") this.#own.allWait();
        return;
      case "member_left":
        return this.#own.left(event.id);
    }
  }

  /** An entry is no longer there. */
  forget(entry: Entry): void {
    if (entry.kind !== "message") return;
    this.#own.forget(entry);
    this.#answers.forget(entry);
    if (entry.id !== null) this.#keys.delete(entry.id);
  }

  /** Another room begins in the same pane: the numbers of what was said before name nothing any more. */
  newRoom(): void {
    for (const entry of this.#parts.entries) {
      if (entry.kind !== "message") continue;
      entry.number = entry.ref = null;
      entry.version++;
    }
    this.clear();
  }

  /** Nothing of what was said is shown any more. What has not been sent yet is followed until it is. */
  cleared(): void {
    this.#keys.clear();
    this.#speakers.clear();
    this.#answers.clear();
    this.#own.forgetTexts();
  }

  /** Forgets everything. */
  clear(): void {
    this.#keys.clear();
    this.#speakers.clear();
    this.#answers.clear();
    this.#own.clear();
  }

  /** The message that an author may change: its own. */
  #of({ id, from }: { id: string; from: { id: string } }): MessageEntry | undefined {
    const entry = this.find(id);
    return entry?.from.id === from.id ? entry : undefined;
  }

  /** A member as its messages name it: another object only once it has another name. */
  #speaker(from: MemberRef): MemberRef {
    const known = this.#speakers.get(from.id);
    if (known?.nick === from.nick) return known;
    this.#speakers.set(from.id, from);
    return from;
  }

  #unknown(text: string): void {
    this.#parts.journal.line(text, "info");
  }

  #expire(ids: readonly string[]): void {
    const keys = new Set<number>();
    for (const id of ids) {
      const entry = this.find(id);
      if (entry === undefined) continue;
      keys.add(entry.key);
      this.#answers.requote(entry, "expired");
      this.forget(entry);
    }
    this.#parts.entries.remove(keys);
  }

  #context(id: string | null): ReplyContext {
    return this.#answers.context(id, id === null ? undefined : this.find(id));
  }

  #index(entry: MessageEntry, id: string): void {
    this.#keys.set(id, entry.key);
    this.#answers.add(entry);
  }
}
