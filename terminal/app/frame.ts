/** One frame: everything that is seen, put together. @module */
import type { Frame, Row, Size } from "../screen/style.ts";
import type { FullScreen } from "./full_screen.ts";
import { layOutScreen, placeRows } from "./layout.ts";

/** Puts the screen together as it is now. */
export function composeFrame(app: FullScreen): Frame {
  const size: Size = app.size;
  const tab = app.tabs.current;
  const foot = app.overlays.all.findLast(({ place }) => place === "foot") ?? null;
  const most: Size = { columns: size.columns, rows: Math.max(1, Math.floor(size.rows / 3)) };
  const text = tab?.text.layout(Math.max(1, size.columns - 2)) ??
    { rows: [""], cursor: { row: 0, column: 0 } };
  const footRows: Row[] = foot?.rows(most) ??
    text.rows.map((line, i) => [
      { column: 0, width: 2, spans: [{ text: i === 0 ? "> " : "  " }] },
      { column: 2, width: size.columns - 2, spans: [{ text: line }] },
    ]);
  const layout = layOutScreen(size, {
    rooms: app.tabs.count,
    members: app.membersWanted && tab !== null,
    footRows: footRows.length,
  });
  const rows: Row[] = Array.from({ length: size.rows }, () => []);
  if (tab !== null) placeRows(rows, app.panes.rows(tab, layout.messages), layout.messages);
  const scrolled = Math.max(0, (foot === null ? text.cursor.row : 0) - layout.foot.rows + 1);
  placeRows(rows, footRows.slice(scrolled), layout.foot);
  const at = foot === null ? { ...text.cursor, column: text.cursor.column + 2 } : foot.cursor?.(most) ?? null;
  return {
    rows,
    cursor: at === null ? null : { row: layout.foot.row + at.row - scrolled, column: at.column },
  };
}
