import { deepEqual, equal, ok } from "node:assert/strict";
import { readSealedHeader } from "../../crypto/seal.ts";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import type { RelayFrame } from "../../wire/mod.ts";
import { until, withStage } from "./room_helpers.ts";

Deno.test("a relay cannot have a message shown twice", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    await alice.say("once");
    await until("bob sees it", () => bob.count("once") === 1);
    const frames = bob.victim.payloads(PayloadKind.sealed);
    ok(frames.length >= 2, "there is something to replay");
    bob.victim.inject(...frames, ...frames);
    await alice.say("and on");
    await until("bob sees what follows", () => bob.count("and on") === 1);
    equal(bob.count("once"), 1);
    equal(bob.count("hello from alice"), 1);
    ok(bob.notices.includes("replayed"), "bob is told");
  }));

Deno.test("a relay cannot turn a chain back by an old distribution", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    await alice.say("once");
    await until("bob sees it", () => bob.count("once") === 1);
    const distributions = bob.victim.payloads(PayloadKind.distribution);
    const sealed = bob.victim.payloads(PayloadKind.sealed);
    ok(distributions.length >= 1, "there is something to replay");
    const last = sealed.at(-1)?.payload;
    ok(last);
    const { chainId } = readSealedHeader(last);
    const at = (): number[] => bob.room.incoming.chains.all(chainId).map(({ chain }) => chain.counter);
    const before = at();
    bob.victim.inject(...distributions, ...sealed);
    await alice.say("and on");
    await until("bob sees what follows", () => bob.count("and on") === 1);
    deepEqual(at(), before.map((counter) => counter + 1), "one chain, one step further");
    deepEqual(bob.texts, ["hello from alice", "once", "and on"]);
    equal(bob.of("lost").length, 0);
  }));

Deno.test("a relay cannot bring back what a chain of long ago said", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    const old = bob.victim.offered.filter((frame) => frame.type === "deliver");
    await alice.room.run({ command: "kick", member: "carol" });
    await alice.say("a new chain");
    await until("bob sees it", () => bob.count("a new chain") === 1);
    await alice.room.upkeep.rotateKeys();
    bob.victim.inject(...old);
    await alice.say("and on");
    await until("bob sees what follows", () => bob.count("and on") === 1);
    equal(bob.count("hello from alice"), 1);
    equal(bob.count("hello from carol"), 1);
    deepEqual(bob.room.members().map((m) => m.nick), ["alice", "bob"]);
  }));

Deno.test("a relay cannot have messages marked as delivered by an old `have`", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const old = await stage.untilInTime("bob has told what it has", () => {
      const sides = alice.victim.payloads(PayloadKind.side);
      return alice.of("delivered").length > 0 && sides;
    });
    alice.victim.toClient = (frame) =>
      frame.type === "deliver" && payloadKind(frame.payload) === PayloadKind.side ? null : frame;
    await alice.say("not there yet");
    const delivered = alice.of("delivered").length;
    alice.victim.inject(...old);
    await bob.say("after that");
    await until("alice sees what follows", () => alice.count("after that") === 1);
    equal(alice.of("delivered").length, delivered);
    ok(alice.notices.includes("replayed"), "alice is told");
  }));

Deno.test("a relay cannot show an author its own message as somebody's", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    await alice.say("my own words");
    const mine = await until("the relay has it", () => {
      const frames = bob.victim.payloads(PayloadKind.sealed);
      return bob.count("my own words") === 1 && frames.map((frame) => frame.payload);
    });
    const handed = bob.victim.payloads(PayloadKind.distribution).map((frame) => frame.payload);
    alice.victim.deliver(bob.victim, ...handed, ...mine);
    alice.victim.deliver(alice.victim, ...handed, ...mine);
    await bob.say("and on");
    await until("alice sees what follows", () => alice.count("and on") === 1);
    deepEqual(alice.texts, ["hello from bob", "and on"]);
    equal(alice.of("equivocation").length, 0);
  }));

Deno.test("a relay cannot change the order of an author's messages", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const held: RelayFrame[] = [];
    bob.victim.toClient = (frame) => {
      if (frame.type !== "deliver" || payloadKind(frame.payload) !== PayloadKind.sealed) return frame;
      held.unshift(frame);
      return null;
    };
    const words = ["one", "two", "three", "four"];
    for (const [i, word] of words.entries()) {
      await alice.say(word);
      await until("the relay holds it", () => held.length === i + 1);
    }
    bob.victim.inject(...held);
    await until("bob sees all", () => bob.count("four") === 1);
    deepEqual(bob.texts.slice(-4), words);
    ok(bob.of("message").every((message) => !message.gap));
  }));

Deno.test("a relay cannot have an answer shown before what it answers", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    const held: RelayFrame[] = [];
    carol.victim.toClient = (frame) => {
      const question = frame.type === "deliver" && frame.from === alice.victim.peerId;
      if (question) held.push(frame);
      return question ? null : frame;
    };
    await alice.say("shall we?");
    await until("bob is asked", () => bob.count("shall we?") === 1);
    const before = carol.victim.payloads(PayloadKind.sealed).length;
    await bob.say("yes");
    await until("carol has opened the answer", () => {
      const later = carol.victim.payloads(PayloadKind.sealed).slice(before);
      const answer = later.find((frame) => frame.from === bob.victim.peerId);
      if (answer === undefined || held.length === 0) return false;
      const { chainId, counter } = readSealedHeader(answer.payload);
      return carol.room.incoming.chains.all(chainId).some(({ chain }) => chain.counter > counter);
    });
    equal(carol.count("yes"), 0);
    carol.victim.inject(...held);
    await until("carol sees both", () => carol.count("yes") === 1);
    deepEqual(carol.texts.slice(-2), ["shall we?", "yes"]);
  }));

Deno.test("a relay cannot draw a member's mail to itself by an old `present`", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const [present] = alice.victim.payloads(PayloadKind.present);
    ok(present, "there is something to replay");
    alice.victim.deliver(4_711, present.payload);
    await until("alice is told", () => alice.notices.includes("tampered"));
    equal(alice.room.presence.peerOf(bob.id), bob.victim.peerId);

    await alice.room.run({ command: "kick", member: "bob" });
    alice.victim.inject(present, present);
    await stage.join("carol", alice);
    await stage.meet(alice, stage.person("carol"));
    equal(alice.room.presence.peerOf(bob.id), undefined);
    deepEqual(alice.room.members().map((m) => m.nick), ["alice", "carol"]);
  }));

Deno.test("a relay cannot pass an old `welcome` off as a new one", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const old = bob.victim.payloads(PayloadKind.welcome);
    ok(old.length >= 1, "there is something to replay");
    const carol = stage.person("carol");
    let replayed = 0;
    carol.victim.toClient = (frame) => {
      if (frame.type !== "deliver" || payloadKind(frame.payload) !== PayloadKind.welcome) return frame;
      const stale = old.map((welcome) => {
        replayed++;
        const payload = welcome.payload.slice();
        payload.set(frame.payload.subarray(2, 18), 2);
        return { ...frame, payload };
      });
      return [...stale, frame, ...stale];
    };
    await stage.join("carol", alice);
    await stage.meet(alice, bob, carol);
    ok(replayed >= 1, "an old welcome was played");
    deepEqual(carol.room.members().map((m) => m.nick), ["alice", "bob", "carol"]);
  }));
