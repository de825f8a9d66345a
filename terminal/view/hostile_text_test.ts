import assert from "node:assert/strict";
import fc from "fast-check";
import type { SessionEvent } from "../../client/events.ts";
import { ALICE, message, roomOf, view } from "../room/_rooms.ts";
import type { Row } from "../screen/style.ts";
import { assertSafe } from "./_rows.ts";
import { composerView } from "./composer_view.ts";
import { MemberPane } from "./member_pane.ts";
import { menuView } from "./menu_view.ts";
import { MessagePane } from "./message_pane.ts";
import { signsOf } from "./signs.ts";
import { alarmRows, statusLine, typingText } from "./status_line.ts";
import { row } from "./spans.ts";
import { tabBar } from "./tab_bar.ts";

const BAD = [
  "\u001b[2J",
  "\u001b]8;;https://evil.example\u0007x\u001b]8;;\u0007",
  "\u001b]52;c;AAAA\u0007",
  "\u009b31m",
  "\u0000\u0007\b\r",
  "\u202e\u2066\u200f",
  "\u200b\u2060\ufeff",
  "e" + "\u0301".repeat(60),
  "👩‍👩‍👧‍👦",
  "🇩🇪🏳️‍🌈1️⃣👍🏿",
  "猫犬",
  "שלום عليكم",
  "क्षि",
  "\u2028\u2029",
  "\n\t\n",
  "\ud800",
  "**`||~~_",
  "```\n",
  "> ",
  "https://a.example/\u001b[31m",
  "x".repeat(300),
  " ",
];
const hostile = fc.array(fc.oneof(fc.constantFrom(...BAD), fc.string({ unit: "binary", maxLength: 6 })), {
  maxLength: 8,
})
  .map((parts) => parts.join(""));

const BOB = { id: "b".repeat(32) };

function eventsOf(texts: readonly string[]): SessionEvent[] {
  const [nick = "", text = "", topic = "", emoji = "", words = ""] = texts;
  const bob = { ...BOB, nick };
  return [
    { type: "joined", room: "r", me: ALICE, members: [view(ALICE), view(bob)], founded: false, topic },
    message(1, text, { from: bob }),
    message(2, text, { from: bob, kind: "action", gap: true }),
    message(3, text, { from: bob, kind: "private", to: { id: ALICE.id, nick } }),
    message(4, text, { from: bob, kind: "reply", replyTo: `${BOB.id}-1` }),
    message(5, `@alice ${text}`, { from: bob }),
    { type: "edited", id: `${BOB.id}-2`, from: bob, text: words },
    { type: "edited", id: `${BOB.id}-99`, from: bob, text: words },
    { type: "reaction", id: `${BOB.id}-1`, from: bob, emoji },
    { type: "topic", topic, by: nick },
    { type: "nick", id: BOB.id, nick: words, old: nick },
    { type: "notice", code: "x", message: words },
    { type: "error", code: "x", message: text },
    { type: "member_joined", id: "d".repeat(32), nick, by: words },
    { type: "member_left", id: "d".repeat(32), nick, reason: "kicked", by: words },
    { type: "role", id: BOB.id, nick, operator: true, by: words },
    { type: "lost", id: BOB.id, nick, count: 2 },
    { type: "equivocation", id: BOB.id, nick, number: 3 },
    { type: "split_view", id: BOB.id, nick, witness: words },
    { type: "typing", id: BOB.id, nick: words, on: true },
    { type: "presence", id: BOB.id, nick, away: true, text: words },
    { type: "expire", ms: 60_000, by: nick },
    { type: "connection", state: "reconnecting", reason: words, attempt: 1, retryMs: 1_000, unsent: 1 },
    { type: "ended", status: 1, code: "kicked", message: words },
  ];
}

Deno.test("hostile text in any event gives rows that fit and hold no control characters", () => {
  fc.assert(
    fc.property(
      fc.array(hostile, { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 1, max: 120 }),
      fc.boolean(),
      (texts, columns, unicode) => {
        const signs = signsOf(unicode);
        const model = roomOf();
        const pane = new MessagePane({ signs });
        pane.highlight(texts[1] ?? "");
        const size = { columns, rows: 40 };
        for (const event of eventsOf(texts)) model.observe(event);
        model.said({ command: "msg", to: texts[0] ?? "", text: texts[1] ?? "" });
        const rows: Row[] = pane.render(model, size);
        pane.home();
        rows.push(...pane.render(model, size));
        rows.push(...new MemberPane({ signs }).render(model.members, { columns, rows: 5 }));
        rows.push(statusLine(model, { columns, signs, label: texts[2] ?? "" }));
        rows.push(...alarmRows(model.trust, columns, 3));
        rows.push(row(columns, [{ text: typingText(model.typing, columns, signs) }]));
        rows.push(tabBar([{ label: texts[0] ?? "", unread: 5, mentions: 1 }], 0, { columns, signs }));
        rows.push(
          ...menuView(
            { items: [{ label: texts[1] ?? "", detail: texts[0] ?? "" }], selected: 0 },
            size,
            signs,
          ),
        );
        const entry = model.message(`${BOB.id}-1`);
        if (entry !== undefined) {
          const layout = { rows: [""], cursor: { row: 0, column: 0 } };
          const state = {
            layout,
            bytes: 0,
            limit: 10,
            about: { kind: "reply" as const, entry },
            hint: texts[4] ?? "",
          };
          rows.push(...composerView(state, { columns, rows: 2 }, signs).rows);
        }
        assertSafe(rows, columns);
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("10 KB without a space and 4,000 combining marks take no more than their rows", () => {
  const signs = signsOf(true);
  const model = roomOf();
  model.observe(message(1, "x".repeat(10_240)));
  model.observe(message(2, `e${"\u0301".repeat(4_000)}!`));
  const pane = new MessagePane({ signs });
  const rows = pane.render(model, { columns: 60, rows: 12 });
  assertSafe(rows, 60);
  assert.match(rows.at(-1)?.[0]?.spans.map(({ text }) => text).join("") ?? "", /e\u0301{4}!$/);
});
