/** What is done to a message after it was said: it is changed, taken back, reacted to. @module */
import type { Answers } from "./answers.ts";
import type { EntryList, MessageEntry } from "./entries.ts";
import { mentionsOf } from "./mentions.ts";
import { NO_REACTIONS } from "./plain_message.ts";
import type { Roster } from "./presence.ts";

/** Most reactions that are kept with one message. */
const MAX_REACTIONS = 512;
/** Longest reaction that is kept, in UTF-16 units. */
const MAX_REACTION = 64;

/** Changes the messages of one room. */
export class MessageChanges {
  readonly #entries: EntryList;
  readonly #roster: Roster;
  readonly #answers: Answers;

  /** Works on these. */
  constructor({ entries, roster, answers }: { entries: EntryList; roster: Roster; answers: Answers }) {
    this.#entries = entries;
    this.#roster = roster;
    this.#answers = answers;
  }

  /** Another text stands in place of the first. */
  edit(entry: MessageEntry, text: string): void {
    if (entry.deleted) return;
    entry.edited = true;
    const me = this.#roster.me;
    entry.mention = !entry.own && me !== null && mentionsOf(text, me.nick).length > 0;
    this.#entries.setText(entry, text);
    this.#answers.requote(entry, null);
  }

  /** Nothing of it is left but that it was there. */
  delete(entry: MessageEntry): void {
    entry.deleted = true;
    entry.edited = entry.mention = false;
    entry.reactions = NO_REACTIONS;
    entry.reply = entry.reply === null ? null : { ...entry.reply, text: "" };
    this.#entries.setText(entry, "");
    this.#answers.requote(entry, "deleted");
  }

  /** A member reacts to it; with an empty text, no longer. */
  react(entry: MessageEntry, member: string, emoji: string): void {
    if (entry.deleted) return;
    const reactions = new Map(entry.reactions);
    if (emoji === "") reactions.delete(member);
    else if (reactions.size < MAX_REACTIONS || reactions.has(member)) {
      reactions.set(member, emoji.slice(0, MAX_REACTION).toWellFormed());
    }
    entry.reactions = reactions;
    entry.version++;
  }
}
