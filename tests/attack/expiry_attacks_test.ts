/** Whoever wants what others have said to vanish, or what has disappeared to come back. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { encodeBody } from "../../client/bodies.ts";
import { parseMessageId } from "../../client/ids.ts";
import { PayloadKind } from "../../client/payload.ts";
import { type Person, until as untilOf, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";
import { answered, everythingOf, textsIn } from "./repair_helpers.ts";
import { until, withStage } from "./room_helpers.ts";

/** Whether a message is still there. */
const keeps = (person: Person, id: string): boolean => person.room.speech.history.get(id) !== undefined;
const numberOf = (id: string): number => parseMessageId(id)?.number ?? 0;

Deno.test("a member that is no operator cannot have what others say vanish", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    await hostile.says({ kind: "timer", ms: 5_000 });
    await hostile.says({ kind: "text", text: "that is all" });
    for (const person of [alice, bob]) {
      await person.hears("that is all");
      deepEqual([person.room.state.timerMs, person.of("expire").length], [null, 0]);
    }
    await alice.say("I stay");
    const { id, expireMs } = await bob.hears("I stay");
    await crowd.pass(10_000);
    deepEqual([expireMs, keeps(bob, id), bob.of("expired").length], [undefined, true, 0]);
  }));

Deno.test("an operator cannot have vanish what was said before its timer, though it dates that back", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    await alice.room.run({ command: "role", member: "mallory", operator: true });
    await untilOf("all know", () => [bob, mallory].every((p) => p.knows(mallory)?.operator === true));
    const hostile = new Hostile(mallory);
    const { lamport } = hostile.head;
    for (const word of ["one", "two", "three"]) await alice.say(word);
    const said = await bob.hears("one");
    await hostile.says({ kind: "timer", ms: 5_000 }, { lamport: lamport + 1 });
    await untilOf("bob knows", () => bob.room.state.timerMs === 5_000);
    await crowd.pass(20_000);
    ok(keeps(bob, said.id) && keeps(alice, said.id));
    equal(bob.of("expired").length, 0);
  }));

Deno.test("a member cannot have another's message vanish by its own word about that number", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    await alice.say("I stay");
    const { id } = await bob.hears("I stay");
    const hostile = new Hostile(mallory);
    const number = numberOf(id);
    await hostile.says({ kind: "edit", number, text: "gone", expireMs: 5_000 });
    await hostile.says({ kind: "reply", author: alice.id, number, text: "gone", expireMs: 5_000 });
    await bob.hears("gone");
    await crowd.untilInTime("its own is gone", () => bob.of("expired").length > 0);
    await crowd.pass(5_000);
    equal(bob.of("expired").flatMap(({ ids }) => ids).includes(id), false);
    equal(keeps(bob, id), true);
    ok(bob.room.retention.find(alice.id, { from: number, to: number, reader: mallory.id }).length > 0);
  }));

Deno.test("a member cannot have a message live longer or shorter than the bounds allow", () =>
  withCrowd(async (crowd) => {
    const [_alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    for (const expireMs of [0, 1, 4_999, 604_800_001]) {
      ok(encodeBody({ kind: "text", text: "odd", expireMs }).length > 0);
      await hostile.says({ kind: "text", text: "odd", expireMs });
    }
    await hostile.says({ kind: "text", text: "even", expireMs: 5_000 });
    await bob.hears("even");
    equal(bob.texts.includes("odd"), false);
  }));

Deno.test("a member cannot have repaired to it what has disappeared", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    await alice.room.run({ command: "expire", ms: 60_000 });
    await untilOf("all know", () => [bob, mallory].every((p) => p.room.state.timerMs === 60_000));
    await alice.say("for a minute");
    const { id } = await bob.hears("for a minute");
    const hostile = new Hostile(mallory);
    const before = await answered(hostile, bob, { ranges: everythingOf(alice) });
    ok(textsIn(before).includes("for a minute"), "until then it is given");
    await crowd.untilInTime("it has disappeared", () =>
      [alice, bob].every((p) => p.of("expired").some(({ ids }) => ids.includes(id))));
    for (const person of [alice, bob]) {
      const given = await answered(hostile, person, { ranges: everythingOf(alice) });
      equal(textsIn(given).includes("for a minute"), false, person.name);
      ok(textsIn(given).includes("alice is here"), "what was said before is");
      const gone = given.flatMap((part) =>
        part.gone
      ).find(({ from, to }) => from <= numberOf(id) && to >= numberOf(id));
      equal(gone?.messages, 1, "that there was a message is told");
    }
  }));

Deno.test("a relay cannot bring back a message that has disappeared", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    await alice.room.run({ command: "expire", ms: 5_000 });
    await alice.say("soon gone");
    await until("bob sees it", () => bob.count("soon gone") === 1);
    const frames = bob.victim.payloads(PayloadKind.sealed);
    await stage.untilInTime("it has disappeared", () => bob.of("expired").length === 1);
    bob.victim.inject(...frames);
    await alice.say("and on");
    await until("bob sees what follows", () => bob.count("and on") === 1);
    equal(bob.count("soon gone"), 1);
    ok(bob.notices.includes("replayed"), "bob is told");
  }));
