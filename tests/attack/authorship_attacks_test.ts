/** Members that speak as others, or that want to keep others from speaking. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { PayloadKind } from "../../client/payload.ts";
import { bytesOf } from "../../client/ids.ts";
import { toHex } from "../../crypto/bytes.ts";
import { encodeCbor } from "../../crypto/cbor.ts";
import { encodeContent } from "../../crypto/content.ts";
import { decodePack } from "../../crypto/pack.ts";
import { encodeBody } from "../../client/bodies.ts";
import { SendingChain } from "../../crypto/sender_chain.ts";
import { until, withCrowd } from "./crowd.ts";
import { forge, Hostile, nextCounter } from "./hostile_member.ts";

/** A pack that says to be of `author`, with the signature of whoever makes it. */
async function claimed(hostile: Hostile, author: string, number: number): Promise<Uint8Array> {
  const body = encodeBody({ kind: "text", text: "I owe mallory 100" });
  const content = { number, kind: 1, lamport: 1_000, prevHash: new Uint8Array(32), deps: [], body };
  const { signature } = decodePack(await hostile.pack(encodeContent({ ...content, number: 1 })));
  return encodeCbor([bytesOf(author), [encodeContent(content)], signature]);
}

Deno.test("a member cannot speak as another under its own chain", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    hostile.send(await hostile.seal(await claimed(hostile, alice.id, alice.room.sender.head.number + 1)));
    await until("bob is warned", () => bob.notices.includes("tampered"));
    const [notice] = bob.of("notice").filter((event) => event.code === "tampered");
    ok(notice?.message.includes("mallory"), "the one that sent it is named");
    await alice.say("mine");
    await bob.hears("mine");
    equal(bob.texts.filter((text) => text.includes("owe")).length, 0);
    equal(bob.of("equivocation").length, 0);
  }));

Deno.test("a member cannot speak as another under that one's chain, nor use up its counters", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const stolen = await hostile.stolenChain(alice);
    const counter = nextCounter(mallory, alice, stolen.chainId);
    const place = { room: hostile.room, member: bytesOf(alice.id) };
    const forged = await claimed(hostile, alice.id, alice.room.sender.head.number + 1);
    for (const at of [counter, counter + 1, counter + 2, 1_023]) {
      hostile.send(await forge(stolen, at, place, forged));
    }
    // The same frame with a signature that verifies: mallory's own, in alice's chain.
    const own = await hostile.pack(hostile.content({ kind: "text", text: "I owe mallory 200" }));
    hostile.send(await forge(stolen, counter, place, own));
    await until("bob has read them all", () => bob.payloads(PayloadKind.sealed, mallory).length >= 6);
    await until("bob is warned", () => bob.notices.includes("tampered"));
    await alice.say("mine");
    await alice.say("still mine");
    await bob.hears("still mine");
    const real = bob.payloads(PayloadKind.sealed, alice).at(-1);
    ok(real && toHex(real.subarray(2, 18)) === toHex(stolen.chainId), "alice used the chain that was stolen");
    ok(nextCounter(bob, alice, stolen.chainId) > counter, "and the counters that were meant to be used up");
    deepEqual(bob.texts.slice(-2), ["mine", "still mine"]);
    equal(bob.texts.filter((text) => text.includes("owe")).length, 0);
    equal(bob.of("lost").length, 0);
  }));

Deno.test("a member cannot change or delete what another said", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    await alice.say("as it was");
    await bob.hears("as it was");
    const number = alice.room.sender.head.number;
    const hostile = new Hostile(mallory);
    await hostile.says({ kind: "edit", number, text: "as mallory likes it" });
    await hostile.says({ kind: "delete", number });
    await hostile.says({ kind: "text", text: "done" });
    await bob.hears("done");
    equal(bob.room.speech.history.get(`${alice.id}-${number}`)?.text, "as it was");
    deepEqual(bob.of("edited"), []);
    deepEqual(bob.of("deleted"), []);
  }));

Deno.test("a member cannot give two members different keys for one chain unnoticed", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const one = SendingChain.create();
    const other = { ...SendingChain.create().start(), chainId: one.chainId };
    const { head } = hostile;
    await hostile.distribute(one.start(), alice, { ...head });
    await hostile.distribute(other, bob, { ...head });
    const pack = await hostile.pack(hostile.content({ kind: "text", text: "for alice" }));
    hostile.send(await forge(one.start(), 0, hostile.place, pack));
    await alice.hears("for alice");
    await until("bob is warned", () => bob.notices.includes("tampered"));
    const again = await hostile.pack(hostile.content({ kind: "text", text: "for both" }));
    hostile.send(await forge(other, 0, hostile.place, again), bob);
    hostile.send(await forge(one.start(), 1, hostile.place, again), alice);
    await alice.hears("for both");
    await crowd.untilInTime("bob is shown what he can read", () => bob.texts.includes("for both"));
    // What bob could not open he has had from alice, as mallory signed it: a word to the room is for all of it.
    deepEqual(bob.texts.filter((text) => text.startsWith("for ")), ["for alice", "for both"]);
    deepEqual(bob.of("lost"), []);
  }));

Deno.test("a member cannot silence another by handing out that one's chain as its own", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    // As it would be with a newcomer that mallory reaches first: bob does not have alice's chain yet.
    bob.room.incoming.chains.drop(alice.id);
    const stolen = await hostile.stolenChain(alice);
    await hostile.distribute(SendingChain.create().start(), bob);
    await hostile.distribute({ ...stolen, chainKey: new Uint8Array(32), sideKey: new Uint8Array(32) }, bob);
    await until("bob has taken it", () => bob.payloads(PayloadKind.distribution, mallory).length >= 3);
    alice.room.sender.chains.again(bob.id);
    await alice.say("can you read me?");
    await bob.hears("can you read me?");
    const read = bob.payloads(PayloadKind.sealed, alice).at(-1)?.subarray(2, 18);
    deepEqual(read, stolen.chainId, "alice used the chain that was stolen");
  }));
