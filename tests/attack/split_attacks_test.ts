import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { ErrorCode } from "../../wire/error_codes.ts";
import type { ClientFrame, RelayFrame } from "../../wire/mod.ts";
import type { Victim } from "./hostile_relay.ts";
import { type Person, type Stage, until, withStage } from "./room_helpers.ts";

const NOBODY: RelayFrame = {
  type: "error",
  code: ErrorCode.noSuchDoor,
  sendId: 0,
  retryAfterMs: 0,
  sentence: "",
};

/** Tells `victim` that there is nobody behind any door; gives how often it has. */
function lie(victim: Victim): () => number {
  let lies = 0;
  victim.toRelay = (frame) => {
    if (frame.type !== "join" || frame.mode === "mustBeNew") return frame;
    lies++;
    victim.inject(NOBODY);
    return null;
  };
  return () => lies;
}

/** The safety words of the room as a person sees them now. */
async function words(person: Person): Promise<string> {
  await person.room.run({ command: "verify" });
  return person.of("safety").at(-1)?.words ?? "";
}

Deno.test("a relay cannot make two joiners of one code found rooms of their own by telling them that nobody is there", () =>
  withStage(async (stage) => {
    const alice = await stage.create("alice");
    const invite = alice.of("invite")[0];
    ok(invite?.code);
    const bob = stage.person("bob");
    const carol = stage.person("carol");
    const told = [lie(bob.victim), lie(carol.victim)];
    const joining = [stage.join("bob", invite.invite), stage.join("carol", invite.code)];
    await stage.untilInTime("both have looked again", () => told.every((lies) => lies() >= 3));
    for (const person of [bob, carol]) {
      deepEqual(person.notices, ["waiting"], "they wait, and are told so once");
      ok(!person.isIn);
      ok(person.victim.said.every((frame) => frame.type !== "join" || frame.mode === "mustExist"));
      person.victim.toRelay = (frame) => frame;
    }
    await Promise.all(joining);
    await stage.meet(alice, bob, carol);
  }));

Deno.test("a relay cannot have two founders of one name believe that they share a room", () =>
  withStage(async (stage) => {
    const alice = await stage.join("alice", "lobby", { password: "hunter2" });
    const bob = stage.person("bob");
    // Bob's door leads to a room of its own, of whose existence nobody else knows.
    bob.victim.toRelay = (frame): ClientFrame | null => {
      if (frame.type !== "join") return frame;
      const doorId = frame.doorId.slice().reverse();
      if (frame.mode === "mustBeNew") return { ...frame, doorId };
      bob.victim.inject(NOBODY);
      return null;
    };
    await stage.join("bob", "lobby", { password: "hunter2" });
    for (const person of [alice, bob]) {
      ok(person.notices.includes("alone"), "each is told to be alone");
      equal(person.of("joined")[0]?.founded, true);
    }
    notEqual(await words(alice), await words(bob));
    notEqual(alice.of("joined")[0]?.room, bob.of("joined")[0]?.room);
    await stage.join("carol", alice);
    await stage.join("dave", bob);
    await stage.meet(alice, stage.person("carol"));
    await stage.meet(bob, stage.person("dave"));
    await cross(stage, "carol", "dave");
    await cross(stage, "dave", "carol");
    notEqual(await words(alice), await words(bob));
  }));

/** Gives `to` all that `from` was given; nothing of it may have any effect. */
async function cross(stage: Stage, from: string, to: string): Promise<void> {
  const source = stage.person(from);
  const target = stage.person(to);
  const seen = target.texts;
  const members = target.room.members();
  const frames = source.victim.offered.filter((frame) => frame.type === "deliver");
  ok(frames.length >= 4);
  target.victim.inject(...frames, ...frames);
  const own = to === "dave" ? "bob" : "alice";
  const founder = stage.person(own);
  const word = `among ourselves, ${to}`;
  await founder.say(word);
  await until("the room goes on", () => target.count(word) === 1);
  deepEqual(target.texts, [...seen, word]);
  deepEqual(target.room.members(), members);
}

Deno.test("a relay with an old code and a kicked member gets a joiner into an empty room only", () =>
  withStage(async (stage) => {
    const [alice, bob, carol] = await stage.party("alice", "bob", "carol");
    ok(alice && bob && carol);
    const old = alice.of("invite")[0]?.invite ?? "";
    // Bob is to know nothing of what becomes of him: his live keys and doors are the relay's tool.
    bob.victim.toClient = (frame) => {
      const others = frame.type === "deliver" &&
        (frame.from === alice.victim.peerId || frame.from === carol.victim.peerId);
      return others ? null : frame;
    };
    await alice.room.run({ command: "kick", member: "bob" });
    await until("carol knows", () => carol.of("member_left").length === 1);
    ok(bob.room.doors.all.length > 0 && !bob.room.isOver, "bob goes on as if nothing had happened");

    const dave = stage.person("dave");
    dave.victim.toClient = (frame) => {
      if (frame.type === "joined") return { ...frame, peers: [bob.victim.peerId] };
      // Members would tell it that whoever let it in was put out.
      const told = frame.type === "deliver" && payloadKind(frame.payload) === PayloadKind.statements;
      return told ? null : frame;
    };
    await stage.join("dave", old);
    await until("the kicked member has let dave in", () => bob.of("member_joined").length >= 2);
    await stage.untilInTime("dave is told", () => dave.of("member_unconfirmed").length >= 2);
    const unconfirmed = dave.of("member_unconfirmed").map(({ nick }) => nick).sort();
    deepEqual(unconfirmed, ["alice", "carol"]);
    deepEqual(dave.confirmed, ["bob"], "only the one who sponsored");

    await dave.say("dave's words");
    await alice.say("alice's words");
    await carol.say("carol's words");
    await until(
      "the room talks",
      () => carol.count("alice's words") === 1 && alice.count("carol's words") === 1,
    );
    await until("bob, with whom dave is alone, hears dave", () => bob.count("dave's words") === 1);
    await until("dave's frames have come to both", () => {
      return [alice, carol].every(({ victim }) =>
        victim.payloads(PayloadKind.sealed).some(({ from }) => from === dave.victim.peerId)
      );
    });
    const theirs = [alice, carol].map((p) => p.victim.peerId);
    const passed = carol.victim.offered.concat(alice.victim.offered).filter((frame) =>
      frame.type === "deliver" && theirs.includes(frame.from)
    );
    dave.victim.inject(...passed);
    await stage.pass(15_000);
    await bob.say("only us");
    await until("dave has read everything", () => dave.count("only us") === 1);
    deepEqual(dave.texts, ["only us"]);
    deepEqual(dave.confirmed, ["bob"]);
    for (const person of [alice, carol]) {
      equal(person.count("dave's words"), 0);
      deepEqual(person.room.members().map((m) => m.nick), ["alice", "carol"]);
      ok(!person.room.sender.chains.holds(dave.id));
    }
  }));
