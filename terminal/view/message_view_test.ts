import assert from "node:assert/strict";
import fc from "fast-check";
import { ALICE, BOB, CAROL, message, NOON, roomOf, view } from "../room/_rooms.ts";
import type { RoomModel } from "../room/room_model.ts";
import type { Span } from "../screen/style.ts";
import { widthOf } from "../screen/width.ts";
import { entryRows, leadOf, type Look } from "./message_view.ts";
import { signsOf } from "./signs.ts";
import { nickRole, textOf } from "./spans.ts";

function look(width: number, facts: Partial<Look> = {}): Look {
  return { width, signs: signsOf(true), nick: "alice", me: ALICE.id, query: "", lead: "full", ...facts };
}

function rows(model: RoomModel, width: number, facts: Partial<Look> = {}): string[] {
  const all: string[] = [];
  for (let i = 1; i < model.entries.length; i++) {
    const entry = model.entries.at(i);
    if (entry === undefined) continue;
    const lead = leadOf(model.entries.at(i - 1), entry);
    all.push(...entryRows(entry, look(width, { lead, ...facts })).map((spans) => textOf(spans).trimEnd()));
  }
  return all;
}

Deno.test("messages of one author stand together, and every further row begins with a bar", () => {
  const model = roomOf();
  model.observe(message(1, "hello there"));
  model.observe(message(2, "and **again**\nwith a second line"));
  model.observe(message(3, "later", { time: new Date(NOON + 60_000).toISOString() }));
  model.observe(message(4, "hi", { from: CAROL }));
  assert.deepEqual(rows(model, 60), [
    "12:00    #1 bob: hello there",
    "         #2 │ and again",
    "            │ with a second line",
    "12:01    #3 │ later",
    "12:00    #4 carol: hi",
  ]);
});

Deno.test("no text of a member stands where a name does", () => {
  const model = roomOf();
  model.observe(message(1, `${"x ".repeat(40)}\n12:01    #2 carol: I agree\n-- carol left.\n!! trust me`));
  const [first, ...rest] = rows(model, 60);
  assert.match(first ?? "", /^12:00 {4}#1 bob: x/);
  assert.ok(rest.length > 3);
  for (const line of rest) assert.match(line, /^ {12}│ /);
});

Deno.test("actions, private messages, answers, edits, deletions and reactions have forms of their own", () => {
  const model = roomOf([view(BOB), view(CAROL)]);
  model.observe(message(1, "waves", { kind: "action" }));
  model.observe(message(2, "psst", { kind: "private", to: ALICE }));
  model.observe(message(3, "no", { kind: "reply", replyTo: `${BOB.id}-1` }));
  model.observe({ type: "edited", id: `${BOB.id}-3`, from: BOB, text: "yes" });
  model.observe({ type: "reaction", id: `${BOB.id}-3`, from: CAROL, emoji: "👍" });
  model.did({ command: "react", id: `${BOB.id}-3`, emoji: "👍" });
  model.observe(message(4, "gone", { from: CAROL }));
  model.observe({ type: "deleted", id: `${CAROL.id}-4`, from: CAROL });
  model.said({ command: "msg", to: "bob", text: "hey" });
  assert.deepEqual(rows(model, 60), [
    "12:00    #1 * bob waves",
    "12:00    #2 bob → you alone: psst",
    "            ┌ bob #1: waves",
    "12:00    #3 bob: yes (edited)",
    "            │ 👍 2 (you)",
    "12:00    #4 carol: (deleted)",
    "12:00    #5 alice → bob alone: hey …",
  ]);
});

Deno.test("waiting, sent and delivered differ in their signs, also in ASCII", () => {
  for (const unicode of [true, false]) {
    const signs = signsOf(unicode);
    const model = roomOf([view(BOB), view(CAROL)]);
    const ref = model.said({ command: "send", text: "hi" });
    const seen: string[] = [];
    const note = (): void => void seen.push(rows(model, 60, { signs })[0] ?? "");
    note();
    model.observe({ type: "pending", ref });
    note();
    model.observe({ type: "sent", id: `${ALICE.id}-1`, ref });
    note();
    model.observe({ type: "delivered", id: `${ALICE.id}-1`, to: BOB.id });
    note();
    model.observe({ type: "delivered", id: `${ALICE.id}-1`, to: CAROL.id });
    note();
    assert.deepEqual(
      seen.map((line) => line.replace(/^.*hi /, "")),
      unicode ? ["…", "… waits", "✓", "✓1/2", "✓✓"] : ["(...)", "(waits)", "(sent)", "got 1/2", "(got)"],
    );
    if (!unicode) { for (const line of seen) assert.match(line, /^[\x20-\x7e]*$/); }
  }
});

Deno.test("a message that names me stands out by a sign and by the name in it", () => {
  const model = roomOf();
  model.observe(message(1, "so, **Alice**?"));
  const entry = model.entries.at(1);
  const [spans] = entry === undefined ? [] : entryRows(entry, look(60));
  assert.match(textOf(spans ?? []), /#1»bob: so, Alice\?/);
  assert.equal(spans?.find(({ text }) => text === "Alice")?.style?.fg, "mention");
});

Deno.test("narrow panes leave the time out, and still have number, name and text", () => {
  const model = roomOf();
  model.observe(message(1, "hello there, this is long"));
  assert.deepEqual(rows(model, 30), ["   #1 bob: hello there, this", "      │ is long"]);
  assert.deepEqual(
    rows(model, 12),
    [" bob: ", " │ hello", " │ there,", " │ this is", " │ long"].map((s) => s.trimEnd()),
  );
});

Deno.test("a spoiler is covered, also beside an answer to it, until it is opened", () => {
  const model = roomOf();
  model.observe(message(1, `the end: ||he **dies** ${"x".repeat(300)}||`));
  model.observe(message(2, "no!", { kind: "reply", replyTo: `${BOB.id}-1` }));
  assert.doesNotMatch(rows(model, 60).join("\n"), /dies|x/);
  model.reveal(model.entries.at(1)?.key ?? 0);
  assert.match(rows(model, 60)[0] ?? "", /the end: he dies/);
});

Deno.test("what is looked for is marked across styles, rows and capitals", () => {
  const model = roomOf();
  model.observe(message(1, `${"a".repeat(41)} s**ear**ch`));
  const entry = model.entries.at(1);
  const found = entry === undefined ? [] : entryRows(entry, look(60, { query: "a search" })).flat();
  assert.equal(textOf(found.filter(({ style }) => style?.inverse)), "a search");
});

Deno.test("a member's name always has the same colour, and the eight are used alike", () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 800; i++) {
    const id = i.toString(16).padStart(32, "7");
    assert.equal(nickRole(id), nickRole(id));
    counts.set(nickRole(id), (counts.get(nickRole(id)) ?? 0) + 1);
  }
  assert.equal(counts.size, 8);
  for (const count of counts.values()) assert.ok(count > 50 && count < 200, String(count));
});

Deno.test("wrapping a message into rows loses none of its text", () => {
  const word = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.constantFrom("猫", "👩‍👩‍👧‍👦", "x".repeat(200), "é"),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), fc.integer({ min: 24, max: 120 }), (words, width) => {
      const text = words.join(" ").replace(/[*_~|`>\n│]/g, "");
      const model = roomOf();
      model.observe(message(1, text));
      const entry = model.entries.at(1);
      if (entry === undefined) return;
      const laid = entryRows(entry, look(width));
      for (const spans of laid) assert.ok(widthOf(textOf(spans)) <= width);
      const whole = entryRows(entry, look(1_000_000)).map(content).join("");
      assert.equal(laid.map(content).join("").replace(/ /g, ""), whole.replace(/ /g, ""));
    }),
  );
});

function content(spans: Span[]): string {
  return textOf(spans).replace(/^(?:\d\d:\d\d)? *#1[ »]/, "").replace(/^ *│ /, "").replace(
    /^(?:12:00 )?bob: /,
    "",
  );
}

Deno.test("a message that disappears says until when it stays, one's own once it is sent", () => {
  const model = roomOf();
  model.observe({ type: "expire", ms: 600_000, by: "bob" });
  model.observe(message(1, "soon gone", { expireMs: 600_000 }));
  const ref = model.said({ command: "send", text: "mine too" });
  assert.match(rows(model, 60).at(-1) ?? "", /mine too …$/);
  model.observe({ type: "sent", id: `${ALICE.id}-1`, ref });
  model.observe({ type: "expire", ms: null, by: "bob" });
  model.observe(message(2, "this stays"));
  assert.deepEqual(rows(model, 60).filter((line) => line.includes("#")), [
    "12:00    #1 bob: soon gone (until 12:10)",
    "12:00    #2 alice: mine too (until 12:10) ✓",
    "12:00    #3 bob: this stays",
  ]);
});
