/** Somebody whom one let in that had been put out by then: it never was a member, and is told so. */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

/** Dave is let in by bob, of which ada, who puts bob out, has not heard; carol hears all of it later. */
async function letInByNobody(
  meanwhile: (world: World, dave: Person) => Promise<void>,
): Promise<void> {
  const world = new World(11);
  try {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada !== undefined && bob !== undefined && carol !== undefined);
    bob.ask({ command: "invite" });
    await world.time.pass(2_000);
    for (const line of ada.host.lines) line.down.kill(); // deaf, and does not know it
    for (const line of carol.host.lines) line.down.stall(15_000);
    const dave = await world.join("dave", ada);
    assert.equal(dave.parted, null); // it is in, as far as it knows
    ada.ask({ command: "kick", member: bob.id });
    await meanwhile(world, dave);
    assert.match(dave.ended ?? "", /^void: You are not in the room/);
    await world.whole();
  } finally {
    await world.end();
    await settle();
  }
}

Deno.test("Who was let in by somebody that had been put out is told so, cut off as it was then", () =>
  letInByNobody(async ({ time }, dave) => {
    for (const line of [...dave.host.lines]) line.cut({ client: 40_000, relay: 0 });
    await time.pass(60_000);
  }));

Deno.test("Who was let in by somebody that had been put out is told so when its place at the relay is gone", () =>
  letInByNobody(async ({ time, net }, dave) => {
    dave.host.reach = "refused";
    for (const line of [...dave.host.lines]) line.cut({ client: 0, relay: 0 });
    await time.pass(40_000);
    net.killRelay(() => 0);
    net.startRelay();
    await time.pass(5_000);
    dave.host.reach = "open";
    await time.pass(40_000);
  }));

Deno.test("Who was let in by somebody that had been put out is told so, connected all the time", () =>
  letInByNobody(async ({ time, people: [, , carol] }) => {
    await time.pass(20_000);
    carol?.say();
    await time.pass(20_000);
  }));

for (
  const [when, relay] of [["after the others were told", 0], ["before the others were told", 20_000]] as const
) {
  Deno.test(`Who is put out while its connection is lost, ${when} of that, is told so when that is resumed`, async () => {
    const world = new World(7);
    try {
      const [ada, bob, carol] = await world.room(["ada", "bob", "carol", "dave"]);
      assert.ok(ada !== undefined && bob !== undefined && carol !== undefined);
      await world.time.pass(100_000);
      carol.host.reach = "refused";
      for (const line of [...carol.host.lines]) line.cut({ client: 0, relay });
      carol.say(); // and can still be read by the others for a while
      bob.parted = "leaving";
      await world.time.during(bob.session?.leave() ?? Promise.resolve()); // so that carol cannot read what ada says next
      ada.ask({ command: "kick", member: carol.id });
      await world.time.pass(25_000);
      carol.host.reach = "open";
      await world.time.pass(40_000);
      assert.match(carol.ended ?? "", /^kicked: /);
      await world.whole();
    } finally {
      await world.end();
      await settle();
    }
  });
}
