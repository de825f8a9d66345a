import assert from "node:assert/strict";
import { mentionsOf } from "./mentions.ts";

Deno.test("a name counts as a word of its own, with or without @", () => {
  assert.deepEqual(mentionsOf("alice, hi @Alice!", "alice"), [[0, 5], [10, 16]]);
  assert.deepEqual(mentionsOf("malice alicea alice_ alice2", "alice"), []);
  assert.deepEqual(mentionsOf("alicé alice\u0301", "alice"), []);
});

Deno.test("a short name counts only with @", () => {
  assert.deepEqual(mentionsOf("al @al", "al"), [[3, 6]]);
  assert.deepEqual(mentionsOf("anything", ""), []);
});
