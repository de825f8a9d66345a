/** Joins, kicks, turned doors and new keys, in the middle of cuts. */
import assert from "node:assert/strict";
import { ClientError } from "../../client/mod.ts";
import type { Member } from "./member.ts";
import { Scenario } from "./scenario.ts";
import { storm } from "./storm.ts";

/** With `SLOW=1` more faults than by default. */
const FAULTS = Deno.env.get("SLOW") === "1" ? { cuts: 60, kills: 5 } : { cuts: 40, kills: 2 };
/** How long all of it may take, in milliseconds: ten times what it takes. */
const PATIENCE_MS = 150_000;
const none = Promise.resolve();

/** Comes in under faults: a join that the faults broke off is tried again, as a person would. */
async function joinSomehow(s: Scenario, nick: string, via: Member): Promise<Member> {
  for (let tries = 1;; tries++) {
    try {
      const member = await s.join(tries === 1 ? nick : `${nick}-${tries}`, via);
      // Anybody may have let it in. An operator that puts out that one before it has heard of it puts both out.
      await s.until(`${via.nick} knows ${nick}`, () => member.confirmed.has(via.id));
      return member;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      await s.until("the next try", () => s.members.some(({ online }) => online)); // fails when the time is up
    }
  }
}

/** Has somebody told the invite that counts now: where its doors have just been turned, as soon as they are there. */
async function inviteSomehow(s: Scenario, by: Member): Promise<void> {
  for (;;) {
    try {
      return await s.within(`${by.nick} tells its invite`, by.session?.run({ command: "invite" }) ?? none);
    } catch (error) {
      if (!(error instanceof ClientError && error.code === "no_door")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
      await s.until("the next try", () => by.there);
    }
  }
}

/** Puts somebody out; everything that the operator has been shown of it counts for all. */
async function kick(s: Scenario, operator: Member, target: Member): Promise<void> {
  target.mayEnd = "kicked";
  const seen = operator.shown.get(target.nick)?.last ?? 0;
  const said = operator.session?.run({ command: "kick", member: target.nick }) ?? none;
  await s.within(`${operator.nick} has put out ${target.nick}`, said);
  for (const reader of s.here) {
    if (reader === operator || reader === target) continue;
    await s.until(`${reader.nick} has what counts of ${target.nick}`, () => {
      // A newcomer is owed only what was said after it came.
      const owed = reader.owed.get(target.nick) ?? Infinity;
      return !reader.there || owed >= seen || (reader.shown.get(target.nick)?.last ?? 0) >= seen;
    });
  }
  await s.until(`${target.nick} knows that it was put out`, () => target.endedBy === "kicked");
}

Deno.test("joins, kicks, turned doors and key rotation in the middle of cuts: nothing lost, one room, equal words", async () => {
  const options = { members: 5, session: { rotateMs: 1_500 }, patienceMs: PATIENCE_MS };
  const scenario = await Scenario.run(options, async (s) => {
    const m0 = s.member("m0");
    const talking = Promise.all([
      s.talkAll({ texts: 200, paceMs: 60 }),
      storm(s, { texts: 700, ...FAULTS }),
    ]);
    const happening = (async () => {
      const late = await joinSomehow(s, "late", m0);
      const lateTalks = s.talk(late, { texts: 60, paceMs: 60 });
      await kick(s, m0, s.member("m4"));
      await inviteSomehow(s, m0);
      const later = await joinSomehow(s, "later", m0);
      await Promise.all([lateTalks, s.talk(later, { texts: 40, paceMs: 60 })]);
      await kick(s, m0, s.member("m3"));
    })();
    await Promise.all([talking, happening]);
  });
  assert.equal(scenario.here.length, 0); // all have left by now
  assert.ok(scenario.members.some(({ nick }) => nick.startsWith("later")));
});
