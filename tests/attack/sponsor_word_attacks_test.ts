/** What whoever let somebody in may still pass on, and nobody in its name. */
import { equal } from "node:assert/strict";
import { fromHex } from "../../crypto/bytes.ts";
import { until, withCrowd } from "./crowd.ts";
import { adding, Hostile, stranger } from "./hostile_member.ts";
import { linger } from "./repair_helpers.ts";

Deno.test("nobody but its sponsor, over that one's own connection, can pass on what a welcome leaves out", () =>
  withCrowd(async (crowd) => {
    const party = await crowd.party("alice", "bob", "mallory");
    const before = new Map(party.map(({ id, room }) => [id, { ...room.sender.head }]));
    for (const person of party) await person.say(`${person.id} is here`);
    for (const { id } of party) {
      for (const person of party) if (person.id !== id) await person.hears(`${id} is here`);
    }
    const [alice] = party;
    const carol = await crowd.join("carol", alice);
    await until("all are confirmed", () => party.every(({ id }) => carol.room.confirmation.has(id)));
    const sponsor = party.find(({ id }) => carol.knows(carol)?.addedBy === id) ?? alice;
    const [other, mal] = party.filter((person) => person !== sponsor);
    if (other === undefined || mal === undefined) throw new Error("all have let carol in");

    // Mallory says something else under the number of its text.
    const mallory = new Hostile(mal);
    const { number, hash, lamport } = before.get(mal.id) ?? mal.room.sender.head;
    mallory.head = { number, hash: fromHex(hash) ?? new Uint8Array(32), lamport };
    const crony = await stranger("crony");
    const pack = await mallory.pack(mallory.content(adding(crony)));
    await new Hostile(other).passOn([pack], carol);
    await new Hostile(other).passOn([pack], carol, sponsor);
    await mallory.passOn([pack], carol, sponsor);
    await linger(crowd.clock, 2_000);
    equal(carol.knows(crony.id) === undefined, true);

    // Whoever let carol in could have written it in the welcome.
    await new Hostile(sponsor).passOn([pack], carol);
    await until("it is taken of the sponsor", () => carol.knows(crony.id)?.status === "in");
  }));
