/** What Tab offers: commands, nicknames, emoji, and what a command takes. @module */

/** A slash command, as far as completion is concerned. */
export interface CommandWords {
  /** Its name without the slash. */
  name: string;
  /** How it is typed. */
  usage?: string;
  /** What it does, in a line. */
  does?: string;
}

/** What can be completed. */
export interface CompletionSources {
  /** Slash commands. */
  commands: readonly CommandWords[];
  /** Nicknames of those who are here. */
  nicks: readonly string[];
  /** Emoji by name, see `emoji_names.ts`. */
  emoji: ReadonlyMap<string, string>;
  /** Names of rooms for `/join`, where the relay has listed any. */
  rooms?: readonly string[];
}

/** One choice of the menu. */
export interface CompletionItem {
  /** What the menu shows: `/kick`, `@alice`, `👍 :thumbsup:`. */
  label: string;
  /** What it puts in, with the space behind it. */
  insert: string;
  /** A line of help beside it. */
  detail?: string;
}

/** What can stand in place of a part of the text. */
export interface Completion {
  /** What kind of thing it is. */
  kind: "command" | "nick" | "emoji" | "room" | "word";
  /** Where the replaced part begins, in UTF-16 units. */
  from: number;
  /** Where it ends. */
  to: number;
  /** At least one, best first. */
  items: CompletionItem[];
}

/**
 * Finds what could be meant at the cursor.
 *
 * @param text The text being written.
 * @param cursor Where the cursor stands, in UTF-16 units.
 * @param sources What there is.
 * @returns The choices; null when nothing fits.
 */
export function complete(_text: string, _cursor: number, _sources: CompletionSources): Completion | null {
  return null;
}

/** The menu that Tab walks through. */
export class CompletionMenu {
  /** What is offered. */
  readonly completion: Completion;
  #selected = 0;
  /** Opens it with its first item selected. */
  constructor(completion: Completion) {
    this.completion = completion;
  }
  /** Which item is selected. */
  get selected(): number {
    return this.#selected;
  }
  /** The selected item. */
  get item(): CompletionItem | undefined {
    return this.completion.items[this.#selected];
  }
  /** Goes on by so many items, around the ends. */
  move(by: number): void {
    const { length } = this.completion.items;
    this.#selected = (((this.#selected + by) % length) + length) % length;
  }
}
