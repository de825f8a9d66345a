import assert from "node:assert/strict";
import { tabAt, tabBar, type TabView } from "./tab_bar.ts";
import { signsOf } from "./signs.ts";

const signs = signsOf(true);
const tabs: TabView[] = ["tea", "coffee", "water", "milk"].map((label) => ({
  label,
  unread: 0,
  mentions: 0,
}));

Deno.test("a click on the bar meets the room whose name stands there", () => {
  const text = (tabBar(tabs, 1, { columns: 80, signs })[0]?.spans ?? []).map((span) => span.text).join("");
  tabs.forEach(({ label }, index) => {
    const column = text.indexOf(label);
    assert.equal(tabAt(tabs, 1, { columns: 80, signs, column }), index);
  });
  assert.equal(tabAt(tabs, 1, { columns: 80, signs, column: 79 }), null);
});

Deno.test("a click on the edge of a narrow bar leads to the next room beyond it", () => {
  const columns = 14;
  assert.equal(tabAt(tabs, 2, { columns, signs, column: 0 }), 1);
  assert.equal(tabAt(tabs, 2, { columns, signs, column: columns - 1 }), 3);
});
