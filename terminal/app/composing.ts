/** What keys do to the text of the tab in front: edits, history, completion, sending. @module */
import { isEditAction } from "../input/edit_actions.ts";
import type { KeyMeaning, KeyPlace } from "../input/key_map.ts";
import type { KeyPress } from "../input/key_press.ts";
import type { RoomTab } from "./room_tab.ts";

/** What it works with. */
export interface ComposingOptions {
  /** Something looks different now. */
  changed: () => void;
  /** A text has been finished. */
  send: (text: string) => void;
}

/** Writes in the tab in front. */
export class Composing {
  readonly #options: ComposingOptions;

  /** Makes one. */
  constructor(options: ComposingOptions) {
    this.#options = options;
  }

  /** What keys mean now, the innermost place first. */
  places(tab: RoomTab): KeyPlace[] {
    return tab.text.text === "" ? ["empty", "composer"] : ["composer"];
  }

  /** Takes a key. @returns False when it is none for writing. */
  key(tab: RoomTab, press: KeyPress, meaning: KeyMeaning): boolean {
    if (meaning === null && "text" in press) tab.text.insert(press.text);
    else if ("paste" in press) tab.text.insert(press.paste);
    else if (meaning === "send") this.#options.send(tab.text.take());
    else if (meaning !== null && isEditAction(meaning)) tab.text.apply(meaning);
    else return false;
    return true;
  }

  /** Closes a menu or a search, if one is open. */
  closeOpen(_tab: RoomTab): boolean {
    return false;
  }

  /** A tab has gone. */
  forget(_tab: RoomTab): void {}

  /** Drops everything that was written. */
  wipe(): void {}
}
