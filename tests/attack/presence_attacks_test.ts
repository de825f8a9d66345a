/** Members that say they were where another is. */
import { deepEqual, equal } from "node:assert/strict";
import { encodePresents } from "../../client/payload.ts";
import type { Bytes } from "../../crypto/bytes.ts";
import { encodePresent } from "../../crypto/present.ts";
import { type Crowd, type Person, until, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";

/** A word of `hostile` that this connection is its own. */
async function claims(hostile: Hostile, peerId: number, number = 1_000): Promise<Bytes> {
  const { identity, joined: { roomEpoch } } = hostile.person.room.parts;
  return await encodePresent(identity, { room: hostile.room, peerId, roomEpoch, number });
}

/** Carol leaves: whoever speaks next gives everybody a new chain. */
async function chainsTurn(carol: Person, ...others: Person[]): Promise<void> {
  await carol.room.leave();
  await until("carol is gone", () => others.every((p) => p.knows(carol)?.status === "left"));
}

Deno.test("a member cannot keep another from being given chains by claiming its connection", () =>
  withCrowd(async (crowd: Crowd) => {
    const [alice, bob, mallory, carol] = await crowd.party("alice", "bob", "mallory", "carol");
    const hostile = new Hostile(mallory);
    hostile.send(encodePresents([await claims(hostile, bob.peerId)]), alice);
    await hostile.readBy(alice);
    deepEqual([alice.room.presence.peerOf(bob.id), alice.room.presence.memberOf(bob.peerId)], [
      bob.peerId,
      bob.id,
    ]);
    await chainsTurn(carol, alice, bob);
    await alice.say("under a new chain");
    await bob.hears("under a new chain");
  }));

Deno.test("a sponsor cannot keep a newcomer from another member by saying that it were where that one is", () =>
  withCrowd(async (crowd: Crowd) => {
    const [alice, bob, carol] = await crowd.party("alice", "bob", "carol");
    const hostile = new Hostile(alice);
    const claim = await claims(hostile, bob.peerId);
    alice.room.presence.payloads = () => [claim]; // what the welcome says of who is where
    for (const p of [bob, carol]) p.room.sponsor.receive = () => Promise.resolve();
    const dave = await crowd.join("dave", alice);
    await until("bob has confirmed dave", () => dave.room.confirmation.has(bob.id));
    equal(dave.room.presence.peerOf(bob.id), bob.peerId);
    await dave.say("to all");
    await bob.hears("to all");
  }));
