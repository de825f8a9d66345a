import assert from "node:assert/strict";
import { Emulator } from "./_emulator.ts";
import { boxOf, boxSigns, shorten } from "./box.ts";
import { Screen } from "./screen.ts";
import { themeOf } from "./theme.ts";
import { widthOf } from "./width.ts";

Deno.test("a box covers what is behind it, with lines or with ASCII", async () => {
  for (const unicode of [true, false]) {
    const emulator = new Emulator({ columns: 14, rows: 4 });
    const screen = new Screen(
      emulator,
      { colours: 0, unicode, sync: false, osc8: false, title: false },
      themeOf("plain", 0),
    );
    const box = boxOf([[{ text: "much too long" }]], { column: 2, width: 10, height: 3 }, {
      signs: boxSigns(unicode),
      title: "Help for all",
    });
    const rows = Array.from({ length: 4 }, (_, i) => [
      { column: 0, width: 14, spans: [{ text: "x".repeat(14) }] },
      ...(box[i - 1] ?? []),
    ]);
    screen.paint({ rows, cursor: null });
    assert.deepEqual(
      await emulator.text(),
      unicode
        ? ["xxxxxxxxxxxxxx", "xx┌─ Help… ┐xx", "xx│much too│xx", "xx└────────┘xx"]
        : ["xxxxxxxxxxxxxx", "xx+- Help~ +xx", "xx|much too|xx", "xx+--------+xx"],
    );
    emulator.dispose();
  }
});

Deno.test("boxes without room are no boxes, and shortened text fits", () => {
  const look = { signs: boxSigns(true) };
  assert.deepEqual(boxOf([], { column: 0, width: 1, height: 5 }, look), []);
  for (let columns = 0; columns < 12; columns++) {
    const text = shorten("漢字 and more", columns, "…");
    assert.ok(widthOf(text) <= columns);
    assert.ok(columns === 0 || text.endsWith("…"));
  }
  assert.equal(shorten("漢字", 4, "…"), "漢字");
});
