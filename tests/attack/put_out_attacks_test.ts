/** What somebody that was put out may still say, and to whom. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { fromHex } from "../../crypto/bytes.ts";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { type Crowd, type Person, until, withCrowd } from "./crowd.ts";
import { adding, Hostile, stranger } from "./hostile_member.ts";
import { answering, between, linger } from "./repair_helpers.ts";

/** Carol lacks what mallory has said last, and knows that mallory was put out. */
async function lacking(
  crowd: Crowd,
): Promise<Record<"alice" | "bob" | "carol", Person> & { mallory: Hostile }> {
  const [alice, bob, carol, mal] = await crowd.party("alice", "bob", "carol", "mallory");
  const { number, hash, lamport } = mal.room.sender.head;
  const peers = [alice.peerId, mal.peerId];
  const hears = between(
    carol,
    ({ from, payload }) => !peers.includes(from) || payloadKind(payload) !== PayloadKind.sealed,
  );
  await mal.say("what it has said");
  for (const person of [alice, bob]) await person.hears("what it has said");
  const mallory = new Hostile(mal);
  mallory.clings();
  crowd.clock.hold(); // carol asks nobody for it before a test lets time pass
  await alice.room.run({ command: "kick", member: "mallory" });
  await until("bob knows", () => bob.knows(mal)?.status === "removed");
  await new Hostile(bob).passOn(bob.room.parts.log.about(mal.id), carol);
  await until("carol knows", () => carol.knows(mal)?.status === "removed");
  hears();
  // Mallory says something else under the number of what carol has not got.
  mallory.head = { number, hash: fromHex(hash) ?? new Uint8Array(32), lamport };
  return { alice, bob, carol, mallory };
}

Deno.test("a member that was put out cannot say something else now under a number that counts", () =>
  withCrowd(async (crowd) => {
    const { carol, mallory } = await lacking(crowd);
    await mallory.says({ kind: "text", text: "what it says now" });
    await mallory.readBy(carol);
    await crowd.untilInTime("carol is shown it", () => carol.texts.includes("what it has said"));
    await linger(crowd.clock, 2_000);
    ok(!carol.texts.includes("what it says now"));
    deepEqual(carol.of("lost"), []);
  }));

Deno.test("a member that was put out cannot let somebody in by a helper that passes on what it says now", () =>
  withCrowd(async (crowd) => {
    const { alice, bob, carol, mallory } = await lacking(crowd);
    const crony = await stranger("crony");
    const pack = await mallory.pack(mallory.content(adding(crony)));
    const asked = answering(new Hostile(bob), () => [{ packs: [pack] }], [carol]);
    const silent = between(
      carol,
      ({ from, payload }) => from !== alice.peerId || payloadKind(payload) !== PayloadKind.repair,
    );
    await crowd.untilInTime("bob is asked", () => asked.some(({ ranges }) => ranges.length > 0));
    await linger(crowd.clock, 2_000);
    silent();
    equal(carol.knows(crony.id), undefined);
    await crowd.untilInTime("carol is shown it", () => carol.texts.includes("what it has said"));
    equal(carol.knows(crony.id), undefined);
  }));
