import assert from "node:assert/strict";
import { untilText } from "./until_text.ts";

const at = (day: number, hours: number, minutes: number, seconds = 0): number =>
  new Date(2026, 10, day, hours, minutes, seconds).getTime();

Deno.test("untilText() says the time, seconds where it is soon, and the day where it is another one", () => {
  assert.equal(untilText(at(21, 12, 14), at(21, 12, 4)), "until 12:14");
  assert.equal(untilText(at(21, 12, 4, 35), at(21, 12, 4, 5)), "until 12:04:35");
  assert.equal(untilText(at(22, 0, 5), at(21, 23, 55)), "until 22 Nov, 00:05");
  assert.equal(untilText(at(28, 9, 0), at(21, 9, 0)), "until 28 Nov, 09:00");
  assert.equal(untilText(Infinity, 0), "until later");
});
