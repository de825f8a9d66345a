import assert from "node:assert/strict";
import { message, roomOf } from "../room/_rooms.ts";
import { LayoutCache } from "./layout_cache.ts";
import { signsOf } from "./signs.ts";

const look = {
  width: 40,
  signs: signsOf(true),
  nick: "alice",
  me: null,
  query: "",
  lead: "full" as const,
};

Deno.test("LayoutCache keeps 1,000 layouts of 20,000 rows, those used last, and one that is longer alone", () => {
  const model = roomOf();
  const before = model.entries.length;
  for (let i = 1; i <= 1_200; i++) model.observe(message(i, `message ${i}`));
  for (let i = 0; i < 30; i++) model.observe(message(2_000 + i, "line\n".repeat(1_500)));
  const cache = new LayoutCache();
  const rows = (at: number): number => {
    const entry = model.entries.at(before + at);
    return entry === undefined ? assert.fail("no entry") : cache.rows(entry, look).length;
  };
  for (let i = 0; i < 1_200; i++) rows(i);
  assert.equal(cache.size, 1_000);
  const { layouts } = cache;
  rows(1_199);
  assert.equal(cache.layouts, layouts, "the last one is here");
  rows(0);
  assert.equal(cache.layouts, layouts + 1, "the first went");
  let long = 0;
  for (let i = 0; i < 30; i++) long = rows(1_200 + i);
  assert.ok(long >= 1_500);
  assert.equal(cache.size, Math.floor(20_000 / long));
});
