/** What somebody who leaves is told of what it said last is true, whatever its connection has become. */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

/** Has the second of three people say something and leave over a network that `breaks`. */
async function leaving(
  breaks: (bob: Person, world: World) => void | Promise<void>,
  look: (world: World, bob: Person) => void,
): Promise<void> {
  const world = new World(5);
  try {
    const [, bob] = await world.room(["ada", "bob", "carol"]);
    assert.ok(bob !== undefined);
    bob.say();
    await world.whole();
    await world.time.pass(8_000); // what is owed has come
    await breaks(bob, world);
    bob.leaves = true;
    bob.parted = "leaving";
    await world.time.during(bob.session?.leave() ?? Promise.resolve());
    await world.time.pass(10_000);
    look(world, bob);
    world.check();
  } finally {
    await world.end();
    await settle();
  }
}

Deno.test("Who leaves over a connection that is gone without a word finds out, and all it said is sent", () =>
  leaving((bob) => {
    for (const line of bob.host.lines) line.down.kill();
    bob.say();
  }, ({ people: [ada, , carol] }, bob) => {
    assert.equal(bob.ended, "left: You left the room");
    assert.deepEqual([ada?.has(bob), carol?.has(bob), bob.sent.size], [2, 2, 2]);
    assert.equal(bob.parted, "left"); // the others know it
  }));

Deno.test("Who leaves and has not heard what became of its last words is not told that they were not sent", () =>
  leaving((bob) => {
    bob.faults = 2;
    bob.host.reach = "silent";
    for (const line of bob.host.lines) line.down.kill();
    bob.say();
  }, ({ people: [ada] }, bob) => {
    assert.equal(bob.ended, "unsent: You left the room. One message may not have been sent");
    assert.equal(ada?.has(bob), 2);
  }));

Deno.test("Who leaves without a connection is told how much was not sent", () =>
  leaving(async (bob, { time }) => {
    bob.faults = 2;
    bob.host.reach = "silent";
    for (const line of [...bob.host.lines]) line.cut({ client: 0, relay: 0 });
    await time.pass(1_000);
    for (let i = 0; i < 3; i++) bob.say();
  }, ({ people: [ada] }, bob) => {
    assert.equal(bob.ended, "unsent: You left the room. 3 messages were not sent");
    assert.deepEqual([ada?.has(bob), bob.sent.size], [1, 1]);
  }));

Deno.test("What was said right before leaving is read by everybody, many at a time or typed without a connection", async () => {
  const read = ({ people: [ada, , carol] }: World, bob: Person): void => {
    assert.equal(bob.ended, "left: You left the room");
    assert.deepEqual([ada?.has(bob), carol?.has(bob), bob.sent.size], [bob.said, bob.said, bob.said]);
  };
  await leaving((bob) => {
    for (let i = 0; i < 300; i++) bob.say();
  }, read);
  await leaving(async (bob, { time }) => {
    bob.host.reach = "refused";
    for (const line of [...bob.host.lines]) line.cut({ client: 0, relay: 0 });
    await time.pass(1_000);
    for (let i = 0; i < 3; i++) bob.say();
    time.in(3_000, () => void (bob.host.reach = "open"));
  }, read);
});

Deno.test("Who is back first after a restart of the relay, and leaves, waits for others to hear its last words", () =>
  leaving(async (bob, { net, time, people }) => {
    for (const person of people) person.faults = 2;
    net.killRelay(() => null);
    net.startRelay();
    const others = people.filter((person) => person !== bob);
    for (const { host } of others) {
      host.reach = "refused";
      for (const line of [...host.lines]) line.cut({ client: 0, relay: 0 });
      time.in(4_000, () => void (host.reach = "open"));
    }
    for (const line of [...bob.host.lines]) line.cut({ client: 0, relay: 0 });
    await time.pass(1_000);
    bob.say();
  }, ({ people: [ada, , carol] }, bob) => {
    assert.equal(bob.ended, "left: You left the room");
    assert.deepEqual([ada?.has(bob), carol?.has(bob)], [2, 2]);
    assert.equal(bob.parted, "left");
  }));

/** The relay begins anew; these come back first, have something to say, and leave; the rest comes later, together. */
async function leavingFirst(seed: number, ...names: string[]): Promise<void> {
  const world = new World(seed);
  const { net, time } = world;
  try {
    const people = await world.room(["ada", "bob", "carol", "dave"]);
    await time.pass(60_000);
    net.delay = () => 3;
    const leaving = people.filter(({ name }) => names.includes(name));
    const rest = people.filter((person) => !leaving.includes(person));
    for (const { host } of people) host.reach = "refused";
    net.killRelay(() => 0);
    net.startRelay();
    const open = async (those: Person[]): Promise<void> => {
      for (const { host, session } of those) {
        host.reach = "open";
        await session?.run({ command: "reconnect" });
      }
      await time.pass(1_000);
    };
    for (const person of leaving) {
      person.say();
      person.leaves = true;
      person.parted = "leaving";
      void person.session?.leave();
    }
    await open(leaving);
    await open(rest);
    await time.until(() => leaving.every(({ ended }) => ended !== null), time.now + 15_000);
    await world.whole(5_000);
    for (const person of leaving) {
      assert.equal(person.ended, "left: You left the room");
      for (const other of rest) assert.equal(other.has(person), 1, `seed ${seed}: ${other.name}`);
    }
  } finally {
    await world.end();
    await settle();
  }
}

Deno.test("Two that are back first after a restart of the relay, and leave, wait for others to hear their last words", async () => {
  for (let seed = 1; seed <= 8; seed++) await leavingFirst(seed, "bob", "carol");
});

Deno.test("Who is back first after a restart of the relay, and leaves, is heard by those who come back together", async () => {
  for (let seed = 1; seed <= 8; seed++) await leavingFirst(seed, "bob");
});
