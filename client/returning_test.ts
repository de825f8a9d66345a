import assert from "node:assert/strict";
import { inWorld, type Person } from "../tests/helpers.ts";
import { MAX_GENERATIONS } from "./key_ring.ts";
import type { Room } from "./room.ts";

const roomOf = (person: Person): Room => person.session as Room;
const isBack = (person: Person, times: number): Promise<unknown> =>
  person.events.until("connection", () => {
    return person.events.of("connection").filter((event) => event.state === "online" && event.back).length >=
      times;
  });

async function turnKeys(person: Person): Promise<void> {
  for (let i = 0; i <= MAX_GENERATIONS; i++) await roomOf(person).upkeep.rotateKeys();
  assert.ok(roomOf(person).parts.keys.current.bundle.keyNumber > MAX_GENERATIONS);
}

Deno.test("Two whose keys have both turned beyond what is kept, each while the other was away, read each other again", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    bob.unplug();
    await ada.say("alone");
    await turnKeys(ada);
    ada.unplug();
    await world.restart(); // what the relay held is gone, too
    bob.plug();
    await bob.run({ command: "reconnect" });
    await isBack(bob, 1);
    await turnKeys(bob);
    bob.unplug();
    await world.restart();
    bob.plug();
    await bob.run({ command: "reconnect" });
    await isBack(bob, 2);
    ada.plug();
    await ada.run({ command: "reconnect" });
    await isBack(ada, 1);
    await bob.events.text("alone");
    await ada.say("there you are");
    await bob.events.text("there you are");
    await bob.say("and you");
    await ada.events.text("and you");
  }));
