import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { Identity } from "../../crypto/identity.ts";
import { JoinerExchange, readKnockHeader, SponsorExchange } from "../../crypto/join_handshake.ts";
import { KemKeys } from "../../crypto/kem.ts";
import { randomBytes } from "../../crypto/bytes.ts";
import { guessAt } from "./intruder.ts";
import { changing, type Victim } from "./hostile_relay.ts";
import { type Person, type Stage, until, withStage } from "./room_helpers.ts";

/** Where the keys stand in `knock` and in `answer`: the SPAKE2 share, then what concerns ML-KEM. */
const SHARE_AT = 66;
const MLKEM_AT = 131;
const ANSWER_ROOM_AT = 18;

/** `name` tries to come in and is refused; alice sees the guess and nobody is let in. */
async function isRefused(stage: Stage, name: string, alice: Person): Promise<void> {
  const before = alice.of("knock_failed").length;
  await rejects(stage.join(name, alice), { code: "wrong_code" });
  await until("alice sees the failed knock", () => alice.of("knock_failed").length === before + 1);
  deepEqual(alice.room.members().map((member) => member.nick), ["alice"]);
}

/** Changes payloads of one kind on their way to `victim`; gives how many have been changed. */
function attack(victim: Victim, kind: number, change: (payload: Uint8Array) => void): () => number {
  let count = 0;
  victim.toClient = changing(kind, (payload) => {
    count++;
    const changed = payload.slice();
    change(changed);
    return changed;
  });
  return () => count;
}

Deno.test("a relay cannot swap the joiner's key", () =>
  withStage(async (stage) => {
    const alice = await stage.create("alice");
    const door = guessAt(alice.room.parts.roomId);
    const own = await JoinerExchange.start(door, await Identity.generate());
    const kem = await KemKeys.generate();
    const swaps: Record<string, (knock: Uint8Array) => void> = {
      share: (knock) => knock.set(own.knock.subarray(SHARE_AT, MLKEM_AT), SHARE_AT),
      mlkem: (knock) => knock.set(kem.mlkemKey, MLKEM_AT),
      commitment: (knock) => knock.set(own.knock.subarray(34, SHARE_AT), 34),
      everything: (knock) => knock.set(own.knock.subarray(34), 34),
    };
    for (const [name, swap] of Object.entries(swaps)) {
      const swapped = attack(alice.victim, PayloadKind.knock, swap);
      await isRefused(stage, `bob-${name}`, alice);
      equal(swapped(), 1, `${name} was swapped`);
    }
    own.dispose();
    kem.dispose();
  }));

Deno.test("a relay cannot swap the joiner's bundle for one of its own", () =>
  withStage(async (stage) => {
    const alice = await stage.create("alice");
    let earlier: Uint8Array | undefined;
    alice.victim.toClient = changing(PayloadKind.prove, (payload) => earlier = payload);
    const mal = await stage.join("mal", alice);
    await stage.meet(alice, mal);
    mal.room.end({ status: 3, code: "killed", message: "Killed" }); // without a goodbye
    await until("mal is gone", () => alice.of("member_away").length === 1);
    ok(earlier, "there is a proof that was good once");
    const stale = earlier;
    const swapped = attack(alice.victim, PayloadKind.prove, (prove) => prove.set(stale.subarray(18), 18));
    const before = alice.room.members().map((member) => member.nick);
    await rejects(
      stage.inTime(stage.join("bob", alice)),
      { code: "nobody_answers" },
    );
    equal(swapped(), 1);
    await until("alice sees the failed knock", () => alice.of("knock_failed").length === 1);
    deepEqual(alice.room.members().map((member) => member.nick), before);
  }));

Deno.test("a relay cannot swap the sponsor's key", () =>
  withStage(async (stage) => {
    const alice = await stage.create("alice");
    const { roomId } = alice.room.parts;
    const door = guessAt(roomId);
    const joiner = await JoinerExchange.start(door, await Identity.generate());
    const own = await SponsorExchange.answer(joiner.knock, { door, roomId, memberId: randomBytes(16) });
    const swaps: Record<string, (answer: Uint8Array) => void> = {
      share: (answer) => answer.set(own.answer.subarray(SHARE_AT, MLKEM_AT), SHARE_AT),
      mlkem: (answer) => answer.set(own.answer.subarray(MLKEM_AT, MLKEM_AT + 1088), MLKEM_AT),
      member: (answer) => answer.set(own.answer.subarray(34, SHARE_AT), 34),
      room: (answer) => answer.set(randomBytes(16), ANSWER_ROOM_AT),
      everything: (answer) => answer.set(own.answer.subarray(34), 34),
    };
    for (const [name, swap] of Object.entries(swaps)) {
      const swapped = attack(stage.person(`bob-${name}`).victim, PayloadKind.answer, swap);
      await isRefused(stage, `bob-${name}`, alice);
      equal(swapped(), 1, `${name} was swapped`);
    }
    joiner.dispose();
    own.dispose();
  }));

Deno.test("a relay cannot sponsor a joiner itself", () =>
  withStage(async (stage) => {
    const alice = await stage.create("alice");
    const bob = stage.person("bob");
    const guesses: SponsorExchange[] = [];
    let proofs = 0;
    const stands: typeof bob.victim.toRelay = (frame) => {
      const bytes = frame.type === "send_table" ? frame.parts[0]?.bytes : undefined;
      if (frame.type !== "send_table" || bytes === undefined) return frame;
      if (payloadKind(bytes) === PayloadKind.prove) proofs++;
      if (payloadKind(bytes) !== PayloadKind.knock) return null;
      void guess(bytes).then((exchange) => {
        guesses.push(exchange);
        bob.victim.deliver(alice.victim, exchange.answer);
      });
      return null;
    };
    const guess = async (knock: Uint8Array): Promise<SponsorExchange> => {
      const { doorId } = readKnockHeader(knock);
      const door = guessAt(doorId);
      return await SponsorExchange.answer(knock, {
        door,
        roomId: alice.room.parts.roomId,
        memberId: randomBytes(16),
      });
    };
    bob.victim.toRelay = stands;
    const spoken = alice.of("invite")[0]?.code ?? "";
    await rejects(stage.join("bob", spoken), { code: "wrong_code" });
    equal(guesses.length, 1, "one user action gave the relay one guess");
    equal(proofs, 0, "and no proof that it could try words against");
    equal(bob.of("joined").length, 0);
    bob.victim.toRelay = (frame) => frame;
    await stage.join("bob", spoken);
    await stage.meet(alice, bob);
    for (const exchange of guesses) exchange.dispose();
  }));

Deno.test("a relay cannot let somebody in by saying `admit`", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const mallory = stage.person("mallory");
    mallory.victim.toRelay = (frame) => frame.type === "send_table" ? null : frame;
    mallory.victim.toClient = (frame) =>
      frame.type === "joined" ? [{ ...frame, member: true }, { type: "admitted" }] : frame;
    const joining = stage.join("mallory", alice);
    await until("mallory knocks", () => mallory.victim.said.some((frame) => frame.type === "send_table"));
    for (const person of [alice, bob]) {
      person.victim.inject({ type: "peer_in", peerId: mallory.victim.peerId });
    }
    await alice.say("among us");
    await until("bob sees it", () => bob.count("among us") === 1);
    mallory.victim.inject(...bob.victim.payloads(PayloadKind.distribution));
    mallory.victim.inject(...bob.victim.payloads(PayloadKind.sealed));
    await rejects(stage.inTime(joining), { code: "nobody_answers" });
    equal(mallory.texts.length, 0);
    for (const person of [alice, bob]) {
      deepEqual(person.room.members().map((member) => member.nick), ["alice", "bob"]);
    }
  }));
