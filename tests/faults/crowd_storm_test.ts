/** Many members under cuts: 2,000 texts in all. */
import assert from "node:assert/strict";
import { Scenario } from "./scenario.ts";
import { storm } from "./storm.ts";

const texts = 100;

Deno.test("20 members under 100 cuts and 2 kill -9: every text at every member once, in order", async () => {
  const scenario = await Scenario.run({ members: 20 }, async (s) => {
    await Promise.all([
      s.talkAll({ texts, paceMs: 250 }),
      storm(s, { texts: 20 * texts, cuts: 100, kills: 2 }),
    ]);
  });
  for (const { shown } of scenario.members) {
    assert.deepEqual([...new Set([...shown.values()].map(({ first, last }) => `${first}-${last}`))], [
      `1-${texts}`,
    ]);
    assert.equal(shown.size, 19);
  }
});
