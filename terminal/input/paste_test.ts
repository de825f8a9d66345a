import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanInput, pasteQuestion, readPaste } from "./paste.ts";

Deno.test("readPaste() makes text of a paste: one kind of line end, no controls, no escape sequences", () => {
  assert.deepEqual(readPaste("a\r\nb\rc\u2028d"), { text: "a\nb\nc\nd", lines: 4 });
  assert.deepEqual(readPaste("\x1b[31mred\x1b[0m\x1b]0;title\x07 \u202ex\u200by\x00\tz"), {
    text: "red xy\tz",
    lines: 1,
  });
  assert.deepEqual(readPaste("one line\n"), { text: "one line", lines: 1 });
  assert.deepEqual(readPaste("\x1b[201~"), { text: "", lines: 0 });
});

Deno.test("pasteQuestion() asks before many lines and says that nothing is sent", () => {
  assert.equal(pasteQuestion(readPaste("a\nb\nc")), null);
  assert.match(pasteQuestion(readPaste("a\n".repeat(20))) ?? "", /^Paste 20 lines .*Nothing is sent/);
});

Deno.test("cleanInput() leaves no control or direction character, and cleaning twice changes nothing more", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const clean = cleanInput(text);
    assert.equal(cleanInput(clean), clean);
    assert.ok(clean.isWellFormed() && !/[\p{Cc}\p{Bidi_Control}]/u.test(clean.replaceAll(/[\n\t]/g, "")));
  }));
  assert.equal(cleanInput("👨‍👩‍👧 क्‍ष ❤️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿"), "👨‍👩‍👧 क्‍ष ❤️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿");
});
