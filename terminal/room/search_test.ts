import assert from "node:assert/strict";
import { message, roomOf } from "./_rooms.ts";
import { Search } from "./search.ts";

Deno.test("search goes from hit to hit in both directions, whatever the capitals", () => {
  const model = roomOf();
  for (const [i, text] of ["Tea?", "coffee", "more TEA", "no"].entries()) model.observe(message(i + 1, text));
  const search = new Search(model.entries, " tea ");
  const newest = search.older();
  assert.equal(model.entries.get(newest ?? 0)?.text, "more TEA");
  const oldest = search.older(newest ?? 0);
  assert.equal(model.entries.get(oldest ?? 0)?.text, "Tea?");
  assert.equal(search.older(oldest ?? 0), null);
  assert.equal(search.newer(oldest ?? 0), newest);
  assert.equal(search.count(), 2);
});

Deno.test("search finds what is seen, not invisible characters, and nothing finds nothing", () => {
  const model = roomOf();
  model.observe(message(1, "se\u200bcret"));
  assert.notEqual(new Search(model.entries, "secret").older(), null);
  assert.equal(new Search(model.entries, "  ").older(), null);
});

Deno.test("a text that is looked for is cut at its longest", () => {
  const model = roomOf();
  model.observe(message(1, "x".repeat(200)));
  const search = new Search(model.entries, "x".repeat(1_000));
  assert.equal(search.query.length, 200);
  assert.notEqual(search.older(), null);
});
