import assert from "node:assert/strict";
import fc from "fast-check";
import { sanitize, sanitizeName } from "./sanitize.ts";

/** Text rich in what makes trouble, so that properties are tried where they could fail. */
const TROUBLE = [
  ..."\x00\x07\x08\x09\x0a\x0b\x0c\x0d\x1b\x7f\x80\x85\x8d\x90\x9b\x9c\x9d\u00ad\u034f\u061c\u115f\u1160\u11a8",
  ..."\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\u206f\u20e3",
  ..."\u3164\ud7b0\ufe00\ufe0e\ufe0f\ufeff\uffa0\ufff9\ufffe\ue000\u{e0001}\u{e0100}\u{e0061}\u{e0067}\u{e007f}",
  ..."a1#Zé한नক্র्می\u0301\u0302\u0651\u0e47\u0f84中👩🏽🏴❤🇩🇪♂",
  "\ud800",
  "\udc00",
  "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
];
const trouble = fc.array(fc.constantFrom(...TROUBLE), { maxLength: 60 }).map((parts) => parts.join(""));
const anyText = fc.oneof(trouble, fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));

Deno.test("sanitize() never lets a control, bidirectional or invisible formatting character through", () => {
  fc.assert(fc.property(anyText, fc.boolean(), (text, newlines) => {
    const clean = sanitize(text, { newlines });
    const bad = /(?!\n)[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u00ad\u180e]/u;
    assert.ok(!bad.test(clean), JSON.stringify(clean));
    assert.ok(newlines || !clean.includes("\n"));
    assert.ok(clean.isWellFormed());
    assert.ok(!/[\u3164\uffa0\u115f\u1160\p{Co}]/u.test(clean), JSON.stringify(clean));
  }));
});

Deno.test("sanitize() changes nothing more when it is applied again", () => {
  fc.assert(
    fc.property(anyText, fc.boolean(), (text, newlines) => {
      const once = sanitize(text, { newlines });
      assert.equal(sanitize(once, { newlines }), once);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("sanitize() never leaves more than eight marks on one base", () => {
  fc.assert(fc.property(anyText, (text) => {
    const marks = /(?:[\p{M}\u1160-\u11ff\ud7b0-\ud7fb]\u200c?\u200d?){11}/u; // eight, a selector, and some slack
    assert.ok(!marks.test(sanitize(text)));
  }));
});

Deno.test("sanitize() leaves no escape sequence of any kind working", () => {
  assert.equal(sanitize("a\x1b[31mred\x1b[0m"), "a[31mred[0m");
  assert.equal(sanitize("\x1b]52;c;aGk=\x07x"), "]52;c;aGk=x");
  assert.equal(sanitize("\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\"), "]8;;http://evil\\click]8;;\\");
  assert.equal(sanitize("\x9b2J\x9d0;title\x9c\x90q\x9c"), "2J0;titleq");
});

Deno.test("sanitize() turns line breaks into spaces unless they are asked for", () => {
  assert.equal(sanitize("a\r\nb\nc\rd\u2028e\u0085f"), "a b c d e f");
  assert.equal(sanitize("a\r\nb\nc\rd\u2028e", { newlines: true }), "a\nb\nc\nd\ne");
  assert.equal(sanitize("a\tb"), "a  b");
});

Deno.test("sanitize() caps a flood of combining marks", () => {
  assert.equal(sanitize("Z" + "\u0300".repeat(4000) + "a"), "Z" + "\u0300".repeat(4) + "a");
  assert.equal(sanitize("ก" + "\u0e47".repeat(4000)), "ก" + "\u0e47".repeat(8));
  assert.equal(sanitize("가" + "\u11a8".repeat(4000)).length, 9);
});

Deno.test("sanitize() gives a mark at the start of a line a base of its own", () => {
  assert.equal(sanitize("\u0301x"), "\u25cc\u0301x");
  assert.equal(sanitize("a\n\u0301x", { newlines: true }), "a\n\u25cc\u0301x");
});

Deno.test("sanitize() replaces lone surrogates, private use and noncharacters", () => {
  assert.equal(sanitize("a\ud800b\ue000c\ufffed"), "a\ufffdb\ufffdc\ufffdd");
});

for (
  const text of [
    "Grüße, ÅÄÖ, naïve, Việt Nam, Ελλάδα, Москва, Հայաստան, საქართველო",
    "שָׁלוֹם עוֹלָם, בְּרֵאשִׁ֖ית, السَّلامُ عَلَيْكُم, می‌خواهم, ܫܠܡܐ",
    "नमस्ते, क्‍ष, र्‍य, বাংলা র‍্য, தமிழ், മലയാളം ന്‍, සිංහල ශ්‍රී, తెలుగు",
    "ไทย น้ำ ที่, ລາວ, ខ្មែរ, မြန်မာ, བོད་ཡིག, ᠮᠣᠩᠭᠣᠯ",
    "中文, 日本語 葛󠄀城市, 한국어 각, ㄅㄆㄇ, 𠮷野家",
    "👨‍👩‍👧‍👦 👩🏽‍🚀 🧑🏻‍❤️‍💋‍🧑🏼 🏳️‍🌈 🏴‍☠️ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇩🇪🇫🇷 1️⃣#️⃣ ❤️ ☺︎ 👍🏿 ♂️ ✍🏾",
    "∑∫√∞≠ ←→ ½ © ™ € “quotes” – — … │█▀",
    "",
  ]
) {
  Deno.test(`sanitize() leaves ${JSON.stringify(text.slice(0, 24))} as it is`, () => {
    assert.equal(sanitize(text), text);
  });
}

Deno.test("sanitize() keeps a zero-width joiner only where it has a purpose", () => {
  assert.equal(sanitize("a\u200db\u200cc 👩\u200dx \u200d👩"), "abc 👩x 👩");
  assert.equal(sanitize("👩\u200b\u200d\u200b👧"), "👩\u200d👧");
  const chain = Array(1000).fill("👩").join("\u200d");
  assert.ok(!/(?:👩\u200d){6}/u.test(sanitize(chain)));
  assert.equal(sanitize(chain).match(/👩/gu)?.length, 1000);
});

Deno.test("sanitize() keeps tag characters only in a flag", () => {
  assert.equal(sanitize("hi\u{e0068}\u{e0069}\u{e007f} \u{1f3f4}\u{e0067}"), "hi \u{1f3f4}");
});

Deno.test("sanitizeName() is one line and never empty", () => {
  assert.equal(sanitizeName("\u200b\u202e"), "?");
  assert.equal(sanitizeName("bob\nroot"), "bob root");
});
