/** A session whose connection is lost is back in its room, with everything that was said meanwhile. */
import assert from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { decodeClientFrame, unpackBatch } from "../../wire/mod.ts";
import { inviteOf, inWorld, type MemorySocket, type Person } from "../helpers.ts";

const texts = (person: Person): string[] => person.events.of("message").map(({ text }) => text);
const back = (person: Person, count = 1): Promise<unknown> =>
  person.events.until(
    "connection",
    () =>
      person.events.of("connection").filter((event) => event.state === "online" && event.back).length >=
        count,
  );

Deno.test("A connection that is cut comes back, and nothing is lost or shown twice", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await ada.say("one");
    await bob.events.text("one");
    bob.cut();
    await ada.say("two");
    await bob.say("three");
    await bob.events.text("two");
    await ada.events.text("three");
    assert.deepEqual(texts(bob), ["one", "two"]);
    assert.deepEqual(texts(ada), ["three"]);
    assert.deepEqual(ada.events.of("member_away"), []);
  }));

Deno.test("What is typed without a connection is pending, then sent in order", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    bob.unplug();
    const saying = ["a", "b", "c"].map((text, i) => bob.say(text, i));
    assert.deepEqual(bob.events.of("pending").map(({ ref }) => ref), [0, 1, 2]);
    bob.plug();
    await bob.run({ command: "reconnect" });
    await Promise.all(saying);
    await ada.events.text("c");
    assert.deepEqual(texts(ada), ["a", "b", "c"]);
    await bob.events.until("sent", ({ ref }) => ref === 2);
  }));

Deno.test("After a restart of the relay the members find each other again, with the same keys and words", () =>
  inWorld(async (world) => {
    const people = await world.room(["ada", "bob", "carol"]);
    const [ada, bob, carol] = people;
    assert.ok(ada && bob && carol);
    await ada.say("before");
    await carol.events.text("before");
    await world.restart();
    const saying = Promise.all(people.map((person, i) => person.say(`after ${i}`)));
    await Promise.all(people.map((person) => back(person)));
    await saying;
    for (const [i, person] of people.entries()) {
      for (const j of people.keys()) if (i !== j) await person.events.text(`after ${j}`);
    }
    assert.deepEqual(texts(bob).sort(), ["after 0", "after 2", "before"]);
    for (const person of people) {
      assert.deepEqual(person.events.of("lost"), []);
      assert.deepEqual(person.events.of("member_left"), []);
      assert.equal(person.events.of("joined").length, 1);
    }
    const dora = await world.join(inviteOf(ada), "dora");
    for (const { id } of people) await dora.events.until("member_confirmed", (event) => event.id === id);
    await dora.say("new here");
    await bob.events.text("new here");
  }));

Deno.test("Who was away for longer than the relay keeps its place gets what was said meanwhile", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada && bob && carol);
    bob.unplug();
    for (let i = 0; i < 5; i++) {
      await ada.say(`ada ${i}`);
      await carol.say(`carol ${i}`);
      await world.clock.jump(61_000);
    }
    bob.plug();
    await bob.run({ command: "reconnect" });
    await bob.events.text("ada 4");
    await bob.events.text("carol 4");
    assert.deepEqual(
      texts(bob).filter((text) => text.startsWith("ada")),
      [0, 1, 2, 3, 4].map((i) => `ada ${i}`),
    );
    assert.deepEqual(bob.events.of("lost"), []);
    await bob.say("back");
    await ada.events.text("back");
  }));

Deno.test("Who was put out while it was away is told so when it comes back", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada && bob);
    bob.unplug();
    await ada.run({ command: "kick", member: "bob" });
    await world.clock.jump(70_000);
    bob.plug();
    await bob.run({ command: "reconnect" });
    const ending = await bob.session.ended;
    assert.deepEqual([ending.status, ending.code], [1, "kicked"]);
  }));

/** Whether a batch carries a payload of this kind to a single peer. */
function carries(batch: Uint8Array, kind: number): boolean {
  return unpackBatch(batch, { maxBytes: Infinity, maxFrames: Infinity }).map(decodeClientFrame).some((
    frame,
  ) => frame.type === "send_table" && frame.parts.some(({ bytes }) => payloadKind(bytes) === kind));
}

Deno.test("A join that is cut off before its welcome goes on by itself, as the same member", () =>
  inWorld(async (world) => {
    const ada = await world.create("ada", { limit: 2 });
    let cut = false;
    const bob = await world.join(inviteOf(ada), "bob", {
      connect: async (): Promise<MemorySocket> => {
        const socket = await world.connect();
        const send = socket.send.bind(socket);
        socket.send = (bytes) => {
          send(bytes);
          if (cut || !carries(bytes, PayloadKind.prove)) return;
          cut = true;
          socket.onMessage = () => {}; // the welcome does not arrive
          void ada.events.until("member_joined").then(() => socket.break());
        };
        return socket;
      },
    });
    assert.ok(cut);
    assert.equal(ada.events.of("member_joined").length, 1);
    assert.deepEqual(bob.events.of("joined")[0]?.members.map(({ nick }) => nick), ["ada", "bob"]);
    await bob.say("in at last");
    await ada.events.text("in at last");
    await ada.say("welcome");
    await bob.events.text("welcome");
  }));

Deno.test("A founder that is alone under a name gives way to the room that had it before the relay's restart", () =>
  inWorld(async (world) => {
    const ada = await world.create("ada", { name: "lobby" });
    const bob = await world.join("lobby", "bob");
    await ada.events.until("member_joined");
    for (const person of [ada, bob]) person.unplug();
    await world.restart();
    const eve = await world.create("eve", { name: "lobby" });
    for (const person of [ada, bob]) person.plug();
    await ada.run({ command: "reconnect" });
    const ending = await eve.session.ended;
    assert.deepEqual([ending.status, ending.code], [1, "older_room"]);
    await bob.run({ command: "reconnect" });
    await back(bob);
    const carol = await world.join("lobby", "carol");
    await carol.say("the same lobby");
    await ada.events.text("the same lobby");
    await bob.events.text("the same lobby");
    assert.deepEqual(ada.events.of("notice").filter(({ code }) => code === "rival_room"), []);
  }));

Deno.test("Two rooms of one name with members each never merge, and everybody is told", () =>
  inWorld(async (world) => {
    const ada = await world.create("ada", { name: "lobby" });
    const bob = await world.join("lobby", "bob");
    await ada.events.until("member_joined");
    for (const person of [ada, bob]) person.unplug();
    await world.restart();
    const eve = await world.create("eve", { name: "lobby" });
    const mal = await world.join("lobby", "mal");
    for (const person of [ada, bob]) person.plug();
    await ada.run({ command: "reconnect" });
    await bob.run({ command: "reconnect" });
    await Promise.all([back(ada), back(bob)]);
    await world.clock.jump(20_000);
    for (const person of [ada, bob, eve, mal]) {
      const notice = await person.events.until("notice", ({ code }) => code === "rival_room");
      assert.match(notice.message, /"lobby" .* \/rejoin/);
    }
    await ada.say("still us");
    await bob.events.text("still us");
    assert.equal(ada.session === eve.session, false);
    assert.notEqual(ada.events.of("joined")[0]?.room, eve.events.of("joined")[0]?.room);
  }));
