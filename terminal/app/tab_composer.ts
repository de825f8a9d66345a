/** What is being written in one room: its text, its history, its menu, and the message that is answered or changed. @module */
import { completePath, takesPath } from "../files/path_completion.ts";
import { type CommandWords, complete, type Completion } from "../input/completion.ts";
import { CompletionMenu } from "../input/completion_menu.ts";
import { isEditAction } from "../input/edit_actions.ts";
import { emojiNames } from "../input/emoji_names.ts";
import { type HistorySearch, InputHistory } from "../input/input_history.ts";
import type { KeyMeaning, KeyPlace } from "../input/key_map.ts";
import type { KeyPress } from "../input/key_press.ts";
import { type Paste, pasteQuestion, readPaste } from "../input/paste.ts";
import { type Draft, TextArea } from "../input/text_area.ts";
import type { MessageEntry } from "../room/entries.ts";

/** What a composer works with. */
export interface ComposerHooks {
  /** A text has been finished. */
  send: (text: string) => void;
  /** Asks before a long paste goes in. */
  confirm: (question: string, yes: () => void) => void;
  /** Says why something cannot be done. */
  problem: (text: string) => void;
  /** What can be completed now. */
  words: () => { commands: readonly CommandWords[]; nicks: readonly string[]; rooms?: readonly string[] };
  /** Something looks different now. */
  changed: () => void;
}

/** A message that is being answered or changed. */
export interface Target {
  readonly kind: "reply" | "edit";
  readonly entry: MessageEntry;
  /** What was being written before. */
  readonly draft: Draft | null;
}

const TOO_LONG = "Cannot take that in: the message would be longer than 64 KiB.";

/** The composer of one tab. */
export class TabComposer {
  /** The text. */
  readonly text: TextArea = new TextArea();
  readonly #hooks: ComposerHooks;
  readonly #history = new InputHistory();
  #menu: CompletionMenu | null = null;
  #search: HistorySearch | null = null;
  #target: Target | null = null;

  /** An empty one. */
  constructor(hooks: ComposerHooks) {
    this.#hooks = hooks;
  }

  /** The menu of completions, while it is open. */
  get menu(): CompletionMenu | null {
    return this.#menu;
  }

  /** The search in what was sent, while it goes on. */
  get search(): HistorySearch | null {
    return this.#search;
  }

  /** What is being answered or changed. */
  get target(): Target | null {
    return this.#target;
  }

  /** What keys mean now, the innermost place first. */
  get places(): KeyPlace[] {
    if (this.#search !== null) return ["history"];
    const places: KeyPlace[] = this.text.text === "" && this.#target === null
      ? ["empty", "composer"]
      : ["composer"];
    return this.#menu === null ? places : ["menu", ...places];
  }

  /** Begins an answer to a message, or a change of one of ours. What was being written comes back afterwards. */
  aim(kind: Target["kind"], entry: MessageEntry): void {
    this.closeOpen();
    const draft = kind === "edit" ? this.text.save() : null;
    this.#target = { kind, entry, draft };
    if (kind === "edit") this.text.restore({ text: entry.text, cursor: entry.text.length });
  }

  /** Takes a key. @returns False when it is none for writing. */
  key(press: KeyPress, meaning: KeyMeaning): boolean {
    if (this.#search !== null) return this.#searchKey(this.#search, press, meaning);
    if ("paste" in press) return this.#paste(readPaste(press.paste));
    if (meaning === null && "text" in press) {
      this.#menu = null;
      this.#history.leave();
      return this.#fits(this.text.insert(press.text));
    }
    if (meaning === null) return "key" in press && press.key === "escape" && this.closeOpen();
    if (this.#menuKey(meaning)) return true;
    switch (meaning) {
      case "send":
        this.#send();
        return true;
      case "complete":
      case "complete_back":
        this.#complete(meaning === "complete" ? 1 : -1);
        return true;
      case "history_older":
      case "history_newer":
        this.#travel(meaning === "history_older");
        return true;
      case "history_search":
        this.#menu = null;
        this.#search = this.#history.search(this.text.save());
        return true;
    }
    if (!isEditAction(meaning)) return false;
    this.#menu = null;
    if (!this.text.apply(meaning) && (meaning === "up" || meaning === "down")) this.#travel(meaning === "up");
    return true;
  }

  /** Closes what is open: a search, a menu, an answer. @returns Whether anything was. */
  closeOpen(): boolean {
    if (this.#search !== null) {
      this.text.restore(this.#search.cancel());
      this.#search = null;
    } else if (this.#menu !== null) this.#menu = null;
    else if (this.#target !== null) {
      const { draft } = this.#target;
      this.#target = null;
      if (draft !== null) this.text.restore(draft);
    } else return false;
    return true;
  }

  /** Puts back what could not be sent. @returns False when something else is being written. */
  putBack(text: string): boolean {
    if (this.text.text !== "" || this.#target !== null) return false;
    return this.text.setText(text);
  }

  /** Drops everything. */
  wipe(): void {
    this.text.wipe();
    this.#history.wipe();
    this.#menu = this.#search = this.#target = null;
  }

  #send(): void {
    this.#menu = null;
    const target = this.#target;
    const text = this.text.take();
    this.#target = null;
    if (target?.draft) this.text.restore(target.draft);
    if (text.trim() === "") return;
    if (target === null) {
      this.#history.remember(text);
      return this.#hooks.send(text);
    }
    const { number } = target.entry;
    this.#hooks.send(`/${target.kind} ${number === null ? "" : `#${number} `}${text}`);
  }

  #menuKey(meaning: KeyMeaning): boolean {
    const menu = this.#menu;
    if (menu === null) return false;
    switch (meaning) {
      case "menu_next":
        menu.move(1);
        return true;
      case "menu_previous":
        menu.move(-1);
        return true;
      case "menu_accept":
        this.#menu = null;
        return this.#fits(menu.accept(this.text));
      case "menu_close":
        this.#menu = null;
        return true;
    }
    return false;
  }

  /** One choice goes in at once; several open a menu. */
  #complete(by: 1 | -1): void {
    const { text, cursor } = this.text;
    if (!takesPath(text, cursor)) {
      return this.#offer(complete(text, cursor, { ...this.#hooks.words(), emoji: emojiNames() }), by);
    }
    void completePath(text, cursor).then((found) => {
      if (this.text.text === text && this.text.cursor === cursor) this.#offer(found, by);
      this.#hooks.changed();
    });
  }

  #offer(found: Completion | null, by: 1 | -1): void {
    if (found === null) return;
    const menu = new CompletionMenu(found);
    if (found.items.length === 1) return void this.#fits(menu.accept(this.text));
    if (by < 0) menu.move(-1);
    this.#menu = menu;
  }

  #travel(older: boolean): void {
    const draft = older ? this.#history.older(this.text.save()) : this.#history.newer();
    if (draft !== null) this.text.restore(draft);
  }

  #searchKey(search: HistorySearch, press: KeyPress, meaning: KeyMeaning): boolean {
    if ("text" in press && meaning === null) search.type(press.text);
    else if (meaning === "backspace") search.backspace();
    else if (meaning === "search_older") search.older();
    else if (meaning === "search_newer") search.newer();
    else if (meaning === "search_cancel") return this.closeOpen();
    else if (meaning === "search_accept" || meaning !== null) {
      this.text.restore(search.accept());
      this.#search = null;
      return meaning === "search_accept";
    } else return false;
    this.text.restore(search.accept());
    return true;
  }

  #paste(paste: Paste): boolean {
    this.#menu = null;
    const question = pasteQuestion(paste);
    if (question === null) return this.#fits(this.text.insert(paste.text));
    this.#hooks.confirm(question, () => this.#fits(this.text.insert(paste.text)));
    return true;
  }

  /** Says so when a text has grown too long. */
  #fits(done: boolean): boolean {
    if (!done) this.#hooks.problem(TOO_LONG);
    return true;
  }
}
