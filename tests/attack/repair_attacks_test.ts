/** Members, and those that were, that want more from repair than is theirs, or others to have less. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { encodeCbor } from "../../crypto/cbor.ts";
import { type Bytes, concat, fromHex, randomBytes, toHex } from "../../crypto/bytes.ts";
import { isStatement } from "../../crypto/content.ts";
import { decodePack } from "../../crypto/pack.ts";
import { bytesOf } from "../../client/ids.ts";
import { type Person, until, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";
import {
  answer,
  answered,
  answering,
  answersTo,
  ask,
  askFrame,
  between,
  countAsks,
  entry,
  everythingOf,
  gone,
  headOf,
  linger,
  losing,
  tellHave,
  textsIn,
} from "./repair_helpers.ts";

Deno.test("a removed member cannot have anything repaired to it by those that know", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    hostile.clings();
    const given = await answered(hostile, bob, { ranges: everythingOf(alice, bob) });
    ok(textsIn(given).includes("bob is here"), "a member is answered");
    const frames = [await askFrame(hostile, alice, {}), await askFrame(hostile, bob, {})];
    await alice.room.run({ command: "kick", member: "mallory" });
    await until("bob knows", () => bob.knows(mallory)?.status === "removed");
    await alice.say("now that mallory is gone");
    await bob.hears("now that mallory is gone");
    const before = mallory.payloads(PayloadKind.repair).length;
    const presents = mallory.payloads(PayloadKind.presents).length;
    for (const to of [alice, bob]) await ask(hostile, to, { ranges: everythingOf(alice, bob) });
    hostile.send(frames[0] as Uint8Array, alice);
    hostile.send(frames[1] as Uint8Array, bob);
    await hostile.readBy(alice, bob);
    await linger(crowd.clock, 5_000);
    equal(mallory.payloads(PayloadKind.repair).length, before);
    equal(mallory.payloads(PayloadKind.presents).length, presents, "nor is it told who is where");
    // Another's name does not help: an answer goes to where that one is.
    const inBobsName = await askFrame(hostile, alice, { ranges: everythingOf(alice) });
    hostile.send(concat(inBobsName.subarray(0, 2), bytesOf(bob.id), inBobsName.subarray(18)), alice);
    await hostile.readBy(alice);
    equal(mallory.payloads(PayloadKind.repair).length, before);
  }));

Deno.test("a removed member cannot have repaired what names its removal by a member that has not heard of it", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory, carol] = await crowd.party("alice", "bob", "mallory", "carol");
    const hostile = new Hostile(mallory);
    hostile.clings();
    between(
      bob,
      ({ from, payload }) => from !== alice.peerId || payloadKind(payload) === PayloadKind.present,
    );
    between(bob, ({ payload }) => payloadKind(payload) !== PayloadKind.repair);
    await alice.room.run({ command: "kick", member: "mallory" });
    await until("carol knows", () => carol.knows(mallory)?.status === "removed");
    await carol.say("now that mallory is gone");
    await crowd.untilInTime("bob is shown it", () => bob.texts.includes("now that mallory is gone"));
    equal(bob.of("message").at(-1)?.gap, true);
    equal(bob.knows(mallory)?.status, "in", "bob does not know");
    const given = textsIn(await answered(hostile, bob, { ranges: everythingOf(carol) }));
    ok(given.includes("carol is here"), "what was said before is given");
    equal(given.includes("now that mallory is gone"), false);
  }));

Deno.test("a joiner cannot have anything from before it came repaired to it", () =>
  withCrowd(async (crowd) => {
    const [alice, bob] = await crowd.party("alice", "bob");
    await alice.say("among ourselves");
    await bob.hears("among ourselves");
    const mallory = await crowd.join("mallory", alice);
    await until(
      "all are confirmed",
      () =>
        [alice, bob].every((p) => mallory.room.confirmation.has(p.id) && p.room.confirmation.has(mallory.id)),
    );
    await alice.say("welcome");
    for (const person of [bob, mallory]) await person.hears("welcome");
    const hostile = new Hostile(mallory);
    for (const to of [alice, bob]) {
      const ranges = [...everythingOf(alice, bob), ...everythingOf(alice)];
      const given = await answered(hostile, to, { ranges });
      deepEqual([...new Set(textsIn(given))], ["welcome"], to.name);
    }
  }));

Deno.test("a member that was away for too long is given no words, and after its RETURN none from meanwhile", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    mallory.room.upkeep.stay = () => {};
    await bob.room.sender.say({ kind: "expire", target: mallory.id });
    await until("alice knows", () => alice.knows(mallory)?.expired === true);
    await alice.say("meanwhile");
    await bob.hears("meanwhile");
    for (const to of [alice, bob]) await ask(hostile, to, { ranges: everythingOf(alice) });
    await hostile.readBy(alice, bob);
    await linger(crowd.clock, 2_000);
    deepEqual(textsIn(await answersTo(mallory)), []);
    hostile.head = new Hostile(mallory).head;
    const { encoded } = mallory.room.parts.keys.current.bundle;
    const bundle = { kind: "return" as const, bundle: encoded };
    await mallory.room.sender.say(bundle);
    for (const person of [alice, bob]) {
      await until("it has returned", () => person.knows(mallory)?.expired === false);
    }
    await alice.say("afterwards");
    await bob.hears("afterwards");
    for (const to of [alice, bob]) {
      const given = textsIn(await answered(hostile, to, { ranges: everythingOf(alice) }));
      ok(given.includes("afterwards"), to.name);
      equal(given.includes("meanwhile"), false, to.name);
    }
  }));

/** Packs that say something in alice's name, none of which alice has signed as it is. */
async function forgeries(hostile: Hostile, alice: Person, genuine: Bytes): Promise<Bytes[]> {
  const next = headOf(alice) + 1;
  const text = hostile.content({ kind: "text", text: "I owe mallory money" }, {
    number: next,
    lamport: alice.room.sender.head.lamport + 1,
    prevHash: fromHex(alice.room.sender.head.hash) ?? new Uint8Array(32),
  });
  const own = decodePack(await hostile.pack(text));
  const author = bytesOf(alice.id);
  return [
    encodeCbor([author, [text], own.signature]),
    encodeCbor([author, [text], decodePack(genuine).signature]),
    encodeCbor([author, [text], randomBytes(64)]),
    own.encoded,
  ];
}

Deno.test("a member cannot put words into another's mouth by what it answers, nor have anything shown twice", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const ranges = [{ author: alice.id, from: 2, to: 1_000 }];
    const genuine = (await answered(hostile, alice, { ranges })).flatMap(({ packs }) => packs);
    const words = genuine.find((pack) => !isStatement(decodePack(pack).contents[0]?.content.kind ?? 32));
    ok(words);
    const head = { ...hostile.head };
    const forged = await forgeries(hostile, alice, words);
    hostile.head = head;
    const parts = [...forged.map((pack) => [pack]), genuine, [...genuine, ...genuine]];
    const asks = answering(hostile, ({ ranges }) => {
      if (!ranges.some(({ author }) => author === alice.id)) return [];
      return parts.map((packs, i) => ({ packs, last: i === parts.length - 1 }));
    }, [bob]);
    // Alice is kept from answering, so that mallory is asked.
    const dropped = losing(bob, alice);
    alice.room.repairAnswers.answer = function* () {};
    await alice.say("my own words");
    await until("it is dropped", () => dropped() === 1);
    await alice.say("and on");
    await crowd.untilInTime("mallory was asked for it", () => asks.some(({ ranges }) => ranges.length > 0));
    await linger(crowd.clock, 2_000);
    await hostile.readBy(bob);
    deepEqual(bob.texts.filter((text) => text !== "mallory is here"), ["alice is here"]);
    Reflect.deleteProperty(alice.room.repairAnswers, "answer");
    await crowd.untilInTime("bob is shown the rest", () => bob.texts.includes("and on"));
    deepEqual(bob.texts.filter((text) => text !== "mallory is here"), [
      "alice is here",
      "my own words",
      "and on",
    ]);
    deepEqual([bob.of("equivocation"), bob.of("lost"), bob.of("split_view")], [[], [], []]);
  }));

Deno.test("a member cannot answer what another was asked, nor what nobody asked", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const dropped = losing(bob, alice);
    let held = 0;
    const heldBack: (() => void)[] = [];
    const asked = countAsks(alice, bob);
    const receive = bob.room.incoming.receive.bind(bob.room.incoming);
    between(bob, (frame) => {
      if (frame.from !== alice.peerId || payloadKind(frame.payload) !== PayloadKind.repair || held > 0) {
        return true;
      }
      held++;
      heldBack.push(() => receive(frame));
      return false;
    });
    await alice.say("dropped");
    await until("it is dropped", () => dropped() === 1);
    await alice.say("and on");
    await crowd.untilInTime("alice's answer is on its way", () => held === 1);
    crowd.clock.hold(); // bob waits for so long, and no longer
    const number = headOf(alice) - 1;
    for (let i = 0; i < 30; i++) {
      const everything = [gone(alice, 1, number + 1), gone(alice, number, number), gone(bob, 1, 100)];
      await answer(hostile, bob, { ask: i, gone: everything, vector: [entry(alice, number + 400)] });
    }
    await hostile.readBy(bob);
    await linger(crowd.clock, 2_000);
    equal(bob.room.delivery.head(alice.id)?.number, number - 1, "bob waits for alice");
    equal(asked(), 1, "and does not ask it again");
    crowd.clock.release();
    for (const go of heldBack) go();
    await bob.hears("and on");
    deepEqual(bob.texts.slice(-2), ["dropped", "and on"]);
    deepEqual(bob.of("lost"), []);
  }));

Deno.test("a member cannot make others ask without end by promising ever more", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const asks = answering(hostile, () => [{}], [alice, bob]);
    const toAlice = countAsks(alice, bob);
    await linger(crowd.clock, 6_000); // a quiet room: what differs is asked for
    const haves = 40;
    for (let i = 1; i <= haves; i++) {
      await tellHave(hostile, { entries: [entry(alice, headOf(alice) + i * 100)] });
      await linger(crowd.clock, 1_000);
    }
    ok(asks.some(({ from }) => from === bob.id), "bob asks mallory");
    ok(asks.filter(({ from }) => from === bob.id).length <= haves + 4);
    ok(toAlice() >= 1 && toAlice() <= 4, `bob asks alice, but not for each promise: ${toAlice()}`);
    await alice.say("none of it is true");
    await bob.hears("none of it is true");
    equal(bob.of("message").at(-1)?.gap, false);
  }));

Deno.test("a member cannot make another answer without end by asking, or by asking the same again", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    for (let i = 0; i < 20; i++) await alice.say(`word ${i}`);
    await bob.hears("word 19");
    const frame = await askFrame(hostile, alice, { all: false, ranges: everythingOf(alice) });
    const start = performance.now();
    for (let i = 0; i < 150; i++) hostile.send(frame, alice);
    await hostile.readBy(alice);
    const most = 16 + 2 * Math.ceil((performance.now() - start) / 1_000) + 1;
    const given = mallory.payloads(PayloadKind.repair, alice).length;
    ok(given >= 10 && given <= most, `${given} answers, at most ${most}`);
    // Whoever asks for itself meanwhile is answered all the same.
    const dropped = losing(bob, alice);
    await alice.say("dropped");
    await until("it is dropped", () => dropped() === 1);
    await alice.say("and on");
    await crowd.untilInTime("bob has it", () => bob.texts.includes("and on"));
    deepEqual(bob.texts.slice(-2), ["dropped", "and on"]);
  }));

Deno.test("a member cannot have others hold back or flag what an author says by lying about what it has of it", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory, carol] = await crowd.party("alice", "bob", "mallory", "carol");
    const hostile = new Hostile(mallory);
    answering(hostile, () => [{}], [alice, bob, carol]);
    const ahead = [entry(alice, headOf(alice) + 3, toHex(randomBytes(32)))];
    await tellHave(hostile, { entries: ahead, hash: toHex(randomBytes(32)) });
    await tellHave(hostile, { entries: [entry(alice, headOf(alice), toHex(randomBytes(32)))] });
    await until("the lie is told, with the name of whoever tells it", () => bob.of("split_view").length > 0);
    for (const { witness } of bob.of("split_view")) equal(witness, "mallory");
    await linger(crowd.clock, 15_000);
    crowd.clock.hold(); // only what is waited for could move it
    const since = crowd.clock.now();
    for (let i = 0; i < 5; i++) {
      await alice.say(`word ${i}`);
      for (const person of [bob, carol]) equal((await person.hears(`word ${i}`)).gap, false);
      await carol.say(`reply ${i}`);
      equal((await bob.hears(`reply ${i}`)).gap, false);
    }
    ok(crowd.clock.now() - since < 8_000, "nothing was waited for");
    for (const person of [bob, carol]) deepEqual([person.of("lost"), person.of("equivocation")], [[], []]);
  }));

Deno.test("a member that is no operator cannot make another believe that it was put out", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory, carol] = await crowd.party("alice", "bob", "mallory", "carol");
    const hostile = new Hostile(mallory);
    const { number, lamport } = hostile.head;
    for (const at of [number + 1, number, 1, number + 500]) {
      const body = { kind: "remove" as const, target: bob.id, cut: 0 };
      const content = hostile.content(body, { number: at, lamport: lamport + at });
      const pack = await hostile.pack(content);
      for (const name of [alice, mallory, carol]) await hostile.passOn([pack], bob, name);
    }
    await hostile.readBy(bob);
    equal(bob.room.isOver, false);
    deepEqual([alice, bob, carol].map((person) => person.knows(bob)?.status), ["in", "in", "in"]);
    await bob.say("still here");
    await carol.hears("still here");
  }));

Deno.test("an operator that was put out cannot make one that knows believe that it was put out, or away", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    await alice.room.run({ command: "role", member: "mallory", operator: true });
    await until("mallory may", () => [bob, mallory].every((p) => p.knows(mallory)?.operator === true));
    const hostile = new Hostile(mallory);
    hostile.clings();
    await alice.room.run({ command: "kick", member: "mallory" });
    await until("bob knows", () => bob.knows(mallory)?.status === "removed");
    const { number, lamport } = hostile.head;
    for (const at of [number + 1, number + 2]) {
      for (const kind of ["remove", "expire"] as const) {
        const body = kind === "remove" ? { kind, target: bob.id, cut: 0 } : { kind, target: bob.id };
        const pack = await hostile.pack(
          hostile.content(body, { number: at, lamport: lamport + at - number }),
        );
        for (const name of [alice, mallory]) await hostile.passOn([pack], bob, name);
        hostile.send(await hostile.seal(pack));
      }
    }
    const revenge = { kind: "remove" as const, target: alice.id, cut: headOf(alice) };
    const late = { number: number + 3, lamport: lamport + 3 };
    const pack = await hostile.pack(hostile.content(revenge, late));
    for (const name of [bob, mallory]) await hostile.passOn([pack], alice, name);
    await hostile.readBy(bob, alice);
    equal(bob.room.isOver || alice.room.isOver, false);
    for (const person of [alice, bob]) {
      deepEqual([person.knows(bob)?.status, person.knows(bob)?.expired], ["in", false], person.name);
    }
    await bob.say("still here");
    await alice.hears("still here");
  }));

Deno.test("a member cannot leave others no room to remember who has what by naming authors that are none", () =>
  withCrowd(async (crowd) => {
    const [alice, , mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const holders = new Set<string>();
    const { repair } = alice.room;
    const holds = repair.holds.bind(repair);
    repair.holds = (author, holder, number) => {
      holders.add(author);
      holds(author, holder, number);
    };
    const made = Array.from(
      { length: 1_000 },
      () => ({ id: toHex(randomBytes(16)), number: 5, hash: "0".repeat(64) }),
    );
    await tellHave(hostile, {
      entries: [...made, entry(mallory, headOf(mallory) + 3)].toSorted((a, b) => a.id < b.id ? -1 : 1),
    });
    await until("alice has heard it", () => holders.size > 0);
    deepEqual([...holders], [mallory.id]);
  }));
