/** Whoever wants somebody to seem to type or to be away, or to learn it without being a member. */
import { deepEqual, ok } from "node:assert/strict";
import { PayloadKind } from "../../client/payload.ts";
import { encodeAway, encodeTyping, SideKind, signSide } from "../../client/side.ts";
import { TYPING } from "../../client/typing.ts";
import type { Bytes } from "../../crypto/bytes.ts";
import { readSideChainId, sealSide } from "../../crypto/side_seal.ts";
import { type Person as Member, until as untilOf, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";
import { until, withStage } from "./room_helpers.ts";

/** High enough for an author that has said a few of them. */
let number = 10_000;

/** A side frame that `hostile` signs, as `as` would seal it. */
async function sideFrame(
  hostile: Hostile,
  kind: number,
  payload: Bytes,
  as: { sideKey: Bytes; chainId: Bytes; member: Bytes } = {
    ...keysOf(hostile),
    member: hostile.place.member,
  },
): Promise<Bytes> {
  const { identity } = hostile.person.room.parts;
  const side = await signSide(identity, hostile.room, { kind, number: ++number, payload });
  return await sealSide(as.sideKey, as.chainId, { room: hostile.room, member: as.member }, side);
}

function keysOf({ chain }: Hostile): { sideKey: Bytes; chainId: Bytes } {
  return { sideKey: chain.sideKey, chainId: chain.chainId };
}

const seen = (person: Member): string[] => [
  ...person.of("typing").map(({ nick, on }) => `${nick} ${on}`),
  ...person.of("presence").map(({ nick, away }) => `${nick} ${away ? "away" : "back"}`),
];

Deno.test("a relay cannot make somebody seem to type by what it has said before", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const before = alice.victim.payloads(PayloadKind.side).length;
    await bob.room.run({ command: "typing", on: true });
    await until("alice sees it", () => alice.of("typing").length === 1);
    const said = alice.victim.payloads(PayloadKind.side).slice(before);
    await stage.untilInTime("it is over", () => alice.of("typing").length === 2);
    await stage.pass(TYPING.shownMs);
    alice.victim.inject(...said);
    await bob.say("after that");
    await until("alice sees what follows", () => alice.count("after that") === 1);
    deepEqual(alice.of("typing").map(({ on }) => on), [true, false]);
    ok(alice.notices.includes("replayed"), "alice is told");
  }));

Deno.test("a relay cannot have somebody type on by holding back that it has stopped", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    await bob.room.run({ command: "typing", on: true });
    await until("alice sees it", () => alice.of("typing").length === 1);
    alice.victim.toClient = () => null;
    await bob.room.run({ command: "typing", on: false });
    await stage.untilInTime("it is over", () => alice.of("typing").length === 2);
  }));

Deno.test("a member cannot make another seem to type or to be away, though it holds that one's keys", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const stolen = await hostile.stolenChain(alice);
    const as = { ...stolen, member: alice.room.parts.identity.memberId };
    hostile.send(await sideFrame(hostile, SideKind.typing, encodeTyping(true), as), bob);
    hostile.send(await sideFrame(hostile, SideKind.away, encodeAway({ away: true, text: "gone" }), as), bob);
    await hostile.readBy(bob);
    deepEqual(seen(bob), []);
    ok(bob.notices.includes("tampered"));
    hostile.send(await sideFrame(hostile, SideKind.typing, encodeTyping(true)), bob);
    hostile.send(await sideFrame(hostile, SideKind.away, encodeAway({ away: true, text: "" })), bob);
    await hostile.readBy(bob);
    deepEqual(seen(bob), ["mallory true", "mallory away"], "it can of itself");
  }));

Deno.test("somebody that is not confirmed cannot seem to type or to be away", () =>
  withCrowd(async (crowd) => {
    const [_alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const { confirmation } = bob.room;
    const has = confirmation.has.bind(confirmation);
    confirmation.has = (id) => id !== mallory.id && has(id);
    const hostile = new Hostile(mallory);
    hostile.send(await sideFrame(hostile, SideKind.typing, encodeTyping(true)), bob);
    hostile.send(await sideFrame(hostile, SideKind.away, encodeAway({ away: true, text: "" })), bob);
    await hostile.readBy(bob);
    deepEqual(seen(bob), []);
  }));

Deno.test("a removed member cannot seem to type, and is not told who does", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    hostile.clings();
    await alice.room.run({ command: "kick", member: "mallory" });
    await untilOf("bob knows", () => bob.knows(mallory)?.status === "removed");
    hostile.send(await sideFrame(hostile, SideKind.typing, encodeTyping(true)), bob);
    await hostile.readBy(bob);
    deepEqual(seen(bob), []);
    const before = mallory.payloads(PayloadKind.side).length;
    await alice.room.run({ command: "typing", on: true });
    await alice.say("among ourselves");
    await bob.hears("among ourselves");
    await crowd.pass(TYPING.againMs);
    await alice.room.run({ command: "typing", on: true });
    await untilOf("bob sees it", () => seen(bob).includes("alice true"));
    await hostile.readBy(alice, bob);
    const since = mallory.payloads(PayloadKind.side).slice(before);
    ok(since.length > 0, "the relay gives it all");
    for (const payload of since) {
      deepEqual(mallory.room.incoming.chains.all(readSideChainId(payload)), [], "under a chain that it has");
    }
  }));
