/** Members that play with numbers, dependencies and Lamport times. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { bytesOf } from "../../client/ids.ts";
import { DELIVERY_LIMITS } from "../../client/delivery.ts";
import { PayloadKind } from "../../client/payload.ts";
import { decodePack } from "../../crypto/pack.ts";
import { openFrame } from "../../crypto/seal.ts";
import { ReceivingChain } from "../../crypto/sender_chain.ts";
import { until, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";

Deno.test("a member cannot say two things under one number unnoticed", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const { number, hash } = hostile.head;
    await hostile.says({ kind: "text", text: "I will pay" });
    await hostile.says({ kind: "text", text: "I will not" }, { number: number + 1, prevHash: hash });
    for (const person of [alice, bob]) {
      const alarm = await until("it is told", () => person.of("equivocation")[0]);
      deepEqual([alarm.nick, alarm.number], ["mallory", number + 1]);
      deepEqual(person.texts.filter((text) => text.startsWith("I will")), ["I will pay"]);
    }
  }));

Deno.test("a member cannot tell two members different things under one number unnoticed", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const { number, hash } = hostile.head;
    hostile.send(await hostile.frame({ kind: "text", text: "I will pay" }), alice);
    const other = { number: number + 1, prevHash: hash };
    hostile.send(await hostile.frame({ kind: "text", text: "I will not" }, other), bob);
    await alice.hears("I will pay");
    await bob.hears("I will not");
    const told = await crowd.untilInTime("somebody is warned", () => alice.of("split_view")[0]);
    equal(told.nick, "mallory");
    equal(told.witness, "bob");
    const alarm = await crowd.untilInTime("the other too", () => bob.of("split_view")[0]);
    deepEqual([alarm.nick, alarm.witness], ["mallory", "alice"]);
  }));

Deno.test("a member cannot rewrite what it said before unnoticed", () =>
  withCrowd(async (crowd) => {
    const [, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    await hostile.says({ kind: "text", text: "one" });
    const { number } = hostile.head;
    await hostile.says({ kind: "text", text: "two" }, { prevHash: new Uint8Array(32).fill(7) });
    await bob.hears("two");
    deepEqual(bob.of("equivocation").map((e) => [e.nick, e.number]), [["mallory", number]]);
  }));

Deno.test("a member cannot have its message held back for good by what it depends on", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const nobody = { memberId: new Uint8Array(16).fill(9), number: 1 };
    const never = { memberId: bytesOf(alice.id), number: 2 ** 53 - 1 };
    crowd.clock.hold(); // only pushes move it
    const started = crowd.clock.now();
    for (let i = 0; i < 20; i++) {
      await hostile.says({ kind: "text", text: `after what never was ${i}` }, { deps: [nobody, never] });
    }
    await until("bob has them", () => bob.payloads(PayloadKind.sealed, mallory).length >= 21);
    await alice.say("meanwhile");
    await bob.hears("meanwhile");
    equal(bob.texts.includes("after what never was 0"), false, "it waits");
    await crowd.untilInTime("bob sees the last of them", () => bob.texts.includes("after what never was 19"));
    const waited = crowd.clock.now() - started;
    ok(waited >= DELIVERY_LIMITS.waitMs, "they waited");
    ok(waited < 4 * DELIVERY_LIMITS.waitMs, `all of them together, not one after the other: ${waited} ms`);
    const shown = bob.of("message").filter((m) => m.text.startsWith("after what"));
    ok(shown.every((m) => m.gap), "the gap is marked");
  }));

Deno.test("a member cannot delay others by telling one of them what the rest does not get", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    for (let i = 0; i < 12; i++) {
      hostile.send(await hostile.frame({ kind: "text", text: `for alice ${i}` }), alice);
      await alice.hears(`for alice ${i}`);
      await alice.say(`what alice says ${i}`);
    }
    const started = crowd.clock.now(); // one after the other, they would have hardly begun
    await crowd.untilInTime("bob sees the last of it", () => bob.texts.includes("what alice says 11"));
    const waited = crowd.clock.now() - started;
    ok(waited < 4 * DELIVERY_LIMITS.waitMs, `all of them together, not one after the other: ${waited} ms`);
  }));

Deno.test("a member cannot use up the others' Lamport time", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const before = alice.room.delivery.lamport;
    const hostile = new Hostile(mallory);
    const jumps = [2 ** 30, 2 ** 40, 2 ** 52, 2 ** 53 - 2, 2 ** 53 - 1];
    for (const lamport of jumps) await hostile.says({ kind: "text", text: `at ${lamport}` }, { lamport });
    await hostile.readBy(alice, bob);
    const most = before + 100 + jumps.length * DELIVERY_LIMITS.maxLamportStep;
    ok(alice.room.delivery.lamport <= most, `it is at ${alice.room.delivery.lamport}`);
    await alice.say("time goes on");
    await bob.hears("time goes on");
    await bob.say("so it does");
    await alice.hears("so it does");
  }));

Deno.test("a joiner cannot use up the others' Lamport time by its first word", () =>
  withCrowd(async (crowd) => {
    const [alice, bob] = await crowd.party("alice", "bob");
    const mallory = await crowd.join("mallory", alice);
    await until(
      "mallory has its chains out",
      () => [alice, bob].every((p) => p.payloads(PayloadKind.distribution, mallory).length > 0),
    );
    const hostile = new Hostile(mallory);
    equal(hostile.head.number, 0);
    await hostile.says({ kind: "text", text: "hello" }, { lamport: 2 ** 53 - 1 });
    await hostile.readBy(alice, bob);
    ok(alice.room.delivery.lamport < 2 ** 30);
    await alice.say("time goes on");
    await bob.hears("time goes on");
  }));

Deno.test("a member cannot silence another by running that one's Lamport time ahead", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    for (let i = 0; i < 12; i++) {
      const lamport = hostile.head.lamport + DELIVERY_LIMITS.maxLamportStep;
      hostile.send(await hostile.frame({ kind: "text", text: `for alice ${i}` }, { lamport }), alice);
    }
    await alice.hears("for alice 11");
    await alice.say("first");
    await alice.say("second");
    await crowd.untilInTime("bob still hears alice", () => bob.texts.includes("second"));
    ok(bob.texts.includes("first"));
    await alice.room.run({ command: "topic", text: "and obeys her" });
    await crowd.untilInTime("statements count too", () => bob.room.state.topic === "and obeys her");
  }));

Deno.test("two seals at once never use one counter twice", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const stolen = await hostile.stolenChain(alice);
    const texts = Array.from({ length: 40 }, (_, i) => `at once ${i}`);
    await Promise.all([
      ...texts.map((text) => alice.say(text)),
      alice.room.run({ command: "topic", text: "at once" }),
      alice.room.upkeep.rotateKeys(),
      alice.room.run({ command: "msg", to: "bob", text: "in private" }),
    ]);
    await bob.hears("at once 39");
    await bob.hears("in private");
    const chain = new ReceivingChain(stolen);
    const frames = mallory.payloads(PayloadKind.sealed, alice);
    const numbers: number[] = [];
    for (const frame of frames) {
      const plaintext = await openFrame(chain, { room: hostile.room, member: bytesOf(alice.id) }, frame);
      numbers.push(...decodePack(plaintext).contents.map(({ content }) => content.number));
    }
    ok(frames.length >= 4, "it took several frames");
    equal(new Set(numbers).size, numbers.length, "no number twice, and no counter: each frame opened");
    equal(bob.of("lost").length + bob.of("equivocation").length, 0);
  }));
