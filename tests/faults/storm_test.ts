/** Three members under many cuts, and a relay that is killed again and again. */
import assert from "node:assert/strict";
import { Patience } from "./patience.ts";
import { Random } from "./random.ts";
import { Scenario } from "./scenario.ts";
import { storm } from "./storm.ts";

Deno.test("3 members x 2,000 texts under 200 cuts and 5 kill -9: every text at every member once, in order", async () => {
  const scenario = await Scenario.run({ members: 3 }, async (s) => {
    await Promise.all([
      s.talkAll({ texts: 2_000, paceMs: 10 }),
      storm(s, { texts: 6_000, cuts: 200, kills: 5 }),
    ]);
  });
  for (const member of scenario.members) {
    assert.equal(member.said.length, 2_000);
    assert.deepEqual([...member.shown.values()].map(({ first, last }) => [first, last]), [[1, 2_000], [
      1,
      2_000,
    ]]);
  }
  assert.equal(scenario.relay.kills, 5);
  assert.ok(scenario.members.reduce((sum, { proxy }) => sum + proxy.cuts, 0) >= 200);
});

Deno.test("a fault that was to hit somebody who has just been put out hits somebody else", async () => {
  const person = (cut: (self: { cuts: number }) => void): Record<string, unknown> => {
    const proxy = { cuts: 0, live: [1], cut: () => cut(proxy), cutAll: () => {} };
    return { online: true, there: true, proxy };
  };
  const out = person(() => out.there = false);
  const other = person((proxy) => void proxy.cuts++);
  const all = [out, other];
  const scenario = {
    random: new Random(1),
    said: 0,
    talking: 0,
    get here() {
      return all.filter(({ there }) => there);
    },
    gate: () => {},
    calm: () => {},
    until: (step: string, fits: () => boolean) => new Patience(5_000).until(step, fits),
  };
  await storm(scenario as unknown as Scenario, { texts: 10, cuts: 8 });
  assert.deepEqual([out.there, (other.proxy as { cuts: number }).cuts], [false, 8]);
});
