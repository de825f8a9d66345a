/** Three members under many cuts, and a relay that is killed again and again. */
import assert from "node:assert/strict";
import { Patience } from "./patience.ts";
import { Random } from "./random.ts";
import { Scenario } from "./scenario.ts";
import { storm } from "./storm.ts";

Deno.test("3 members x 2,000 texts under 200 cuts and 5 kill -9: every text at every member once, in order", async () => {
  const scenario = await Scenario.run({ members: 3, gaps: false }, async (s) => {
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

/** Somebody whose connection can be cut, as far as a storm looks at it. */
function person(cut: (self: { cuts: number }) => void): Record<string, unknown> {
  const proxy = { cuts: 0, live: [1], cut: () => cut(proxy), cutAll: () => {} };
  return { online: true, there: true, proxy };
}

/** Where nobody says anything any more: all faults are due. */
function quiet(all: Record<string, unknown>[], waits: (step: string) => void = () => {}): Scenario {
  const scenario = {
    random: new Random(1),
    said: 0,
    talking: 0,
    get here() {
      return all.filter(({ there }) => there);
    },
    gate: () => {},
    calm: () => {},
    until: (step: string, fits: () => boolean) => {
      if (!fits()) waits(step);
      return new Patience(5_000).until(step, fits);
    },
  };
  return scenario as unknown as Scenario;
}

Deno.test("a fault that was to hit somebody who has just been put out hits somebody else", async () => {
  const out = person(() => out.there = false);
  const other = person((proxy) => void proxy.cuts++);
  await storm(quiet([out, other]), { texts: 10, cuts: 8 });
  assert.deepEqual([out.there, (other.proxy as { cuts: number }).cuts], [false, 8]);
});

Deno.test("faults wait until as many are connected as a storm is told", async () => {
  const connected: number[] = [];
  const all = Array.from({ length: 3 }, () => {
    const one = person((proxy) => {
      connected.push(all.filter(({ online }) => online).length);
      proxy.cuts++;
      one.online = false;
    });
    return one;
  });
  const back = (step: string): void => {
    if (step === "2 are connected") { for (const one of all) one.online = true; }
  };
  for (const one of all.slice(1)) one.online = false;
  await storm(quiet(all, back), { texts: 10, cuts: 3, least: 2 });
  assert.deepEqual(connected, [3, 2, 3]);
});
