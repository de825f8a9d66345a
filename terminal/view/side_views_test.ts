import assert from "node:assert/strict";
import { ALICE, BOB, CAROL, message, roomOf, view } from "../room/_rooms.ts";
import type { RoomModel } from "../room/room_model.ts";
import { placeRows } from "../app/layout.ts";
import { Screen } from "../screen/screen.ts";
import type { Frame } from "../screen/style.ts";
import { themeOf } from "../screen/theme.ts";
import { assertSafe, read, readAll } from "./_rows.ts";
import { composerColumns, composerHeight, type ComposerState, composerView } from "./composer_view.ts";
import { MemberPane } from "./member_pane.ts";
import { menuView } from "./menu_view.ts";
import { MessagePane } from "./message_pane.ts";
import { signsOf } from "./signs.ts";
import { alarmRows, statusLine, typingText } from "./status_line.ts";
import { tabBar } from "./tab_bar.ts";

const signs = signsOf(true);

function status(model: RoomModel, columns = 100): string {
  return read(statusLine(model, { columns, signs, label: "team" })).trimEnd();
}

Deno.test("members are shown with signs for role, connection, confirmation and verification", () => {
  const model = roomOf([
    view(BOB, { operator: true, verified: true }),
    view(CAROL, { online: false }),
    view({ id: "d".repeat(32), nick: "dave" }, { confirmed: false }),
    view({ id: "e".repeat(32), nick: "eve" }),
  ]);
  model.observe({ type: "presence", id: "e".repeat(32), nick: "eve", away: true, text: "at lunch" });
  const pane = new MemberPane({ signs });
  assert.deepEqual(readAll(pane.render(model.members, { columns: 24, rows: 7 })), [
    "│ 5 here",
    "│ ● alice (you)",
    "│ ● bob @✓",
    "│ ? dave",
    "│ ◐ eve at lunch",
    "│ ○ carol",
    "│",
  ]);
  const narrow = readAll(pane.render(model.members, { columns: 14, rows: 3 }));
  assert.equal(narrow[1], "│ ● alice you", "the whole name, as long as there is space for it");
  for (
    const line of readAll(
      new MemberPane({ signs: signsOf(false) }).render(model.members, { columns: 24, rows: 7 }),
    )
  ) {
    assert.match(line, /^[\x20-\x7e]*$/);
  }
});

Deno.test("a room that has ended is not called encrypted, and nobody is said to be in it", () => {
  const model = roomOf();
  model.observe({ type: "lock", locked: true, by: "bob" });
  const line = (): string => read(statusLine(model, { columns: 100, signs, label: "team" })).trimEnd();
  assert.match(line(), /encrypted.*locked.*2 here/);
  model.observe({ type: "ended", status: 1, code: "kicked", message: "You were put out of the room by bob" });
  assert.equal(line(), "✗ ended │ team");
  model.observe({ type: "connection", state: "connecting" });
  assert.doesNotMatch(line(), /encrypted|here/);
});

Deno.test("many members scroll, and how many are not seen is told", () => {
  const many = Array.from(
    { length: 30 },
    (_, i) => view({ id: i.toString(16).padStart(32, "0"), nick: `m${String(i).padStart(2, "0")}` }),
  );
  const { members } = roomOf(many);
  const pane = new MemberPane({ signs });
  const draw = (): string[] => readAll(pane.render(members, { columns: 20, rows: 6 }));
  assert.deepEqual(draw().slice(-2), ["│ ● m02", "│ 27 more"]);
  pane.scroll(2);
  assert.deepEqual([draw()[1], draw().at(-1)], ["│ ● m01", "│ 2 above, 25 more"]);
  pane.scroll(1_000);
  assert.deepEqual(draw().slice(-2), ["│ ● m29", "│ 27 above"]);
});

Deno.test("the status line says room, connection, trust, unread and topic in plain words", () => {
  const model = roomOf([view(BOB), view(CAROL, { verified: true })]);
  model.observe({ type: "topic", topic: "tea", by: "bob" });
  model.observe(message(1, "@alice"));
  assert.equal(
    status(model),
    "● online │ encrypted, bob not verified │ team │ 1 unread (1 for you) │ 3 here │ tea",
  );
  model.marked(BOB.id, true);
  assert.match(status(model), /^● online │ encrypted, all verified │ team/);
  model.observe({
    type: "connection",
    state: "reconnecting",
    reason: "cut",
    attempt: 1,
    retryMs: 5_000,
    unsent: 2,
  });
  assert.match(status(model), /^◌ reconnecting \(next try in 5 s; 2 messages wait\)/);
  model.observe({
    type: "connection",
    state: "reconnecting",
    reason: "cut",
    attempt: 4,
    retryMs: 5_000,
    unsent: 0,
  });
  assert.match(status(model), /^✗ relay down \(next try in 5 s\)/);
});

Deno.test("connection and trust are said at any width, and an alarm before all else", () => {
  const model = roomOf();
  model.observe({
    type: "topic",
    topic: "a topic that is quite long, so that it does not fit into the line",
    by: "bob",
  });
  assert.match(status(model, 60), /^● online │ encrypted, bob not verified │ team │ 2 here$/);
  assert.equal(status(model, 24), "● online │ not verified");
  model.observe({ type: "member_joined", ...CAROL, by: "bob" });
  model.observe({ type: "equivocation", ...BOB, number: 1 });
  assert.match(status(model, 60), /!! ALARM/);
  assert.match(status(model, 24), /!! ALARM/);
  for (let columns = 0; columns < 120; columns++) {
    assertSafe([statusLine(model, { columns, signs, label: "team" })], columns);
  }
});

Deno.test("alarms have a banner of their own until they are acknowledged", () => {
  const model = roomOf();
  assert.deepEqual(alarmRows(model.trust, 80, 3), []);
  model.observe({ type: "split_view", ...BOB, witness: "carol" });
  const rows = alarmRows(model.trust, 80, 3);
  assert.match(readAll(rows).join(" "), /^!! You and carol have been shown different messages from bob/);
  assert.match(read(alarmRows(model.trust, 40, 1)[0] ?? []), /\.\.\.$/);
  model.acknowledge();
  assert.deepEqual(alarmRows(model.trust, 80, 3), []);
});

Deno.test("who types is a sentence", () => {
  assert.equal(typingText([], 80, signs), "");
  assert.equal(typingText(["bob"], 80, signs), "bob is typing…");
  assert.equal(typingText(["bob", "carol"], 80, signs), "bob and carol are typing…");
  assert.equal(typingText(["a", "b", "c", "d", "e"], 80, signs), "a, b, c and 2 others are typing…");
});

Deno.test("tabs show what has come, and the active one is always seen", () => {
  const tabs = [
    { label: "lobby", unread: 0, mentions: 0 },
    { label: "team", unread: 3, mentions: 0 },
    { label: "ops", unread: 12, mentions: 1, state: "down" as const },
  ];
  assert.equal(read(tabBar(tabs, 0, { columns: 80, signs })).trimEnd(), "[1 lobby] 2 team 3  3 ops ✗ 12@1");
  const many = Array.from(
    { length: 20 },
    (_, i) => ({ label: `room${i}`, unread: 0, mentions: i === 19 ? 1 : 0 }),
  );
  for (let active = 0; active < 20; active++) {
    const bar = tabBar(many, active, { columns: 40, signs });
    assert.match(read(bar), new RegExp(`\\[${active + 1} room${active}\\b`));
    assertSafe([bar], 40);
  }
  const bar = tabBar(many, 0, { columns: 40, signs });
  assert.match(read(bar), /›$/);
  assert.equal(bar[0]?.spans.at(-1)?.style?.fg, "mention");
});

const WRITING: ComposerState = {
  layout: { rows: ["hello"], cursor: { row: 0, column: 5 } },
  bytes: 5,
  limit: 1_000,
};

Deno.test("the composer shows text and cursor, and what is answered or changed", () => {
  const size = { columns: 40, rows: 3 };
  const plain = composerView(WRITING, size, signs);
  assert.deepEqual([readAll(plain.rows), plain.cursor], [["› hello"], { row: 0, column: 7 }]);
  const model = roomOf();
  model.observe(message(1, "tea?"));
  const entry = model.entries.at(1);
  if (entry?.kind !== "message") throw new Error("no message");
  const answering: ComposerState = { ...WRITING, about: { kind: "reply", entry } };
  const answer = composerView(answering, { columns: 60, rows: 3 }, signs);
  assert.deepEqual(readAll(answer.rows), ["Answering bob #1 (Esc to stop): tea?", "› hello"]);
  assert.equal(composerHeight(answering), 2);
  assert.equal(answer.cursor.row, 1);
});

Deno.test("a hint that has no room is cut with a sign of it, at any width", () => {
  const hint = "Type to talk, Enter sends; /invite shows how others come in";
  const state: ComposerState = { ...WRITING, layout: { rows: [""], cursor: { row: 0, column: 0 } }, hint };
  for (const columns of [20, 40, 60]) {
    const [shown = ""] = readAll(composerView(state, { columns, rows: 3 }, signs).rows);
    assert.ok(shown.endsWith("…"), shown);
    assert.ok(shown.length <= columns, shown);
  }
  assert.deepEqual(readAll(composerView(state, { columns: 62, rows: 3 }, signs).rows), [`› ${hint}`]);
});

Deno.test("near the limit the composer counts, and says when it is too long", () => {
  const size = { columns: 40, rows: 3 };
  const near = readAll(composerView({ ...WRITING, bytes: 900 }, size, signs).rows);
  assert.match(near[0] ?? "", /^ +900\/1,000$/);
  const over = readAll(
    composerView({ ...WRITING, bytes: 1_024, typing: "bob is typing…" }, size, signs).rows,
  );
  assert.match(over[0] ?? "", /^bob is typing… +24 bytes too long$/);
});

Deno.test("of a long text the composer shows the rows around the cursor", () => {
  const rows = Array.from({ length: 20 }, (_, i) => `row ${i}`);
  for (let cursor = 0; cursor < 20; cursor++) {
    const seen = composerView({ ...WRITING, layout: { rows, cursor: { row: cursor, column: 1 } } }, {
      columns: 40,
      rows: 4,
    }, signs);
    assert.equal(seen.rows.length, 4);
    assert.match(read(seen.rows[seen.cursor.row] ?? []), new RegExp(`row ${cursor}$`));
  }
  assert.equal(composerColumns(40, signs), 38);
});

Deno.test("the menu shows what is chosen, with its help, in the columns there are", () => {
  const items = Array.from(
    { length: 12 },
    (_, i) => ({ label: `/command${i}`, detail: `does the thing number ${i}` }),
  );
  const rows = menuView({ items, selected: 7 }, { column: 10, columns: 50, rows: 5 }, signs);
  assert.equal(rows.length, 5);
  assert.match(readAll(rows).join("\n"), /› \/command7 +does the thing/);
  assertSafe(rows, 50);
  assert.equal(rows[0]?.[0]?.column, 10);
  assert.deepEqual(menuView({ items: [], selected: 0 }, { columns: 50, rows: 5 }, signs), []);
});

Deno.test("own id and nick never make another's reaction mine", () => {
  const model = roomOf();
  model.observe(message(1, "x"));
  model.observe({
    type: "reaction",
    id: `${BOB.id}-1`,
    from: { id: CAROL.id, nick: ALICE.nick },
    emoji: "👍",
  });
  const entry = model.message(`${BOB.id}-1`);
  assert.equal(entry?.reactions.has(ALICE.id), false);
});

Deno.test("a message more costs a screen the rows that are new, not all that scroll", () => {
  const size = { columns: 100, rows: 24 };
  const capabilities = { colours: "true", unicode: true, sync: false, osc8: false, title: false } as const;
  const screen = new Screen({ write: () => {}, size: () => size }, capabilities, themeOf("dark", "true"));
  const model = roomOf([view(BOB, { operator: true }), view(CAROL, { online: false })]);
  const messages = new MessagePane({ signs });
  const members = new MemberPane({ signs });
  const paint = (): void => {
    const frame: Frame = { rows: Array.from({ length: 24 }, () => []), cursor: null };
    placeRows(frame.rows, messages.render(model, { columns: 80, rows: 23 }), {
      row: 0,
      column: 0,
      rows: 23,
      columns: 80,
    });
    placeRows(frame.rows, members.render(model.members, { columns: 20, rows: 23 }), {
      row: 0,
      column: 80,
      rows: 23,
      columns: 20,
    });
    frame.rows[23] = statusLine(model, { columns: 100, signs, label: "team" });
    screen.paint(frame);
  };
  model.setActive(true);
  for (let n = 1; n <= 40; n++) model.observe(message(n, `text ${n} in größerem 漢字 👍🏽`));
  paint();
  const before = screen.made;
  paint();
  assert.equal(screen.made, before, "the same once more");
  model.observe(message(41, "one more"));
  paint();
  assert.ok(screen.made - before <= 6, `${screen.made - before} rows: the new one, and those beside a name`);
});
