/** The scenario without any fault: what the others must be as good as. */
import assert from "node:assert/strict";
import { Scenario } from "./scenario.ts";

Deno.test("three members talk at once without faults: every text at every member once, in order", async () => {
  const scenario = await Scenario.run({ members: 3 }, (s) => s.talkAll({ texts: 200, paceMs: 5 }));
  for (const member of scenario.members) {
    assert.deepEqual([...member.shown.values()], [{ first: 1, last: 200 }, { first: 1, last: 200 }]);
    assert.equal(member.counts.get("connection reconnecting"), undefined);
  }
});

Deno.test("somebody who comes in late is owed what is said from then on", async () => {
  await Scenario.run({ members: 2 }, async (s) => {
    await s.talkAll({ texts: 20, paceMs: 2 });
    const talking = s.talkAll({ texts: 200, paceMs: 5 });
    const late = await s.join("late", s.member("m0"));
    await s.talk(late, { texts: 20, paceMs: 5 });
    await talking;
  });
});

Deno.test("Scenario fails at once and names the seed when something is shown twice", async () => {
  await assert.rejects(
    Scenario.run({ members: 2, seed: 41 }, async (s) => {
      await s.talkAll({ texts: 2, paceMs: 1 });
      await s.until("m1 is shown both", () => s.member("m1").shown.get("m0")?.last === 2);
      const { id, nick } = s.member("m0");
      s.member("m1").take({
        type: "message",
        id: `${id}-2`,
        from: { id, nick },
        kind: "text",
        text: "m0 2",
        time: "",
        replyTo: null,
        to: null,
        gap: false,
      });
    }),
    /m1 was shown m0 2 twice[^]*FAULT_SEED=41$/,
  );
});
