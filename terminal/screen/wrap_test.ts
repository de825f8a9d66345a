import assert from "node:assert/strict";
import fc from "fast-check";
import type { Span, Style } from "./style.ts";
import { BITS, TORTURE } from "./torture.ts";
import { graphemes, widthOf } from "./width.ts";
import { wrapSpans } from "./wrap.ts";

const styles: Style[] = [{ bold: true }, { fg: "accent" }, { fg: "code", italic: true }];
const anySpans: fc.Arbitrary<Span[]> = fc.array(
  fc.record({
    text: fc.array(fc.constantFrom(...BITS, " ", " ", "word"), { maxLength: 20 }).map((bits) =>
      bits.join("")
    ),
    style: fc.option(fc.constantFrom(...styles), { nil: undefined }),
  }).map(({ text, style }) => style === undefined ? { text } : { text, style }),
  { maxLength: 5 },
);

/** Each UTF-16 unit with its style. */
function units(spans: readonly Span[]): [string, Style | undefined][] {
  return spans.flatMap(({ text, style }) =>
    text.split("").map((unit): [string, Style | undefined] => [unit, style])
  );
}

function textOf(line: readonly Span[]): string {
  return line.map(({ text }) => text).join("");
}

Deno.test("wrapped lines one after the other are the text, unit by unit and style by style", () => {
  fc.assert(fc.property(anySpans, fc.integer({ min: -1, max: 40 }), (spans, columns) => {
    assert.deepEqual(units(wrapSpans(spans, columns).flat()), units(spans));
  }));
});

Deno.test("no wrapped line is wider than there is room, but for one space at its end", () => {
  fc.assert(fc.property(anySpans, fc.integer({ min: 4, max: 40 }), (spans, columns) => {
    for (const line of wrapSpans(spans, columns)) {
      // Widths are of graphemes as they stand in their spans.
      const width = line.reduce((sum, { text }) => sum + widthOf(text), 0);
      const text = textOf(line);
      const hangs = text.includes(" ") && widthOf(text.slice(text.lastIndexOf(" ") + 1)) === 0;
      assert.ok(width <= columns + (hangs ? 1 : 0), `${width} in ${columns}`);
    }
  }));
});

Deno.test("lines after the first begin with the indent and are the text without it", () => {
  fc.assert(
    fc.property(
      anySpans,
      fc.integer({ min: 8, max: 40 }),
      fc.integer({ min: 1, max: 4 }),
      (spans, columns, indent) => {
        const lines = wrapSpans(spans, columns, { indent });
        const blanks = " ".repeat(indent);
        for (const line of lines.slice(1)) assert.equal(line[0]?.text, blanks);
        const without = lines.map((line, index) => index === 0 ? line : line.slice(1));
        assert.equal(without.map(textOf).join(""), textOf(spans));
      },
    ),
  );
});

Deno.test("words of letters are wrapped as a simple wrapper would do it", () => {
  const word = fc.string({ unit: fc.constantFrom(..."abcde"), minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 9, max: 30 }), (words, columns) => {
      const model: string[] = [];
      for (const next of words) {
        const last = model.at(-1);
        if (last === undefined || last.length + 1 + next.length > columns) model.push(next);
        else model[model.length - 1] = `${last} ${next}`;
      }
      const lines = wrapSpans([{ text: words.join(" ") }], columns).map((line) => textOf(line).trimEnd());
      assert.deepEqual(lines, model);
    }),
  );
});

Deno.test("no grapheme is broken, and difficult text is wrapped whole at any width", () => {
  for (const [name, text] of Object.entries(TORTURE)) {
    for (const columns of [1, 2, 7, 80]) {
      const lines = wrapSpans([{ text }], columns);
      assert.equal(lines.map(textOf).join(""), text, name);
      assert.deepEqual(
        lines.flatMap((line) => line.flatMap((span) => graphemes(span.text))),
        graphemes(text),
        name,
      );
    }
  }
});

Deno.test("a word that is longer than a line is broken where it stands, a shorter one goes to the next line", () => {
  const lines = (text: string): string[] => wrapSpans([{ text }], 10).map(textOf);
  assert.deepEqual(lines("see https://example.org/"), ["see https:", "//example.", "org/"]);
  assert.deepEqual(lines("see something"), ["see ", "something"]);
  assert.deepEqual(lines("漢字漢字漢字。"), ["漢字漢字漢", "字。"]);
  assert.deepEqual(lines("漢字漢字漢。字"), ["漢字漢字", "漢。字"]);
  assert.deepEqual(lines(""), [""]);
});
