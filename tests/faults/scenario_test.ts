/** The scenario without any fault: what the others must be as good as. */
import assert from "node:assert/strict";
import type { SessionEvent } from "../../client/mod.ts";
import type { Member } from "./member.ts";
import { Scenario } from "./scenario.ts";

/** What somebody is told when it is shown a text of `author`. */
function message({ id, nick }: Member, said: { text: string; gap: boolean }): SessionEvent {
  const more = { kind: "text", time: "", replyTo: null, to: null } as const;
  return { type: "message", id: `${id}-${said.text}`, from: { id, nick }, ...more, ...said };
}

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
      s.member("m1").take(message(s.member("m0"), { text: "m0 2", gap: false }));
    }),
    /m1 was shown m0 2 twice[^]*FAULT_SEED=41$/,
  );
});

Deno.test("Scenario fails where nothing may be marked as after a gap, and something is", async () => {
  const marked = async (s: Scenario): Promise<void> => {
    const m0 = s.member("m0");
    m0.said.push("m0 1");
    s.member("m1").take(message(m0, { text: "m0 1", gap: true }));
    await Promise.resolve();
  };
  await assert.rejects(
    Scenario.run({ members: 2, gaps: false }, marked),
    /^Error: m1 was shown m0 1 of m0 as after a gap\n/,
  );
  const { counts } = (await Scenario.run({ members: 2 }, marked)).member("m1");
  assert.equal(counts.get("gap"), 1);
});
