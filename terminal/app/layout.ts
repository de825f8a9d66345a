/** Where everything stands on a screen of some size. @module */
import type { Row, Size } from "../screen/style.ts";

/** A part of the screen, counted from 0. */
export interface Area {
  row: number;
  column: number;
  rows: number;
  columns: number;
}

/** What a screen is divided into. */
export interface Layout {
  /** Names of the rooms; null with one room, or without space. */
  tabs: Area | null;
  /** What is said. */
  messages: Area;
  /** Who is here; null where it is narrow or not wanted. */
  members: Area | null;
  /** Room, connection, trust; null where there is no space at all. */
  status: Area | null;
  /** What is being written, or a question. */
  foot: Area;
}

/** What a layout depends on, beside the size. */
export interface LayoutWants {
  /** How many rooms there are. */
  rooms: number;
  /** Whether the members are wanted. */
  members: boolean;
  /** Rows that the text being written takes. */
  footRows: number;
}

/** From how many columns members are shown. */
export const MEMBERS_FROM = 70;
/** From how many rows the names of the rooms are shown. */
const TABS_FROM = 7;

/** Divides a screen. The areas never overlap and never leave the screen. */
export function layOutScreen({ columns, rows }: Size, wants: LayoutWants): Layout {
  const whole = (row: number, height: number): Area => ({ row, column: 0, rows: height, columns });
  const tabs = wants.rooms > 1 && rows >= TABS_FROM ? 1 : 0;
  const status = rows >= 3 ? 1 : 0;
  const most = Math.max(1, Math.floor(rows / 3));
  const foot = Math.max(1, Math.min(wants.footRows, most, rows - tabs - status));
  const middle = Math.max(0, rows - tabs - status - foot);
  const side = wants.members && columns >= MEMBERS_FROM ? Math.min(26, Math.floor(columns / 5)) : 0;
  return {
    tabs: tabs === 0 ? null : whole(0, 1),
    messages: { row: tabs, column: 0, rows: middle, columns: columns - side },
    members: side === 0 ? null : { row: tabs, column: columns - side, rows: middle, columns: side },
    status: status === 0 ? null : whole(tabs + middle, 1),
    foot: whole(tabs + middle + status, foot),
  };
}

/** Puts rows that know nothing of the rest of the screen where they belong. */
export function placeRows(screen: Row[], rows: readonly Row[], area: Area): void {
  for (let i = 0; i < Math.min(rows.length, area.rows); i++) {
    const target = screen[area.row + i] ??= [];
    for (const segment of rows[i] ?? []) {
      if (segment.column >= area.columns) continue;
      const width = Math.min(segment.width, area.columns - segment.column);
      target.push({ ...segment, column: segment.column + area.column, width });
    }
  }
}
