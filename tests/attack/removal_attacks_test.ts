import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { GUARD_MS } from "../../client/guarding.ts";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { readSealedHeader } from "../../crypto/seal.ts";
import { chainsOf, payloadsOf, tryEveryKey } from "./every_key.ts";
import { changing } from "./hostile_relay.ts";
import { type Person, until, withStage } from "./room_helpers.ts";

/** From now on nothing of the others comes to `person`, who goes on as if nothing had happened. */
function keepInTheDark(person: Person): void {
  person.victim.toClient = (frame) => frame.type === "deliver" ? null : frame;
}

Deno.test("a removed member reads nothing sealed after its author knew of the removal, with all its keys in hand", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    keepInTheDark(bob);
    await Promise.all([alice.say("before (alice)"), carol.say("before (carol)")]);
    await until(
      "it was said",
      () => alice.count("before (carol)") === 1 && carol.count("before (alice)") === 1,
    );
    const before = payloadsOf([...bob.victim.offered]);
    const chains = chainsOf(bob, before);
    equal(chains.size, 2, "bob holds a chain of each");

    await alice.room.run({ command: "kick", member: "bob" });
    await until("carol knows", () => carol.of("member_left").length === 1);
    // The removal itself goes under the old chain, so that the removed member learns of it: all else comes after.
    const from = [alice, carol].map((person) => carol === person ? alice : carol).map((p) =>
      p.victim.offered.length
    );
    await stage.meet(alice, carol);
    await alice.say("after (alice)");
    await carol.say("after (carol)");
    await alice.room.run({ command: "msg", to: "carol", text: "between us" });
    await carol.room.run({ command: "nick", nick: "caroline" });
    await alice.room.upkeep.rotateKeys();
    await until("it was said", () => carol.count("between us") === 1 && alice.count("after (carol)") === 1);
    const told = [alice, carol].map(({ victim }) => victim.payloads(PayloadKind.side).length);
    await stage.untilInTime("each has told what it has", () => {
      return [alice, carol].every(({ victim }, i) =>
        victim.payloads(PayloadKind.side).length > (told[i] ?? 0)
      );
    });
    const dave = stage.person("dave");
    dave.victim.toClient = (frame) =>
      frame.type === "joined" ? { ...frame, peers: [alice.victim.peerId] } : frame;
    await stage.join("dave", alice);
    await stage.meet(alice, carol, dave);

    const after = payloadsOf([
      ...carol.victim.offered.slice(from[0]),
      ...alice.victim.offered.slice(from[1]),
      ...dave.victim.offered,
    ]);
    const kinds = new Set(after.map(payloadKind));
    for (const kind of [PayloadKind.sealed, PayloadKind.distribution, PayloadKind.side]) ok(kinds.has(kind));
    const control = await tryEveryKey(bob, before, chains);
    ok(control.opened.includes(PayloadKind.sealed), "the keys are good for what was said before");
    const theft = await tryEveryKey(bob, after, chains);
    deepEqual(theft.opened, []);
    ok(theft.tried > 40, `${theft.tried} tries`);

    const seen = bob.texts;
    for (const person of [alice, carol]) bob.victim.deliver(person.victim, ...after);
    bob.victim.deliver(alice.victim, ...before);
    bob.victim.deliver(carol.victim, ...before);
    await until("bob has read what was said before", () => bob.texts.length >= seen.length + 2);
    deepEqual(bob.texts.slice(seen.length).sort(), ["before (alice)", "before (carol)"]);
    ok(!bob.room.isOver);
  }));

Deno.test("a removed member does not read what members that keep silent tell of what they have", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    keepInTheDark(bob);
    const chains = chainsOf(bob, payloadsOf([...bob.victim.offered]));
    equal(chains.size, 2, "bob holds a chain of each");
    await alice.room.run({ command: "kick", member: "bob" });
    await until("carol knows", () => carol.of("member_left").length === 1);
    const from = alice.victim.offered.length;
    await alice.say("yes");
    await until("carol sees it", () => carol.count("yes") === 1);
    const sides = await stage.untilInTime("carol, who says nothing, has told what she has", () => {
      const frames = alice.victim.offered.slice(from).filter((frame) =>
        frame.type === "deliver" && frame.from === carol.victim.peerId &&
        payloadKind(frame.payload) === PayloadKind.side
      );
      return frames.length > 0 && payloadsOf(frames);
    });
    deepEqual((await tryEveryKey(bob, sides, chains)).opened, []);
    await stage.untilInTime("it is told all the same", () => {
      return alice.of("delivered").filter(({ to }) => to === carol.id).length === 2;
    });
  }));

Deno.test("a removed member cannot come back in with the old code", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    const old = alice.of("invite")[0];
    ok(old?.code);
    await alice.room.run({ command: "kick", member: "bob" });
    equal((await bob.room.ended).code, "kicked");
    await until("carol has the new doors", () => carol.of("doors_turned").length === 1);
    await rejects(stage.join("bobby", old.invite), { code: "wrong_code" });
    const before = stage.person("robert").victim;
    const joining = stage.join("robert", old.code);
    await until("nobody is behind the spoken code", () => stage.person("robert").notices.includes("waiting"));
    ok(before.offered.every((frame) => frame.type !== "joined"));
    for (const person of [alice, carol]) {
      deepEqual(person.room.members().map((m) => m.nick), ["alice", "carol"]);
    }
    void joining.catch(() => {});
    await stage.join("dave", alice.of("invite").at(-1)?.code ?? "");
    await stage.meet(alice, carol, stage.person("dave"));
  }));

Deno.test("a relay cannot keep a removal from a member unnoticed, nor have others talk to the removed", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    keepInTheDark(bob);
    let withheld = 0;
    const withhold = changing(PayloadKind.sealed, (payload) => withheld++ === 0 ? null : payload);
    const unrepaired = changing(PayloadKind.repair, () => null);
    carol.victim.toClient = (frame) => unrepaired(frame) === null ? null : withhold(frame);
    await alice.room.run({ command: "kick", member: "bob" });
    await alice.say("without bob");
    await bob.say("am I alone?");
    await stage.untilInTime("carol sees what follows", () => carol.count("without bob") === 1);
    ok(withheld > 1, "the removal was withheld");
    const [lost] = carol.of("lost");
    ok(lost !== undefined && lost.nick === "alice" && lost.count === 1, "carol sees the gap");
    equal(carol.room.state.members.get(bob.id)?.status, "in", "carol was not told of the removal");
    ok(!alice.room.sender.chains.holds(bob.id));
    await alice.say("and on");
    await until("carol sees it", () => carol.count("and on") === 1);
    bob.victim.inject(
      ...carol.victim.offered.filter((frame) =>
        frame.type === "deliver" && frame.from === alice.victim.peerId
      ).slice(1).filter((frame) =>
        frame.type === "deliver" && payloadKind(frame.payload) !== PayloadKind.statements
      ),
    );
    await until(
      "bob's words came to alice",
      () =>
        alice.victim.payloads(PayloadKind.sealed).at(-1)?.from === bob.victim.peerId ||
        alice.victim.payloads(PayloadKind.sealed).some((f) => f.from === bob.victim.peerId),
    );
    equal(alice.count("am I alone?"), 0);
    equal(bob.count("without bob") + bob.count("and on"), 0);
  }));

/** The numbers that the relay gave to what it had for `person` of `author`'s words, given to it or not. */
function seqs({ victim }: Person, author: Person): number[] {
  return victim.payloads(PayloadKind.sealed).filter(({ from }) => from === author.victim.peerId)
    .map(({ seq }) => seq);
}

Deno.test("who was not given its own removal is told of it by the next who talks", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    await stage.pass(GUARD_MS + 5_000); // from now on no sponsor passes anything on
    let withholding = true;
    bob.victim.toClient = changing(PayloadKind.sealed, (payload) => withholding ? null : payload);
    await alice.room.run({ command: "kick", member: "bob" });
    await until("carol knows", () => carol.of("member_left").length === 1);
    const removal = Math.max(...seqs(carol, alice));
    await until(
      "the removal was withheld",
      () => seqs(bob, alice).includes(removal) || bob.of("ended").length > 0,
    );
    withholding = false;
    await carol.say("without bob");
    await stage.untilInTime("bob knows", () => bob.of("ended").length === 1);
    equal(bob.of("ended")[0]?.code, "kicked");
    equal(bob.count("without bob"), 0);
  }));

Deno.test("who waits for a word before its own removal, and asks for it, is told of the removal at once", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    await stage.pass(GUARD_MS + 5_000); // from now on no sponsor passes anything on
    let withholding = true;
    bob.victim.toClient = changing(PayloadKind.sealed, (payload) => withholding ? null : payload);
    await alice.say("one");
    await until("carol is shown it", () => carol.count("one") === 1);
    await until("the word was withheld", () => seqs(bob, alice).includes(Math.max(...seqs(carol, alice))));
    withholding = false;
    await alice.room.run({ command: "kick", member: "bob" });
    await stage.untilInTime("bob knows", () => bob.of("ended").length === 1);
    equal(bob.of("ended")[0]?.code, "kicked");
    deepEqual(bob.of("lost"), []);
  }));

Deno.test("a joiner reads nothing from before", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    await alice.say("old secret");
    await bob.room.run({ command: "msg", to: "alice", text: "older secret" });
    await stage.untilInTime("all was told", () => {
      return bob.count("old secret") === 1 && alice.of("delivered").length === 2 &&
        alice.count("older secret") === 1;
    });
    const before = payloadsOf([...alice.victim.offered, ...bob.victim.offered])
      .filter((payload) => payloadKind(payload) !== PayloadKind.side);
    const oldChains = new Set(sealedChains(before));
    const carol = await stage.join("carol", alice);
    await stage.meet(alice, bob, carol);
    const now = payloadsOf(carol.victim.offered);
    ok(sealedChains(now).some((id) => oldChains.has(id)), "the chains are the same, only further on");
    const chains = chainsOf(carol, now);
    equal(chains.size, 2);
    const theft = await tryEveryKey(carol, before, chains);
    deepEqual(theft.opened, []);
    ok(theft.tried > 10, `${theft.tried} tries`);
    const seen = carol.texts;
    for (const person of [alice, bob]) carol.victim.deliver(person.victim, ...before);
    await Promise.all([alice.say("new (alice)"), bob.say("new (bob)")]);
    await until("carol goes on", () => carol.count("new (alice)") + carol.count("new (bob)") === 2);
    await stage.pass(15_000);
    deepEqual(carol.texts.length, seen.length + 2);
    equal(carol.of("lost").length, 0);
  }));

function sealedChains(payloads: readonly Uint8Array[]): string[] {
  return payloads.filter((payload) => payloadKind(payload) === PayloadKind.sealed)
    .map((payload) => readSealedHeader(payload).chainId.toHex());
}
