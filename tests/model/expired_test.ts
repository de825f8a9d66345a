/**
 * Somebody who stays away for too long before it has given one of the others its chain: what it said reaches that one
 * all the same, and once only if it comes back.
 */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { run } from "./runs.ts";
import { ROUGH } from "./schedule.ts";
import { World } from "./world.ts";

const AWAY_MS = 120_000;

function cut(person: Person): void {
  person.host.reach = "refused";
  for (const line of [...person.host.lines]) line.cut({ client: 0, relay: 0 });
}

async function inWorld(play: (world: World) => Promise<void>): Promise<void> {
  const world = new World(23, { awayMs: AWAY_MS });
  try {
    await play(world);
    world.check();
  } finally {
    await world.end();
    await settle();
  }
}

/** Dave comes in and is cut off; then ada hears of it, says three texts and is gone. Dave never gets its chain. */
async function goneBeforeItsChain(world: World): Promise<{ ada: Person; dave: Person }> {
  const { time } = world;
  const [bob, ada] = await world.room(["bob", "ada", "carol"]) as [Person, Person];
  await time.pass(60_000);
  const begun = time.now;
  for (const line of ada.host.lines) line.down.stall(7_000); // one of the others lets dave in
  const dave = await world.join("dave", bob);
  await time.pass(begun + 6_500 - time.now);
  cut(dave);
  await time.pass(begun + 8_000 - time.now);
  for (let i = 0; i < 3; i++) ada.say();
  await time.pass(1_000);
  assert.equal(bob.heard.get("ada"), 3);
  cut(ada);
  ada.mayLose = true; // it expires
  world.net.killRelay(() => 0); // what it held for dave is gone
  world.net.startRelay();
  await time.pass(10_000);
  dave.host.reach = "open";
  return { ada, dave };
}

Deno.test("What somebody says who expires before it has given a newcomer its chain reaches the newcomer", () =>
  inWorld(async (world) => {
    const { ada, dave } = await goneBeforeItsChain(world);
    await world.time.pass(AWAY_MS + 60_000);
    assert.ok(dave.recent.some(({ event }) => event.type === "member_left" && event.reason === "expired"));
    assert.deepEqual([dave.shown.get("ada"), dave.heard.get("ada"), dave.lost.size], [3, 3, 0]);
    ada.host.reach = "open";
    for (let i = 0; i < 2; i++) ada.say();
    await world.whole();
    assert.deepEqual([dave.shown.get("ada"), dave.heard.get("ada"), dave.lost.size], [5, 5, 0]);
  }));

Deno.test("What only somebody has who expired before it gave a newcomer its chain reaches that one on return", () =>
  inWorld(async (world) => {
    const { ada, dave } = await goneBeforeItsChain(world);
    for (const person of world.people) if (person !== dave && person !== ada) cut(person);
    await world.time.pass(AWAY_MS + 60_000);
    for (const person of world.people) person.mayLose = true;
    ada.host.reach = "open";
    await world.time.pass(60_000);
    assert.deepEqual([dave.shown.get("ada"), dave.heard.get("ada"), dave.lost.size], [3, 3, 0]);
  }));

Deno.test("What somebody says who came and expired while somebody was cut off reaches that one", () =>
  inWorld(async (world) => {
    const [ada, , carol] = await world.room(["ada", "bob", "carol"]) as [Person, Person, Person];
    await world.time.pass(60_000); // carol is no longer new
    cut(carol);
    for (const person of world.people) person.mayLose = true; // carol expires too
    const dave = await world.join("dave", ada);
    await world.time.pass(5_000);
    for (let i = 0; i < 3; i++) dave.say();
    await world.time.pass(1_000);
    cut(dave);
    dave.mayLose = true;
    await world.time.pass(60_000);
    carol.host.reach = "open";
    await world.time.pass(AWAY_MS + 30_000);
    assert.deepEqual([carol.shown.get("dave"), carol.lost.size], [3, 0]);
  }));

/** Has those that come in expire now and then: what each author said is shown, or told as lost. */
function withExpiries(world: World): void {
  const { people } = world;
  const push = people.push.bind(people);
  people.push = (...fresh) => {
    for (const person of fresh) {
      person.mayLose = true;
      const has = person.has.bind(person);
      person.has = (author) => {
        const told = (person.shown.get(author.name) ?? 0) + (person.lost.get(author.id) ?? 0);
        return told + (author.floors.get(person.id) ?? 0) >= author.said ? author.said : has(author);
      };
    }
    return push(...fresh);
  };
}

Deno.test("Whatever breaks, and whoever expires, all find together again, and what is not shown is told as lost", async () => {
  // 26: one cannot read that it is away; 35: two halves have called each other away.
  for (const seed of [500_026, 500_035, 500_057, 500_081]) {
    await run({ kinds: ROUGH, seed, rooms: 1, each: 20, options: { awayMs: 15_000 }, prepare: withExpiries });
  }
  await settle();
});
