import assert from "node:assert/strict";
import { ClientError } from "../client/errors.ts";
import { FakeClock, turns } from "../tests/helpers.ts";
import { BOB, type FakeIo, type FakeSession, ME, openDoor, startLineMode } from "./_fakes.ts";
import { helpText } from "./slash_commands.ts";

interface Talk {
  io: FakeIo;
  session: FakeSession;
  clock: FakeClock;
  status: Promise<number>;
  /** What has been printed since this was last asked, with the time of day left out. */
  fresh: () => Promise<string[]>;
}

const HELP = helpText("me");

async function talk(options: { interactive?: boolean } = {}): Promise<Talk> {
  const door = openDoor();
  const clock = new FakeClock();
  const { io, status } = startLineMode(door.entrance, { clock, ...options });
  const session = await door.session;
  await turns();
  let seen = io.printed.length;
  const fresh = async (): Promise<string[]> => {
    io.type("/help me"); // lines are carried out in order: what it prints comes after everything else
    await io.prints(() => io.printed.lastIndexOf(HELP) >= seen);
    const lines = io.printed.slice(seen, io.printed.lastIndexOf(HELP));
    seen = io.printed.length;
    return lines.map((line) => line.replace(/^\d\d:\d\d /, ""));
  };
  return { io, session, clock, status, fresh };
}

Deno.test("what is typed offline is shown at once as waiting, and gets its number when it has been sent", async () => {
  const { io, session, status, fresh } = await talk();
  io.type("before");
  assert.deepEqual(await fresh(), ["#1 alice: before"]);
  session.take({ command: "send", text: "before", ref: 1 });
  session.lose();
  io.type("one", "/me waves", "/msg bob two");
  assert.deepEqual(await fresh(), [
    "-- Reconnecting… (the connection was cut; next try in 2 s; 1 message waits)",
    "… alice: one (waits for the connection)",
    "… * alice waves (waits for the connection)",
    "… alice, to bob alone: two (waits for the connection)",
  ]);
  session.tell({
    type: "message",
    id: `${BOB.id}-1`,
    from: BOB,
    kind: "text",
    text: "missed",
    time: new Date().toISOString(),
    replyTo: null,
    to: null,
    gap: false,
  });
  session.back();
  assert.deepEqual(await fresh(), [
    "#2 bob: missed",
    "-- Back.",
    "#3 alice: one",
    "#4 * alice waves",
    "#5 alice, to bob alone: two",
    "-- 3 waiting messages were sent.",
  ]);
  assert.deepEqual(session.commands.map((each) => each.command), ["send", "send", "me", "msg"]);
  io.type("/edit #3 uno");
  assert.deepEqual(await fresh(), ["-- You changed #3: uno"]);
  assert.equal((session.commands.at(-1) as { id: string }).id, `${ME.id}-2`);
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("a typed emoji name goes out as the emoji, and what a pipe says as it is", async () => {
  const { io, session, status, fresh } = await talk();
  io.type("ready :thumbsup:", "`:thumbsup:`", "/react :tada:");
  assert.deepEqual(await fresh(), [
    "#1 alice: ready 👍",
    "#2 alice: `:thumbsup:`",
    "-- You reacted to the last message: 🎉",
  ]);
  io.type("/quit");
  assert.equal(await status, 0);
  assert.deepEqual(session.commands[0], { command: "send", text: "ready 👍", ref: 1 });
  const pipe = await talk({ interactive: false });
  pipe.io.type("ready :thumbsup:");
  pipe.io.give({ type: "end" });
  assert.equal(await pipe.status, 0);
  assert.deepEqual(pipe.session.commands[0], { command: "send", text: "ready :thumbsup:", ref: 1 });
});

Deno.test("hundreds of waiting lines do not stop a person from typing", async () => {
  const { io, session, status, fresh } = await talk();
  session.lose();
  io.type(...Array.from({ length: 300 }, (_, index) => `line ${index}`), "/who");
  await session.received(301);
  assert.equal((await fresh()).length, 301);
  session.back();
  const lines = await fresh();
  assert.equal(lines[1], "#1 alice: line 0");
  assert.equal(lines.at(-2), "#300 alice: line 299");
  assert.equal(lines.at(-1), "-- 300 waiting messages were sent.");
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("a pipe waits while too much is under way, and loses nothing", async () => {
  const { io, session, status } = await talk({ interactive: false });
  session.lose();
  io.type(...Array.from({ length: 300 }, (_, index) => `line ${index}`));
  io.give({ type: "end" });
  await session.received(256);
  await turns();
  assert.equal(session.commands.length, 256);
  session.back();
  assert.equal(await status, 0);
  assert.deepEqual(
    session.commands.map((each) => "text" in each && each.text),
    Array.from({ length: 300 }, (_, index) => `line ${index}`),
  );
});

Deno.test("a short loss that nobody noticed is not told of, nor what waited for it", async () => {
  const { io, session, clock, status, fresh } = await talk();
  io.type("just before");
  await fresh();
  session.lose();
  clock.advance(500);
  session.back();
  session.take({ command: "send", text: "just before", ref: 1 });
  assert.deepEqual(await fresh(), []);
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("what was under way when the connection went is told as sent, too", async () => {
  const { io, session, clock, status, fresh } = await talk();
  io.type("one", "two");
  await fresh();
  session.lose();
  clock.advance(1_000);
  assert.deepEqual(await fresh(), [
    "-- Reconnecting… (the connection was cut; next try in 1 s; 2 messages wait)",
  ]);
  session.back();
  session.take({ command: "send", text: "one", ref: 1 });
  assert.deepEqual(await fresh(), ["-- Back."]);
  session.take({ command: "send", text: "two", ref: 2 });
  assert.deepEqual(await fresh(), ["-- 2 waiting messages were sent."]);
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("a message that is refused offline is given back and does not wait", async () => {
  const { io, session, status, fresh } = await talk();
  session.lose();
  session.refusal = new ClientError("too_long", "Cannot send: the message is too long");
  io.type("very long");
  assert.deepEqual(await fresh(), ["-- Cannot send: the message is too long."]);
  assert.equal(io.putBackText, "very long");
  session.back();
  assert.deepEqual(await fresh(), []);
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("what is no message says that it waits, unless it needs no connection", async () => {
  const { io, session, status, fresh } = await talk();
  session.lose();
  io.type("/who", "/reconnect", "/topic tea");
  assert.deepEqual(await fresh(), [
    "-- Trying to reconnect now.",
    "-- Reconnecting… (the connection was cut; next try in 2 s)",
    "-- That waits for the connection.",
  ]);
  session.back();
  await fresh();
  io.type("/reconnect");
  assert.deepEqual(await fresh(), ["-- The connection is up; asking the relay, to be sure."]);
  io.type("/quit");
  assert.equal(await status, 0);
});

Deno.test("leaving offline says what it waits for, and leaves when it has been sent", async () => {
  const { io, session, clock, status, fresh } = await talk();
  session.lose();
  io.type("one", "two");
  await fresh();
  io.type("/quit");
  await turns();
  clock.advance(800);
  assert.equal(
    io.printed.at(-1),
    "-- Waiting for the connection to send 2 messages (next try in 2 s); Ctrl-C again to leave without them.",
  );
  clock.advance(3_600_000);
  await turns();
  assert.equal(session.left, false);
  session.back();
  assert.equal(await status, 0);
  assert.ok(session.left);
  assert.ok(io.printed.includes("-- 2 waiting messages were sent."));
});

Deno.test("Ctrl-C again leaves without what waits, says how much that is, and exits with 3", async () => {
  const { io, session, status, fresh } = await talk();
  session.lose();
  io.type("one");
  await fresh();
  io.give({ type: "interrupt" });
  await turns();
  io.give({ type: "interrupt" });
  assert.equal(await status, 3);
  assert.ok(session.aborted);
  assert.ok(io.printed.includes("-- 1 message was not sent."));
});

Deno.test("a session that gives up ends with its own sentence and status, and does not repeat each message", async () => {
  const { io, session, status, fresh } = await talk();
  session.lose();
  io.type("one", "two");
  await fresh();
  const message = "Gave up after 10 min without a connection: 2 messages were not sent";
  session.end({ status: 3, code: "gave_up", message });
  assert.equal(await status, 3);
  assert.equal(io.printed.at(-1), `-- ${message}.`);
  assert.ok(!io.printed.some((line) => /Cannot send|Not sent/.test(line)));
});

Deno.test("of more messages than are followed, the oldest are forgotten", async () => {
  const { io, session, clock } = await talk({ interactive: false });
  io.type(...Array.from({ length: 20_001 }, (_, index) => `line ${index}`));
  await session.received(20_001);
  await turns();
  session.lose();
  clock.advance(1_000);
  session.back();
  for (let ref = 2; ref <= 20_001; ref++) session.take({ command: "send", text: "", ref });
  assert.equal(io.printed.at(-1), "-- 20,000 waiting messages were sent.");
});
