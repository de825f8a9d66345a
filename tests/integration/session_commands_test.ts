import assert from "node:assert/strict";
import type { SessionCommand } from "../../client/mod.ts";
import { inviteOf, inWorld, type Person, refusalOf } from "../helpers.ts";

Deno.test("messages: actions, replies, edits, reactions and deletions reach the others", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await ada.run({ command: "me", text: "waves" });
    const waved = await bob.events.text("waves");
    assert.equal(waved.kind, "action");
    await bob.run({ command: "reply", text: "hi" });
    assert.equal((await ada.events.text("hi")).replyTo, waved.id);
    await bob.run({ command: "react", emoji: "👋" });
    assert.deepEqual(await ada.events.until("reaction"), {
      type: "reaction",
      id: waved.id,
      from: { id: bob.id, nick: "bob" },
      emoji: "👋",
    });
    await ada.run({ command: "edit", text: "waves twice" });
    assert.equal((await bob.events.until("edited")).text, "waves twice");
    await ada.run({ command: "delete" });
    assert.equal((await bob.events.until("deleted")).id, waved.id);
    await ada.run({ command: "edit", id: waved.id, text: "x" }).catch(() => {});
    assert.equal(bob.events.of("edited").length, 1, "what is deleted is gone");
  }));

Deno.test("msg: one alone reads it, and nothing that is said about it goes to the room", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada && bob && carol);
    await ada.run({ command: "msg", to: "bob", text: "between us" });
    const secret = await bob.events.text("between us");
    assert.deepEqual([secret.kind, secret.to?.nick], ["private", "bob"]);
    for (
      const command of [
        { command: "reply", text: "what secret?", id: secret.id },
        { command: "react", emoji: "x", id: secret.id },
      ] as SessionCommand[]
    ) assert.match(await refusalOf(bob.run(command)), /^private 1: .*the whole room would see it/);
    assert.match(await refusalOf(bob.run({ command: "reply", text: "what?" })), /^no_message 1/);
    assert.match(
      await refusalOf(ada.run({ command: "edit", id: secret.id, text: "the secret is x" })),
      /^private 1/,
    );
    assert.match(await refusalOf(ada.run({ command: "edit", text: "x" })), /^private/);
    await ada.say("to all");
    await carol.events.text("to all");
    assert.deepEqual(carol.events.of("message").map(({ text }) => text), ["to all"]);
    assert.equal(carol.events.of("edited").length, 0);
  }));

Deno.test("govern: topic, limit, lock, role and nick are told to everybody", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await ada.run({ command: "topic", text: "the plan" });
    assert.deepEqual(await bob.events.until("topic"), { type: "topic", topic: "the plan", by: "ada" });
    await ada.run({ command: "limit", limit: 5 });
    assert.equal((await bob.events.until("limit")).limit, 5);
    await ada.run({ command: "role", member: "bob", operator: true });
    assert.equal((await bob.events.until("role")).operator, true);
    await bob.run({ command: "lock" });
    assert.equal((await ada.events.until("lock")).by, "bob");
    await bob.run({ command: "nick", nick: "Robert" });
    const nick = await ada.events.until("nick");
    assert.deepEqual([nick.old, nick.nick], ["bob", "Robert"]);
    await ada.run({ command: "who" });
    const [here] = ada.events.of("members");
    assert.deepEqual(
      here?.members.map(({ nick, operator, online, confirmed }) => [nick, operator, online, confirmed]),
      [
        ["ada", true, true, true],
        ["Robert", true, true, true],
      ],
    );
  }));

Deno.test("kick: out at once, doors turned, the old code and the old name open nothing", () =>
  inWorld(async (world) => {
    const ada = await world.join("lobby", "ada", { password: "x" });
    const old = inviteOf(ada);
    const bob = await world.join(old, "bob");
    const carol = await world.join(old, "carol");
    await ada.events.until("member_joined", ({ nick }) => nick === "carol");
    await carol.events.until("member_confirmed", ({ id }) => id === ada.id);
    await ada.run({ command: "kick", member: "bob" });
    const ending = await bob.session.ended;
    assert.deepEqual([ending.status, ending.code, ending.message], [
      1,
      "kicked",
      "You were put out of the room by ada",
    ]);
    assert.equal((await carol.events.until("member_left")).reason, "kicked");
    await carol.events.until("doors_turned");
    assert.equal(ada.events.of("notice").at(-1)?.code, "name_shut");
    assert.match(await refusalOf(world.join(old, "mallory")), /^(wrong_code|nobody_answers) 1/);
    assert.notEqual(inviteOf(ada), old);
    await world.join(inviteOf(ada), "dave");
    await carol.events.until("member_joined", ({ nick }) => nick === "dave");
  }));

Deno.test("verify: both see the same words, a mark is remembered", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const words = async (person: Person, member: string): Promise<string> => {
      await person.run({ command: "verify", member, mark: true });
      return person.events.of("safety").filter((event) => event.member !== null).at(-1)?.words ?? "";
    };
    const pair = await words(ada, bob.id.slice(0, 8));
    assert.equal(pair.split(" ").length, 12);
    assert.equal(await words(bob, "@ADA"), pair);
    await ada.run({ command: "verify" });
    await ada.run({ command: "who" });
    assert.equal(ada.events.of("members")[0]?.members[1]?.verified, true);
    await ada.run({ command: "verify", member: "bob", mark: false });
    await ada.run({ command: "who" });
    assert.equal(ada.events.of("members")[1]?.members[1]?.verified, false);
  }));

Deno.test("every refusal of a command is a sentence with a code", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const refused: [Person, SessionCommand, RegExp][] = [
      [ada, { command: "send", text: "" }, /^empty 1: Cannot send: there is no text$/],
      [ada, { command: "send", text: "\ud800" }, /^bad_text 1: .*not valid Unicode$/],
      [
        ada,
        { command: "send", text: "x".repeat(10_241) },
        /^too_long 1: .*10,241 bytes long and the limit is 10,240/,
      ],
      [ada, { command: "msg", to: "nobody", text: "x" }, /^no_member 1: Cannot find "nobody": .*\/who$/],
      [ada, { command: "msg", to: "ada", text: "x" }, /^self 1: Cannot send a private message to yourself$/],
      [ada, { command: "reply", text: "x" }, /^no_message 1: Cannot reply: there is no such message$/],
      [ada, { command: "edit", text: "x" }, /^no_message 1: Cannot edit/],
      [ada, { command: "delete" }, /^no_message 1: Cannot delete/],
      [ada, { command: "react", emoji: "x" }, /^no_message 1: Cannot react/],
      [ada, { command: "nick", nick: "bob" }, /^nick_taken 1: Cannot change your nickname/],
      [ada, { command: "nick", nick: "a b" }, /^bad_nick 2/],
      [ada, { command: "verify", member: "ada" }, /^self 1: Cannot compare words with yourself/],
      [ada, { command: "kick", member: "ada" }, /^self 1: Cannot kick yourself: use \/leave$/],
      [ada, { command: "limit", limit: 0 }, /^bad_limit 1: .*whole number from 2 to 65535$/],
      [ada, { command: "limit", limit: 1.5 }, /^bad_limit 1/],
      [ada, { command: "topic", text: "x".repeat(401) }, /^too_long 1: .*longer than 400 bytes$/],
    ];
    for (const command of ["kick", "role", "lock", "unlock", "limit", "topic"]) {
      const asked = { command, member: "ada", operator: true, limit: 2, text: "x" } as SessionCommand;
      refused.push([bob, asked, new RegExp(`^not_operator 1: .*only operators may use /${command}$`)]);
    }
    for (const [person, command, sentence] of refused) {
      assert.match(await refusalOf(person.run(command)), sentence);
    }
    await bob.say("hello");
    const { id } = await ada.events.text("hello");
    assert.match(
      await refusalOf(ada.run({ command: "edit", id, text: "x" })),
      /^not_yours 1: .*somebody else's$/,
    );
    assert.match(await refusalOf(ada.run({ command: "delete", id })), /^not_yours 1/);
    assert.match(await refusalOf(ada.run({ command: "react", emoji: "", id })), /^bad_reaction 1/);
    assert.match(
      await refusalOf(ada.run({ command: "react", emoji: "x".repeat(33), id })),
      /^bad_reaction 1/,
    );
  }));

Deno.test("a burst travels packed and arrives in order, once each", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const texts = Array.from({ length: 600 }, (_, i) => `line ${i}`);
    const before = ada.socket.sent.length;
    await Promise.all(texts.map((text) => ada.say(text)));
    assert.ok(ada.socket.sent.length - before <= 8, "256 to a pack");
    await bob.events.text("line 599");
    assert.deepEqual(bob.events.of("message").map(({ text }) => text), texts);
    await Promise.all([0, 1, 2, 3].map((i) => ada.say("x".repeat(10_000) + i)));
    await bob.events.text("x".repeat(10_000) + 3);
  }));

Deno.test("rate limited: what is refused goes out later, in order, and the user is told", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    for (let i = 0; i < 30; i++) await ada.say(`line ${i}`);
    const last = ada.say("line 30");
    await world.clock.jump(8_000);
    await last;
    await bob.events.text("line 30");
    assert.deepEqual(
      bob.events.of("message").map(({ text }) => text),
      Array.from({ length: 31 }, (_, i) => `line ${i}`),
    );
  }, { rateCount: 40, rateWindowMs: 4_000 }));
