/** Keys that have been turned while somebody was away. */
import { Scenario } from "./scenario.ts";

Deno.test("a member that was away while all others turned their keys many times misses nothing, and is heard", async () => {
  const limits = { resumeWindowMs: 1_000, ringMs: 1_000, ringFrames: 16 };
  await Scenario.run({ members: 3, session: { rotateMs: 500 }, relay: { limits } }, async (s) => {
    const [m0, m1, m2] = [s.member("m0"), s.member("m1"), s.member("m2")];
    await s.talkAll({ texts: 5, paceMs: 5 });
    m2.proxy.refuses = true;
    m2.proxy.cutAll();
    await Promise.all([m0, m1].map((m) => s.talk(m, { texts: 50, paceMs: 160 })));
    m2.proxy.refuses = false;
    await s.talkAll({ texts: 10, paceMs: 20 });
  });
});
