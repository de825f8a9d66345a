/**
 * The state of one room as a person sees it, made of nothing but what its session tells and what we say ourselves.
 *
 * Nothing here draws, waits or prints. Texts, names and topics are kept as they came; whoever shows them sanitises
 * them first. Only `LineEntry.text` and `Alarm.text` have been sanitised already.
 *
 * @module
 */
import type { SessionCommand } from "../../client/commands.ts";
import type { MemberRef, SessionEvent } from "../../client/events.ts";
import type { SpokenCommand } from "../own_wording.ts";
import { RoomBook } from "../room_book.ts";
import { sanitize } from "../sanitize.ts";
import { EntryList, type LineLevel, type MessageEntry } from "./entries.ts";
import { RoomFacts } from "./facts.ts";
import { Journal } from "./journal.ts";
import { LinkView } from "./link_view.ts";
import { Narrator } from "./narrator.ts";
import type { News, RoomModelOptions } from "./news.ts";
import { type Presence, Roster } from "./presence.ts";
import { impostorText } from "./room_wording.ts";
import { Talk } from "./talk.ts";
import { Trust } from "./trust.ts";
import { Unread } from "./unread.ts";

export type { News, RoomModelOptions };

/** One room. */
export class RoomModel {
  /** What stands in the pane, the oldest first. */
  readonly entries: EntryList;
  /** Short numbers of messages, as `/reply 3` and `targeted()` know them. */
  readonly book: RoomBook = new RoomBook();
  /** How the connection stands. */
  readonly connection: LinkView;
  /** Safety words, verified members, alarms. */
  readonly trust: Trust;
  /** Called after every change. */
  onChange: () => void;
  readonly #roster: Roster;
  readonly #unread = new Unread();
  readonly #talk: Talk;
  readonly #journal: Journal;
  readonly #narrator: Narrator;
  readonly #facts = new RoomFacts();
  #active = false;
  #version = 0;

  /** A room of which nothing is known yet. */
  constructor(options: RoomModelOptions = {}) {
    const now = options.now ?? Date.now;
    this.onChange = options.onChange ?? (() => {});
    this.#roster = new Roster(now);
    this.connection = new LinkView(now);
    this.trust = new Trust(() => this.#roster.members.filter(({ me }) => !me));
    this.entries = new EntryList({
      ...options,
      dropped: (entry) => this.#talk.forget(entry),
    });
    this.#journal = new Journal(this.entries, now);
    this.#talk = new Talk({
      entries: this.entries,
      journal: this.#journal,
      book: this.book,
      roster: this.#roster,
      timer: () => this.#facts.expireMs,
    });
    this.#narrator = new Narrator({
      talk: this.#talk,
      journal: this.#journal,
      book: this.book,
      trust: this.trust,
      unread: this.#unread,
      relay: options.relay,
      active: () => this.#active,
      onNews: options.onNews ?? (() => {}),
    });
  }

  /** Id of the room; null before we are in. */
  get room(): string | null {
    return this.#facts.room;
  }

  /** Who we are; null before we are in. */
  get me(): MemberRef | null {
    return this.#roster.me;
  }

  /** Everybody in the room, in the order in which they are shown. */
  get members(): Presence[] {
    return this.#roster.members;
  }

  /** A member by name or id. */
  member(name: string): Presence | undefined {
    return this.#roster.find(name);
  }

  /** The topic; empty when there is none. */
  get topic(): string {
    return this.#facts.topic;
  }

  /** Whether nobody new comes in. */
  get locked(): boolean {
    return this.#facts.locked;
  }

  /** Most members, as far as we have been told since we came; null without a limit. */
  get limit(): number | null {
    return this.#facts.limit;
  }

  /** After how long messages disappear, in milliseconds; null when they stay. */
  get expireMs(): number | null {
    return this.#facts.expireMs;
  }

  /** Unread messages. */
  get unread(): number {
    return this.#unread.messages;
  }

  /** Unread messages that name us or are for us alone. */
  get mentions(): number {
    return this.#unread.mentions;
  }

  /** Key of the first unread entry, or of the one that was first unread when we came to look; null without one. */
  get firstUnread(): number | null {
    return this.#unread.first;
  }

  /** Names of those who are typing now. */
  get typing(): string[] {
    return this.#roster.typing;
  }

  /** When somebody stops counting as typing without a further event; paint again then. Null when nobody types. */
  get typingUntil(): number | null {
    return this.#roster.typingUntil;
  }

  /** Own messages that the relay has not taken. */
  get unsent(): number {
    return this.#talk.unsent;
  }

  /** Rises with every change. */
  get version(): number {
    return this.#version;
  }

  /** Whether the room is being looked at: what comes then is not unread. */
  get active(): boolean {
    return this.#active;
  }

  /** Says whether the room is being looked at: its tab is in front, the terminal has the focus, its end is on the screen. */
  setActive(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    if (active) this.#unread.read();
    this.#changed();
  }

  /** Takes the mark of the first unread message away. */
  clearUnreadMark(): void {
    if (this.#unread.first === null) return;
    this.#unread.clearMark();
    this.#changed();
  }

  /** Takes note of what a session tells. */
  observe(event: SessionEvent): void {
    if (event.type === "joined") this.#talk.newRoom();
    this.book.observe(event);
    const impostor = this.trust.observe(event);
    this.#roster.observe(event);
    this.connection.observe(event);
    this.#facts.observe(event);
    this.#narrator.show(event);
    if (impostor !== null) {
      this.#narrator.alarm("changed", impostor, impostorText(impostor.nick), impostor.id);
    }
    this.#changed();
  }

  /**
   * Shows at once what we say; pass the `ref` on with the command.
   *
   * @param command What is said; `to` names a member.
   * @returns What the session is to call it by.
   */
  said(command: SpokenCommand): number {
    const entry = this.#talk.said(command, { waits: this.connection.offline });
    this.#unread.clearMark();
    this.#changed();
    return entry.ref ?? 0;
  }

  /** What was said under this `ref` has been refused: takes it away again. @returns Its text, to give it back. */
  refused(ref: number): string | null {
    const text = this.#talk.refused(ref);
    this.#changed();
    return text;
  }

  /** Takes note of an edit, a deletion or a reaction of our own once the session has carried it out. */
  did(command: Extract<SessionCommand, { command: "edit" | "delete" | "react" }>): void {
    this.#talk.did(command);
    this.#changed();
  }

  /** Marks a member as verified, or no longer (`/verify <nick> yes|no` has been carried out). */
  marked(id: string, verified: boolean): void {
    this.#roster.mark(id, verified);
    this.trust.marked(id, verified);
    this.#changed();
  }

  /** Takes an alarm away that the user has seen; all of them without a key. */
  acknowledge(key?: string): void {
    this.trust.acknowledge(key);
    this.#changed();
  }

  /** Opens or closes the spoilers of a message. */
  reveal(key: number): void {
    const entry = this.entries.get(key);
    if (entry?.kind !== "message") return;
    entry.revealed = !entry.revealed;
    entry.version++;
    this.#changed();
  }

  /** Adds a line of Sotto's own. The text is sanitised here. */
  tell(text: string, level: LineLevel = "info"): void {
    this.#journal.line(sanitize(text, { newlines: true }), level);
    this.#changed();
  }

  /** The message with an id, if it is shown here. */
  message(id: string): MessageEntry | undefined {
    return this.#talk.find(id);
  }

  /** Our own last message that can be changed; for the Up key. */
  get lastOwn(): MessageEntry | undefined {
    return this.#talk.lastOwn;
  }

  /** Takes all that was said out of the pane; own messages that are under way are still counted. */
  clear(): void {
    this.#talk.cleared();
    this.entries.clear();
    this.#unread.read();
    this.#unread.clearMark();
    this.#changed();
  }

  /** Forgets everything: nothing of the room is reachable from here afterwards. */
  wipe(): void {
    this.entries.clear();
    this.#talk.clear();
    this.#roster.clear();
    this.trust.clear();
    this.#unread.read();
    this.#unread.clearMark();
    this.#journal.clear();
    this.book.forget();
    this.#facts.clear();
    this.#changed();
  }

  #changed(): void {
    this.#version++;
    this.onChange();
  }
}
