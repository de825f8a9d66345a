/** What is told as lost: not what somebody may still bring, and not on the word of those for whom it never was. */
import assert from "node:assert/strict";
import { RETENTION_LIMITS } from "../../client/retention.ts";
import type { Room } from "../../client/room.ts";
import { ContentKind } from "../../crypto/content.ts";
import type { Pack } from "../../crypto/pack.ts";
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

/**
 * Ada says six texts that bob alone gets, and one that all get; then she is gone for good, or has no room for them any
 * more, and bob is cut off. Carol and dave cannot have the six of anybody but bob.
 */
async function whatBobHas(
  look: (world: World, bob: Person, others: Person[]) => Promise<void>,
  awayMs = 3_600_000,
  unable: (ada: Person) => void = (ada) => ada.session?.abort(),
): Promise<void> {
  const world = new World(29, { awayMs });
  const { time } = world;
  try {
    const [carol, bob, ada, dave] = await world.room(["carol", "bob", "ada", "dave"]) as [
      Person,
      Person,
      Person,
      Person,
    ];
    await time.pass(60_000);
    const lines = [carol, dave].flatMap(({ host }) => [...host.lines]);
    for (const line of lines) line.filter = () => null;
    for (let i = 0; i < 6; i++) ada.say();
    await time.until(() => bob.heard.get("ada") === 6, time.now + 1_000);
    for (const line of lines) line.filter = (bytes) => bytes;
    ada.say();
    await time.until(() => bob.heard.get("ada") === 7, time.now + 200);
    unable(ada); // before anybody has asked her
    bob.host.reach = "refused";
    for (const line of [...bob.host.lines]) line.cut({ client: 0, relay: 0 });
    for (const person of [carol, dave]) person.mayLose = true;
    await look(world, bob, [carol, dave]);
  } finally {
    await world.end();
    await settle();
  }
}

const losses = ({ lost }: Person): number => [...lost.values()].reduce((sum, count) => sum + count, 0);

Deno.test("What its author, who is gone, can give no more is not told as lost as long as one who has it is away", () =>
  whatBobHas(async ({ time }, bob, others) => {
    await time.pass(10 * 60_000);
    for (const person of others) assert.deepEqual([person.heard.get("ada"), losses(person)], [7, 0]);
    for (const { recent } of others) {
      const told = recent.filter(({ event }) => event.type === "notice" && event.code === "missing");
      assert.match(JSON.stringify(told), /6 messages from ada\..*them: bob\./);
    }
    bob.host.reach = "open";
    await time.pass(30_000);
    for (const person of others) assert.deepEqual([person.shown.get("ada"), losses(person)], [7, 0]);
  }));

/** What has come since takes all the room that there is for what is kept. */
function crowdOut(person: Person): void {
  const { retention } = person.session as unknown as Room;
  const contents = [{ content: { number: 1, kind: ContentKind.text } }];
  const encoded = new Uint8Array(RETENTION_LIMITS.bytes + 1);
  retention.keep({ author: new Uint8Array(16), contents, encoded } as unknown as Pack, { whole: true });
}

Deno.test("What its author, who is there, had no room for is not told as lost as long as one who has it is away, and holds up nothing", () =>
  whatBobHas(
    async ({ time }, bob, others) => {
      await time.pass(15_000);
      for (const { heard, shown } of others) assert.deepEqual([heard.get("ada"), shown.get("ada")], [7, 1]);
      for (const { recent } of others) {
        const told = recent.filter(({ event }) => event.type === "notice" && event.code === "missing");
        assert.match(JSON.stringify(told), /6 messages from ada\..*them: bob\./);
      }
      await time.pass(10 * 60_000);
      for (const person of others) assert.equal(losses(person), 0);
      bob.host.reach = "open";
      await time.pass(30_000);
      for (const person of others) assert.deepEqual([person.shown.get("ada"), losses(person)], [7, 0]);
    },
    undefined,
    crowdOut,
  ));

Deno.test("What only somebody away has whose author is gone comes in its order if that one is back soon", () =>
  whatBobHas(async (world, bob, others) => {
    for (const person of others) person.mayLose = false;
    await world.time.pass(12_000);
    for (const { heard } of others) assert.equal(heard.get("ada"), undefined);
    bob.host.reach = "open";
    await world.time.pass(40_000);
    world.check();
    for (const person of others) assert.deepEqual([person.shown.get("ada"), losses(person)], [7, 0]);
  }));

Deno.test("What only somebody has who stays away is told as lost when that one's away time is over", () =>
  whatBobHas(async ({ time }, bob, others) => {
    bob.mayLose = true;
    await time.pass(100_000);
    for (const person of others) assert.equal(losses(person), 0);
    await time.pass(60_000);
    for (const person of others) assert.deepEqual([person.heard.get("ada"), losses(person)], [7, 6]);
  }, 120_000));

Deno.test("What somebody away turns out not to have either is told as lost when it is back", () =>
  whatBobHas(async ({ time }, bob, others) => {
    const { retention } = bob.session as unknown as { retention: { clear(): void } };
    await time.pass(10 * 60_000);
    for (const person of others) assert.equal(losses(person), 0);
    retention.clear();
    bob.host.reach = "open";
    await time.pass(60_000);
    for (const person of others) assert.deepEqual([person.shown.get("ada"), losses(person)], [1, 6]);
  }));
