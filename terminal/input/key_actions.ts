/** Every action a key can be bound to: its keys unless others are chosen, where it works, and its line of help. @module */
import type { EditAction } from "./edit_actions.ts";

/**
 * Where a key works: `everywhere`; in the `composer`, and while it is `empty`; in `history` search (Ctrl-R), a completion
 * `menu`, the `find` row (Ctrl-F), and an `overlay` such as the help.
 */
export type KeyPlace = "everywhere" | "composer" | "empty" | "history" | "menu" | "find" | "overlay";

/** What a key can do, apart from edits. */
export type AppAction =
  | "help"
  | "interrupt"
  | "suspend"
  | "redraw"
  | "burn"
  | "lock"
  | "next_tab"
  | "previous_tab"
  | "next_unread"
  | `tab_${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | "page_up"
  | "page_down"
  | "scroll_up"
  | "scroll_down"
  | "scroll_top"
  | "scroll_bottom"
  | "first_unread"
  | "find"
  | "members"
  | "members_up"
  | "members_down"
  | "copy"
  | "choose_older"
  | "choose_newer"
  | "reply"
  | "edit"
  | "reveal"
  | "end_of_input"
  | "send"
  | "complete"
  | "complete_back"
  | "history_older"
  | "history_newer"
  | "history_search"
  | "search_older"
  | "search_newer"
  | "search_accept"
  | "search_cancel"
  | "menu_next"
  | "menu_previous"
  | "menu_accept"
  | "menu_close"
  | "find_older"
  | "find_newer"
  | "find_close"
  | "overlay_close";

/** Anything a key can do. */
export type KeyAction = AppAction | EditAction;

/** One action and how it is reached. */
export interface KeyBinding {
  /** What it does. */
  action: KeyAction;
  /** Where its keys work. */
  place: KeyPlace;
  /** Keys, or several keys pressed one after another with a space between: `ctrl+x ctrl+x`. */
  keys: readonly string[];
  /** A line of help. */
  help: string;
  /** The heading it stands under in the help. */
  group: KeyGroup;
}

/** Headings of the help, in its order. */
export const KEY_GROUPS = [
  "General",
  "Rooms",
  "Reading",
  "Writing",
  "Editing",
  "History search",
  "Menu",
  "Finding",
  "Windows",
] as const;

/** A heading of the help. */
export type KeyGroup = (typeof KEY_GROUPS)[number];

type Line = [action: KeyAction, keys: string, help: string];

/** Keys of a line are parted by commas. */
function group(name: KeyGroup, place: KeyPlace, lines: Line[]): KeyBinding[] {
  return lines.map(([action, keys, help]) => ({
    action,
    place,
    keys: keys.split(",").map((key) => key.trim()),
    help,
    group: name,
  }));
}

const TABS = ([1, 2, 3, 4, 5, 6, 7, 8, 9] as const).map((n): Line => [
  `tab_${n}`,
  `alt+${n}`,
  `go to room ${n}`,
]);

/** The bindings as they come. */
export const DEFAULT_BINDINGS: readonly KeyBinding[] = [
  ...group("General", "everywhere", [
    ["help", "f1", "show the keys for where you are"],
    ["interrupt", "ctrl+c", "close what is open, else leave the room and Sotto; twice ends at once"],
    ["suspend", "ctrl+z", "stop Sotto and go to the shell; fg comes back"],
    ["redraw", "alt+l", "draw the screen again"],
    ["lock", "ctrl+l", "blank and lock the screen"],
    ["burn", "f12, ctrl+x ctrl+x", "wipe room, keys and screen at once"],
  ]),
  ...group("General", "empty", [
    ["help", "?", "show the keys for where you are, while nothing is typed"],
    ["end_of_input", "ctrl+d", "leave the room, while nothing is typed"],
  ]),
  ...group("Rooms", "everywhere", [
    ["next_tab", "alt+right", "go to the next room"],
    ["previous_tab", "alt+left", "go to the room before"],
    ["next_unread", "ctrl+n", "go to the next room with unread messages"],
    ...TABS,
    ["members", "f2, alt+m", "show or hide the members"],
    ["members_up", "alt+pageup", "scroll the members up"],
    ["members_down", "alt+pagedown", "scroll the members down"],
  ]),
  ...group("Reading", "everywhere", [
    ["page_up", "pageup", "scroll a page up"],
    ["page_down", "pagedown", "scroll a page down"],
    ["scroll_up", "alt+up, shift+up", "scroll a row up"],
    ["scroll_down", "alt+down, shift+down", "scroll a row down"],
    ["scroll_top", "ctrl+home", "go to the oldest message"],
    ["scroll_bottom", "ctrl+end", "go to the newest message"],
    ["first_unread", "alt+u", "go to the first unread message"],
    ["find", "ctrl+f", "find in what was said"],
    ["choose_older", "ctrl+up, alt+k", "choose the message above"],
    ["choose_newer", "ctrl+down, alt+j", "choose the message below"],
    ["reply", "alt+a", "answer the chosen message, else the last one"],
    ["edit", "alt+e", "change the chosen message of yours, else your last one"],
    ["reveal", "alt+s", "show or cover the spoilers of the chosen message"],
    ["copy", "alt+c", "copy the chosen message to the clipboard"],
  ]),
  ...group("Writing", "composer", [
    ["send", "enter", "send"],
    ["newline", "alt+enter, shift+enter, ctrl+j", "begin a new line"],
    ["complete", "tab", "complete a /command, @nickname or :emoji:"],
    ["complete_back", "shift+tab", "complete, last choice first"],
    ["history_older", "ctrl+p", "take up what you sent before"],
    ["history_newer", "alt+n", "take up what you sent after that"],
    ["history_search", "ctrl+r", "search what you sent before"],
  ]),
  ...group("Editing", "composer", [
    ["left", "left, ctrl+b", "go a character left"],
    ["right", "right", "go a character right"],
    ["up", "up", "go a row up; in the first row, to what you sent before"],
    ["down", "down", "go a row down; in the last row, to what you sent after"],
    ["word_left", "alt+b, ctrl+left", "go a word left"],
    ["word_right", "alt+f, ctrl+right", "go a word right"],
    ["line_start", "ctrl+a, home", "go to the start of the line"],
    ["line_end", "ctrl+e, end", "go to the end of the line"],
    ["text_start", "alt+<", "go to the start of the text"],
    ["text_end", "alt+>", "go to the end of the text"],
    ["backspace", "backspace, ctrl+h, shift+backspace", "remove the character before the cursor"],
    ["delete", "delete, ctrl+d", "remove the character at the cursor"],
    ["kill_line_start", "ctrl+u", "cut to the start of the line"],
    ["kill_line_end", "ctrl+k", "cut to the end of the line"],
    ["kill_word_back", "ctrl+w", "cut back to the last space"],
    ["kill_word_left", "alt+backspace, ctrl+backspace", "cut the word before the cursor"],
    ["kill_word_right", "alt+d, ctrl+delete, alt+delete", "cut the word at the cursor"],
    ["yank", "ctrl+y", "put back what was cut"],
    ["yank_older", "alt+y", "after that: put back what was cut before it"],
    ["transpose", "ctrl+t", "swap two characters"],
    ["undo", "ctrl+_, ctrl+/, ctrl+x ctrl+u", "undo"],
    ["redo", "alt+_, alt+r", "do again what was undone"],
  ]),
  ...group("History search", "history", [
    ["search_older", "ctrl+r, up", "find an older line"],
    ["search_newer", "ctrl+s, down", "find a newer line"],
    ["search_accept", "enter, tab, right", "take the line"],
    ["search_cancel", "escape, ctrl+g", "give up the search"],
    ["backspace", "backspace, ctrl+h", "remove a character"],
  ]),
  ...group("Menu", "menu", [
    ["menu_next", "tab, down", "choose the next"],
    ["menu_previous", "shift+tab, up", "choose the one before"],
    ["menu_accept", "enter, right", "take it"],
    ["menu_close", "escape, ctrl+g", "close the menu"],
  ]),
  ...group("Finding", "find", [
    ["find_older", "enter, up, ctrl+f", "find an older message"],
    ["find_newer", "shift+enter, down", "find a newer message"],
    ["find_close", "escape, ctrl+g", "give up finding"],
    ["backspace", "backspace, ctrl+h", "remove a character"],
    ["kill_line_start", "ctrl+u", "remove all"],
  ]),
  ...group("Windows", "overlay", [
    ["overlay_close", "escape, q, enter", "close this window"],
    ["scroll_up", "up, k", "scroll a row up"],
    ["scroll_down", "down, j", "scroll a row down"],
    ["page_up", "pageup", "scroll a page up"],
    ["page_down", "pagedown, space", "scroll a page down"],
  ]),
];
