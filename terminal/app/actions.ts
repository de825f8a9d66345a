/** What the keys do that are no writing. @module */
import type { KeyAction } from "../input/key_map.ts";
import type { MessageEntry } from "../room/entries.ts";
import { copySequence } from "./clipboard.ts";
import type { FullScreen } from "./full_screen.ts";
import { keysPage } from "./overlays/help.ts";
import type { RoomTab } from "./room_tab.ts";
import { TextOverlay } from "./text_overlay.ts";

/** Carries out an action of the key map; what has no meaning now does nothing. */
export function runAction(app: FullScreen, action: KeyAction): void {
  const bound = app.bound(action);
  if (bound !== undefined) return bound();
  const { tabs } = app;
  const place = /^tab_(\d)$/.exec(action)?.[1];
  if (place !== undefined) return void tabs.show(Number(place) - 1);
  switch (action) {
    case "next_tab":
      return tabs.move(1);
    case "previous_tab":
      return tabs.move(-1);
    case "next_unread":
      return void tabs.nextUnread();
    case "suspend":
      return app.suspend();
    case "redraw":
      return app.redraw();
    case "help":
      return openHelp(app);
    case "members":
      return app.toggleMembers();
    case "end_of_input":
      return app.rooms.leaveFront();
  }
  const tab = tabs.current;
  if (tab !== null) runInRoom(app, tab, action);
}

/** Opens the keys that mean something here. */
function openHelp(app: FullScreen): void {
  const tab = app.tabs.current;
  const inner = tab === null ? [] : app.panes.finding(tab) === null ? tab.composer.places : ["find" as const];
  app.overlays.open(new TextOverlay(keysPage(app.keyMap, [...inner, "everywhere"])));
}

function runInRoom(app: FullScreen, tab: RoomTab, action: KeyAction): void {
  if (app.panes.act(tab, action)) return;
  const chosen = app.panes.chosen(tab);
  switch (action) {
    case "reply":
      return aim(app, tab, { kind: "reply", entry: chosen ?? lastOfOthers(tab) });
    case "edit":
      return aim(app, tab, {
        kind: "edit",
        entry: chosen?.own === true ? chosen : tab.model.lastOwn ?? null,
      });
    case "reveal":
      return chosen === null ? undefined : tab.model.reveal(chosen.key);
    case "copy":
      return copy(app, tab, chosen);
  }
}

function aim(
  app: FullScreen,
  tab: RoomTab,
  { kind, entry }: { kind: "reply" | "edit"; entry: MessageEntry | null },
): void {
  if (entry === null || entry.id === null || entry.deleted) {
    return tab.model.tell(
      kind === "reply"
        ? "There is no message to answer."
        : "There is no message of yours that can be changed.",
    );
  }
  tab.composer.aim(kind, entry);
  app.changed();
}

function lastOfOthers(tab: RoomTab): MessageEntry | null {
  const id = tab.model.book.lastOfOthers;
  return id === undefined ? null : tab.model.message(id) ?? null;
}

function copy(app: FullScreen, tab: RoomTab, chosen: MessageEntry | null): void {
  if (chosen === null) return tab.model.tell("Choose a message first (Ctrl-Up), then copy it.");
  const sequence = copySequence(chosen.text);
  if (sequence === null) return tab.model.tell("This message is too long for the clipboard.", "problem");
  app.writeAside(sequence);
  tab.model.tell("Copied, if your terminal allows it.");
}
