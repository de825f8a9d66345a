/** More of somebody under a chain that has not come yet than is held: it is had again, and nobody is told anything. */
import assert from "node:assert/strict";
import { BUFFER_LIMITS } from "../../client/buffer.ts";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

Deno.test("Of more than is held until a chain comes everything is shown, and nothing is told", async () => {
  const world = new World(31, { limits: { rateCount: 1_000_000 } });
  const { time } = world;
  try {
    const [ada, bob, , dave] = await world.room(["ada", "bob", "carol", "dave"]) as [
      Person,
      Person,
      Person,
      Person,
    ];
    await time.pass(60_000);
    bob.host.reach = "refused";
    for (const line of [...bob.host.lines]) line.cut({ client: 0, relay: 0 });
    ada.ask({ command: "kick", member: dave.id }); // ada has a new chain from here on
    await time.pass(1_000);
    for (let i = 0; i < BUFFER_LIMITS.framesPerPeer + 50; i++) {
      ada.say();
      await time.pass(20);
    }
    bob.host.reach = "open";
    await time.pass(60_000);
    world.check();
    assert.deepEqual([bob.shown.get("ada"), bob.lost.size], [ada.said, 0]);
    assert.deepEqual(bob.recent.filter(({ event }) => event.type === "notice"), []);
  } finally {
    await world.end();
    await settle();
  }
});
