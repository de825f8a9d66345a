import assert from "node:assert/strict";
import { nearest } from "./nearest.ts";

const known = ["help", "who", "nick", "join", "leave", "verify", "react"];

Deno.test("nearest() finds a word with a slip or two", () => {
  assert.equal(nearest("jion", known), "join");
  assert.equal(nearest("verfiy", known), "verify");
  assert.equal(nearest("LEAV", known), "leave");
  assert.equal(nearest("verif", known), "verify");
  assert.equal(nearest("rea", known), "react");
});

Deno.test("nearest() does not guess wildly", () => {
  assert.equal(nearest("xyz", known), undefined);
  assert.equal(nearest("", known), undefined);
  assert.equal(nearest("q".repeat(100_000), known), undefined);
});
