import { deepEqual, equal, ok } from "node:assert/strict";
import { ClientError } from "../../client/errors.ts";
import { knockAtRoom } from "../../client/joining.ts";
import { KeyRing } from "../../client/key_ring.ts";
import { RelayLink } from "../../client/link.ts";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import type { Door } from "../../crypto/doors.ts";
import { Identity } from "../../crypto/identity.ts";
import type { RelayFrame } from "../../wire/mod.ts";
import { changing, type DeliverFrame } from "./hostile_relay.ts";
import { type Stage, until, withStage } from "./room_helpers.ts";

/** Every bit of the first 54 bytes (all headers), then of every so many bytes one, another each time, up to the end. */
function positions(length: number, samples: number): number[] {
  const bits = Array.from({ length: 8 * Math.min(54, length) }, (_, bit) => bit);
  const step = Math.max(1, Math.floor((length - 54) / samples));
  for (let at = 54; at < length; at += step) bits.push(8 * at + (at % 8));
  if (length > 0) bits.push(8 * length - 1);
  return bits;
}

function flipped(payload: Uint8Array, bit: number): Uint8Array {
  const changed = payload.slice();
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

/** Before each payload of this kind comes a crowd of its copies with one bit flipped; gives how many there were. */
function crowd(
  person: { victim: { toClient: (frame: RelayFrame) => unknown } },
  kind: number,
  samples: number,
) {
  let flips = 0;
  const rule = (frame: RelayFrame): RelayFrame | RelayFrame[] => {
    if (frame.type !== "deliver" || payloadKind(frame.payload) !== kind) return frame;
    const copies = positions(frame.payload.length, samples).map((bit): DeliverFrame => {
      return { ...frame, payload: flipped(frame.payload, bit) };
    });
    flips += copies.length;
    return [...copies, frame];
  };
  person.victim.toClient = rule;
  return () => flips;
}

Deno.test("a relay cannot flip any one bit of a message", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const flips = crowd(bob, PayloadKind.sealed, 120);
    await alice.say("not one bit");
    await alice.room.run({ command: "msg", to: "bob", text: "not one secret bit" });
    await until("bob sees both", () => bob.count("not one secret bit") === 1);
    ok(flips() > 1_000, `${flips()} bits flipped`);
    deepEqual(bob.texts, ["hello from alice", "not one bit", "not one secret bit"]);
    ok(bob.notices.includes("tampered"), "bob is told");
    deepEqual(bob.room.members().map((m) => m.nick), ["alice", "bob"]);
    equal(bob.of("lost").length + bob.of("equivocation").length, 0);
  }));

Deno.test("a relay cannot flip any one bit of a distribution", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    const flips = crowd(bob, PayloadKind.distribution, 60);
    await alice.room.run({ command: "kick", member: "carol" });
    await alice.say("under a new chain");
    await until("bob sees it", () => bob.count("under a new chain") === 1);
    ok(flips() > 400, `${flips()} bits flipped`);
    deepEqual(bob.texts.slice(-1), ["under a new chain"]);
    deepEqual(bob.confirmed, ["alice"]);
    equal(bob.of("lost").length, 0);
  }));

Deno.test("a relay cannot flip any one bit of a `present`", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const flips = crowd(alice, PayloadKind.present, 120);
    await stage.join("carol", alice);
    await stage.meet(alice, bob, stage.person("carol"));
    ok(flips() > 400, `${flips()} bits flipped`);
    equal(alice.room.presence.peerOf(bob.id), bob.victim.peerId);
    equal(alice.room.presence.peerOf(stage.person("carol").id), stage.person("carol").victim.peerId);
    deepEqual(alice.room.members().map((m) => m.nick), ["alice", "bob", "carol"]);
  }));

Deno.test("a relay cannot flip any one bit of a `have`", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const flips = crowd(alice, PayloadKind.side, 120);
    await stage.untilInTime("alice is told", () => alice.of("delivered").length === 1);
    await alice.say("two");
    await bob.say("three");
    await stage.untilInTime("alice is told again", () => alice.of("delivered").length === 2);
    ok(flips() > 400, `${flips()} bits flipped`);
    deepEqual(alice.of("delivered").map((event) => event.to), [bob.id, bob.id]);
    equal(alice.of("split_view").length + alice.of("lost").length, 0);
  }));

Deno.test("a relay cannot flip any one bit of a `welcome`", () =>
  withStage(async (stage) => {
    const alice = await stage.create("alice");
    const bob = stage.person("bob");
    const flips = crowd(bob, PayloadKind.welcome, 120);
    await stage.join("bob", alice);
    await stage.meet(alice, bob);
    ok(flips() > 400, `${flips()} bits flipped`);
    deepEqual(bob.room.members().map((m) => m.nick), ["alice", "bob"]);
  }));

/** One knock with the code, without the cost of opening its door again; what became of it. */
async function knock(stage: Stage, name: string, door: Door): Promise<string> {
  const { clock } = stage;
  const identity = await Identity.generate();
  const keys = await KeyRing.create(identity, { nick: name, clock });
  const link = await RelayLink.open(stage.relay.honest.url, { connect: stage.connectAs(name), clock });
  try {
    const joined = await link.join(door.doorId, "mustExist");
    const roomId = door.doorId;
    await knockAtRoom({ link, clock, joined, door, identity, bundle: keys.current.bundle, roomId });
    return "in";
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return error.code;
  } finally {
    link.leave();
    keys.dispose();
    identity.dispose();
  }
}

/** Which bytes of a join payload to change, a bit each: of each field some, at both ends. */
const JOIN_BYTES: Record<"knock" | "answer" | "prove", number[]> = {
  knock: [0, 2, 18, 33, 34, 65, 66, 67, 100, 130, 131, 700, 1_314, 1_315, 1_318],
  answer: [0, 2, 18, 33, 34, 65, 66, 67, 100, 130, 131, 700, 1_218, 1_219, 1_250, 1_251, 1_254],
  prove: [0, 2, 17, 18, 49, 50, 700, 1_400],
};

for (const kind of ["knock", "answer", "prove"] as const) {
  Deno.test(`a relay cannot flip any one bit of ${kind === "answer" ? "an" : "a"} \`${kind}\``, () =>
    withStage(async (stage) => {
      const alice = await stage.create("alice");
      const door = alice.room.doors.all.find((d) => d.kind === "invite");
      ok(door);
      const bytes = [...JOIN_BYTES[kind]];
      const rule = changing(PayloadKind[kind], (payload) => {
        const at = bytes.shift() ?? 0;
        return flipped(payload, 8 * at + (at % 8));
      });
      alice.victim.toClient = kind === "answer" ? (frame) => frame : rule;
      const tries = JOIN_BYTES[kind].map((at) => async () => {
        if (kind === "answer") stage.relay.victim(`bob-${at}`).toClient = rule;
        const outcome = await knock(stage, `bob-${at}`, door);
        ok(["wrong_code", "nobody_answers", "bad_answer"].includes(outcome), `byte ${at}: ${outcome}`);
      });
      // What is wrong with a proof only the sponsor sees: whoever sent it waits for long.
      if (kind === "prove") await stage.inTime(Promise.all(tries.map((attempt) => attempt())));
      else for (const attempt of tries) await stage.inTime(attempt());
      equal(bytes.length, 0, "all were changed");
      deepEqual(alice.room.members().map((m) => m.nick), ["alice"]);
      alice.victim.toClient = (frame) => frame;
      const bob = await stage.join("bob", alice);
      await stage.meet(alice, bob);
    }));
}
