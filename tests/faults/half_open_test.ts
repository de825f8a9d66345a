/** Connections that are dead without saying so, that stand still, that are slow, or that come twice. */
import assert from "node:assert/strict";
import { COPIED } from "./member.ts";
import { drawPlan } from "./plan.ts";
import { Scenario } from "./scenario.ts";
import { storm } from "./storm.ts";

const slow = Deno.env.get("SLOW") === "1";
const heartbeat = { interval: 1, timeout: 4 };

Deno.test("half-open connections, stalls and a kill -9: every text at every member once, in order", async () => {
  await Scenario.run({ members: 4, relay: { heartbeat } }, async (s) => {
    await Promise.all([
      s.talkAll({ texts: slow ? 150 : 80, paceMs: 40 }),
      storm(
        s,
        slow
          ? { texts: 600, cuts: 10, halfOpen: 8, stalls: 20, kills: 1 }
          : { texts: 320, cuts: 5, halfOpen: 5, stalls: 10, kills: 1 },
      ),
    ]);
  });
});

Deno.test("what is swallowed both ways is noticed by both ends, and the member is back without being told", async () => {
  await Scenario.run({ members: 2, relay: { heartbeat } }, async (s) => {
    const [m0, m1] = [s.member("m0"), s.member("m1")];
    m1.proxy.halfOpen(1);
    m0.say();
    m1.say();
    await s.until("m1 notices", () => m1.counts.has("connection reconnecting"));
    await s.until("m1 is back", () => m1.online && m1.missing([m0]) === 0 && m0.missing([m1]) === 0);
  });
});

Deno.test("slow, late, doubled and broken connections drawn by the seed: every text once, in order", async () => {
  const scenario = await Scenario.run({ members: 3, relay: { heartbeat } }, async (s) => {
    const shares = { cut: 0.7, stall: 0.3, delay: 0.3, throttle: 0.3, duplicate: 0.2 };
    for (const member of s.members) {
      member.tolerates = [COPIED];
      member.proxy.plan = (random) => drawPlan(random, shares);
      member.proxy.cutAll();
    }
    await s.talkAll({ texts: slow ? 200 : 100, paceMs: 60 });
  });
  assert.ok(scenario.members.every(({ counts }) => counts.has("connection reconnecting")));
});
