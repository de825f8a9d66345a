/** Cuts under the limits and the waits that everybody has: other scenarios lift both. */
import assert from "node:assert/strict";
import { STEADY_MS } from "../../client/reconnecting.ts";
import { DEFAULT_LIMITS } from "../../wire/mod.ts";
import { Scenario } from "./scenario.ts";
import { storm } from "./storm.ts";

/** Several times what the relay lets one member send at once, and more than would go out one by one in minutes. */
const TEXTS = 4 * DEFAULT_LIMITS.rateCount;

Deno.test("cuts, a kill -9 and the default rate limits and waits together: every text at every member once, in order", async () => {
  const options = {
    members: 3,
    gaps: false,
    session: { steadyMs: STEADY_MS },
    relay: { limits: DEFAULT_LIMITS },
  };
  const scenario = await Scenario.run(options, async (s) => {
    await Promise.all([
      s.talkAll({ texts: TEXTS, paceMs: 30 }),
      storm(s, { texts: 3 * TEXTS, cuts: 24, kills: 1, least: 2 }),
    ]);
  });
  for (const { said, shown, counts } of scenario.members) {
    assert.equal(said.length, TEXTS);
    assert.deepEqual([...shown.values()], [{ first: 1, last: TEXTS }, { first: 1, last: TEXTS }]);
    assert.equal(counts.get("notice rate_limited"), undefined); // nor did the relay ever have to refuse anything
  }
  assert.equal(scenario.relay.kills, 1);
  assert.ok(scenario.members.reduce((sum, { proxy }) => sum + proxy.cuts, 0) >= 24);
});
