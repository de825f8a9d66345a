/** How the messages of each room are looked at: scrolling, choosing one, finding. @module */
import type { KeyAction } from "../input/key_map.ts";
import type { KeyPress } from "../input/key_press.ts";
import { TextArea } from "../input/text_area.ts";
import type { MessageEntry } from "../room/entries.ts";
import { Search } from "../room/search.ts";
import type { Row, Size } from "../screen/style.ts";
import { MemberPane } from "../view/member_pane.ts";
import { MessagePane } from "../view/message_pane.ts";
import type { Signs } from "../view/signs.ts";
import type { Area } from "./layout.ts";
import type { RoomTab } from "./room_tab.ts";

/** Members that one key scrolls by. */
const MEMBER_ROWS = 5;

/** What is being looked for. */
export interface Finding {
  readonly text: TextArea;
  /** Key of the entry found last; null when there is none. */
  found: number | null;
  /** Whether the last try found nothing (more). */
  failed: boolean;
}

/** The panes of one room. */
interface Panes {
  readonly messages: MessagePane;
  readonly members: MemberPane;
  finding: Finding | null;
}

/** The panes of all rooms. */
export class PaneView {
  /** Where the messages stood in the last frame. */
  area: Area | null = null;
  /** Where the members stood in the last frame; null when they are not shown. */
  memberArea: Area | null = null;
  /** Where the tabs stood in the last frame; null when they are not shown. */
  tabArea: Area | null = null;
  readonly #signs: Signs;
  readonly #panes = new Map<RoomTab, Panes>();

  /** Makes them as they are needed. */
  constructor(signs: Signs) {
    this.#signs = signs;
  }

  /** Whether the newest message of a room is on the screen. */
  atEnd(tab: RoomTab): boolean {
    return this.#of(tab).messages.following;
  }

  /** What is being looked for in a room. */
  finding(tab: RoomTab): Finding | null {
    return this.#of(tab).finding;
  }

  /** The message that is chosen. */
  chosen(tab: RoomTab): MessageEntry | null {
    const key = this.#of(tab).messages.selected;
    const entry = key === null ? undefined : tab.model.entries.get(key);
    return entry?.kind === "message" ? entry : null;
  }

  /** Chooses the message at a row of the pane, or none. */
  chooseAt(tab: RoomTab, row: number): void {
    const { messages } = this.#of(tab);
    const key = messages.entryAt(row);
    const entry = key === null ? undefined : tab.model.entries.get(key);
    messages.select(entry?.kind === "message" && key !== messages.selected ? key : null);
  }

  /** Ends the choice. @returns Whether there was one. */
  unchoose(tab: RoomTab): boolean {
    const { messages } = this.#of(tab);
    const chosen = messages.selected !== null;
    messages.select(null);
    return chosen;
  }

  /** Scrolls by rows; up is negative. */
  scroll(tab: RoomTab, rows: number): void {
    this.#of(tab).messages.scroll(rows);
  }

  /** Goes to the newest message. */
  toEnd(tab: RoomTab): void {
    this.#of(tab).messages.end();
  }

  /** Does what a key asks for. @returns False when it is none for reading. */
  act(tab: RoomTab, action: KeyAction): boolean {
    const { messages } = this.#of(tab);
    switch (action) {
      case "page_up":
        messages.page(-1);
        return true;
      case "page_down":
        messages.page(1);
        return true;
      case "scroll_up":
        messages.scroll(-1);
        return true;
      case "scroll_down":
        messages.scroll(1);
        return true;
      case "scroll_top":
        messages.home();
        return true;
      case "scroll_bottom":
        messages.end();
        return true;
      case "members_up":
      case "members_down":
        this.scrollMembers(tab, action === "members_up" ? -MEMBER_ROWS : MEMBER_ROWS);
        return true;
      case "first_unread":
        messages.jumpToUnread();
        return true;
      case "choose_older":
      case "choose_newer":
        this.#choose(tab, action === "choose_older");
        return true;
      case "find":
        this.#of(tab).finding ??= { text: new TextArea(), found: null, failed: false };
        return true;
    }
    return false;
  }

  /** Takes a key while something is being looked for. @returns False when it is none for that. */
  findKey(tab: RoomTab, press: KeyPress, action: KeyAction | null): boolean {
    const panes = this.#of(tab);
    const { finding } = panes;
    if (finding === null) return false;
    if (action === "find_close") {
      this.closeFinding(tab);
    } else if (action === "find_older" || action === "find_newer") {
      this.#find(tab, { older: action === "find_older", again: true });
    } else if (action === "backspace" || action === "kill_line_start") {
      finding.text.apply(action);
      this.#find(tab, { older: true, again: false });
    } else if (("text" in press && action === null) || "paste" in press) {
      finding.text.insert("text" in press ? press.text : press.paste.replace(/\s+/g, " "));
      this.#find(tab, { older: true, again: false });
    } else return false;
    return true;
  }

  /** Ends finding; what was found stays in view. @returns Whether anything was being looked for. */
  closeFinding(tab: RoomTab): boolean {
    const panes = this.#of(tab);
    if (panes.finding === null) return false;
    panes.finding.text.wipe();
    panes.finding = null;
    panes.messages.highlight("");
    return true;
  }

  /** Rows of a room's messages. */
  messages(tab: RoomTab, size: Size): Row[] {
    return this.#of(tab).messages.render(tab.model, size);
  }

  /** Rows of a room's members. */
  members(tab: RoomTab, size: Size): Row[] {
    return this.#of(tab).members.render(tab.model.members, size);
  }

  /** Scrolls the members of a room; up is negative. */
  scrollMembers(tab: RoomTab, by: number): void {
    this.#of(tab).members.scroll(by);
  }

  /** Forgets what was laid out of texts that have gone or changed meanwhile, in a room that is not drawn. */
  sweep(tab: RoomTab): void {
    this.#panes.get(tab)?.messages.sweep();
  }

  /** How many messages of a room are kept as they were laid out, for tests. */
  kept(tab: RoomTab): number {
    return this.#panes.get(tab)?.messages.kept ?? 0;
  }

  /** A room has gone. */
  forget(tab: RoomTab): void {
    this.closeFinding(tab);
    this.#of(tab).messages.wipe();
    this.#panes.delete(tab);
  }

  /** Drops all that was laid out. */
  wipe(): void {
    for (const tab of [...this.#panes.keys()]) this.forget(tab);
  }

  #of(tab: RoomTab): Panes {
    let panes = this.#panes.get(tab);
    if (panes === undefined) {
      const signs = this.#signs;
      panes = { messages: new MessagePane({ signs }), members: new MemberPane({ signs }), finding: null };
      this.#panes.set(tab, panes);
    }
    return panes;
  }

  /** Chooses the next message in a direction; the first one among those that are seen, from below. */
  #choose(tab: RoomTab, older: boolean): void {
    const { messages } = this.#of(tab);
    const { entries } = tab.model;
    const seen = messages.visible;
    const from = messages.selected ?? (seen.at(-1) ?? 0) + 1;
    if (messages.selected === null && !older) return;
    for (let index = entries.indexOf(from) + (older ? -1 : 1);; index += older ? -1 : 1) {
      const entry = entries.at(index);
      if (entry === undefined) return void (older ? null : messages.select(null));
      if (entry.kind !== "message") continue;
      messages.select(entry.key);
      if (!seen.includes(entry.key)) messages.jump(entry.key);
      return;
    }
  }

  #find(tab: RoomTab, { older, again }: { older: boolean; again: boolean }): void {
    const { messages, finding } = this.#of(tab);
    if (finding === null) return;
    const search = new Search(tab.model.entries, finding.text.text);
    messages.highlight(finding.text.text);
    if (search.query === "") {
      finding.found = null;
      finding.failed = false;
      return;
    }
    const from = finding.found;
    const key = older
      ? search.older(from === null ? undefined : again ? from : from + 1)
      : search.newer(from ?? Infinity);
    finding.failed = key === null;
    if (key === null) return;
    finding.found = key;
    messages.jump(key);
    messages.select(key);
  }
}
