/** The short form of `deno task soak`. */
import assert from "node:assert/strict";
import { soak } from "../../tools/soak.ts";

const slow = Deno.env.get("SLOW") === "1";

Deno.test("a short soak: everything said is everywhere, once and in order", async () => {
  const lines: string[] = [];
  const [minutes, stormMs] = slow ? [2, 25_000] : [1, 15_000];
  await soak({ minutes, stormMs, print: (line) => lines.push(line) });
  assert.ok(lines.length >= 2, lines.join("\n"));
});
