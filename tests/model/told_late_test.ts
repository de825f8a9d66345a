/** Somebody who lets others in while it is new itself: what it hears late reaches those as well. */
import assert from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { decodeRelayFrame, packBatch, unpackBatch } from "../../wire/mod.ts";
import { settle } from "../settle.ts";
import type { Host } from "./net.ts";
import type { Person } from "./people.ts";
import { World, type WorldOptions } from "./world.ts";

/** Which of the others lets whom in is by chance: some of these were such a case. */
const SEEDS = 12;
const ANY = { maxBytes: Infinity, maxFrames: Infinity };

/** What comes over the connections of those who are `coming` may be lost. */
type Losing = (world: World, coming: Person[]) => Promise<void>;

/** Two come in, one after the other, while ada's connection keeps back that it has another name now. */
async function twoComeIn(seed: number, options: WorldOptions = {}, lose?: Losing): Promise<void> {
  const world = new World(seed, options);
  const { time } = world;
  try {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]) as [Person, Person, Person];
    await time.pass(60_000);
    for (const line of ada.host.lines) line.up.stall(2_500);
    ada.ask({ command: "nick", nick: "eve" });
    await time.pass(10);
    world.tryJoin(bob);
    await time.pass(3);
    world.tryJoin(carol);
    await lose?.(world, world.people.slice(3));
    await world.whole(90_000);
  } finally {
    await world.end();
    await settle();
  }
}

/** What is passed on to those who are coming is lost on its way; who has lost something, once they are in. */
async function losePassedOn({ time }: World, coming: Person[]): Promise<Person[]> {
  const losers = new Set<Person>();
  for (const person of coming) person.host.filter = withoutPassedOn(() => losers.add(person));
  const done = (): boolean => coming.every((p) => p.parted === null && (losers.size === 0 || losers.has(p)));
  await time.until(done, time.now + 3_000);
  for (const { host } of coming) host.filter = (bytes) => bytes;
  return [...losers];
}

/** Leaves out what others pass on, and tells of it. */
function withoutPassedOn(lost: () => void): Host["filter"] {
  return (bytes) => {
    const frames = unpackBatch(bytes, ANY);
    const kept = frames.filter((frame) => {
      const decoded = decodeRelayFrame(frame);
      return decoded.type !== "deliver" || payloadKind(decoded.payload) !== PayloadKind.statements;
    });
    if (kept.length < frames.length) lost();
    return kept.length === 0 ? null : packBatch(kept);
  };
}

/** Their connections are gone, for so long. */
async function cut({ time }: World, losers: Person[], ms: number): Promise<void> {
  for (const { host } of losers) {
    host.reach = "refused";
    for (const line of host.lines) line.cut({ client: 0, relay: 0 });
  }
  await time.pass(ms);
  for (const { host } of losers) host.reach = "open";
}

/** Whoever has just come in loses its connection as its sponsor passes something on, by `breaks`. */
async function lostOnArrival(
  limits: NonNullable<WorldOptions["limits"]>,
  breaks: (world: World, losers: Person[]) => Promise<void>,
): Promise<void> {
  let lost = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    await twoComeIn(seed, { limits }, async (world, coming) => {
      const losers = await losePassedOn(world, coming);
      lost += losers.length;
      await breaks(world, losers);
    });
  }
  assert.ok(lost > 0);
}

Deno.test("What a sponsor hears only after it has let somebody in, though it knew its number before, reaches that one", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) await twoComeIn(seed);
});

Deno.test("What a sponsor passes on as a newcomer's connection breaks reaches it when it is back, at another place", () =>
  lostOnArrival({ resumeWindowMs: 10 }, (world, losers) => cut(world, losers, 1_000)));

Deno.test("What a sponsor passes on as a newcomer's connection breaks reaches it when it is back, at the same place", () =>
  lostOnArrival({ ringFrames: 1 }, (world, losers) => {
    world.people[1]?.say();
    return cut(world, losers, 1_000);
  }));

Deno.test("What a sponsor passes on as the relay is killed reaches its newcomer when both are back", () =>
  lostOnArrival({}, async ({ net, time }) => {
    net.killRelay(() => 0);
    await time.pass(1_000);
    net.startRelay();
  }));

Deno.test("What a newcomer could not ask for while it was cut off for long it asks for when it is back", async () => {
  const world = new World(1, { limits: { resumeWindowMs: 10 } });
  const { time, people } = world;
  try {
    const [ada, bob] = await world.room(["ada", "bob", "carol"]) as [Person, Person];
    await time.pass(60_000);
    for (const line of ada.host.lines) line.up.stall(2_500);
    ada.ask({ command: "nick", nick: "eve" });
    await time.pass(10);
    world.tryJoin(bob);
    const [dave] = people.slice(3) as [Person];
    dave.host.filter = withoutPassedOn(() => {});
    await time.pass(3_000);
    dave.look();
    const there = dave.members.find(({ id }) => id === ada.id);
    assert.deepEqual([there?.nick, there?.confirmed], ["ada", true]);
    dave.host.filter = (bytes) => bytes;
    await cut(world, [dave], 100_000);
    await world.whole(90_000);
  } finally {
    await world.end();
    await settle();
  }
});
