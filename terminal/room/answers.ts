/** Answers, and what they show of the messages that they answer. @module */
import type { EntryList, MessageEntry, ReplyContext } from "./entries.ts";

/** How much of a message stands with its answers, in UTF-16 units. */
const MAX_QUOTED = 200;

/** Keeps what answers show up to date. */
export class Answers {
  readonly #entries: EntryList;
  /** Keys of the answers to a message, by its id. */
  readonly #answers = new Map<string, number[]>();

  /** Answers in `entries`. */
  constructor(entries: EntryList) {
    this.#entries = entries;
  }

  /** What an answer shows of a message that may be unknown here. */
  context(id: string | null, entry: MessageEntry | undefined): ReplyContext {
    return {
      id: id ?? "",
      number: entry?.number ?? null,
      nick: entry?.from.nick ?? null,
      // What was said to one alone is not shown under what all can read.
      text: entry === undefined || entry.manner === "private" ? "" : quoted(entry.text),
      gone: entry?.deleted === true ? "deleted" : null,
    };
  }

  /** Takes note of an answer, if it is one. */
  add(entry: MessageEntry): void {
    if (entry.reply === null || entry.reply.id === "") return;
    const answers = this.#answers.get(entry.reply.id) ?? [];
    if (answers.includes(entry.key)) return;
    answers.push(entry.key);
    this.#answers.set(entry.reply.id, answers);
  }

  /** A message is another now, or is gone: its answers show it so. */
  requote(entry: MessageEntry, gone: ReplyContext["gone"]): void {
    if (entry.id === null) return;
    for (const key of this.#answers.get(entry.id) ?? []) {
      const answer = this.#entries.get(key);
      if (answer?.kind !== "message" || answer.reply === null) continue;
      answer.reply = { ...answer.reply, text: gone === null ? quoted(entry.text) : "", gone };
      answer.version++;
    }
  }

  /** An entry is no longer there. */
  forget(entry: MessageEntry): void {
    if (entry.id !== null) this.#answers.delete(entry.id);
    const to = entry.reply?.id;
    const answers = to === undefined ? undefined : this.#answers.get(to);
    if (answers === undefined || to === undefined) return;
    const rest = answers.filter((key) => key !== entry.key);
    if (rest.length > 0) this.#answers.set(to, rest);
    else this.#answers.delete(to);
  }

  /** Forgets all. */
  clear(): void {
    this.#answers.clear();
  }
}

function quoted(text: string): string {
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED).toWellFormed()}…`;
}
