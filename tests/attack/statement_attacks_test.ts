/** Members that say statements which are not theirs to say. */
import { deepEqual, equal } from "node:assert/strict";
import type { Body } from "../../client/bodies.ts";
import { until, withCrowd } from "./crowd.ts";
import { adding, Hostile, stranger } from "./hostile_member.ts";

Deno.test("a member that is no operator cannot govern the room", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const before = bob.room.state;
    const bodies: Body[] = [
      { kind: "remove", target: bob.id, cut: 0 },
      { kind: "remove", target: alice.id, cut: 2 },
      { kind: "role", target: mallory.id, operator: true },
      { kind: "role", target: alice.id, operator: false },
      { kind: "lock", locked: true },
      { kind: "limit", limit: 1 },
      { kind: "topic", topic: "mallory's room" },
      { kind: "door", commitments: [new Uint8Array(32)] },
    ];
    for (const body of bodies) await hostile.says(body);
    await hostile.says({ kind: "text", text: "that is all" });
    for (const person of [alice, bob]) {
      await person.hears("that is all");
      equal(person.statementsOf(mallory), bodies.length, "they were heard");
      const { state } = person.room;
      deepEqual(person.members.toSorted(), ["alice", "bob", "mallory"]);
      deepEqual(person.room.members().filter((m) => m.operator).map((m) => m.nick), ["alice"]);
      deepEqual([state.locked, state.limit, state.topic, state.doors], [false, null, "", before.doors]);
    }
    await alice.room.run({ command: "topic", text: "alice's room" });
    await until("an operator can", () => bob.room.state.topic === "alice's room");
  }));

Deno.test("a member cannot let anybody in where only the steward may", () =>
  withCrowd(async (crowd) => {
    const alice = await crowd.create("alice", { limit: 4 });
    const bob = await crowd.join("bob", alice);
    const mallory = await crowd.join("mallory", alice);
    await crowd.meet(alice, bob, mallory);
    const zed = await stranger("zed");
    const hostile = new Hostile(mallory);
    await hostile.says(adding(zed));
    await hostile.says({ kind: "text", text: "welcome, zed" });
    for (const person of [alice, bob]) {
      await person.hears("welcome, zed");
      equal(person.statementsOf(mallory), 1, "it was heard");
      equal(person.knows(zed.id), undefined);
    }
  }));

Deno.test("a steward cannot let in more than the room's limit", () =>
  withCrowd(async (crowd) => {
    const mallory = await crowd.create("mallory", { limit: 3 });
    const bob = await crowd.join("bob", mallory);
    await crowd.meet(mallory, bob);
    const [yan, zed] = [await stranger("yan"), await stranger("zed")];
    const hostile = new Hostile(mallory);
    await hostile.says(adding(yan));
    await hostile.says(adding(zed));
    await hostile.says({ kind: "text", text: "welcome both" });
    await bob.hears("welcome both");
    equal(bob.knows(yan.id)?.status, "in", "the third may come in");
    equal(bob.knows(zed.id), undefined);
  }));

Deno.test("a member cannot let anybody into a locked room", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    await alice.room.run({ command: "lock" });
    await until("it is locked", () => bob.room.state.locked && mallory.room.state.locked);
    const zed = await stranger("zed");
    const hostile = new Hostile(mallory);
    await hostile.says(adding(zed));
    await hostile.says({ kind: "text", text: "welcome, zed" });
    for (const person of [alice, bob]) {
      await person.hears("welcome, zed");
      equal(person.knows(zed.id), undefined);
    }
    await alice.room.run({ command: "unlock" });
    await until("it is open", () => !bob.room.state.locked);
    hostile.head.lamport = bob.room.delivery.lamport + 10;
    await hostile.says(adding(zed));
    await until("in an open room a member may", () => bob.knows(zed.id)?.status === "in");
  }));

Deno.test("a member cannot let anybody in with a bundle that is not signed by its owner", () =>
  withCrowd(async (crowd) => {
    const [, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const [yan, zed] = [await stranger("yan"), await stranger("zed")];
    const broken = zed.bundle.encoded.slice();
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    const hostile = new Hostile(mallory);
    await hostile.says(adding({ bundle: { ...zed.bundle, encoded: broken } }));
    await hostile.says(adding(yan));
    await until("the sound one is in", () => bob.knows(yan.id)?.status === "in");
    equal(bob.knows(zed.id), undefined);
  }));

Deno.test("a member cannot take another's keys for its own, nor a stranger's", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const before = bob.knows(mallory)?.bundle.hash;
    const { bundle: next } = await alice.room.parts.keys.make("alice", 8); // signed, and newer than mallory's own
    const zed = await stranger("zed", 9);
    for (const { encoded } of [next, zed.bundle]) {
      await hostile.says({ kind: "keys", bundle: encoded });
      await hostile.says({ kind: "return", bundle: encoded });
    }
    await hostile.says({ kind: "text", text: "done" });
    await bob.hears("done");
    deepEqual(bob.knows(mallory)?.bundle.hash, before);
    deepEqual(bob.knows(alice)?.bundle.hash, alice.room.parts.keys.current.bundle.hash);
    equal(bob.knows(zed.id), undefined);
  }));

Deno.test("a member cannot shut an operator out by expiring it", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    await hostile.says({ kind: "expire", target: alice.id });
    await until("bob has seen it", () => bob.of("member_left").some((m) => m.reason === "expired"));
    equal(bob.knows(alice)?.operator, true, "it keeps its role");
    await until("alice is back by itself", () => bob.knows(alice)?.expired === false);
    await until("for alice too", () => alice.knows(alice)?.expired === false);
    await bob.say("alice, do you hear me?");
    await alice.hears("alice, do you hear me?");
    await alice.room.run({ command: "kick", member: "mallory" });
    await until("and still an operator", () => bob.knows(mallory)?.status === "removed");
  }));
