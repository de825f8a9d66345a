import assert from "node:assert/strict";
import fc from "fast-check";
import { BOB, CAROL, message, roomOf } from "../room/_rooms.ts";
import type { RoomModel } from "../room/room_model.ts";
import { entryRows, leadOf, rule } from "./message_view.ts";
import { splitTexts } from "../screen/measure.ts";
import { MessagePane } from "./message_pane.ts";
import { readAll } from "./_rows.ts";
import { signsOf } from "./signs.ts";
import { textOf } from "./spans.ts";

const signs = signsOf(true);

/** Everything laid out at once. */
function allRows(model: RoomModel, columns: number): string[] {
  const { entries, firstUnread } = model;
  const out: string[] = [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries.at(i);
    if (entry === undefined) continue;
    const unread = i > 0 && entry.key === firstUnread;
    const look = {
      width: columns,
      signs,
      nick: "alice",
      me: model.me?.id ?? null,
      query: "",
      lead: unread ? "full" as const : leadOf(entries.at(i - 1), entry),
    };
    if (unread) out.push(textOf(rule("new", { ...look, role: "unread" })));
    out.push(...entryRows(entry, look).map(textOf));
  }
  return out.map((line) => line.trimEnd());
}

function filled(count: number): RoomModel {
  const model = roomOf();
  model.setActive(true);
  for (let i = 1; i <= count; i++) {
    model.observe(message(i, `message ${i} ${"word ".repeat(i % 23)}`, { from: i % 3 === 0 ? CAROL : BOB }));
  }
  return model;
}

Deno.test("the pane shows the end, and goes on showing it", () => {
  const model = filled(50);
  const pane = new MessagePane({ signs });
  assert.deepEqual(readAll(pane.render(model, { columns: 60, rows: 10 })), allRows(model, 60).slice(-10));
  model.observe(message(51, "newest"));
  assert.match(readAll(pane.render(model, { columns: 60, rows: 10 })).at(-1) ?? "", /newest$/);
  assert.equal(pane.following, true);
});

Deno.test("few messages stand at the bottom of the pane", () => {
  const model = filled(1);
  const seen = readAll(new MessagePane({ signs }).render(model, { columns: 60, rows: 5 }));
  assert.deepEqual(seen.slice(0, 3), ["", "", ""]);
  assert.match(seen[4] ?? "", /message 1/);
});

Deno.test("what arrives does not move what one reads, and is told at the bottom", () => {
  const model = filled(60);
  const pane = new MessagePane({ signs });
  pane.render(model, { columns: 60, rows: 10 });
  pane.page(-1);
  const before = readAll(pane.render(model, { columns: 60, rows: 10 }));
  assert.match(before.at(-1) ?? "", /scrolled back/);
  model.setActive(false);
  for (let i = 61; i <= 70; i++) model.observe(message(i, "news for @alice"));
  const after = readAll(pane.render(model, { columns: 60, rows: 10 }));
  assert.deepEqual(after.slice(0, -1), before.slice(0, -1));
  assert.match(after.at(-1) ?? "", /↓ 10 new messages, 10 for you; End to read/);
  pane.end();
  assert.match(readAll(pane.render(model, { columns: 60, rows: 10 })).at(-1) ?? "", /news for @alice$/);
});

Deno.test("the oldest entries may go while one reads, and the pane stays where it is", () => {
  const model = roomOf([], { maxEntries: 40 });
  for (let i = 1; i <= 40; i++) model.observe(message(i, `message ${i}`));
  const pane = new MessagePane({ signs });
  pane.render(model, { columns: 60, rows: 10 });
  pane.scroll(-10);
  const before = readAll(pane.render(model, { columns: 60, rows: 10 })).slice(0, -1);
  for (let i = 41; i <= 50; i++) model.observe(message(i, `message ${i}`));
  assert.deepEqual(readAll(pane.render(model, { columns: 60, rows: 10 })).slice(0, -1), before);
  for (let i = 51; i <= 200; i++) model.observe(message(i, `message ${i}`));
  const last = readAll(pane.render(model, { columns: 60, rows: 10 }));
  assert.deepEqual(last.slice(0, -1).map((line) => line.trim() === ""), Array(9).fill(false));
});

Deno.test("one jumps to the first unread message, to any entry, to the oldest and to the newest", () => {
  const model = filled(60);
  model.setActive(false);
  for (let i = 61; i <= 120; i++) model.observe(message(i, `unseen ${i}`));
  const pane = new MessagePane({ signs });
  pane.render(model, { columns: 60, rows: 12 });
  assert.equal(pane.jumpToUnread(), true);
  const seen = readAll(pane.render(model, { columns: 60, rows: 12 }));
  assert.match(seen.join("\n"), /─ new ─+\n.*unseen 61/);
  assert.ok(pane.visible.includes(model.firstUnread ?? 0));
  pane.home();
  assert.deepEqual(
    readAll(pane.render(model, { columns: 60, rows: 12 })).slice(0, 11),
    allRows(model, 60).slice(0, 11),
  );
  assert.equal(pane.jump(-1), false);
  pane.end();
  assert.equal(pane.following, true);
});

Deno.test("an entry that stands out has another ground, and the mouse finds it", () => {
  const model = filled(20);
  const pane = new MessagePane({ signs });
  const { key } = model.entries.at(model.entries.length - 1) ?? { key: 0 };
  pane.select(key);
  const rows = pane.render(model, { columns: 60, rows: 8 });
  assert.equal(rows.at(-1)?.[0]?.spans[0]?.style?.bg, "selected");
  assert.equal(pane.entryAt(7), key);
});

Deno.test("the pane shows exactly the right slice, however one scrolls and resizes", () => {
  const step = fc.oneof(
    fc.record({ scroll: fc.integer({ min: -40, max: 40 }) }),
    fc.record({ page: fc.constantFrom(-1, 1) }),
    fc.record({ jump: fc.integer({ min: 1, max: 60 }) }),
    fc.record({
      size: fc.record({ columns: fc.integer({ min: 20, max: 100 }), rows: fc.integer({ min: 2, max: 30 }) }),
    }),
    fc.constantFrom("home" as const, "end" as const, "message" as const),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), fc.array(step, { maxLength: 12 }), (count, steps) => {
      const model = filled(count);
      const pane = new MessagePane({ signs });
      let size = { columns: 60, rows: 10 };
      pane.render(model, size);
      for (const move of steps) {
        if (move === "home") pane.home();
        else if (move === "end") pane.end();
        else if (move === "message") model.observe(message(1_000 + model.version, "new one"));
        else if ("scroll" in move) pane.scroll(move.scroll);
        else if ("page" in move) pane.page(move.page);
        else if ("jump" in move) pane.jump(move.jump);
        else size = move.size;
        const seen = readAll(pane.render(model, size));
        assert.equal(seen.length, size.rows);
        const all = allRows(model, size.columns);
        if (pane.following) {
          const wanted = all.slice(-size.rows);
          while (wanted.length < size.rows) wanted.unshift("");
          assert.deepEqual(seen, wanted);
          continue;
        }
        const content = seen.slice(0, -1);
        assert.ok(
          all.some((_, from) => content.every((line, i) => all[from + i] === line)),
          `not a slice:\n${content.join("\n")}`,
        );
        for (const key of pane.visible) assert.ok(model.entries.get(key) !== undefined);
        if (move === "home") assert.deepEqual(content, all.slice(0, content.length));
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("scrolling up and down by the same number of rows leads back", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 40 }), (start, by) => {
    const model = filled(60);
    const pane = new MessagePane({ signs });
    const size = { columns: 60, rows: 10 };
    pane.render(model, size);
    pane.scroll(-start);
    const before = readAll(pane.render(model, size));
    const all = allRows(model, 60);
    const top = all.findIndex((_, from) => before.slice(0, -1).every((line, i) => all[from + i] === line));
    const up = Math.min(by, top);
    if (up === 0) return;
    pane.scroll(-up);
    const above = readAll(pane.render(model, size));
    assert.deepEqual(above.slice(0, -1), all.slice(top - up, top - up + 9));
    pane.scroll(up);
    assert.deepEqual(readAll(pane.render(model, size)), before);
  }));
});

Deno.test("of 50,000 entries only what is seen is laid out, and only once", () => {
  const model = roomOf();
  for (let i = 1; i <= 50_000; i++) model.observe(message(i, `message ${i}`));
  const pane = new MessagePane({ signs });
  const size = { columns: 100, rows: 24 };
  pane.render(model, size);
  assert.ok(pane.layouts <= 26, String(pane.layouts));
  let before = pane.layouts;
  for (let i = 0; i < 50; i++) pane.render(model, size);
  assert.equal(pane.layouts, before);
  for (let i = 0; i < 100; i++) {
    model.observe(message(60_000 + i, "one more"));
    pane.render(model, size);
  }
  assert.ok(pane.layouts - before <= 102, String(pane.layouts - before));
  before = pane.layouts;
  pane.page(-1);
  pane.render(model, size);
  assert.ok(pane.layouts - before <= 50, String(pane.layouts - before));
  before = pane.layouts;
  pane.home();
  pane.render(model, size);
  assert.ok(pane.layouts - before <= 75, String(pane.layouts - before));
  before = pane.layouts;
  pane.render(model, { columns: 80, rows: 24 });
  assert.ok(pane.layouts - before <= 75, String(pane.layouts - before));
});

Deno.test("what has disappeared or was deleted is kept in no layout", () => {
  const model = filled(8);
  const pane = new MessagePane({ signs });
  pane.render(model, { columns: 60, rows: 40 });
  const before = pane.kept;
  model.observe({ type: "expired", ids: [`${BOB.id}-1`, `${BOB.id}-2`] });
  model.observe({ type: "deleted", id: `${BOB.id}-4`, from: BOB });
  pane.sweep();
  assert.equal(pane.kept, before - 3);
  assert.doesNotMatch(readAll(pane.render(model, { columns: 60, rows: 40 })).join("\n"), /message [124] /);
});

Deno.test("a text that has disappeared is not remembered as it was taken apart to be measured", () => {
  const model = roomOf();
  model.observe(message(1, "👍🏽 क्षि", { from: BOB }));
  const pane = new MessagePane({ signs });
  pane.render(model, { columns: 60, rows: 40 });
  assert.ok(splitTexts() > 0);
  model.observe({ type: "expired", ids: [`${BOB.id}-1`] });
  pane.sweep();
  assert.equal(splitTexts(), 0);
});
