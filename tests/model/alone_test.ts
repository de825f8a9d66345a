/** Somebody who is alone for good waits for nobody: what comes after a hole is shown, and the hole is told. */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

/** Bob misses the first of two texts of ada's, who then goes, and nobody else is there. */
async function alone(
  goes: (ada: Person, world: World) => void,
  ms: number,
  awayMs = 3_600_000,
): Promise<void> {
  const world = new World(41, { awayMs });
  const { time } = world;
  try {
    const [ada, bob] = await world.room(["ada", "bob"]) as [Person, Person];
    await time.pass(60_000);
    bob.mayLose = true;
    for (const line of bob.host.lines) line.filter = () => null;
    ada.say();
    await time.pass(50);
    for (const line of bob.host.lines) line.filter = (bytes) => bytes;
    ada.say();
    await time.pass(50);
    goes(ada, world);
    await time.pass(ms);
    assert.deepEqual([bob.heard.get("ada"), bob.lost.get(ada.id)], [2, 1]);
    assert.equal(bob.recent.filter(({ event }) => event.type === "member_left").length, 1);
  } finally {
    await world.end();
    await settle();
  }
}

Deno.test("Who is left alone by somebody who says goodbye at once is shown what came, and told what is lost", () =>
  alone((ada) => {
    ada.parted = "leaving";
    ada.session?.abort();
  }, 20_000));

Deno.test("Who is left alone by somebody who stays away is shown what came, and told what is lost", () =>
  alone(
    (ada) => {
      ada.host.reach = "refused";
      for (const line of [...ada.host.lines]) line.cut({ client: 0, relay: 0 });
    },
    120_000,
    60_000,
  ));
