import assert from "node:assert/strict";
import { SCREEN_COMMANDS } from "./app/screen_commands.ts";
import { OTHER_NAMES } from "./slash_commands.ts";
import { ClientError } from "../client/errors.ts";
import { FakeClock } from "../tests/helpers.ts";
import { BOB, fakeDesk, FakeSession, ME, openDoor, startLineMode as start } from "./_fakes.ts";
import type { Entrance } from "./seat.ts";

const BOB_SAYS = {
  type: "message",
  id: `${BOB.id}-7`,
  from: BOB,
  kind: "text",
  text: "hi",
  time: "2026-01-01T12:00:00Z",
  replyTo: null,
  to: null,
  gap: false,
} as const;

Deno.test("LineMode says what is typed and shows it with a number", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  io.type("hello", "//shrug", "/me waves");
  const session = await door.session;
  assert.deepEqual(await session.received(3), [
    { command: "send", text: "hello", ref: 1 },
    { command: "send", text: "/shrug", ref: 2 },
    { command: "me", text: "waves", ref: 3 },
  ]);
  assert.match(await io.shows(/#1 /), /^\d\d:\d\d #1 alice: hello$/);
  assert.match(await io.shows(/#3 /), /#3 \* alice waves$/);
  io.type("/quit");
  assert.equal(await status, 0);
  assert.ok(session.left);
});

Deno.test("LineMode names messages by number, one's own once they are sent", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  const session = await door.session;
  session.tell(BOB_SAYS);
  await io.shows(/#1 bob: hi/);
  io.type("/reply #1 hello", "/edit #2 hallo");
  await io.shows(/Cannot find message #2/);
  session.tell({ type: "sent", id: `${ME.id}-9`, ref: 2 });
  io.type("/edit #2 hallo", "/react 👍");
  assert.deepEqual(await session.received(3), [
    { command: "reply", text: "hello", id: BOB_SAYS.id, ref: 2 },
    { command: "edit", text: "hallo", id: `${ME.id}-9` },
    { command: "react", emoji: "👍", id: BOB_SAYS.id },
  ]);
  await io.shows(/You changed #2: hallo/);
  await io.shows(/You reacted to #1: 👍/);
  io.type("/quit");
  await status;
});

Deno.test("LineMode answers a private message in private, and does not react to it in public", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  const session = await door.session;
  session.tell({ ...BOB_SAYS, kind: "private", to: ME });
  await io.shows(/#1 bob, to you alone: hi/);
  io.type("/reply secret", "/react #1 👍");
  await io.shows(/Cannot react to what was said to you alone/);
  assert.deepEqual(session.commands, [{ command: "msg", to: "bob", text: "secret", ref: 2 }]);
  await io.shows(/#2 alice, to bob alone: secret/);
  io.type("/quit");
  await status;
});

Deno.test("LineMode gives a text back that could not be sent, and does not show it as said", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  (await door.session).refusal = new ClientError("too_long", "Cannot send: the message is too long");
  io.type("very long");
  await io.shows(/^-- Cannot send: the message is too long\.$/);
  io.type("/quit");
  assert.equal(await status, 0);
  assert.equal(io.putBackText, "very long");
  assert.ok(!io.printed.some((line) => line.includes("alice: very long")));
});

Deno.test("LineMode from a pipe waits for the room, says every line and leaves at the end", async () => {
  const door = openDoor();
  const gate = Promise.withResolvers<void>();
  const { io, status } = start(async (hooks) => (await gate.promise, await door.entrance(hooks)), {
    interactive: false,
  });
  io.type("one", "two");
  io.give({ type: "end" });
  gate.resolve();
  assert.equal(await status, 0);
  const session = await door.session;
  assert.deepEqual(session.commands.map((command) => "text" in command && command.text), ["one", "two"]);
  assert.ok(session.left);
});

Deno.test("LineMode leaves in order on Ctrl-C, and at once on the second", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  const session = await door.session;
  const leaving = Promise.withResolvers<void>();
  session.leave = () => (leaving.resolve(), new Promise(() => {})); // somebody does not answer
  io.give({ type: "interrupt" });
  await leaving.promise;
  io.give({ type: "interrupt" });
  assert.equal(await status, 130);
  assert.ok(session.aborted);
});

Deno.test("LineMode ends with the status of a session that ends by itself", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  (await door.session).end({
    status: 3,
    code: "connection_lost",
    message: "Lost the connection to the relay",
  });
  assert.equal(await status, 3);
  assert.ok(io.printed.includes("-- Lost the connection to the relay."));
});

Deno.test("LineMode ends with the status of a refused entrance and prints its sentence alone", async () => {
  const refused = new ClientError("wrong_code", "Cannot join: the code is wrong", {
    cause: new Error("deep"),
  });
  const { io, status } = start(() => Promise.reject(refused));
  assert.equal(await status, 1);
  assert.deepEqual(io.printed, ["-- Cannot join: the code is wrong."]);
});

Deno.test("LineMode passes on what is no refusal but a fault", async () => {
  const { status } = start(() => Promise.reject(new TypeError("oops")));
  await assert.rejects(status, TypeError);
});

Deno.test("LineMode changes rooms with /join and stays at the prompt after /leave", async () => {
  const [one, two] = [openDoor(), openDoor()];
  const { io, status, joins } = start(one.entrance, { join: () => two.entrance });
  await io.shows(/Type to talk/);
  io.type('/join lobby "pass word"');
  const second = await two.session;
  assert.ok((await one.session).left);
  assert.deepEqual(joins, [{ code: "lobby", password: "pass word" }]);
  await Promise.resolve();
  io.type("/leave", "anybody?");
  await io.shows(/You are in no room now/);
  await io.shows(/Cannot do that now/);
  assert.ok(second.left);
  assert.equal(io.putBackText, "anybody?");
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("LineMode leaves and enters the same room again with /rejoin, or says why it cannot", async () => {
  const [one, two] = [openDoor(), openDoor()];
  const ways = [Promise.resolve(two.entrance)];
  const none = new ClientError("alone", "Cannot rejoin: you are alone here");
  const { io, status } = start(one.entrance, { again: () => ways.shift() ?? Promise.reject(none) });
  await io.shows(/Type to talk/);
  io.type("/rejoin");
  const second = await two.session;
  assert.ok((await one.session).left);
  await Promise.resolve();
  io.type("/rejoin");
  await io.shows(/^-- Cannot rejoin: you are alone here\.$/);
  assert.equal(second.left, false);
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("LineMode stays in its room when one joins the room that one is in", async () => {
  const door = openDoor();
  const isHere = (words: { code: string }): Promise<boolean> => Promise.resolve(words.code === "lobby");
  const { io, status, joins } = start(door.entrance, { isHere });
  await io.shows(/Type to talk/);
  io.type("/join lobby");
  await io.shows(/^-- You are in this room already\. \/rejoin enters it anew\.$/);
  assert.deepEqual([(await door.session).left, joins], [false, []]);
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("LineMode says once why many pasted lines are refused", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  io.type("/leave");
  await io.shows(/You are in no room now/);
  io.type(...Array.from({ length: 50 }, (_, i) => `pasted ${i}`), "/quit");
  assert.equal(await status, 0);
  assert.equal(io.printed.filter((line) => /Cannot do that now/.test(line)).length, 1);
  await io.shows(/^-- 49 more lines were refused for the same reason\.$/);
});

Deno.test("LineMode sends what was said before it changes rooms", async () => {
  const [one, two] = [openDoor(), openDoor()];
  const clock = new FakeClock();
  const { io, status } = start(one.entrance, { join: () => two.entrance, clock });
  await io.shows(/Type to talk/);
  const first = await one.session;
  first.lose();
  io.type("still for the first", "/join lobby");
  await io.shows(/still for the first \(waits for the connection\)/);
  await clock.pass(700);
  await io.shows(/Waiting for the connection to send 1 message \(next try in \d s\); Ctrl-C twice to leave/);
  assert.equal(first.left, false);
  first.back();
  await two.session;
  assert.ok(first.left);
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("LineMode exits with the status with which leaving ended", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  const session = await door.session;
  session.leave = () => {
    session.end({ status: 3, code: "gave_up", message: "Gave up; 1 message was not sent" });
    return Promise.resolve();
  };
  io.type("/quit");
  assert.equal(await status, 3);
});

Deno.test("LineMode stays in its room when the code after /join has a slip in it", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance, { join: () => assert.fail("the room was left") });
  await io.shows(/Type to talk/);
  io.type("/join 41793-copper-lemon");
  await io.shows(/Cannot use this code: it needs 4 words after the number, and has 2/);
  io.type("/join http://relay.test/#AVs");
  await io.shows(/Cannot use this invite link/);
  io.type("still here");
  const session = await door.session;
  assert.deepEqual(await session.received(1), [{ command: "send", text: "still here", ref: 1 }]);
  assert.equal(session.left, false);
  io.type("/quit");
  await status;
});

Deno.test("LineMode stays at the prompt when a room entered by /join refuses", async () => {
  const refuse = (): Entrance => () =>
    Promise.reject(new ClientError("room_full", "Cannot join: the room is full"));
  const { io, status } = start(openDoor().entrance, { join: refuse });
  await io.shows(/Type to talk/);
  io.type("/join lobby");
  await io.shows(/the room is full/);
  await io.shows(/You are in no room now/);
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("LineMode gives up waiting for a room on Ctrl-C", async () => {
  let given: AbortSignal | undefined;
  const { io, status } = start(({ signal }) => {
    given = signal;
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  io.type("too early");
  await io.shows(/you are not in the room yet/);
  io.give({ type: "interrupt" });
  assert.equal(await status, 0);
  assert.ok(given?.aborted);
});

Deno.test("LineMode leaves a room that opens only after the user has given up", async () => {
  const gate = Promise.withResolvers<void>();
  let late: FakeSession | undefined;
  const { io, status } = start(async (hooks) => {
    await gate.promise;
    return late = new FakeSession(hooks);
  });
  io.give({ type: "interrupt" });
  await status;
  gate.resolve();
  while (late?.left !== true) await new Promise((resolve) => setTimeout(resolve, 0));
});

Deno.test("LineMode shows the room's safety words once, and again only when asked", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  const session = await door.session;
  const words = (text: string): void =>
    session.tell({ type: "safety", member: null, nick: null, words: text });
  words("first");
  words("second");
  io.type("/verify");
  await session.received(1);
  words("third");
  const shown = io.printed.filter((line) => line.includes("Safety words of this room"));
  assert.deepEqual(shown.map((line) => /room: (\w+)/.exec(line)?.[1]), ["first", "third"]);
  io.type("/quit");
  await status;
});

Deno.test("LineMode suggests a command that was mistyped and sends nothing", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  io.type("/jion lobby", "/help", "/clear");
  await io.shows(/did you mean \/join\?/);
  await io.shows(/\/verify \[nick\]/);
  io.type("/quit");
  await status;
  assert.equal(io.cleared, 1);
  assert.deepEqual((await door.session).commands, []);
});

Deno.test("LineMode changes no older message when what was said last was for one member alone", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  io.type("for all", "/msg bob secret", "/edit secret, corrected");
  await io.shows(/Cannot edit your last message: it was for one member alone/);
  assert.equal(io.putBackText, "/edit secret, corrected");
  io.type("/delete");
  await io.shows(/Cannot delete your last message/);
  io.type("for all again", "/edit corrected");
  const session = await door.session;
  assert.deepEqual((await session.received(4)).map((each) => each.command), ["send", "msg", "send", "edit"]);
  io.type("/quit");
  await status;
});

Deno.test("LineMode says that a member has been verified, and does not ask for it again", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  await io.shows(/Type to talk/);
  const session = await door.session;
  const words = (): void =>
    session.tell({ type: "safety", member: BOB.id, nick: BOB.nick, words: "one two" });
  io.type("/verify bob yes");
  await session.received(1);
  words();
  await io.shows(/^-- You have compared safety words with bob: \/who calls bob verified\.$/);
  assert.ok(!io.printed.some((line) => line.includes("one two")));
  io.type("/verify bob");
  await session.received(2);
  words();
  await io.shows(/one two/);
  io.type("/quit");
  await status;
});

Deno.test("LineMode shows public rooms and joins one by its name, and says what an account changes", async () => {
  const desk = fakeDesk({
    list: () =>
      Promise.resolve([{
        name: "Deno talk",
        topic: "tea",
        members: 2,
        invite: "http://h:1/#AVstA_jkTPfHe8O1ypBC5XiWXTB68zYc_BEjSDgVNRIENAtd6g",
      }]),
    invite: (code) =>
      code === "Deno talk" ? "http://h:1/#AVstA_jkTPfHe8O1ypBC5XiWXTB68zYc_BEjSDgVNRIENAtd6g" : undefined,
  });
  const { io, joins } = start(openDoor().entrance, { desk });
  await io.shows(/Type to talk/);
  io.type("/list");
  await io.shows(/#1 Deno talk \(2\): tea/);
  io.type("/login ada pw");
  const told = await io.shows(/Logged in/);
  assert.match(told, /as ada\. New connections .* until you quit\. This room's connection stays as it is\./);
  io.type("/join Deno talk");
  await io.shows(/Joining a public room of the relay's list/);
  assert.deepEqual(joins, [{ code: "http://h:1/#AVstA_jkTPfHe8O1ypBC5XiWXTB68zYc_BEjSDgVNRIENAtd6g" }]);
  io.type("/quit");
  assert.doesNotMatch(io.printed.join("\n"), /\bpw\b/);
});

Deno.test("LineMode says of every command of the full screen what to do in lines, and sends none of it", async () => {
  const door = openDoor();
  const { io, status } = start(door.entrance);
  const session = await door.session;
  await io.shows(/Type to talk/);
  for (const { name } of SCREEN_COMMANDS) {
    if (name === "burn") continue;
    io.type(name === "theme" ? "/theme dark" : `/${name}`, `/help ${name}`);
  }
  io.type("/burn now", "/brun", "/quit");
  assert.equal(await status, 0);
  assert.deepEqual(session.commands, []);
  const told = io.printed.join("\n");
  for (
    const words of [
      /Warnings stand among/,
      /nothing to mute/,
      /nothing to turn off/,
      /cannot be locked/,
      /have the colours/,
    ]
  ) {
    assert.equal(told.match(new RegExp(words, "g"))?.length, 2, `${words} in\n${told}`);
  }
  assert.match(told, /Cannot do \/burn like that/);
  assert.match(told, /did you mean \/burn\?/);
  assert.deepEqual([...OTHER_NAMES].sort(), SCREEN_COMMANDS.map(({ name }) => name).sort());
});

Deno.test("LineMode burns: keys are wiped and the others told before it ends, and what cannot be emptied is said", async () => {
  for (const clears of [true, false]) {
    const door = openDoor();
    const { io, status } = start(door.entrance);
    io.clears = clears;
    const session = await door.session;
    await io.shows(/Type to talk/);
    io.type("/burn");
    assert.equal(await status, 0);
    assert.ok(session.aborted);
    assert.equal(io.cleared, 1);
    assert.equal(io.printed.some((line) => /What has been printed stays/.test(line)), !clears);
  }
});
