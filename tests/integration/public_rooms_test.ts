import assert from "node:assert/strict";
import { listRooms, type PublicRoom } from "../../client/mod.ts";
import { checkPublicName } from "../../client/public_name.ts";
import { Relay } from "../../relay/mod.ts";
import { encodeClientFrame, packBatch } from "../../wire/mod.ts";
import { inviteOf, inWorld, refusalOf, type World } from "../helpers.ts";

const list = ({ url, connect, clock }: World): Promise<PublicRoom[]> => listRooms(url, { connect, clock });

Deno.test("a public room is listed with name, topic, count and an invite by which anybody comes in", () =>
  inWorld(async (world) => {
    const ada = await world.create("ada", { public: "Deno talk", topic: "tea" });
    const told = await ada.events.until("notice", ({ code }) => code === "public");
    assert.match(told.message, /anyone at this relay can see this room and come in/);
    const [room, ...more] = await list(world);
    assert.ok(room !== undefined && more.length === 0);
    assert.deepEqual([room.name, room.topic, room.members], ["Deno talk", "tea", 1]);
    assert.equal(room.invite, inviteOf(ada));
    const bob = await world.join(room.invite, "bob");
    await ada.events.until("member_joined", ({ id }) => id === bob.id);
    assert.equal((await list(world))[0]?.members, 2);
  }));

Deno.test("a room that nobody has listed is not in the list", () =>
  inWorld(async (world) => {
    await world.create("ada", { topic: "secret" });
    assert.deepEqual(await list(world), []);
  }));

Deno.test("the list follows a public room's topic and its turned doors", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"], { public: "talk" });
    assert.ok(ada !== undefined && bob !== undefined);
    await ada.run({ command: "topic", text: "cake" });
    await ada.run({ command: "reconnect" });
    await until(world, ({ topic }) => topic === "cake");
    const before = (await list(world))[0]?.invite;
    await ada.run({ command: "kick", member: "bob" });
    const room = await until(world, ({ invite }) => invite !== before);
    assert.equal(room.invite, inviteOf(ada));
    const eve = await world.join(room.invite, "eve");
    assert.equal(eve.events.of("joined")[0]?.topic, "cake");
  }));

Deno.test("a public room is listed again at a relay that has begun anew", () =>
  inWorld(async (world) => {
    const ada = await world.create("ada", { public: "talk" });
    await ada.events.until("notice", ({ code }) => code === "public");
    await world.restart();
    await ada.events.until("connection", (event) => event.state === "online" && event.back === true);
    const room = await until(world, ({ name }) => name === "talk");
    await world.join(room.invite, "bob");
    assert.equal(ada.events.of("notice").filter(({ code }) => code === "public").length, 1);
  }));

Deno.test("a public room goes off the list when its founder leaves it, and nobody takes over", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"], { public: "talk" });
    await bob?.say("hello");
    await ada?.events.text("hello");
    await ada?.session.leave();
    await bob?.events.until("member_left");
    assert.deepEqual(await list(world), []);
  }));

Deno.test("operators list a room and take it off the list; others may not", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada !== undefined && bob !== undefined);
    assert.match(
      await refusalOf(bob.run({ command: "public", name: "talk" })),
      /^not_operator 1: .*\/public/,
    );
    assert.match(await refusalOf(ada.run({ command: "public", name: " " })), /^bad_name 2: .*it is empty/);
    await ada.run({ command: "public", name: "talk" });
    assert.equal((await list(world))[0]?.name, "talk");
    await ada.run({ command: "private" });
    assert.deepEqual(await list(world), []);
  }));

Deno.test("what one operator lists another takes off the list for good, whatever changes then", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"], { public: "talk" });
    assert.ok(ada !== undefined && bob !== undefined);
    await ada.run({ command: "role", member: "bob", operator: true });
    await bob.events.until("role");
    await bob.run({ command: "private" });
    const { message } = await ada.events.until("notice", ({ code }) => code === "private");
    assert.match(message, /^bob has taken this room off the relay's list/);
    assert.equal(bob.events.of("notice").filter(({ code }) => code === "private").length, 1);
    await ada.run({ command: "topic", text: "cake" }); // which a listing follows
    await ada.say("done");
    await bob.events.text("done");
    assert.deepEqual(await list(world), []);
    await world.restart();
    await ada.events.until("connection", (event) => event.state === "online" && event.back === true);
    await ada.say("back");
    await bob.events.text("back");
    assert.deepEqual(await list(world), []);
    await ada.run({ command: "public", name: "again" }); // it is no ban
    assert.equal((await list(world))[0]?.name, "again");
  }));

Deno.test("who comes back to a room that was taken off the list meanwhile does not list it again", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"], { public: "talk" });
    assert.ok(ada !== undefined && bob !== undefined);
    await ada.run({ command: "role", member: "bob", operator: true });
    await bob.events.until("role");
    ada.socket.break();
    await ada.events.until("connection", ({ state }) => state === "reconnecting");
    await bob.run({ command: "private" });
    await ada.events.until("notice", ({ code }) => code === "private");
    await ada.run({ command: "topic", text: "cake" });
    await ada.say("done");
    await bob.events.text("done");
    assert.deepEqual(await list(world), []);
  }));

Deno.test("a relay that lists no rooms is told of, and the room goes on unlisted", () =>
  inWorld(async (world) => {
    world.relay = new Relay({ clock: world.clock, publicRooms: false });
    const ada = await world.create("ada", { public: "talk" });
    const { message } = await ada.events.until("notice", ({ code }) => code === "not_listed");
    assert.match(message, /at the relay: this relay does not list rooms\. The room goes on unlisted/);
    await ada.say("still here");
    await ada.events.until("sent");
    assert.deepEqual(await list(world), []);
  }));

Deno.test("listRooms() leaves out what is no whole invite", () =>
  inWorld(async (world) => {
    const [ada, eve] = [await world.create("ada"), await world.create("eve")];
    const frame = { type: "publish", name: "lure", topic: "", invite: new Uint8Array(60) } as const;
    eve.socket.send(packBatch([encodeClientFrame(frame)]));
    await ada.run({ command: "public", name: "talk" });
    assert.deepEqual((await list(world)).map(({ name }) => name), ["talk"]);
  }));

Deno.test("checkPublicName() takes what can be read in a list, and nothing else", () => {
  assert.equal(checkPublicName(" Deno  talk 🦕 "), "Deno  talk 🦕");
  for (const bad of ["", "  ", "a\nb", "a\x1b[31m", "a\u202eb", "x".repeat(97)]) {
    assert.throws(() => checkPublicName(bad), /Cannot list the room under this name/);
  }
});

/** Asks for the list until a room in it fits; each answer is one turn of the relay. */
async function until(world: World, fits: (room: PublicRoom) => boolean): Promise<PublicRoom> {
  for (let look = 0; look < 5_000; look++) {
    const found = (await list(world)).find(fits);
    if (found !== undefined) return found;
  }
  throw new Error("no room in the list fits");
}
