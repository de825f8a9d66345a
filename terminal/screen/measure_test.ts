import assert from "node:assert/strict";
import stringWidth from "string-width";
import { cut, graphemes, widthOf } from "./measure.ts";

/** What the first frame may be made of: `measure.ts` knows it without having loaded what measures the rest. */
const RANGES = [
  [0x20, 0x7e],
  [0xa1, 0xac],
  [0xae, 0x2ff],
  [0x2010, 0x2027],
  [0x2030, 0x205e],
  [0x2190, 0x21ff],
  [0x2500, 0x25fc],
] as const;
const SIMPLE = RANGES.map(([from, to]) =>
  String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, i) => from + i))
).join("");

Deno.test("simple characters take one column each and join with no other, as Unicode and string-width have it", () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const text of [SIMPLE, [...SIMPLE].reverse().join("")]) {
    const each = [...text];
    assert.deepEqual(graphemes(text), each);
    assert.deepEqual([...segmenter.segment(text)].map(({ segment }) => segment), each);
    assert.equal(widthOf(text), each.length);
    assert.equal(cut(text, 700), text.slice(0, 700));
  }
  for (const one of SIMPLE) assert.equal(stringWidth(one, { countAnsiEscapeCodes: true }), 1, one);
});

Deno.test("what is not simple is not measured by guessing before it can be measured", () => {
  assert.throws(() => widthOf("漢"), /width\.ts has not been loaded/);
});

Deno.test("what is said to stand alone does, beside every character that there is", () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (let code = 0; code < 0x10000; code++) {
    const one = String.fromCharCode(code);
    if (!one.isWellFormed()) continue;
    const text = `a${one}漢${one}${one}б가${one}א${one}ア ${one}`;
    assert.deepEqual(
      graphemes(text),
      [...segmenter.segment(text)].map(({ segment }) => segment),
      `U+${code.toString(16)}`,
    );
  }
});
