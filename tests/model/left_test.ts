/** Somebody who leaves before it has given one of the others its chain: what it said reaches that one, or is told as lost. */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { Violation, World } from "./world.ts";

const cut = (person: Person): void => {
  person.host.reach = "refused";
  for (const line of [...person.host.lines]) line.cut({ client: 0, relay: 0 });
};

async function leaves({ time }: World, person: Person): Promise<void> {
  person.parted = "leaving";
  await time.during(person.session?.leave() ?? Promise.resolve());
}

async function inWorld(
  names: string[],
  play: (world: World, people: Person[]) => Promise<void>,
): Promise<void> {
  const world = new World(17);
  try {
    await play(world, await world.room(names));
    await world.time.pass(120_000);
    const missing = world.missing();
    world.check();
    if (missing !== null) throw new Violation(missing);
  } finally {
    await world.end();
    await settle();
  }
}

/** Dave comes in and is cut off; then ada hears of it, says three texts and leaves. Dave never gets its chain. */
async function whileDaveIsCutOff(world: World, ada: Person, by: Person): Promise<Person> {
  const { time } = world;
  const begun = time.now;
  for (const line of ada.host.lines) line.down.stall(7_000); // one of the others lets dave in
  const dave = await world.join("dave", by);
  await time.pass(begun + 6_500 - time.now);
  cut(dave);
  await time.pass(begun + 8_000 - time.now);
  assert.ok(ada.recent.some(({ event }) => event.type === "member_joined" && event.id === dave.id));
  for (let i = 0; i < 3; i++) ada.say();
  await leaves(world, ada);
  world.net.killRelay(() => 0); // what it held for dave is gone
  world.net.startRelay();
  return dave;
}

Deno.test("What somebody says who leaves before it has given a newcomer its chain reaches the newcomer", () =>
  inWorld(["bob", "ada", "carol"], async (world, [bob, ada]) => {
    const dave = await whileDaveIsCutOff(world, ada as Person, bob as Person);
    dave.host.reach = "open";
    await world.time.pass(60_000);
    assert.deepEqual([dave.shown.get("ada"), dave.heard.get("ada"), dave.lost.size], [3, 3, 0]);
  }));

Deno.test("What somebody says who came and left while somebody was cut off reaches that one", () =>
  inWorld(["ada", "bob", "carol"], async (world, [ada, , carol]) => {
    await world.time.pass(120_000); // carol is no longer new
    cut(carol as Person);
    const dave = await world.join("dave", ada);
    await world.time.pass(5_000);
    for (let i = 0; i < 3; i++) dave.say();
    await world.time.pass(1_000);
    await leaves(world, dave);
    await world.time.pass(60_000);
    (carol as Person).host.reach = "open";
    await world.time.pass(60_000);
    assert.deepEqual([carol?.shown.get("dave"), carol?.lost.size], [3, 0]);
  }));

Deno.test("Somebody who has said nothing to a newcomer and leaves is not told as lost", () =>
  inWorld(["bob", "ada", "carol"], async (world, [bob, ada]) => {
    for (let i = 0; i < 3; i++) ada?.say();
    await world.time.pass(10_000);
    for (const line of ada?.host.lines ?? []) line.down.stall(15_000);
    const dave = await world.join("dave", bob);
    await leaves(world, ada as Person); // before it knows
    await world.time.pass(120_000);
    assert.deepEqual([dave.shown.size, dave.lost.size], [0, 0]);
  }));
