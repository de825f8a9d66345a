/** Somebody who lets others in while it is new itself: what it hears late reaches those as well. */
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

/** Which of the others lets whom in is by chance: some of these were such a case. */
const SEEDS = 12;

/** Two come in, one after the other, while ada's connection keeps back that it has another name now. */
async function twoComeIn(seed: number): Promise<void> {
  const world = new World(seed);
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
    await world.whole(90_000);
  } finally {
    await world.end();
    await settle();
  }
}

Deno.test("What a sponsor hears only after it has let somebody in, though it knew its number before, reaches that one", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) await twoComeIn(seed);
});
