import assert from "node:assert/strict";
import fc from "fast-check";
import { Emulator, type Opinion } from "./_emulator.ts";
import type { Capabilities } from "./capabilities.ts";
import { Screen } from "./screen.ts";
import type { ColourRole, Frame, Row, Span, Style } from "./style.ts";
import { themeOf } from "./theme.ts";
import { BITS, TORTURE } from "./torture.ts";
import { widthOf } from "./width.ts";

const CAPABILITIES: Capabilities = { colours: "true", unicode: true, sync: false, osc8: true, title: true };
const THEME = themeOf("dark", "true");

function screenOn(emulator: Emulator, more: Partial<Capabilities> = {}): Screen {
  return new Screen(emulator, { ...CAPABILITIES, ...more }, THEME);
}

function row(...texts: string[]): Row {
  let column = 0;
  return texts.map((text) => {
    const segment = { column, width: widthOf(text), spans: [{ text }] };
    column += segment.width;
    return segment;
  });
}

const styles: (Style | undefined)[] = [
  undefined,
  undefined,
  { fg: "accent" },
  { fg: "nick3", bold: true },
  { bg: "selected" },
  { fg: "bad", underline: true, strike: true },
  { italic: true, inverse: true },
  { link: "https://example.org/" },
];
const anySpan: fc.Arbitrary<Span> = fc.record({
  text: fc.array(fc.constantFrom(...BITS), { maxLength: 12 }).map((bits) => bits.join("")),
  style: fc.constantFrom(...styles),
}).map(({ text, style }) => style === undefined ? { text } : { text, style });
const anyRow: fc.Arbitrary<Row> = fc.oneof(
  fc.constant<Row>([]),
  // The usual: messages, a border, members.
  fc.tuple(fc.array(anySpan, { maxLength: 3 }), anySpan).map(([left, right]) => [
    { column: 0, width: 20, spans: left },
    { column: 20, width: 1, spans: [{ text: "│", style: { fg: "border" as ColourRole } }] },
    { column: 21, width: 9, spans: [right] },
  ]),
  fc.array(
    fc.record({
      column: fc.integer({ min: -3, max: 32 }),
      width: fc.integer({ min: 0, max: 34 }),
      spans: fc.array(anySpan, { maxLength: 3 }),
    }),
    { maxLength: 4 },
  ),
);
const pool = fc.array(anyRow, { minLength: 2, maxLength: 6 });
const anyFrames: fc.Arbitrary<Frame[]> = pool.chain((rows) =>
  fc.array(
    fc.record({
      rows: fc.array(fc.constantFrom(...rows), { maxLength: 7 }),
      cursor: fc.option(fc.record({ row: fc.nat(8), column: fc.nat(40) })),
    }),
    { minLength: 1, maxLength: 6 },
  )
);

for (const opinion of ["ours", "old"] as Opinion[]) {
  Deno.test(`any frames painted one over the other look as the last one alone, on a terminal of ${opinion === "ours" ? "our" : "other"} widths`, async () => {
    await fc.assert(
      fc.asyncProperty(anyFrames, async (frames) => {
        const changed = new Emulator({ columns: 30, rows: 6 }, opinion);
        const fresh = new Emulator({ columns: 30, rows: 6 }, opinion);
        try {
          const screen = screenOn(changed);
          for (const frame of frames) screen.paint(frame);
          screenOn(fresh).paint(frames.at(-1) as Frame);
          assert.deepEqual(await changed.cells(), await fresh.cells());
          assert.equal(changed.scrolled, 0);
          if (frames.at(-1)?.cursor) assert.deepEqual(await changed.cursor(), await fresh.cursor());
        } finally {
          changed.dispose();
          fresh.dispose();
        }
      }),
      { numRuns: 200 },
    );
  });
}

Deno.test("text of doubtful width never moves the border or what is behind it, on any terminal", async () => {
  for (const opinion of ["ours", "old"] as Opinion[]) {
    for (const [name, text] of Object.entries(TORTURE)) {
      const emulator = new Emulator({ columns: 40, rows: 5 }, opinion);
      const screen = screenOn(emulator);
      for (const shown of ["", text, "plain", text]) {
        screen.paint({
          rows: Array.from({ length: 5 }, () => [
            { column: 0, width: 29, spans: [{ text: shown }] },
            { column: 29, width: 1, spans: [{ text: "|" }] },
            { column: 30, width: 10, spans: [{ text: "members" }] },
          ]),
          cursor: { row: 4, column: 3 },
        });
        for (const line of await emulator.text()) assert.match(line, /\|members$/, `${name}, ${opinion}`);
        for (let r = 0; r < 5; r++) assert.equal(await emulator.glyph(r, 29), "|", `${name}, ${opinion}`);
      }
      assert.equal(emulator.scrolled, 0);
      assert.deepEqual(await emulator.cursor(), { row: 4, column: 3 });
      emulator.dispose();
    }
  }
});

Deno.test("parts that are divided anew are painted anew where a terminal may think otherwise", async () => {
  const whole = (text: string): Row => [{ column: 0, width: 40, spans: [{ text: `${text} | tail` }] }];
  const divided = (text: string): Row => {
    const width = widthOf(text);
    return [
      { column: 0, width, spans: [{ text }] },
      { column: width, width: 40, spans: [{ text: " | tail" }] },
    ];
  };
  for (const opinion of ["ours", "old"] as Opinion[]) {
    for (const text of Object.values(TORTURE).map((text) => text.slice(0, 12))) {
      for (const [first, last] of [[whole(text), divided(text)], [divided(text), whole(text)]] as const) {
        const changed = new Emulator({ columns: 40, rows: 1 }, opinion);
        const fresh = new Emulator({ columns: 40, rows: 1 }, opinion);
        const screen = screenOn(changed);
        screen.paint({ rows: [first], cursor: null });
        screen.paint({ rows: [last], cursor: null });
        screenOn(fresh).paint({ rows: [last], cursor: null });
        assert.deepEqual(await changed.cells(), await fresh.cells(), JSON.stringify(text));
        changed.dispose();
        fresh.dispose();
      }
    }
  }
});

Deno.test("text behind an emoji of several parts stands where it should, on any terminal", async () => {
  for (const opinion of ["ours", "old"] as Opinion[]) {
    for (const emoji of ["👨‍👩‍👧‍👦", "🇩🇪", "1️⃣", "☺️", "👍🏽"]) {
      const emulator = new Emulator({ columns: 20, rows: 1 }, opinion);
      screenOn(emulator).paint({ rows: [row(`a${emoji}b c`, "|")], cursor: null });
      assert.equal(await emulator.glyph(0, 3), "b", `${emoji}, ${opinion}`);
      assert.equal(await emulator.glyph(0, 6), "|", `${emoji}, ${opinion}`);
      emulator.dispose();
    }
  }
});

Deno.test("a frame like the one before writes nothing, and a changed letter only a few bytes", () => {
  const emulator = new Emulator({ columns: 100, rows: 24 });
  const screen = screenOn(emulator);
  const frame = (letter: string): Frame => ({
    rows: Array.from({ length: 24 }, (_, i) => row(`row ${i} ${i === 7 ? letter : "-"} and so on`)),
    cursor: { row: 23, column: 2 },
  });
  screen.paint(frame("a"));
  screen.paint(frame("a"));
  assert.equal(emulator.writes.length, 1);
  screen.paint(frame("b"));
  assert.equal(emulator.writes.length, 2);
  assert.ok((emulator.writes[1] ?? "").length < 40, JSON.stringify(emulator.writes[1]));
  emulator.dispose();
});

Deno.test("every size from 20x5 to 400x120 is filled to its last corner without scrolling", async () => {
  for (const [columns, rows] of [[20, 5], [40, 15], [80, 24], [120, 40], [400, 120], [2, 1]] as const) {
    const emulator = new Emulator({ columns, rows });
    const screen = screenOn(emulator);
    for (const letter of ["x", "y"]) {
      screen.paint({
        rows: Array.from({ length: rows + 3 }, () => row(letter.repeat(columns + 9))),
        cursor: { row: rows + 9, column: columns + 9 },
      });
      assert.deepEqual(await emulator.text(), new Array(rows).fill(letter.repeat(columns)));
    }
    assert.equal(emulator.scrolled, 0);
    emulator.dispose();
  }
});

Deno.test("after any resize the next frame stands as if painted alone", async () => {
  const emulator = new Emulator({ columns: 80, rows: 24 });
  const screen = screenOn(emulator);
  for (const size of [[20, 5], [400, 120], [33, 7], [80, 24], [79, 24], [79, 3], [80, 24]] as const) {
    const [columns, rows] = size;
    await emulator.resize({ columns, rows });
    const lines = Array.from({ length: rows }, (_, i) => `${i} 漢字 and more`);
    screen.paint({ rows: lines.map((line) => row(line, "|")), cursor: null });
    const wanted = lines.map((line) => `${line}|`.slice(0, columns));
    assert.deepEqual(
      (await emulator.text()).map((line) => line.slice(0, 12)),
      wanted.map((w) => w.slice(0, 12)),
    );
  }
  emulator.dispose();
});

Deno.test("a wide grapheme that would be halved at an edge becomes blank", async () => {
  const emulator = new Emulator({ columns: 10, rows: 3 });
  const screen = screenOn(emulator, {});
  screen.paint({
    rows: [
      [{ column: 0, width: 3, spans: [{ text: "漢字" }] }, { column: 3, width: 3, spans: [{ text: "abc" }] }],
      [{ column: 8, width: 9, spans: [{ text: "a漢" }] }],
      [{ column: 0, width: 4, spans: [{ text: "漢字" }] }, { column: 1, width: 2, spans: [{ text: "xy" }] }],
    ],
    cursor: null,
  });
  assert.deepEqual(await emulator.text(), ["漢 abc", "        a", " xy"]);
  emulator.dispose();
});

Deno.test("no character of a text reaches the terminal as a control", () => {
  const emulator = new Emulator({ columns: 60, rows: 2 });
  const screen = screenOn(emulator, { colours: 0 });
  screen.paint({ rows: [], cursor: null });
  for (const text of Object.values(TORTURE)) {
    screen.paint({ rows: [row(text.slice(0, 200) + "!")], cursor: null, title: text });
    const written = (emulator.writes.at(-1) ?? "")
      // deno-lint-ignore no-control-regex
      .replaceAll(/\x1b\[[\d;]*[HmK]|\x1b\]2;[^\x1b]*\x1b\\/g, "");
    assert.doesNotMatch(
      written,
      /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b]/u,
      JSON.stringify(written),
    );
  }
  emulator.dispose();
});

Deno.test("where only ASCII can be shown, the layout stays and letters lose their accents", async () => {
  const emulator = new Emulator({ columns: 20, rows: 1 });
  screenOn(emulator, { unicode: false }).paint({ rows: [row("née 漢字 👍", "|")], cursor: null });
  assert.deepEqual(await emulator.text(), ["nee ? ?  ? |"]);
  emulator.dispose();
});

Deno.test("one frame is one write, framed for synchronized output where the terminal knows it", () => {
  const emulator = new Emulator({ columns: 20, rows: 2 });
  const screen = screenOn(emulator, { sync: true });
  screen.paint({ rows: [row("a")], cursor: { row: 0, column: 1 }, title: "one" });
  screen.paint({ rows: [row("b")], cursor: { row: 0, column: 1 }, title: "one" });
  assert.equal(emulator.writes.length, 2);
  for (const write of emulator.writes) {
    assert.ok(write.startsWith("\x1b[?2026h") && write.endsWith("\x1b[?2026l"));
  }
  assert.ok(!(emulator.writes[1] ?? "").includes("one"));
  emulator.dispose();
});

Deno.test("burning leaves nothing on the terminal", async () => {
  const emulator = new Emulator({ columns: 20, rows: 2 });
  const screen = screenOn(emulator);
  screen.paint({ rows: [row("secret 漢字"), row("secret")], cursor: null, title: "secret" });
  screen.burn();
  assert.deepEqual(await emulator.text(), ["", ""]);
  assert.equal(emulator.scrolled, 0);
  emulator.dispose();
});

Deno.test("colours come at the depth that the terminal has", async () => {
  const looks: string[] = [];
  for (const colours of [0, 16, 256, "true"] as const) {
    const emulator = new Emulator({ columns: 5, rows: 1 });
    const screen = new Screen(emulator, { ...CAPABILITIES, colours }, themeOf("dark", colours));
    screen.paint({
      rows: [[{ column: 0, width: 5, spans: [{ text: "x", style: { fg: "accent" } }] }]],
      cursor: null,
    });
    looks.push(await emulator.look(0, 0));
    emulator.dispose();
  }
  assert.deepEqual(looks, [
    "x 1 100000 0:-1 0:-1",
    "x 1 000000 16777216:14 0:-1",
    "x 1 000000 33554432:74 0:-1",
    `x 1 000000 50331648:${0x56b4e9} 0:-1`,
  ]);
});
