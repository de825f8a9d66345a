/** @module */
import assert from "node:assert/strict";
import { Patience } from "./patience.ts";

Deno.test("a step that never ends fails by its name when the time is up, and no other does", async () => {
  const patience = new Patience(60_000);
  assert.equal(await patience.within("it is there", Promise.resolve("there")), "there");
  await patience.until("it is so", () => true);
  await assert.rejects(
    patience.within("it is there", Promise.reject(new TypeError("gone"))),
    /^TypeError: gone$/,
  );
  patience.grant(0);
  const never = new Promise<never>(() => {});
  const first = patience.within("hell freezes over", never);
  const second = patience.within("pigs fly", never);
  await assert.rejects(first, {
    message: "the time is up, waiting until hell freezes over, and until pigs fly",
  });
  await assert.rejects(second);
  await assert.rejects(
    patience.until("it is so", () => false),
    /^Error: the time is up, waiting until it is so$/,
  );
  await assert.rejects(patience.until("the next try", () => true), /waiting until the next try$/);
});
