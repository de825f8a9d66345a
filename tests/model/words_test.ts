/** Whoever sees a removal undone by another that counts before it has the words of who is there then. */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

Deno.test("Where one is out and another back by one word, the safety words are told anew, though there are as many as before", async () => {
  const world = new World(31);
  const { time } = world;
  try {
    const names = ["ada", "bob", "carol", "dave"];
    const [ada, bob, carol, dave] = await world.room(names) as [Person, Person, Person, Person];
    ada.ask({ command: "role", member: bob.id, operator: true });
    await time.pass(60_000);
    for (const line of ada.host.lines) line.down.stall(2_000);
    bob.ask({ command: "kick", member: dave.id });
    await time.pass(500);
    ada.ask({ command: "kick", member: bob.id }); // it has not heard of the other
    await time.pass(5_000);
    for (const person of [ada, carol]) {
      person.look();
      const ids = person.members.map(({ id }) => id);
      assert.deepEqual(ids.toSorted(), [ada.id, carol.id, dave.id].toSorted(), person.name);
    }
    assert.notEqual(carol.words, "");
    assert.equal(carol.words, ada.words);
  } finally {
    await world.end();
    await settle();
  }
});
