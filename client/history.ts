/** What was said, in RAM, as far back as the bounds allow. @module */
import type { FileInfo } from "./file_info.ts";
import { type Id, messageId } from "./ids.ts";
import type { MessageKind } from "./events.ts";

/** Most messages kept. */
export const MAX_MESSAGES = 50_000;
/** Most characters kept, over all messages. */
export const MAX_CHARACTERS = 16_000_000;

/** A message as it stands now. */
export interface Message {
  author: Id;
  number: number;
  kind: MessageKind;
  text: string;
  /** How long it stays, in milliseconds; without it, as long as the session. */
  expireMs?: number;
  /** The file that it offers. */
  file?: FileInfo;
}

/** The messages of one room. */
export class History {
  readonly #messages = new Map<string, Message>();
  #characters = 0;

  /** Remembers a message; the oldest go when there are too many. @returns Its id. */
  add(message: Message): string {
    const added = messageId(message.author, message.number);
    this.#messages.set(added, message);
    this.#characters += message.text.length;
    for (const [id, oldest] of this.#messages) {
      if (this.#messages.size <= MAX_MESSAGES && this.#characters <= MAX_CHARACTERS) break;
      this.#messages.delete(id);
      this.#characters -= oldest.text.length;
    }
    return added;
  }

  /** A message by its id. */
  get(id: string): Message | undefined {
    return this.#messages.get(id);
  }

  /** Changes a message's text; false when it is not known. */
  edit(id: string, text: string): boolean {
    const message = this.#messages.get(id);
    if (message === undefined) return false;
    this.#characters += text.length - message.text.length;
    message.text = text;
    return true;
  }

  /** Removes a message; false when it is not known. */
  delete(id: string): boolean {
    const message = this.#messages.get(id);
    if (message === undefined) return false;
    this.#characters -= message.text.length;
    return this.#messages.delete(id);
  }

  /** The id of the newest message that passes `test`. */
  last(test: (message: Message) => boolean): string | undefined {
    let found: string | undefined;
    for (const [id, message] of this.#messages) if (test(message)) found = id;
    return found;
  }

  /** Forgets everything. */
  clear(): void {
    this.#messages.clear();
    this.#characters = 0;
  }
}
