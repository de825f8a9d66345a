/** Whoever was put out while it was cut off gets to know it, whatever has become of keys and connections. */
import { equal } from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { type Crowd, type Person, until, withCrowd } from "../attack/crowd.ts";
import { between } from "../attack/repair_helpers.ts";

/** Alice puts mal out, and nothing of that reaches mal; it goes on talking. */
async function unknowing(
  crowd: Crowd,
): Promise<{ alice: Person; bob: Person; mal: Person; hears: () => void }> {
  const [alice, bob, mal] = await crowd.party("alice", "bob", "mal");
  const hears = between(mal, ({ payload }) => payloadKind(payload) === PayloadKind.present);
  await alice.room.run({ command: "kick", member: "mal" });
  await until("bob knows", () => bob.knows(mal)?.status === "removed");
  return { alice, bob, mal, hears };
}

/** Waits until mal has ended; alice says something now and then. */
async function ends(crowd: Crowd, alice: Person, mal: Person): Promise<void> {
  for (let i = 0; i < 12 && !mal.room.isOver; i++) {
    await alice.say(`still here ${i}`);
    await crowd.pass(5_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  equal(mal.of("ended")[0]?.code, "kicked");
}

Deno.test("who was put out learns it from those whom it goes on talking to", () =>
  withCrowd(async (crowd) => {
    const { alice, bob, mal, hears } = await unknowing(crowd);
    const heard = bob.payloads(PayloadKind.sealed, mal).length;
    await mal.say("is anybody there?");
    await until("bob has got it", () => bob.payloads(PayloadKind.sealed, mal).length > heard);
    for (const person of [alice, bob]) await person.room.incoming.settled();
    hears();
    // What it asks to be repaired is not answered: nothing but the chains that it cannot read is left.
    for (const person of [alice, bob]) {
      between(person, ({ payload }) => payloadKind(payload) !== PayloadKind.repairAsk);
    }
    await ends(crowd, alice, mal);
  }));

Deno.test("who was put out learns it also when nobody has the other's present keys any more", () =>
  withCrowd(async (crowd) => {
    const { alice, bob, mal, hears } = await unknowing(crowd);
    for (const person of [alice, bob, mal]) {
      for (let i = 0; i < 17; i++) await person.room.upkeep.rotateKeys();
    }
    hears();
    await ends(crowd, alice, mal);
  }));
