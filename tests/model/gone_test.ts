/** What is told as lost: not what somebody may still bring, and not on the word of those for whom it never was. */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

/**
 * Ada says six texts that reach nobody, and one that reaches all. Before anybody has asked ada for the six, ada is gone.
 * Dave, who has come in and of whom ada had not heard when it said the six, is asked for them.
 */
async function missingSix(
  look: (world: World, ada: Person, others: Person[], dave: Person) => Promise<void>,
  awayMs = 3_600_000,
): Promise<void> {
  const world = new World(11, { awayMs });
  const { time } = world;
  try {
    const [carol, bob, ada] = await world.room(["carol", "bob", "ada"]) as [Person, Person, Person];
    await time.pass(60_000);
    const begun = time.now;
    for (const line of ada.host.lines) line.down.stall(15_000); // one of the others lets dave in, and ada does not know it
    const dave = await world.join("dave", carol);
    await time.pass(begun + 14_000 - time.now);
    for (const { host } of [bob, carol]) for (const line of host.lines) line.filter = () => null;
    for (let i = 0; i < 6; i++) ada.say();
    await time.pass(100);
    for (const { host } of [bob, carol]) for (const line of host.lines) line.filter = (bytes) => bytes;
    await time.pass(begun + 15_000 - time.now);
    ada.say();
    await time.until(() => dave.heard.get("ada") === 7, time.now + 1_000);
    ada.host.reach = "refused";
    for (const line of [...ada.host.lines]) line.cut({ client: 0, relay: 0 });
    await look(world, ada, [bob, carol], dave);
  } finally {
    await world.end();
    await settle();
  }
}

Deno.test("What only somebody who is away can give is not told as lost by the word of one who came later", () =>
  missingSix(async (world, ada, others) => {
    await world.time.pass(10 * 60_000);
    for (const { heard, lost } of others) assert.deepEqual([heard.get("ada"), lost.size], [undefined, 0]);
    ada.host.reach = "open";
    await world.whole();
    world.check();
    for (const { shown, lost } of others) assert.deepEqual([shown.get("ada"), lost.size], [7, 0]);
  }));

Deno.test("What only somebody could give who stays away is told as lost when the away time is over", () =>
  missingSix(async ({ time }, ada, others) => {
    for (const person of others) person.mayLose = true;
    await time.pass(60_000);
    for (const { lost } of others) assert.equal(lost.size, 0);
    await time.pass(100_000);
    for (const { heard, lost } of others) assert.deepEqual([lost.get(ada.id), heard.get("ada")], [6, 7]);
  }, 120_000));
