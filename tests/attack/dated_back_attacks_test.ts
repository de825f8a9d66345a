/** Members that have been put out and want to be back, or to take others along. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { type Crowd, type Person, until, withCrowd } from "./crowd.ts";
import { adding, Hostile, stranger } from "./hostile_member.ts";

/** Mallory, put out by alice, who knows how far mallory had come. */
async function putOut(people: { alice: Person; mallory: Person; others: Person[] }): Promise<Hostile> {
  const { alice, mallory, others } = people;
  const hostile = new Hostile(mallory);
  hostile.clings();
  await alice.room.run({ command: "kick", member: "mallory" });
  for (const person of [alice, mallory, ...others]) {
    await until(`${person.name} knows`, () => person.knows(mallory)?.status === "removed");
  }
  const label = (person: Person) => person.room.doors.find("invite", person.room.state.doors)?.label;
  for (const other of others) await until("it has the new doors", () => label(other) === label(alice));
  return hostile;
}

async function join(crowd: Crowd, name: string, by: Person): Promise<Person> {
  const person = await crowd.join(name, by);
  await until(`${name} is confirmed`, () => person.room.confirmation.has(by.id));
  return person;
}

Deno.test("a removed member cannot let anybody in by dating an ADD back", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = await putOut({ alice, mallory, others: [bob] });
    const { head } = hostile;
    const zed = await stranger("zed");
    const early = { number: head.number + 1, lamport: head.lamport + 1 };
    const late = { number: head.number + 1, lamport: head.lamport + 1_000 };
    for (const as of [early, late]) {
      const pack = await hostile.pack(hostile.content(adding(zed), as));
      hostile.send(await hostile.seal(pack));
      for (const to of [alice, bob]) {
        for (const name of [mallory, to, alice]) await hostile.passOn([pack], to, name);
      }
    }
    await hostile.readBy(alice, bob);
    const carol = await join(crowd, "carol", alice);
    for (const person of [alice, bob, carol]) {
      equal(person.knows(zed.id), undefined, person.name);
      deepEqual(person.members.filter((nick) => nick === "mallory"), []);
    }
  }));

Deno.test("a removed member cannot let anybody in by saying something else under a number that counts", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    await mallory.say("something harmless");
    await alice.hears("something harmless");
    await bob.hears("something harmless");
    const hostile = await putOut({ alice, mallory, others: [bob] });
    const carol = await join(crowd, "carol", alice);
    const zed = await stranger("zed");
    const { number, lamport } = hostile.head;
    ok(number <= (bob.room.state.cuts.get(mallory.id) ?? 0), "the number is one that counts");
    for (const at of [number, number - 1]) {
      const as = { number: at, lamport: lamport - (number - at), prevHash: new Uint8Array(32) };
      const pack = await hostile.pack(hostile.content(adding(zed), as));
      hostile.send(await hostile.seal(pack));
      for (const to of [alice, bob, carol]) await hostile.passOn([pack], to, alice);
    }
    await hostile.readBy(alice, bob, carol);
    for (const person of [alice, bob, carol]) equal(person.knows(zed.id), undefined, person.name);
  }));

Deno.test("a removed operator cannot undo it, and takes nobody along but the one that removed it", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const carol = await join(crowd, "carol", alice);
    await crowd.meet(alice, bob, mallory, carol);
    for (const member of ["mallory", "bob"]) {
      await alice.room.run({ command: "role", member, operator: true });
    }
    await until("mallory may", () => [alice, bob, carol].every((p) => p.knows(mallory)?.operator === true));
    const hostile = await putOut({ alice, mallory, others: [bob, carol] });
    const { number, lamport } = hostile.head;
    const cut = 0; // which would void the ADDs of all the others
    for (const target of [bob, carol, alice]) {
      for (const at of [number, number + 1, number + 2]) {
        const as = { number: at, lamport: lamport + at - number, prevHash: new Uint8Array(32) };
        const pack = await hostile.pack(hostile.content({ kind: "remove", target: target.id, cut }, as));
        hostile.send(await hostile.seal(pack), bob, carol);
        for (const to of [bob, carol]) await hostile.passOn([pack], to, bob);
      }
    }
    await hostile.readBy(bob, carol);
    for (const person of [bob, carol]) {
      equal(person.room.isOver, false, person.name);
      equal(person.knows(mallory)?.status, "removed");
      deepEqual([bob, carol].map((other) => person.knows(other)?.status), ["in", "in"]);
    }
    await bob.say("still here");
    await carol.hears("still here");
  }));

Deno.test("a removed member reads nothing of what is said after it, with all its keys in hand", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    await putOut({ alice, mallory, others: [bob] });
    await alice.say("now that mallory is gone");
    await bob.hears("now that mallory is gone");
    await bob.say("yes, at last");
    await alice.hears("yes, at last");
    const said = mallory.frames.filter((f) => f.type === "deliver" && f.from === bob.peerId).at(-1);
    ok(said, "the relay still serves mallory");
    await until("mallory has read all", () => mallory.room.isOver === false);
    deepEqual(mallory.texts.toSorted(), ["alice is here", "bob is here"]);
  }));

Deno.test("two operators cannot keep their quarrel from the others: both are out for all", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const carol = await join(crowd, "carol", alice);
    await crowd.meet(alice, bob, mallory, carol);
    await alice.room.run({ command: "role", member: "mallory", operator: true });
    await until("mallory may", () => [bob, carol, mallory].every((p) => p.knows(mallory)?.operator));
    const hostile = new Hostile(mallory);
    hostile.clings();
    const cut = bob.room.delivery.head(alice.id)?.number ?? 0;
    const frame = await hostile.frame({ kind: "remove", target: alice.id, cut });
    hostile.send(frame, bob); // bob has it first, carol has alice's first
    await until("bob has it", () => bob.knows(alice)?.status === "removed");
    await alice.room.run({ command: "kick", member: "mallory" });
    await until("carol has the other", () => carol.knows(mallory)?.status === "removed");
    hostile.send(frame);
    for (const person of [bob, carol]) {
      await until(
        `both are out for ${person.name}`,
        () => person.knows(alice)?.status === "removed" && person.knows(mallory)?.status === "removed",
      );
    }
  }));
