/** A relay that forgets everything, and members that were away for longer than it remembers. */
import assert from "node:assert/strict";
import { Scenario } from "./scenario.ts";

Deno.test("kill -9 of the relay while everybody is connected: the same room, nobody joins anew", async () => {
  const scenario = await Scenario.run({ members: 5 }, async (s) => {
    await s.talkAll({ texts: 10, paceMs: 5 });
    await s.relay.restart();
    await s.talkAll({ texts: 10, paceMs: 5 });
    await s.until(
      "all notice and are back",
      () => s.members.every(({ counts, online }) => online && counts.has("connection reconnecting")),
    );
  });
  for (const { counts } of scenario.members) assert.equal(counts.get("joined"), 1);
});

Deno.test("a relay that is gone for a while: what is typed meanwhile arrives in order", async () => {
  await Scenario.run({ members: 3 }, async (s) => {
    await s.relay.kill();
    await s.talkAll({ texts: 50, paceMs: 30 });
    await s.relay.start();
  });
});

Deno.test("a member away for longer than its place is kept misses nothing, whatever the ring has forgotten", async () => {
  const limits = { resumeWindowMs: 1_000, ringMs: 1_000, ringFrames: 16 };
  await Scenario.run({ members: 3, relay: { limits } }, async (s) => {
    const [m0, m1, m2] = [s.member("m0"), s.member("m1"), s.member("m2")];
    m2.proxy.refuses = true;
    m2.proxy.cutAll();
    await Promise.all([
      ...[m0, m1].map((m) => s.talk(m, { texts: 100, paceMs: 40 })),
      s.talk(m2, { texts: 20, paceMs: 40 }),
    ]);
    m2.proxy.refuses = false;
    await s.talkAll({ texts: 20, paceMs: 20 });
  });
});

Deno.test("a member away across a kill -9 of the relay misses nothing", async () => {
  await Scenario.run({ members: 3 }, async (s) => {
    const [m0, m1, m2] = [s.member("m0"), s.member("m1"), s.member("m2")];
    m2.proxy.refuses = true;
    m2.proxy.cutAll();
    const talking = Promise.all([m0, m1].map((m) => s.talk(m, { texts: 100, paceMs: 20 })));
    await s.until("some is said", () => s.said > 50);
    await s.relay.restart();
    await talking;
    m2.proxy.refuses = false;
    await s.talkAll({ texts: 20, paceMs: 20 });
  });
});

Deno.test("all are away at once, in turn and across a kill -9: the room is still theirs", async () => {
  await Scenario.run({ members: 4, relay: { limits: { resumeWindowMs: 1_000 } } }, async (s) => {
    await s.talkAll({ texts: 5, paceMs: 5 });
    for (const { proxy } of s.members) {
      proxy.refuses = true;
      proxy.cutAll();
    }
    await s.talkAll({ texts: 10, paceMs: 5 });
    await s.relay.restart();
    for (const { proxy } of s.random.shuffled(s.members)) {
      proxy.refuses = false;
      await s.talkAll({ texts: 5, paceMs: 20 });
    }
  });
});
