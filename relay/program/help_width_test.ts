import assert from "node:assert/strict";
import { helpWidth } from "./help_width.ts";

Deno.test("helpWidth() is that of the terminal, within what is good to read", () => {
  assert.deepEqual([undefined, 200, 80, 20].map((columns) => helpWidth(100, columns)).slice(1), [
    100,
    80,
    60,
  ]);
});
