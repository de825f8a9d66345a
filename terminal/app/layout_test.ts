import assert from "node:assert/strict";
import fc from "fast-check";
import type { Row } from "../screen/style.ts";
import { type Area, layOutScreen, placeRows } from "./layout.ts";

const inside = (area: Area, columns: number, rows: number): boolean =>
  area.row >= 0 && area.column >= 0 && area.rows >= 0 && area.row + area.rows <= rows &&
  area.column + area.columns <= columns;

Deno.test("the areas of a screen never leave it, never overlap, and there is always a row to write in", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 420 }),
    fc.integer({ min: 1, max: 140 }),
    fc.integer({ min: 0, max: 12 }),
    fc.integer({ min: 0, max: 60 }),
    fc.boolean(),
    (columns, rows, rooms, footRows, members) => {
      const layout = layOutScreen({ columns, rows }, { rooms, members, footRows });
      const areas = [layout.tabs, layout.messages, layout.members, layout.status, layout.foot]
        .filter((area): area is Area => area !== null);
      const cells = new Set<number>();
      for (const area of areas) {
        assert.ok(inside(area, columns, rows));
        for (let row = area.row; row < area.row + area.rows; row++) {
          for (const column of [area.column, area.column + area.columns - 1]) {
            const cell = row * 1_000 + column;
            assert.ok(area.columns === 1 || !cells.has(cell));
            cells.add(cell);
          }
        }
      }
      assert.ok(layout.foot.rows >= 1);
    },
  ));
});

Deno.test("members are shown from 70 columns on, room names from two rooms on, the composer takes a third at most", () => {
  const wants = { rooms: 2, members: true, footRows: 40 };
  const narrow = layOutScreen({ columns: 69, rows: 24 }, wants);
  assert.equal(narrow.members, null);
  assert.equal(narrow.foot.rows, 8);
  const wide = layOutScreen({ columns: 70, rows: 24 }, { ...wants, rooms: 1 });
  assert.notEqual(wide.members, null);
  assert.equal(wide.tabs, null);
  const tiny = layOutScreen({ columns: 20, rows: 5 }, wants);
  assert.equal(tiny.tabs, null);
  assert.deepEqual([tiny.messages.rows, tiny.foot.rows], [3, 1]);
});

Deno.test("rows are cut to the area that they are put into", () => {
  const screen: Row[] = [];
  const row: Row = [{ column: 0, width: 10, spans: [{ text: "0123456789" }] }];
  placeRows(screen, [row, row, row], { row: 1, column: 5, rows: 2, columns: 4 });
  assert.equal(screen[0], undefined);
  assert.deepEqual(screen[1]?.map(({ column, width }) => [column, width]), [[5, 4]]);
  assert.equal(screen.length, 3);
});
