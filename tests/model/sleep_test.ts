/** Laptops that sleep, by a clock of the test's own: who is away for less than the away time misses nothing. */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

const MINUTE = 60_000;

/** How often those that are awake say something, in milliseconds. */
const EVERY = 30_000;

/** A room of three, of which the last one sleeps while the others talk and renew their keys. */
async function whileAsleep(
  ms: number,
  options: { overdue: boolean; seed: number },
  look: (world: World, people: [Person, Person, Person]) => Promise<void>,
): Promise<void> {
  const world = new World(options.seed);
  try {
    const people = await world.room(["ada", "bob", "carol"]) as [Person, Person, Person];
    const [ada, bob, carol] = people;
    for (const person of people) person.say();
    await world.whole();
    if (ms > 60 * MINUTE) { for (const person of people) person.mayLose = true; }
    const { machine } = carol.host;
    machine.sleep();
    for (let slept = 0; slept < ms; slept += EVERY) {
      await world.time.pass(Math.min(EVERY, ms - slept));
      if (slept % (2 * EVERY) === 0) ada.say();
      else bob.say();
    }
    // What a relay could not send to a computer that sleeps is long gone when that wakes.
    for (const line of [...carol.host.lines]) line.cut({ client: 200, relay: 0 });
    machine.wake(options);
    world.check();
    await look(world, people);
  } finally {
    await world.end();
    await settle();
  }
}

for (const overdue of [false, true]) {
  const timers = overdue ? "overdue timers run" : "timers go on";
  for (
    const [length, ms] of [["ten minutes", 10 * MINUTE], [
      "eleven minutes, in which the others renew their keys",
      11 * MINUTE,
    ], ["an hour less a minute", 59 * MINUTE]] as const
  ) {
    Deno.test(
      `A member that sleeps ${length} misses nothing (${timers} when it wakes)`,
      async () => {
        await whileAsleep(ms, { overdue, seed: 1 }, async (world, [ada, bob, carol]) => {
          await world.whole(2 * MINUTE);
          assert.deepEqual([carol.heard.get("ada"), carol.heard.get("bob")], [ada.said, bob.said]);
          for (const person of [carol, ada, bob]) person.say();
          await world.whole(2 * MINUTE);
          for (const { lost } of [ada, bob, carol]) assert.equal(lost.size, 0);
          assert.deepEqual(carol.recent.filter(({ event }) => event.type === "member_left"), []);
        });
      },
    );
  }

  Deno.test(`A member that sleeps two hours comes back and is told what it missed (${timers})`, async () => {
    await whileAsleep(120 * MINUTE, { overdue, seed: 2 }, async (world, [ada, bob, carol]) => {
      const before = new Map(carol.heard);
      const comings = (person: Person): string[] =>
        person.comings.filter((line) => line.endsWith(carol.id)).map((line) => line.split(" ")[0] as string);
      for (const person of [ada, bob]) assert.deepEqual(comings(person), ["away", "expired"]);
      await world.time.until(() => world.missing() === null, world.time.now + 5 * MINUTE);
      for (const person of [ada, bob, carol]) person.say();
      await world.whole(5 * MINUTE);
      for (const author of [ada, bob]) {
        // An expired member is back for the others by its own RETURN alone.
        assert.deepEqual(comings(author), ["away", "expired", "back"]);
        const lost = carol.lost.get(author.id) ?? 0;
        const missed = author.said - (carol.shown.get(author.name) ?? 0);
        assert.ok(missed > 0, `an hour of ${author.name} is kept, and not two`);
        // Their authors are there, and know which of the numbers that nobody keeps were texts, and which fresh keys.
        assert.equal(lost, missed, `${author.name}: ${missed} missed, ${lost} told as lost`);
        assert.ok((carol.heard.get(author.name) ?? 0) > (before.get(author.name) ?? 0));
      }
      assert.equal(ada.lost.size + bob.lost.size, 0);
      const words = new Set([ada, bob, carol].map((person) => person.words));
      assert.equal(words.size, 1);
    });
  });
}
