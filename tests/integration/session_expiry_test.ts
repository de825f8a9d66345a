/** Messages that disappear, between whole sessions. */
import assert from "node:assert/strict";
import { Room } from "../../client/room.ts";
import { inviteOf, inWorld, type Person, refusalOf } from "../helpers.ts";

const MINUTE = 60_000;

/** The session, with its insides. */
function insides({ session }: Person): Room {
  assert.ok(session instanceof Room);
  return session;
}

/** Whether anything is kept of a message. */
function keeps(person: Person, id: string): string[] {
  const room = insides(person);
  const [author = "", number = "0"] = id.split("-");
  const at = Number(number);
  const kept = room.retention.find(author, { from: at, to: at, reader: person.id }).length > 0 ||
    room.state.members.has(author) &&
      [...room.state.members.keys()].some((reader) =>
        room.retention.find(author, { from: at, to: at, reader }).length > 0
      );
  return [room.speech.history.get(id) === undefined ? "" : "history", kept ? "retention" : ""].filter(
    Boolean,
  );
}

Deno.test("a timer is set by an operator, honoured by all, known to newcomers, and turned off", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await bob.say("before");
    const before = await ada.events.text("before");
    await ada.run({ command: "expire", ms: 10 * MINUTE });
    for (const person of [ada, bob]) {
      assert.deepEqual(await person.events.until("expire"), { type: "expire", ms: 10 * MINUTE, by: "ada" });
    }
    const carol = await world.join(inviteOf(ada), "carol");
    await carol.events.until("member_confirmed", ({ id }) => id === ada.id);
    await carol.events.until("member_confirmed", ({ id }) => id === bob.id);
    await bob.events.until("member_joined", ({ id }) => id === carol.id);
    assert.deepEqual(await carol.events.until("expire"), { type: "expire", ms: 10 * MINUTE, by: "ada" });
    await carol.say("for ten minutes");
    const heard = await ada.events.text("for ten minutes");
    await bob.events.text("for ten minutes");
    assert.deepEqual([heard.expireMs, before.expireMs], [10 * MINUTE, undefined]);
    for (const person of [ada, bob, carol]) {
      assert.deepEqual(keeps(person, heard.id), ["history", "retention"]);
    }
    await world.clock.jump(9 * MINUTE);
    assert.equal(ada.events.of("expired").length, 0);
    await world.clock.jump(MINUTE + 1_000);
    for (const person of [ada, bob, carol]) {
      assert.deepEqual(await person.events.until("expired"), { type: "expired", ids: [heard.id] });
      assert.deepEqual(keeps(person, heard.id), []);
    }
    assert.deepEqual(keeps(ada, before.id), ["history", "retention"], "what was said before stays");
    await ada.run({ command: "expire", ms: null });
    assert.equal((await bob.events.until("expire", ({ ms }) => ms === null)).by, "ada");
    await bob.say("this stays");
    assert.equal((await ada.events.text("this stays")).expireMs, undefined);
  }));

Deno.test("only operators set a timer, and only from 5 seconds to 7 days", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    assert.match(await refusalOf(bob.run({ command: "expire", ms: 5_000 })), /^not_operator/);
    for (const ms of [0, 4_999, 604_800_001, 5_000.5, NaN]) {
      assert.match(await refusalOf(ada.run({ command: "expire", ms })), /^bad_timer/);
    }
    await ada.run({ command: "expire", ms: 604_800_000 });
    await bob.events.until("expire");
  }));

Deno.test("what is said right after a timer was asked for carries it already", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await Promise.all([ada.run({ command: "expire", ms: 5_000 }), ada.say("at once")]);
    assert.equal((await bob.events.text("at once")).expireMs, 5_000);
  }));

Deno.test("edits, deletions, answers and reactions to a message that has disappeared are harmless", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await ada.run({ command: "expire", ms: MINUTE });
    await ada.say("soon gone");
    const { id } = await bob.events.text("soon gone");
    await ada.run({ command: "edit", id, text: "soon gone!" });
    const edited = await bob.events.until("edited");
    assert.equal(edited.id, id);
    const number = insides(ada).sender.head.number;
    await world.clock.jump(MINUTE + 1_000);
    for (const person of [ada, bob]) await person.events.until("expired", ({ ids }) => ids.includes(id));
    assert.deepEqual(keeps(bob, `${ada.id}-${number}`), [], "nor is the edit kept");
    for (const command of ["edit", "delete"] as const) {
      assert.match(await refusalOf(ada.run({ command, id, text: "again" })), /^no_message/);
    }
    assert.match(await refusalOf(bob.run({ command: "react", id, emoji: "👍" })), /^no_message/);
    assert.match(await refusalOf(bob.run({ command: "reply", id, text: "yes" })), /^no_message/);
    // A client that remembers it all the same.
    await insides(ada).say({ kind: "edit", number: Number(id.split("-")[1]), text: "back again" });
    await insides(ada).say({ kind: "delete", number: Number(id.split("-")[1]) });
    await insides(ada).say({
      kind: "reaction",
      author: ada.id,
      number: Number(id.split("-")[1]),
      emoji: "👍",
    });
    await ada.say("and on");
    await bob.events.text("and on");
    const told = [bob.events.of("edited"), bob.events.of("deleted"), bob.events.of("reaction")];
    assert.deepEqual(told.map(({ length }) => length), [1, 0, 0]);
    assert.equal(insides(bob).speech.history.get(id), undefined);
  }));

Deno.test("a private message disappears too, and at the others nothing of it is kept", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada && bob && carol);
    await ada.run({ command: "expire", ms: MINUTE });
    await carol.events.until("expire");
    await ada.run({ command: "msg", to: "bob", text: "for you" });
    const { id } = await bob.events.text("for you");
    await ada.say("for all");
    await carol.events.text("for all");
    assert.deepEqual(keeps(carol, id), ["retention"]);
    await world.clock.jump(MINUTE + 1_000);
    for (const person of [ada, bob]) await person.events.until("expired", ({ ids }) => ids.includes(id));
    assert.deepEqual(carol.events.of("expired").flatMap(({ ids }) => ids).includes(id), false);
    for (const person of [ada, bob, carol]) assert.deepEqual(keeps(person, id), []);
  }));

Deno.test("what has disappeared cannot be had back by repair: who was away is told how many were lost", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"], { awayMs: 24 * 60 * MINUTE });
    assert.ok(ada && bob && carol);
    await ada.run({ command: "expire", ms: MINUTE });
    for (const person of [bob, carol]) await person.events.until("expire");
    carol.unplug();
    await ada.say("while you are away");
    const { id } = await bob.events.text("while you are away");
    await world.clock.jump(10 * MINUTE);
    for (const person of [ada, bob]) await person.events.until("expired", ({ ids }) => ids.includes(id));
    carol.plug();
    await carol.run({ command: "reconnect" });
    await carol.events.until("connection", (event) => event.state === "online" && event.back === true);
    await ada.say("welcome back");
    await world.clock.jumpUntil(carol.events.text("welcome back"));
    await world.clock.jumpUntil(carol.events.until("lost"));
    assert.deepEqual(carol.events.of("lost").map(({ nick, count }) => [nick, count]), [["ada", 1]]);
    assert.equal(carol.events.of("message").some(({ text }) => text === "while you are away"), false);
  }));

Deno.test("what disappears and came by repair is shown for its time, and is not passed on again", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"], { awayMs: 24 * 60 * MINUTE });
    assert.ok(ada && bob && carol);
    await ada.run({ command: "expire", ms: 60 * MINUTE });
    for (const person of [bob, carol]) await person.events.until("expire");
    carol.unplug();
    await ada.say("for an hour");
    const { id } = await bob.events.text("for an hour");
    await world.clock.jump(10 * MINUTE);
    carol.plug();
    await carol.run({ command: "reconnect" });
    await carol.events.until("connection", (event) => event.state === "online" && event.back === true);
    await world.clock.jumpUntil(carol.events.text("for an hour"));
    assert.deepEqual([keeps(carol, id), keeps(bob, id)], [["history"], ["history", "retention"]]);
    await world.clock.jump(60 * MINUTE);
    await carol.events.until("expired", ({ ids }) => ids.includes(id));
    assert.deepEqual(keeps(carol, id), []);
  }));
