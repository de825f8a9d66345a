/** Members that come and go, or are put out, while somebody is cut off to whom they never say a word. */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { Violation, World } from "./world.ts";

/** Has `play` happen in a room of three while carol is cut off and does not know it; then all agree. */
async function withoutCarol(
  play: (world: World, people: [Person, Person, Person]) => Promise<void>,
  look: (world: World, people: Person[]) => void = () => {},
): Promise<void> {
  const world = new World(3);
  try {
    const people = await world.room(["ada", "bob", "carol"]) as [Person, Person, Person];
    await world.time.pass(120_000); // carol is no longer new
    for (const line of [...people[2].host.lines]) line.cut({ client: 20_000, relay: 0 });
    await play(world, people);
    await world.time.pass(40_000);
    const missing = world.missing();
    world.check();
    if (missing !== null) throw new Violation(missing);
    look(world, people);
  } finally {
    await world.end();
    await settle();
  }
}

/** Leaves, and the others are told so. */
async function leaves({ time }: World, person: Person): Promise<void> {
  person.parted = "leaving";
  await time.during(person.session?.leave() ?? Promise.resolve());
}

Deno.test("Who came and left while somebody was cut off has left for that one too", () =>
  withoutCarol(async (world, [ada]) => {
    const dave = await world.join("dave", ada);
    await leaves(world, dave);
    assert.equal(dave.parted, "left");
  }, (_, [, , carol]) => {
    assert.equal(carol?.recent.filter(({ event }) => event.type === "member_left").length, 1);
  }));

for (
  const [what, goes] of [
    ["left", leaves],
    ["was put out", async (world: World, person: Person) => {
      const [ada] = world.people;
      ada?.ask({ command: "kick", member: person.id });
      await world.time.pass(1_000);
    }],
  ] as const
) {
  Deno.test(`What somebody said about the room who came and ${what} meanwhile holds for who was cut off`, () =>
    withoutCarol(async (world, [ada, bob]) => {
      const dave = await world.join("dave", ada);
      await world.time.pass(4_000); // what a newcomer says waits for everybody to confirm it
      ada.ask({ command: "role", member: dave.id, operator: true });
      await world.time.pass(1_000);
      dave.ask({ command: "topic", text: "said by dave" });
      await world.time.pass(1_000);
      await goes(world, dave);
      assert.equal(bob.topic, "said by dave");
    }, (_, [, , carol]) => assert.equal(carol?.topic, "said by dave")));
}

Deno.test("What somebody says about the room before it has heard of who came long ago holds for that one too", () =>
  withoutCarol(async (world, [ada, , carol]) => {
    carol.host.reach = "refused";
    await world.join("dave", ada);
    await world.time.pass(150_000);
    carol.ask({ command: "nick", nick: "caroline" });
    carol.host.reach = "open";
  }, (_, [, , , dave]) => assert.ok(dave?.members.some(({ nick }) => nick === "caroline"))));
