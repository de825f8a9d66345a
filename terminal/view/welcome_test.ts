import assert from "node:assert/strict";
import { assertSafe, readAll } from "./_rows.ts";
import { welcomeRows } from "./welcome.ts";

Deno.test("before one is in a room the screen says what this is and how to leave, at any size", () => {
  for (const [columns, rows] of [[1, 1], [20, 3], [40, 13], [400, 100]] as const) {
    const shown = welcomeRows({ columns, rows });
    assert.ok(shown.length <= rows);
    assertSafe(shown, columns);
  }
  assert.match(readAll(welcomeRows({ columns: 80, rows: 20 })).join("\n"), /Sotto[\s\S]*Esc leaves/);
});
