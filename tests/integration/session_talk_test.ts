import assert from "node:assert/strict";
import { inviteOf, inWorld, refusalOf } from "../helpers.ts";

Deno.test("createRoom() and joinRoom(): two people see each other, the same words, and talk", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const words = await bob.events.until("safety");
    await ada.events.until("safety", (event) => event.words === words.words);
    await ada.say("hello", 7);
    const heard = await bob.events.text("hello");
    assert.deepEqual(heard.from, { id: ada.id, nick: "ada" });
    assert.equal(heard.gap, false);
    const sent = await ada.events.until("sent");
    assert.deepEqual(sent, { type: "sent", id: heard.id, ref: 7 });
    await bob.say("hi");
    await ada.events.text("hi");
    await world.clock.jump(2_500);
    const delivered = await ada.events.until("delivered");
    assert.deepEqual(delivered, { type: "delivered", id: heard.id, to: bob.id });
    assert.deepEqual(ada.events.of("message").map(({ text }) => text), ["hi"], "one's own are not shown");
    await bob.session.leave();
    assert.deepEqual(await bob.session.ended, { status: 0, code: "left", message: "You left the room" });
    const left = await ada.events.until("member_left");
    assert.deepEqual([left.nick, left.reason], ["bob", "left"]);
    assert.match(await refusalOf(bob.say("late")), /^ended 1/);
  }));

Deno.test("joinRoom() by spoken code comes into the same room", () =>
  inWorld(async (world) => {
    const ada = await world.create("ada");
    const code = ada.events.of("invite")[0]?.code ?? "";
    const bob = await world.join(code, "bob");
    await ada.events.until("member_joined");
    assert.equal(bob.events.of("joined")[0]?.room, ada.events.of("joined")[0]?.room);
    assert.notEqual(inviteOf(ada), "");
  }));

Deno.test("`edit` and `delete` without an id mean the last message that was asked for before them", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await Promise.all([
      ada.say("one"),
      ada.run({ command: "edit", text: "ONE" }),
      ada.say("two"),
      ada.say("three"),
      ada.run({ command: "delete" }),
    ]);
    await bob.events.text("three");
    const [edited] = [await bob.events.until("edited")];
    const deleted = await bob.events.until("deleted");
    const idOf = (text: string): string | undefined =>
      bob.events.of("message").find((event) => event.text === text)?.id;
    assert.deepEqual([edited.id, deleted.id], [idOf("one"), idOf("three")]);
  }));
