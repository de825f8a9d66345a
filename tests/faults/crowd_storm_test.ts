/** Many members under cuts, and a relay that is killed again and again. */
import assert from "node:assert/strict";
import { Scenario } from "./scenario.ts";
import { storm } from "./storm.ts";

/** What one member says: 2,000 in all. */
const TEXTS = 100;

Deno.test("20 members under 200 cuts and 5 kill -9: every text at every member once, in order", async () => {
  const scenario = await Scenario.run({ members: 20, gaps: false }, async (s) => {
    await Promise.all([
      s.talkAll({ texts: TEXTS, paceMs: 250 }),
      storm(s, { texts: 20 * TEXTS, cuts: 200, kills: 5 }),
    ]);
  });
  for (const { said, shown } of scenario.members) {
    assert.equal(said.length, TEXTS);
    assert.deepEqual([...new Set([...shown.values()].map(({ first, last }) => `${first}-${last}`))], [
      `1-${TEXTS}`,
    ]);
    assert.equal(shown.size, 19);
  }
  assert.equal(scenario.relay.kills, 5);
  assert.ok(scenario.members.reduce((sum, { proxy }) => sum + proxy.cuts, 0) >= 200);
});
