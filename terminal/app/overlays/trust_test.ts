import assert from "node:assert/strict";
import type { Alarm } from "../../room/trust.ts";
import { give, pressed, type, typed } from "./_keys.ts";
import { rowText } from "./page.ts";
import { AlarmsOverlay } from "./trust.ts";

const alarm = (key: string): Alarm => ({
  key,
  kind: "split_view",
  member: { id: "00", nick: "bob" },
  text: `You and carol have been shown different messages from bob (${key}).`,
});

function shown(...alarms: Alarm[]) {
  const taken: string[][] = [];
  const overlay = new AlarmsOverlay({
    alarms: () => alarms,
    acknowledge: (keys) => taken.push([...keys]),
    waiting: true,
  });
  const text = (columns = 80, rows = 24): string =>
    overlay.rows({ columns, rows }).slice(0, rows).map(rowText).join("\n");
  return { overlay, taken, text, alarms };
}

Deno.test("an alarm goes only when the word has been typed: not by Enter, Escape or a letter", () => {
  for (const presses of [[pressed("enter")], [pressed("escape")], [typed("y"), pressed("enter")]]) {
    const { overlay, taken, text } = shown(alarm("a"));
    text();
    give(overlay, ...presses);
    assert.deepEqual(taken, []);
  }
  const { overlay, taken, text } = shown(alarm("a"));
  assert.match(text(), /Your message has not been sent/);
  type(overlay, "seen");
  assert.equal(give(overlay, pressed("enter")), "close");
  assert.deepEqual(taken, [["a"]]);
});

Deno.test("an alarm that comes while another is being read is not taken away with it", () => {
  const { overlay, taken, text, alarms } = shown(alarm("a"));
  text();
  alarms.push(alarm("b"));
  type(overlay, "seen");
  give(overlay, pressed("enter"));
  assert.deepEqual(taken, [["a"]]);
});

Deno.test("the question about an alarm is seen on every screen, however small, and the text can be scrolled to", () => {
  const { overlay, text } = shown(alarm("a"), alarm("b"), alarm("c"));
  for (const [columns, rows] of [[80, 24], [40, 15], [20, 10]] as const) {
    assert.match(text(columns, rows).replaceAll("\n", ""), /type seen and press Enter/);
  }
  assert.ok(!text(40, 10).includes("(c)"));
  for (let i = 0; i < 20; i++) give(overlay, pressed("down"));
  assert.ok(text(40, 10).includes("(c)"));
});
