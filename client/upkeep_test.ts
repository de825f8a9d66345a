import assert from "node:assert/strict";
import { inviteOf, inWorld, keysAtRest, type Person } from "../tests/helpers.ts";
import { PayloadKind, payloadKind } from "./payload.ts";
import { Room } from "./room.ts";
import { TELL_AWAY_MS } from "./absence.ts";
import { HOLD_MS, UNCONFIRMED_MS } from "./upkeep.ts";

const roomOf = ({ session }: Person): Room => session instanceof Room ? session : assert.fail("no room");

Deno.test("Upkeep: a newcomer's words wait for 3 s for those that do not confirm it, who are then pointed out", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"], { limit: 9 }); // so that ada lets in
    assert.ok(ada && bob);
    const { incoming } = roomOf(bob);
    const receive = incoming.receive.bind(incoming);
    incoming.receive = (frame) => {
      if (payloadKind(frame.payload) !== PayloadKind.sealed) receive(frame); // bob hears of nobody any more
    };
    const carol = await world.join(inviteOf(ada), "carol");
    await carol.events.until("member_confirmed", ({ id }) => id === ada.id);
    let said = false;
    const saying = carol.say("hello").then(() => said = true);
    await keysAtRest();
    assert.equal(said, false);
    await world.clock.jump(HOLD_MS);
    await saying;
    await ada.events.text("hello");
    await world.clock.jump(UNCONFIRMED_MS - HOLD_MS);
    assert.deepEqual((await carol.events.until("member_unconfirmed")).nick, "bob");
    assert.equal(carol.events.of("member_unconfirmed").length, 1);
  }));

Deno.test("Upkeep.rotateKeys() announces one new generation, however often it is asked at once", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const { upkeep, parts } = roomOf(ada);
    await Promise.all([upkeep.rotateKeys(), upkeep.rotateKeys()]);
    assert.equal(parts.keys.current.bundle.keyNumber, 2);
    await ada.say("under new keys");
    await bob.events.text("under new keys");
    assert.equal(roomOf(bob).state.members.get(ada.id)?.bundle.keyNumber, 2);
    await bob.run({ command: "msg", to: "ada", text: "sealed to them" });
    await ada.events.text("sealed to them");
    roomOf(ada).abort();
    await upkeep.rotateKeys().catch((error) => assert.match(`${error}`, /wiped/));
  }));

Deno.test("Upkeep: who comes back before its time is told, and is not expired", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"], { awayMs: 9_000 });
    assert.ok(ada && bob);
    const { absence } = roomOf(ada);
    absence.begin(bob.id);
    absence.begin(bob.id);
    absence.end(bob.id, { back: true });
    assert.equal(ada.events.of("member_away").length, 0, "so short an absence is not told");
    absence.begin(bob.id);
    await world.clock.jump(TELL_AWAY_MS);
    absence.end(bob.id, { back: true });
    absence.end(bob.id, { back: true });
    assert.deepEqual(ada.events.of("member_back").map(({ nick }) => nick), ["bob"]);
    absence.begin(bob.id);
    await world.clock.jump(11_000);
    assert.equal(ada.events.of("member_left").length, 0, "its connection is there");
    assert.equal(ada.events.of("member_away").length, 2);
  }));

Deno.test("Notices tell a thing once a minute, each member and each reason apart", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const { notices } = roomOf(ada);
    const told = (): string[] => ada.events.of("notice").map(({ code }) => code);
    notices.rejected("overflow", bob.id);
    notices.rejected("overflow", bob.id);
    notices.rejected("overflow", undefined);
    notices.rejected("malformed", bob.id);
    notices.paused(2_500);
    notices.paused(9_000);
    assert.deepEqual(told(), ["overflow", "overflow", "malformed", "rate_limited"]);
    assert.match(ada.events.of("notice")[0]?.message ?? "", /^bob sent more than can be read at once/);
    assert.match(ada.events.of("notice")[1]?.message ?? "", /^somebody sent more/);
    assert.match(ada.events.of("notice")[3]?.message ?? "", /goes out in 3 s, nothing is lost/);
    await world.clock.jump(60_000);
    notices.rejected("overflow", bob.id);
    assert.equal(told().length, 5);
    for (let i = 0; i < 1_100; i++) notices.tell({ type: "notice", code: "x", message: "" }, `${i}`);
    notices.tell({ type: "notice", code: "x", message: "" }, "1099");
    assert.equal(told().length, 5 + 1_100, "what is remembered is bounded");
  }));

Deno.test("Reception: guesses that others announce are told once they have not been cleared for 20 s", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const door = roomOf(ada).doors.find("spoken", roomOf(ada).state.doors);
    assert.ok(door);
    const attempt = { kind: "attempt", doorId: door.doorId, exchangeId: new Uint8Array(16) } as const;
    const first = await roomOf(bob).say(attempt);
    await roomOf(bob).say({ ...attempt, exchangeId: new Uint8Array(16).fill(1) });
    await roomOf(bob).say({ kind: "attemptCleared", number: first });
    await bob.say("that was it");
    await ada.events.text("that was it");
    await world.clock.jump(20_000);
    assert.deepEqual(ada.events.of("knock_failed"), [
      { type: "knock_failed", door: "spoken", count: 1, by: "bob", proof: "missing" },
    ]);
  }));
