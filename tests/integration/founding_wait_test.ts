/** How long somebody who finds nobody behind a name waits before founding the room, and what is looked at then. */
import assert from "node:assert/strict";
import { FOUND_MS } from "../../client/session.ts";
import { Events, FakeClock, inWorld, keysAtRest, type Person, type World } from "../helpers.ts";

/** The nearest to 1 that `Math.random` comes. */
const HIGHEST = 1 - 2 ** -53;

/** A stranger with the name, on a clock of the test's own: its time stands still until it is moved on. */
interface Stranger {
  clock: FakeClock;
  events: Events;
  coming: Promise<Person>;
}

/** Somebody comes to the name and finds nobody; what chance decides about the wait is `chance`. */
async function finds(world: World, nick: string, chance: number, name = "lobby"): Promise<Stranger> {
  const clock = new FakeClock();
  const events = new Events();
  const random = Math.random;
  const onEvent = (event: Parameters<Events["take"]>[0]): void => {
    events.take(event);
    // The wait is measured out in the same turn in which it is told, or right before.
    if (event.type === "notice" && event.code === "founding") queueMicrotask(() => Math.random = random);
  };
  Math.random = () => chance;
  try {
    const coming = world.join(name, nick, { clock, onEvent });
    coming.catch(() => {});
    await Promise.race([events.until("notice", ({ code }) => code === "founding"), coming]);
    await keysAtRest();
    return { clock, events, coming };
  } finally {
    Math.random = random;
  }
}

const comesIn = (events: Events): boolean => events.of("joined").length > 0;

Deno.test("Who finds nobody behind a name founds the room 2.25 to 3.75 s later, as chance has it, and not before", () =>
  inWorld(async (world) => {
    assert.equal(FOUND_MS, 3_000);
    for (const [chance, ms] of [[0, 2_250], [0.5, 3_000], [HIGHEST, 3_750]] as const) {
      const { clock, events, coming } = await finds(world, "eve", chance, `lobby ${ms}`);
      const [told] = events.of("notice");
      assert.match(
        told?.message ?? "",
        new RegExp(`opening the room in ${Math.round(ms / 1_000)} s, unless`),
      );
      clock.advance(ms - 1);
      await keysAtRest();
      assert.equal(comesIn(events), false, `nothing is founded before ${ms} ms are over`);
      clock.advance(1);
      await coming;
      assert.deepEqual(events.of("joined").map(({ founded }) => founded), [true]);
      assert.equal(events.of("notice").at(-1)?.code, "alone");
    }
  }));

Deno.test("Members who are back within a stranger's wait are found at its end, and the stranger comes in to them", () =>
  inWorld(async (world) => {
    const ada = await world.create("ada", { name: "lobby" });
    const bob = await world.join("lobby", "bob");
    await ada.events.until("member_joined");
    for (const person of [ada, bob]) person.unplug();
    await world.restart();
    const { clock, events, coming } = await finds(world, "eve", 0);
    clock.advance(2_249); // they come back in the last moment
    for (const person of [ada, bob]) {
      person.plug();
      await person.run({ command: "reconnect" });
      await person.events.until("connection", (event) => event.state === "online" && event.back === true);
    }
    await bob.say("we are back");
    await ada.events.text("we are back");
    await keysAtRest(); // the first that is back has opened the room's doors
    assert.equal(comesIn(events), false);
    clock.advance(1);
    const eve = await coming;
    const [joined] = events.of("joined");
    assert.equal(joined?.founded, false);
    assert.equal(joined?.room, ada.events.of("joined")[0]?.room);
    assert.deepEqual(joined?.members.map(({ nick }) => nick).sort(), ["ada", "bob", "eve"]);
    assert.deepEqual(events.of("notice").filter(({ code }) => code === "alone"), []);
    await ada.say("welcome");
    await eve.events.text("welcome");
    for (const person of [ada, bob]) {
      assert.deepEqual(person.events.of("notice").filter(({ code }) => code === "rival_room"), []);
    }
  }));

Deno.test("Of two strangers who find nobody at once the one whose wait is shorter founds, and the other joins it", () =>
  inWorld(async (world) => {
    const [late, early] = [await finds(world, "late", HIGHEST), await finds(world, "early", 0)];
    early.clock.advance(2_250);
    await early.coming;
    await keysAtRest();
    late.clock.advance(3_750);
    for (let ms = 0; !comesIn(late.events) && ms < 5_000; ms += 10) {
      await keysAtRest();
      early.clock.advance(10); // letting somebody in takes its time
    }
    const founded = [early, late].map(({ events }) => events.of("joined").map((joined) => joined.founded));
    assert.deepEqual(founded, [[true], [false]]);
    const [one, two] = [early, late].map(({ events }) => events.of("joined")[0]?.room);
    assert.equal(one, two);
  }));
