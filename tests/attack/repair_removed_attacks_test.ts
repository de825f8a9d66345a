/** Those that were put out, or may no longer govern, and what recovery gives them. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { type Person, until, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";
import { answersTo, ask, between, everythingOf, linger, losing, textsIn } from "./repair_helpers.ts";

/** Bob hears of everything but the removal: the relay loses it, and lets nobody tell bob what it was. */
function keepFrom(bob: Person, alice: Person): () => number {
  const dropped = losing(bob, alice);
  between(bob, ({ payload }) => payloadKind(payload) !== PayloadKind.repair);
  return dropped;
}

Deno.test("a removed member cannot have repaired what its remover says next by a member from whom the removal is held back", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    hostile.clings();
    const dropped = keepFrom(bob, alice);
    await alice.room.run({ command: "kick", member: "mallory" });
    await until("the removal is held back", () => dropped() === 1);
    await alice.say("now that mallory is gone");
    await crowd.untilInTime("bob is shown it", () => bob.texts.includes("now that mallory is gone"));
    equal(bob.knows(mallory)?.status, "in", "bob does not know");
    await ask(hostile, bob, { ranges: everythingOf(alice) });
    await linger(crowd.clock, 1_000);
    await hostile.readBy(bob);
    deepEqual(textsIn(await answersTo(mallory)).filter((text) => text.startsWith("now")), []);
  }));

Deno.test("a removed member cannot have repaired what others say that know of the removal by a member from whom it is held back", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory, carol] = await crowd.party("alice", "bob", "mallory", "carol");
    const hostile = new Hostile(mallory);
    hostile.clings();
    // The relay holds back all of alice's from bob from here on.
    between(
      bob,
      ({ from, payload }) => from !== alice.peerId || payloadKind(payload) === PayloadKind.present,
    );
    between(bob, ({ payload }) => payloadKind(payload) !== PayloadKind.repair);
    await alice.room.run({ command: "kick", member: "mallory" });
    await until("carol knows", () => carol.knows(mallory)?.status === "removed");
    await carol.say("carol, first");
    await crowd.untilInTime("bob is shown it", () => bob.texts.includes("carol, first"));
    await carol.say("carol, then");
    await crowd.untilInTime("bob is shown it", () => bob.texts.includes("carol, then"));
    await carol.say("carol, last");
    await crowd.untilInTime("bob is shown it", () => bob.texts.includes("carol, last"));
    equal(bob.knows(mallory)?.status, "in", "bob does not know");
    await ask(hostile, bob, { ranges: everythingOf(carol) });
    await linger(crowd.clock, 1_000);
    await hostile.readBy(bob);
    const given = textsIn(await answersTo(mallory));
    ok(given.includes("carol is here"), "what was said before is given");
    deepEqual(given.filter((text) => text.startsWith("carol,")), []);
  }));

Deno.test("a member that is no operator any more cannot make another believe that it was put out by dating a REMOVE back", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    await alice.room.run({ command: "role", member: "mallory", operator: true });
    await until("mallory may", () => [bob, mallory].every((p) => p.knows(mallory)?.operator === true));
    const lamport = mallory.room.delivery.lamport;
    await alice.say("some time");
    await mallory.say("passes");
    await bob.hears("passes");
    await alice.room.run({ command: "role", member: "mallory", operator: false });
    await until("mallory may not", () => [bob, mallory].every((p) => p.knows(mallory)?.operator === false));
    await mallory.say("and it has said something since");
    await bob.hears("and it has said something since");
    const hostile = new Hostile(mallory);
    const { number } = hostile.head;
    const body = { kind: "remove" as const, target: bob.id, cut: 1 };
    const pack = await hostile.pack(hostile.content(body, { number: number + 1, lamport: lamport + 1 }));
    await hostile.passOn([pack], bob, alice);
    await linger(crowd.clock, 2_000);
    equal(bob.room.isOver, false, bob.of("ended")[0]?.message ?? "");
    await hostile.readBy(bob);
    equal(bob.knows(bob)?.status, "in");
  }));

Deno.test("a member cannot make another answer without end by asking for everything again and again", () =>
  withCrowd(async (crowd) => {
    const [alice, _bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const before = mallory.payloads(PayloadKind.presents, alice).length;
    crowd.clock.hold(); // what may be asked for grows with time, and a slow machine takes long over this
    for (let i = 0; i < 60; i++) await ask(hostile, alice);
    await hostile.readBy(alice);
    const given = mallory.payloads(PayloadKind.repair, alice).length;
    ok(given > 0 && given <= 24, `${given} answers`);
    ok(
      mallory.payloads(PayloadKind.presents, alice).length - before <= 24,
      "it tells who is where each time",
    );
  }));

Deno.test("a member cannot keep from another that it was put out by saying so sixteen times itself", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    let cut = false;
    between(bob, () => !cut);
    cut = true;
    await alice.room.run({ command: "kick", member: "bob" });
    await until("mallory knows", () => mallory.knows(bob)?.status === "removed");
    hostile.head = new Hostile(mallory).head;
    for (let i = 0; i < 20; i++) await hostile.says({ kind: "expire", target: bob.id });
    await hostile.readBy(alice);
    await until("alice has them", () => alice.statementsOf(mallory) >= 20);
    const about = alice.room.parts.log.about(bob.id);
    const { decodePack } = await import("../../crypto/pack.ts");
    const { toHex } = await import("../../crypto/bytes.ts");
    ok(about.some((pack) => toHex(decodePack(pack).author) === alice.id), "the REMOVE is among what is told");
  }));
