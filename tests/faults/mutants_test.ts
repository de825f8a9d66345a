/** The suite can fail: with one thing switched off, the small scenario goes red, for that reason. */
import assert from "node:assert/strict";
import { type Change, runMutant } from "./mutant.ts";

Deno.test("a piece that is not in its file is told, so that no mutant is the project itself", async () => {
  const change: Change = { file: "client/delivery.ts", text: "no such piece", instead: "" };
  await assert.rejects(runMutant([change]), /client\/delivery\.ts has "no such piece" 0 times, not once/);
});
