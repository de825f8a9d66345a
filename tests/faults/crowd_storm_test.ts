/** Many members under cuts, and a relay that is killed again and again. */
import assert from "node:assert/strict";
import { Scenario } from "./scenario.ts";
import { storm } from "./storm.ts";

/** With `SLOW=1` each says as many texts as in the storm of three, in eight minutes; else 2,000 in all. */
const SLOW = Deno.env.get("SLOW") === "1";
const [TEXTS, PACE_MS, PATIENCE_MS] = SLOW ? [2_000, 220, 1_800_000] : [100, 250, 600_000];

Deno.test("20 members under 200 cuts and 5 kill -9: every text at every member once, in order", async () => {
  const options = { members: 20, gaps: SLOW, patienceMs: PATIENCE_MS };
  const scenario = await Scenario.run(options, async (s) => {
    await Promise.all([
      s.talkAll({ texts: TEXTS, paceMs: PACE_MS }),
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
