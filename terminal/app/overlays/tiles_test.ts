import assert from "node:assert/strict";
import fc from "fast-check";
import { tileLetters, tileLines, TILES_WIDTH } from "./tiles.ts";

const WORDS = "abandon ability able about above absent absorb abstract absurd abuse access accident";

Deno.test("tiles of the same words are the same picture, for ever", () => {
  // Worked out with Python's hashlib, apart from the code that is tested.
  assert.deepEqual(tileLetters(WORDS), ["EEALTEELOSX", "AAHLALXSAEL", "LXTXOEHEHAO", "OTSATOSSOLX"]);
});

Deno.test("tiles show every letter on one colour and every colour with one letter", () => {
  const roles = new Map<string, Set<string>>();
  for (let i = 0; i < 50; i++) {
    for (const { text, style } of tileLines(`${WORDS} ${i}`).flat()) {
      const role = style?.fg ?? "none";
      roles.set(role, (roles.get(role) ?? new Set()).add(text));
      assert.equal(style?.inverse, true);
    }
  }
  assert.equal(roles.size, 8);
  assert.ok([...roles.values()].every((letters) => letters.size === 1));
  assert.equal(new Set([...roles.values()].flatMap((letters) => [...letters])).size, 8);
});

Deno.test("tiles fill four rows of eleven, whatever the words", () => {
  fc.assert(fc.property(fc.string(), (words) => {
    const rows = tileLetters(words);
    assert.equal(rows.length, 4);
    assert.ok(rows.every((row) => /^[AEHLOSTX]{11}$/.test(row)));
    assert.ok(tileLines(words).every((line) => line.map(({ text }) => text).join("").length === TILES_WIDTH));
  }));
});

Deno.test("one other word changes tiles in every row of the picture", () => {
  const before = tileLetters(WORDS);
  const after = tileLetters(WORDS.replace(/accident$/, "account"));
  assert.ok(before.every((row, i) => row !== after[i]));
});
