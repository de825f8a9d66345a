/** Relays, thieves and strangers where members lose their connections and come back. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { type Bytes, concat, randomBytes, u32 } from "../../crypto/bytes.ts";
import type { RelayFrame } from "../../wire/mod.ts";
import { Raw } from "./outsider.ts";
import { admittedBy, evict, place, readAll, returns, sentBy, words } from "./return_helpers.ts";
import { until, withStage } from "./room_helpers.ts";

/** Somebody with a token and no keys. */
async function thief(url: string, token: Uint8Array, roomEpoch: Uint8Array): Promise<Raw> {
  const raw = await Raw.open(url);
  raw.frame({ type: "hello", version: 1, auth: new Uint8Array(0) });
  raw.frame({ type: "resume", token, roomEpoch, lastSeq: 0 });
  await until(
    "the thief is answered",
    () => raw.frames.some((f) => f.type === "joined" || f.type === "error"),
  );
  return raw;
}

function delivered(frames: readonly RelayFrame[]): Bytes[] {
  return frames.flatMap((frame) => frame.type === "deliver" ? [concat(frame.payload)] : []);
}

Deno.test("a thief of a resume token reads nothing and cannot keep its owner away", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const { token, roomEpoch } = place(bob.victim);
    const before = await words(alice);
    const first = await thief(stage.relay.honest.url, token, roomEpoch);
    try {
      ok(first.frames.some((frame) => frame.type === "joined"), "the token is good");
      await until("bob is back without it", () => returns(bob) === 1);
      await alice.say("for bob's eyes");
      await until("bob is shown it", () => bob.count("for bob's eyes") === 1);
      await bob.say("I am back");
      await until("alice is shown it", () => alice.count("I am back") === 1);
      // What the thief says in bob's old place is nobody's word.
      for (
        const payload of [
          ...sentBy(bob.victim, PayloadKind.sealed),
          ...sentBy(bob.victim, PayloadKind.present),
        ]
      ) {
        first.frame({ type: "send", sendId: 0, droppable: true, payload });
      }
      const second = await thief(stage.relay.honest.url, token, roomEpoch);
      ok(second.frames.every((frame) => frame.type !== "joined"), "the token is good once");
      await second.close();
      await readAll(alice, bob);
      await readAll(bob, alice);
      const taken = delivered(first.frames);
      ok(taken.length > 0, "the thief gets what the relay has for that place");
      const text = new TextDecoder("latin1");
      for (const payload of taken) equal(text.decode(payload).includes("for bob"), false);
      for (const person of [alice, bob]) {
        equal(person.room.isOver, false);
        deepEqual([person.of("equivocation"), person.of("lost")], [[], []]);
      }
      equal(returns(bob), 1, "bob was not driven out again");
      deepEqual([alice.count("hello from bob"), alice.count("I am back")], [1, 1]);
      equal(await words(alice), before);
    } finally {
      await first.close();
    }
  }));

Deno.test("a relay cannot have a stranger let in by a word that a member gave for another connection", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    await evict(bob);
    const claims = sentBy(bob.victim, PayloadKind.comingBack);
    const [claim] = claims;
    ok(claim !== undefined && claims.length >= 1);
    await until(
      "alice and carol know where bob is",
      () => [alice, carol].every((p) => p.room.presence.peerOf(bob.id) === bob.victim.peerId),
    );
    const rightly = [alice, carol].map(({ victim }) => admittedBy(victim));
    ok(rightly.flat().includes(bob.victim.peerId));
    const stranger = await Raw.open(stage.relay.honest.url, bob.room.parts.roomId);
    try {
      const mine = stranger.frames.find((frame) => frame.type === "joined");
      ok(mine?.type === "joined" && !mine.member);
      const at = (offset: number, bytes: Uint8Array): Bytes => {
        const changed = concat(claim);
        changed.set(bytes, offset + 2); // behind the kind of coming_back
        return changed;
      };
      const forged = [
        claim,
        at(18, u32(mine.peerId)),
        at(38, Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0)),
        at(22, randomBytes(16)),
        at(2, randomBytes(16)),
        concat(at(18, u32(mine.peerId)).subarray(0, -64), randomBytes(64)),
        claim.subarray(0, 40),
      ];
      for (const bytes of forged) {
        const parts = [alice, carol].map(({ victim }) => ({ peerId: victim.peerId, bytes }));
        stranger.frame({ type: "send_table", sendId: 0, droppable: true, common: new Uint8Array(0), parts });
        for (const { victim } of [alice, carol]) {
          for (const from of [mine.peerId, bob.victim.peerId, carol.victim.peerId]) {
            victim.deliver(from, bytes);
          }
        }
      }
      await readAll(bob, alice, carol);
      deepEqual([alice, carol].map(({ victim }) => admittedBy(victim)), rightly);
      for (const person of [alice, carol]) {
        equal(person.room.presence.peerOf(bob.id), bob.victim.peerId, person.name);
        equal(person.room.presence.memberOf(mine.peerId), undefined);
      }
      equal(stranger.frames.some((frame) => frame.type === "admitted"), false);
    } finally {
      await stranger.close();
    }
  }));

Deno.test("a removed member is not let in again by its own word, whatever the relay does for it", () =>
  withStage(async (stage) => {
    const [alice, bob, mallory] = await stage.party("alice", "bob", "mallory");
    ok(alice && bob && mallory);
    mallory.room.putOut = () => {}; // it clings
    await alice.room.run({ command: "kick", member: "mallory" });
    await until("bob knows", () => bob.of("member_left").length === 1);
    const seen = mallory.texts.length;
    const { victim } = mallory;
    const letIn = () => victim.offered.filter((frame) => frame.type === "admitted").length;
    const before = letIn();
    victim.toRelay = (frame) => frame.type === "resume" ? { ...frame, token: randomBytes(32) } : frame;
    victim.cut();
    const asked = () => sentBy(victim, PayloadKind.comingBack).length;
    await until("it has asked both", () => asked() >= 2);
    await until(
      "both were asked",
      () => [alice, bob].every((person) => person.victim.payloads(PayloadKind.comingBack).length > 0),
    );
    await alice.say("mallory is not here");
    await readAll(bob, alice);
    deepEqual(
      [alice, bob].flatMap((person) => admittedBy(person.victim)).filter((id) => id === victim.peerId),
      [],
    );
    equal(returns(mallory), 0);
    equal(letIn(), before);
    equal(mallory.texts.length, seen);
    for (const person of [alice, bob]) {
      deepEqual(person.room.members().map(({ nick }) => nick), ["alice", "bob"], person.name);
      equal(person.room.presence.peerOf(mallory.id), undefined);
    }
  }));

Deno.test("a relay that drops, forges, repeats and reorders asks and answers gains nothing but delay", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    let losses = 0;
    let answers = 0;
    const late: RelayFrame[] = [];
    bob.victim.toClient = (frame) => {
      if (
        frame.type !== "deliver" || frame.from !== alice.victim.peerId && frame.from !== carol.victim.peerId
      ) {
        return frame;
      }
      const kind = payloadKind(frame.payload);
      if (kind === PayloadKind.sealed && losses < 6) return losses++, null;
      if (kind !== PayloadKind.repair) return frame;
      answers++;
      if (answers === 1) return null;
      late.push(frame);
      const payload = frame.payload.slice();
      payload[payload.length - 1] = (payload.at(-1) ?? 0) ^ 1;
      const forged = { ...frame, payload };
      const renamed = { ...frame, from: carol.victim.peerId };
      return [forged, ...late.toReversed(), renamed, frame, frame];
    };
    bob.victim.toRelay = (frame) => {
      const part = frame.type === "send_table" ? frame.parts[0]?.bytes : undefined;
      return part !== undefined && payloadKind(part) === PayloadKind.repairAsk
        ? [frame, frame, frame]
        : frame;
    };
    for (let i = 0; i < 6; i++) {
      await alice.say(`word ${i}`);
      await until("carol has it", () => carol.count(`word ${i}`) === 1);
    }
    await alice.say("the last word");
    await stage.untilInTime("bob has all of it", () => bob.count("the last word") === 1);
    ok(losses === 6 && answers >= 2);
    const said = [0, 1, 2, 3, 4, 5].map((i) => `word ${i}`);
    deepEqual(bob.texts.filter((text) => text.includes("word")), [...said, "the last word"]);
    deepEqual([bob.of("lost"), bob.of("equivocation"), bob.of("split_view")], [[], [], []]);
  }));

Deno.test("a relay cannot make a member answer without end by repeating what another asked", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    let lost = 0;
    bob.victim.toClient = (frame) => {
      const hit = frame.type === "deliver" && frame.from === alice.victim.peerId &&
        payloadKind(frame.payload) === PayloadKind.sealed;
      return hit && lost++ < 1 ? null : frame;
    };
    await alice.say("lost at first");
    await alice.say("and on");
    await stage.untilInTime(
      "bob has it",
      () => bob.count("and on") === 1 && bob.count("lost at first") === 1,
    );
    const [ask] = alice.victim.payloads(PayloadKind.repairAsk);
    ok(ask, "bob has asked alice");
    const answers = () => sentBy(alice.victim, PayloadKind.repair).length;
    const before = answers();
    const start = performance.now();
    for (let i = 0; i < 200; i++) {
      alice.victim.deliver(bob.victim, ask.payload);
      alice.victim.deliver(carol.victim, ask.payload); // bob's word from carol's place is not answered at all
    }
    await readAll(bob, alice);
    const most = 16 + 2 * Math.ceil((performance.now() - start) / 1_000) + 1;
    ok(answers() - before <= most, `${answers() - before} answers, at most ${most}`);
    await readAll(alice, bob);
    equal(bob.count("lost at first"), 1);
  }));
