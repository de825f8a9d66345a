/** Members that would have others remember without end what they have made up. */
import { equal, ok } from "node:assert/strict";
import { toHex } from "../../crypto/bytes.ts";
import { encodeCbor } from "../../crypto/cbor.ts";
import { decodePack } from "../../crypto/pack.ts";
import { until, withCrowd } from "./crowd.ts";
import { adding, Hostile, stranger } from "./hostile_member.ts";

/** Ids of nobody, as many as a content may name. */
function nobodies(from: number): { memberId: Uint8Array; number: number }[] {
  return Array.from({ length: 1_024 }, (_, i) => ({
    memberId: new Uint8Array(new Uint32Array([9, from + i, 9, 9]).buffer),
    number: 2 ** 40,
  }));
}

Deno.test("a member cannot fill what others remember by naming ids of nobody", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    hostile.clings(); // its own client would let carol in under a number that is taken by then
    for (let i = 0; i < 2; i++) {
      await hostile.says({ kind: "text", text: `after many ${i}` }, { deps: nobodies(1_024 * i) });
    }
    await crowd.untilInTime(
      "both see the last of them",
      () => [alice, bob].every(({ texts }) => texts.includes("after many 1")),
    );
    const { acquaintance } = bob.room.reception;
    ok(acquaintance.size <= 2, `bob remembers ${acquaintance.size}`);
    const carol = await crowd.join("carol", alice);
    await carol.say("I could come in");
    await Promise.all([alice.hears("I could come in"), bob.hears("I could come in")]);
    await alice.say("unharmed");
    await Promise.all([bob.hears("unharmed"), carol.hears("unharmed")]);
    ok(acquaintance.knows(alice.id, 1), "bob knows that alice has heard him");
  }));

Deno.test("a member cannot have others remember keys of people that it has made up", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const { verifiers } = bob.room.parts;
    const before = verifiers.size;
    const zed = await stranger("zed");
    // Whoever passes it on needs no key of its author for this, only the bundle, which is true.
    const { author, contents } = decodePack(await hostile.pack(hostile.content(adding(zed))));
    const unsigned = encodeCbor([author, contents.map(({ bytes }) => bytes), new Uint8Array(64)]);
    await hostile.passOn([unsigned], bob);
    await hostile.readBy(bob);
    equal(verifiers.size, before);
    equal(verifiers.get(toHex(zed.identity.memberId)), undefined);
    await alice.room.say(adding(zed));
    await until("zed is in", () => bob.knows(zed.id)?.status === "in");
    ok(verifiers.get(zed.id), "what counts is learned");
    await alice.say("unharmed");
    await bob.hears("unharmed");
  }));
