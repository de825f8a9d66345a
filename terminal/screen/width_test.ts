import assert from "node:assert/strict";
import fc from "fast-check";
import stringWidth from "string-width";
import { knownWidths, splitTexts } from "./measure.ts";
import { BITS, TORTURE } from "./torture.ts";
import { cut, forgetWidths, graphemes, graphemeWidth, widthOf } from "./width.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom(...BITS)).map((bits) => bits.join("")),
);

Deno.test("graphemes joined again are the text, and none is absurdly long", () => {
  fc.assert(fc.property(anyText, (text) => {
    const parts = graphemes(text);
    assert.equal(parts.join(""), text);
    for (const part of parts) assert.ok(part.length > 0 && part.length <= 32);
  }));
  for (const text of Object.values(TORTURE)) assert.equal(graphemes(text).join(""), text);
});

Deno.test("graphemes are those that Unicode knows", () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  fc.assert(
    fc.property(
      fc.oneof(anyText, fc.string({ unit: fc.constantFrom(..."ab \r\n\u0600\u0301é👍\u200d🇩🏽") })),
      (text) => {
        const wanted = Array.from(segmenter.segment(text), ({ segment }) => segment);
        if (wanted.every((segment) => segment.length <= 32)) assert.deepEqual(graphemes(text), wanted);
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("a family, a flag and a keycap are one grapheme of two columns", () => {
  for (const text of ["👨‍👩‍👧‍👦", "👨🏻‍👩🏻‍👧🏻‍👦🏻", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "漢"]) {
    assert.deepEqual(graphemes(text), [text]);
    assert.equal(widthOf(text), 2);
  }
});

Deno.test("the width of a text is that of its graphemes, with and without what is remembered", () => {
  fc.assert(fc.property(anyText, (text) => {
    const width = widthOf(text);
    assert.equal(width, graphemes(text).reduce((sum, part) => sum + graphemeWidth(part), 0));
    forgetWidths();
    assert.equal(widthOf(text), width);
  }));
  assert.equal(widthOf("plain text"), stringWidth("plain text"));
  assert.equal(widthOf("漢字 abc é"), stringWidth("漢字 abc é"));
});

Deno.test("cutting gives the longest beginning that fits", () => {
  fc.assert(fc.property(anyText, fc.integer({ min: -2, max: 30 }), (text, columns) => {
    const beginning = cut(text, columns);
    assert.ok(text.startsWith(beginning));
    assert.ok(widthOf(beginning) <= Math.max(0, columns));
    const next = graphemes(text)[graphemes(beginning).length];
    if (next !== undefined && columns > 0) assert.ok(widthOf(beginning) + graphemeWidth(next) > columns);
  }));
  assert.equal(cut("漢字", 3), "漢");
});

Deno.test("no more widths and texts taken apart are remembered than their caps, and what is measured stays right", () => {
  forgetWidths();
  const most = { widths: 0, split: 0 };
  for (let i = 0; i < 5_000; i++) {
    const ideograph = String.fromCharCode(0x4e00 + i);
    assert.equal(widthOf(ideograph), 2);
    if (i < 600) assert.deepEqual(graphemes(`${ideograph}\u0301`), [`${ideograph}\u0301`]);
    most.widths = Math.max(most.widths, knownWidths());
    most.split = Math.max(most.split, splitTexts());
  }
  assert.deepEqual(most, { widths: 4_096, split: 512 });
  graphemes(`\u0301${"\u0300".repeat(64)}`);
  assert.equal(splitTexts(), 88, "one that is too long is not remembered");
  forgetWidths();
});
