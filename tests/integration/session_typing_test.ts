/** Who types and who is away, between whole sessions. */
import assert from "node:assert/strict";
import { inWorld, type Person, refusalOf } from "../helpers.ts";

const typingOf = (person: Person): [string, boolean][] =>
  person.events.of("typing").map(({ nick, on }) => [nick, on]);

Deno.test("that somebody types is seen by the others, and stops by itself, when the line is emptied, and with the message", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada && bob && carol);
    await ada.run({ command: "typing", on: true });
    for (const other of [bob, carol]) {
      const seen = await other.events.until("typing");
      assert.deepEqual(seen, { type: "typing", id: ada.id, nick: "ada", on: true });
    }
    await world.clock.jump(6_100);
    assert.deepEqual(typingOf(bob), [["ada", true], ["ada", false]], "after 6 s without another word of it");
    await ada.run({ command: "typing", on: true });
    await bob.events.until("typing", () => typingOf(bob).length === 3);
    await ada.run({ command: "typing", on: false });
    await bob.events.until("typing", () => typingOf(bob).length === 4);
    await world.clock.jump(4_100);
    await ada.run({ command: "typing", on: true });
    await bob.events.until("typing", () => typingOf(bob).length === 5);
    await ada.say("here it is");
    await bob.events.text("here it is");
    const all = bob.events.all.map((event) => event.type);
    assert.deepEqual(typingOf(bob).at(-1), ["ada", false]);
    assert.ok(all.lastIndexOf("typing") < all.lastIndexOf("message"), "gone before the message is there");
    assert.deepEqual(typingOf(ada), [], "nobody is told of itself");
  }));

Deno.test("that somebody types is neither sent nor shown after `privacy` says so, and the session says what is", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await bob.run({ command: "privacy", typing: false });
    const told = { type: "privacy", typing: false, presence: true, receipts: true };
    assert.deepEqual(await bob.events.until("privacy"), told);
    await ada.run({ command: "typing", on: true });
    await bob.run({ command: "typing", on: true });
    await ada.say("I have typed");
    await bob.events.text("I have typed");
    await bob.say("I have, too");
    await ada.events.text("I have, too");
    assert.deepEqual([typingOf(ada), typingOf(bob)], [[], []]);
    assert.match(await refusalOf(ada.run({ command: "privacy", receipts: false })), /^receipts_needed/);
    assert.equal(ada.events.of("privacy").length, 0);
  }));

Deno.test("that somebody is away is seen by all, by those too that come later, until it is back", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await ada.run({ command: "away", text: "at lunch" });
    const away = { type: "presence", id: ada.id, nick: "ada", away: true, text: "at lunch" };
    assert.deepEqual(await bob.events.until("presence"), away);
    assert.deepEqual(ada.events.of("presence"), [away]);
    const carol = await world.join(ada.events.of("invite").at(-1)?.invite ?? "", "carol");
    await carol.events.until("member_confirmed", ({ id }) => id === ada.id);
    await world.clock.jump(5_000);
    assert.deepEqual(await carol.events.until("presence"), away);
    await ada.run({ command: "back" });
    for (const other of [bob, carol]) {
      assert.equal((await other.events.until("presence", (event) => !event.away)).text, "");
    }
    assert.equal(bob.events.of("presence").length, 2, "each is told once");
    assert.match(await refusalOf(ada.run({ command: "away", text: "x".repeat(201) })), /^too_long/);
    await ada.run({ command: "privacy", presence: false });
    assert.match(await refusalOf(ada.run({ command: "away" })), /^not_wanted/);
  }));
