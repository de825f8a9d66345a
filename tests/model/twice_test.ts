/** Whoever is let in twice, as its first welcome was lost, and whoever came in between. */
import assert from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { decodeRelayFrame, unpackBatch } from "../../wire/mod.ts";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

const ANY = { maxBytes: Infinity, maxFrames: Infinity };

function isWelcome(frame: Uint8Array): boolean {
  const decoded = decodeRelayFrame(frame);
  return decoded.type === "deliver" && payloadKind(decoded.payload) === PayloadKind.welcome;
}

Deno.test("Who is let in twice, as its first welcome was lost, and who came in between confirm each other", async () => {
  const world = new World(41);
  const { time, people } = world;
  try {
    const [ada] = await world.room(["ada", "bob"]) as [Person];
    await time.pass(60_000);
    world.tryJoin(ada);
    const [first] = people.slice(2) as [Person];
    let lost = 0;
    first.host.filter = (bytes) => {
      if (lost > 0 || !unpackBatch(bytes, ANY).some(isWelcome)) return bytes;
      lost++;
      first.host.reach = "refused";
      for (const line of first.host.lines) line.cut({ client: 0, relay: 0 });
      return null;
    };
    await time.until(() => lost > 0, time.now + 10_000);
    await time.pass(50);
    world.tryJoin(ada);
    const [, second] = people.slice(2) as [Person, Person];
    await time.until(() => second.parted === null, time.now + 10_000);
    first.host.reach = "open";
    assert.equal(lost, 1);
    await world.whole(60_000);
    assert.deepEqual([first.parted, second.parted], [null, null]);
  } finally {
    await world.end();
    await settle();
  }
});
