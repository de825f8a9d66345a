/** One frame: everything that is seen, put together. @module */
import { MAX_TEXT_BYTES } from "../input/text_area.ts";
import type { Frame, Row, Size, Span } from "../screen/style.ts";
import { widthOf } from "../screen/width.ts";
import { composerColumns, composerHeight, composerView } from "../view/composer_view.ts";
import { menuView } from "../view/menu_view.ts";
import type { Signs } from "../view/signs.ts";
import { alarmRows, statusLine, typingText } from "../view/status_line.ts";
import { welcomeRows } from "../view/welcome.ts";
import { tabBar, type TabView } from "../view/tab_bar.ts";
import { titleText } from "./attention.ts";
import { startingFoot } from "./first_frame.ts";
import type { FullScreen } from "./full_screen.ts";
import { type Area, type Layout, layOutScreen, placeRows } from "./layout.ts";
import type { RoomTab } from "./room_tab.ts";

/** Most rows of the menu of completions. */
const MENU_ROWS = 8;
const HINT = "Type to talk, /help for commands";

/** What stands at the bottom. */
interface Foot {
  rows: Row[];
  cursor: { row: number; column: number } | null;
}

/** Puts the screen together as it is now. */
export function composeFrame(app: FullScreen): Frame {
  const size: Size = app.size;
  const tab = app.tabs.current;
  const rows: Row[] = Array.from({ length: size.rows }, () => []);
  const over = app.overlays.all.findLast(({ place }) => place !== "foot") ?? null;
  const asked = app.overlays.top?.place === "foot";
  if (over !== null && !asked) {
    placeRows(rows, over.rows(size), { row: 0, column: 0, ...size });
    return { rows, cursor: over.cursor?.(size) ?? null, title: titleOf(app, tab) };
  }
  const most: Size = { columns: size.columns, rows: Math.max(1, Math.floor(size.rows / 3)) };
  const foot = footOf(app, tab, most);
  const layout = layOutScreen(size, {
    rooms: app.tabs.count,
    members: app.membersWanted && tab !== null && tab.model.room !== null,
    footRows: foot.rows.length,
  });
  if (tab !== null) paintRoom(app, tab, rows, layout);
  else placeRows(rows, welcomeRows(layout.messages), layout.messages);
  const { cursor } = foot;
  const above = Math.max(0, foot.rows.length - layout.foot.rows, (cursor?.row ?? 0) - layout.foot.rows + 1);
  placeRows(rows, foot.rows.slice(above), layout.foot);
  return {
    rows,
    cursor: cursor === null
      ? null
      : { row: layout.foot.row + Math.max(0, cursor.row - above), column: cursor.column },
    title: titleOf(app, tab),
  };
}

function paintRoom(app: FullScreen, tab: RoomTab, rows: Row[], layout: Layout): void {
  const { signs } = app;
  const columns = layout.foot.columns;
  app.panes.memberArea = layout.members;
  app.panes.tabArea = layout.tabs;
  if (layout.tabs !== null) {
    const views = tabViews(app);
    placeRows(rows, [tabBar(views, app.tabs.index, { columns, signs })], layout.tabs);
  }
  const alarms = alarmRows(tab.model.trust, layout.messages.columns, Math.min(3, layout.messages.rows - 1));
  const messages: Area = { ...layout.messages, rows: layout.messages.rows - alarms.length };
  messages.row += alarms.length;
  placeRows(rows, alarms, layout.messages);
  app.panes.area = messages;
  placeRows(rows, app.panes.messages(tab, messages), messages);
  if (layout.members !== null) placeRows(rows, app.panes.members(tab, layout.members), layout.members);
  if (layout.status !== null) {
    const label = tabLabel(tab, app.tabs.index);
    const quiet = app.discretion?.attention.quiet(tab) ?? "";
    placeRows(rows, [statusLine(tab.model, { columns, signs, label, quiet })], layout.status);
  }
  placeMenu(tab, rows, layout, signs);
}

/** The menu stands on the status line, above the text that it completes. */
function placeMenu(tab: RoomTab, rows: Row[], layout: Layout, signs: Signs): void {
  const { menu } = tab.composer;
  if (menu === null) return;
  const { items } = menu.completion;
  const space = Math.min(MENU_ROWS, layout.foot.row);
  const size = { column: 0, columns: layout.foot.columns, rows: space };
  const shown = menuView({ items, selected: menu.selected }, size, signs);
  const row = layout.foot.row - shown.length;
  // What lies under it does not look out at its right; only the members stay to be seen.
  for (let i = row; i < layout.foot.row; i++) {
    rows[i] = rows[i]?.filter(({ column }) => layout.members !== null && column >= layout.members.column) ??
      [];
  }
  placeRows(rows, shown, { row, column: 0, rows: shown.length, columns: layout.foot.columns });
}

function footOf(app: FullScreen, tab: RoomTab | null, most: Size): Foot {
  const { top } = app.overlays;
  if (top?.place === "foot") return { rows: top.rows(most), cursor: top.cursor?.(most) ?? null };
  if (tab === null) return startingFoot(most, app.signs);
  const finding = app.panes.finding(tab);
  if (finding !== null) {
    return oneLine("Find: ", finding.text.layout(10_000), most, finding.failed ? "  (nothing more)" : "");
  }
  const { composer } = tab;
  const columns = composerColumns(most.columns, app.signs);
  const layout = composer.text.layout(columns);
  const { search } = composer;
  if (search !== null) {
    const text = `${search.failed ? "not found: " : "search: "}${search.query}`;
    const found = composer.text.text === "" ? "" : `  ${layout.rows[0] ?? ""}`;
    return oneLine("", { rows: [text], cursor: { column: widthOf(text) } }, most, found);
  }
  const state = {
    layout,
    bytes: composer.text.bytes,
    limit: MAX_TEXT_BYTES,
    about: composer.target,
    hint: tab.empty ? "You are in no room: /join, /rejoin or /quit" : app.hints?.current ?? HINT,
    typing: typingText(tab.model.typing, most.columns, app.signs),
  };
  return composerView(
    state,
    { columns: most.columns, rows: Math.min(most.rows, composerHeight(state)) },
    app.signs,
  );
}

/** A row with a lead, what is typed, and something behind it. */
function oneLine(
  lead: string,
  { rows, cursor }: { rows: readonly string[]; cursor: { column: number } },
  { columns }: Size,
  behind: string,
): Foot {
  const spans: Span[] = [
    { text: lead, style: { fg: "accent", bold: true } },
    { text: rows[0] ?? "" },
    { text: behind, style: { fg: "dim" } },
  ];
  const column = Math.min(columns - 1, widthOf(lead) + cursor.column);
  return { rows: [[{ column: 0, width: columns, spans }]], cursor: { row: 0, column } };
}

/** The rooms as the bar shows them. */
export function tabViews(app: FullScreen): TabView[] {
  return app.tabs.all.map((tab, index) => tabView(tab, index));
}

function tabView(tab: RoomTab, index: number): TabView {
  const { unread, mentions, trust, connection } = tab.model;
  const alarm = trust.alarms.length > 0;
  return { label: tabLabel(tab, index), unread, mentions, alarm, state: connection.state };
}

/** What a room is called: its name, else who is there, else its number. */
export function tabLabel(tab: RoomTab, index: number): string {
  if (tab.label !== "") return tab.label;
  const others = tab.model.members.filter(({ me }) => !me).map(({ nick }) => nick);
  if (others.length > 0 && others.length <= 2) return others.join(", ");
  return `room ${index + 1}`;
}

/** The window's title tells of nothing but Sotto and how many messages are unread. */
function titleOf(app: FullScreen, _tab: RoomTab | null): string {
  const unread = app.tabs.all.reduce((sum, { model }) => sum + model.unread, 0);
  const mentions = app.tabs.all.reduce((sum, { model }) => sum + model.mentions, 0);
  return titleText({ unread, mentions });
}
