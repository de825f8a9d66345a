/** Members that read slowly: an answer that has come, and lies unread behind other things, is waited for. */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

/** How long each step of reading a frame takes, and how long that goes on, in milliseconds. */
const SLOWNESS: readonly { stepMs: number; forMs: number }[] = [
  { stepMs: 1_500, forMs: 150_000 },
  { stepMs: 3_000, forMs: 450_000 },
];

Deno.test("An answer that lies unread for minutes is waited for: all is shown in order, and nothing is told as missing", async () => {
  for (const { stepMs, forMs } of SLOWNESS) {
    const world = new World(7, { limits: { rateCount: 1_000_000, ringFrames: 20 } });
    const { time } = world;
    try {
      const [ada, bob] = await world.room(["ada", "bob", "carol"]) as [Person, Person, Person];
      await time.pass(60_000);
      bob.host.reach = "refused";
      for (const line of [...bob.host.lines]) line.cut({ client: 0, relay: 0 });
      for (let i = 0; i < 40; i++) {
        ada.say();
        await time.pass(500);
      }
      bob.host.reach = "open";
      assert.ok(await time.until(() => bob.online, time.now + 60_000));
      // What comes from here on comes all at once, and everybody takes seconds to read a frame.
      for (const { down } of bob.host.lines) down.stall(2_000);
      for (let i = 0; i < 60; i++) {
        ada.say();
        await time.pass(20);
      }
      world.crypto.takes = () => stepMs;
      await time.pass(forMs);
      world.crypto.takes = () => 0;
      await world.whole();
      assert.deepEqual([bob.shown.get("ada"), bob.lost.size], [ada.said, 0]);
      assert.deepEqual(bob.recent.filter(({ event }) => event.type === "notice"), []);
    } finally {
      await world.end();
      await settle();
    }
  }
});
