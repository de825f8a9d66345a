import assert from "node:assert/strict";
import { ClientError } from "../../client/errors.ts";
import type { SessionEvent } from "../../client/events.ts";
import { BOB, fakeDesk, FakeSession, ME, openDoor } from "../_fakes.ts";
import { doors, startFullScreen as start } from "./_fake_screen.ts";

const ALT_LEFT = "\x1b[1;3D";
const ALT_ENTER = "\x1b\r";
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const UP = "\x1b[A";

let said = 0;
function bobSays(text: string, more: Partial<Extract<SessionEvent, { type: "message" }>> = {}): SessionEvent {
  return {
    type: "message",
    id: `${BOB.id}-${++said}`,
    from: BOB,
    kind: "text",
    text,
    time: "2026-01-01T12:00:00Z",
    replyTo: null,
    to: null,
    gap: false,
    ...more,
  };
}

Deno.test("the full screen says what is typed, and shows what becomes of it", async () => {
  const door = openDoor();
  const { terminal, line, shows, status } = start(door.entrance);
  const session = await door.session;
  await shows(/Type to talk/);
  line("hello");
  const [command] = await session.received(1);
  assert.deepEqual(command, { command: "send", text: "hello", ref: 1 });
  await shows(/alice: hello …/);
  session.tell({ type: "sent", id: `${ME.id}-1`, ref: 1 });
  await shows(/alice: hello ✓/);
  session.tell({ type: "delivered", id: `${ME.id}-1`, to: BOB.id });
  await shows(/alice: hello ✓✓/);
  session.tell(bobSays("hi"));
  await shows(/bob: hi/);
  line("/quit");
  assert.equal(await status, 0);
  assert.ok(session.left);
  assert.ok(!terminal.taken);
});

Deno.test("the full screen puts emoji in place of their names, but not in code", async () => {
  const door = openDoor();
  const { line, shows, status } = start(door.entrance);
  const session = await door.session;
  await shows(/Type to talk/);
  line("ready :thumbsup: `:thumbsup:`");
  const [command] = await session.received(1);
  assert.deepEqual(command, { command: "send", text: "ready 👍 `:thumbsup:`", ref: 1 });
  await shows(/alice: ready 👍 :thumbsup:/);
  line("/quit");
  assert.equal(await status, 0);
});

Deno.test("Tab completes the path of a file to be offered", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/plan.txt`, "x");
    const door = openDoor();
    const { terminal, shows, status } = start(door.entrance);
    await shows(/Type to talk/);
    terminal.type(`/file ${folder}/pl\t`);
    await shows(/plan\.txt/);
    terminal.type("\x15" + CTRL_C);
    assert.equal(await status, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the full screen joins further rooms in tabs, and /leave closes one", async () => {
  const [one, two] = doors(2);
  assert.ok(one !== undefined && two !== undefined);
  const { app, terminal, line, shows, joins, status } = start(one.entrance, { join: () => two.entrance });
  await shows(/Type to talk/);
  line("/join lobby secret");
  await shows(/\[2 lobby\]/);
  assert.deepEqual(joins, [{ code: "lobby", password: "secret" }]);
  const second = await two.session;
  const first = await one.session;
  assert.ok(!first.left);
  line("in the second");
  await second.received(1);
  first.tell(bobSays("unseen"));
  await shows(/1 bob 1 /);
  terminal.type("half a thought");
  terminal.type(ALT_LEFT);
  await shows(/bob: unseen/);
  assert.doesNotMatch(await shows(/›[^\n]*/), /half/);
  terminal.type("\x1b2"); // Alt-2
  await shows(/› half a thought/);
  terminal.type("\x15"); // Ctrl-U
  line("/leave");
  await shows(/bob: unseen/);
  assert.ok(second.left);
  assert.equal(app.tabs.count, 1);
  line("/quit");
  assert.equal(await status, 0);
});

Deno.test("joining a room that one is in brings its tab to the front, and opens none", async () => {
  const [one, two] = doors(2);
  assert.ok(one !== undefined && two !== undefined);
  const { app, line, shows, joins, status } = start(one.entrance, {
    join: () => two.entrance,
    inTab: ({ code }) => code === "den" ? 1 : undefined,
  });
  await shows(/Type to talk/);
  line("/join lobby");
  await shows(/\[2 lobby\]/);
  await two.session;
  line("/join den");
  await shows(/You are in this room already\./);
  assert.deepEqual([app.tabs.count, app.tabs.index, joins.length], [2, 0, 1]);
  line("/quit");
  assert.equal(await status, 0);
});

Deno.test("a room that refuses closes its tab, says why in the one before, and gives the line back", async () => {
  const door = openDoor();
  const refused = new ClientError("wrong_code", "Cannot join: the code is wrong");
  const { app, terminal, line, shows, status } = start(door.entrance, {
    join: () => () => Promise.reject(refused),
  });
  await shows(/Type to talk/);
  line("/join 12345-a-b-c-d");
  await shows(/the code is wrong\./);
  await shows(/› \/join 12345-a-b-c-d/);
  assert.equal(app.tabs.count, 1);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("a first room that refuses ends the full screen, and the reason is said on the shell's screen", async () => {
  const { app, terminal, status } = start(() =>
    Promise.reject(new ClientError("room_full", "Cannot join: the room is full"))
  );
  assert.equal(await status, 1);
  assert.deepEqual(app.words, ["Cannot join: the room is full."]);
  assert.ok(!terminal.taken);
});

Deno.test("the full screen gives a refused text back to the composer, and does not show it as said", async () => {
  const door = openDoor();
  const { line, shows, text, status, terminal } = start(door.entrance);
  await shows(/Type to talk/);
  (await door.session).refusal = new ClientError("too_long", "Cannot send: the message is too long");
  line("very long");
  await shows(/the message is too long\./);
  await shows(/› very long/);
  assert.doesNotMatch(await text(), /alice: very long/);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("what is refused while something else is being written is shown, and not lost", async () => {
  const door = openDoor();
  const { line, shows, status, terminal } = start(door.entrance);
  const session = await door.session;
  await shows(/Type to talk/);
  const refusal = Promise.withResolvers<void>();
  session.run = () => refusal.promise;
  line("the first");
  terminal.type("the second");
  await shows(/› the second/);
  refusal.reject(new ClientError("rate_limited", "Cannot send: too fast"));
  await shows(/too fast\. Not sent: the first/);
  await shows(/› the second/);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("/rejoin leaves and enters the same room in its tab, and says so when that fails", async () => {
  const [one, two] = doors(2);
  assert.ok(one !== undefined && two !== undefined);
  const ways = [
    two.entrance,
    () => Promise.reject(new ClientError("gone", "Cannot join: the room has gone")),
  ];
  const { app, line, shows, until, status, terminal } = start(one.entrance, {
    again: () => Promise.resolve(ways.shift() ?? one.entrance),
  });
  await shows(/Type to talk/);
  line("/rejoin");
  const second = await two.session;
  assert.ok((await one.session).left);
  await until(() => app.tabs.current?.seat.session === second);
  assert.equal(app.tabs.count, 1);
  line("/rejoin");
  await shows(/the room has gone\.[\s\S]*You are in no room now/);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("every command of line mode is carried out on the full screen", async () => {
  const door = openDoor();
  const { line, shows, status, terminal, clock } = start(door.entrance, {
    desk: fakeDesk({
      login: () => Promise.reject(new ClientError("auth_failed", "Cannot log in: wrong password")),
    }),
  });
  const session = await door.session;
  await shows(/Type to talk/);
  session.tell(bobSays("to be answered"));
  await shows(/to be answered/);
  const typed = [
    "/me waves",
    "/msg bob psst",
    "/reply #1 yes",
    "/react #1 👍",
    "/nick alicia",
    "/topic tea",
    "/lock",
    "/unlock",
    "/limit 4",
    "/kick bob",
    "/role bob operator",
    "/public Tea",
    "/private",
    "/reconnect",
  ];
  for (const one of typed) line(one);
  const names = (await session.received(typed.length)).map(({ command }) => `/${command}`);
  for (const one of typed) assert.ok(names.includes(one.split(" ")[0] ?? ""), one);
  line("/register ada secret");
  await shows(/The account ada is yours/);
  line("/login ada secret");
  await shows(/wrong password\./);
  line("/list");
  await shows(/No public rooms at/);
  line("/help kick");
  await shows(/put a member out/);
  terminal.type("\x1b");
  clock.advance(100); // a lone Escape takes a moment
  await shows(/› /);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("Ctrl-C leaves all rooms in order, and at once when pressed again", async () => {
  const [one, two] = doors(2);
  assert.ok(one !== undefined && two !== undefined);
  const { terminal, line, shows, until, status } = start(one.entrance, { join: () => two.entrance });
  await shows(/Type to talk/);
  line("/join den");
  await shows(/\[2 den\]/);
  const [first, second] = await Promise.all([one.session, two.session]);
  let leaving = false;
  second.leave = () => (leaving = true, new Promise(() => {})); // somebody does not answer
  terminal.type(CTRL_C);
  await until(() => leaving);
  terminal.type(CTRL_C);
  assert.equal(await status, 130);
  assert.ok(first.left && second.aborted);
  assert.ok(!terminal.taken);
});

Deno.test("what waits for the connection is not thrown away without a word", async () => {
  const door = openDoor();
  const { app, terminal, line, shows, status } = start(door.entrance);
  const session = await door.session;
  await shows(/Type to talk/);
  session.lose();
  line("one");
  await session.received(1);
  await shows(/alice: one … waits/);
  await shows(/reconnecting/);
  terminal.type(CTRL_C);
  await shows(/Waiting for the connection to send 1 message/);
  terminal.type(CTRL_C);
  assert.equal(await status, 3);
  assert.deepEqual(app.words, ["1 message was not sent."]);
});

Deno.test("a session that ends leaves its tab to be read, and its status to the end", async () => {
  const door = openDoor();
  const { terminal, line, shows, status } = start(door.entrance);
  const session = await door.session;
  session.tell(bobSays("goodbye"));
  await shows(/bob: goodbye/);
  session.end({ status: 1, code: "kicked", message: "You were put out of the room by bob" });
  await shows(/You were put out of the room by bob\./);
  await shows(/bob: goodbye/);
  line("hello");
  await shows(/you are in no room/);
  terminal.type(CTRL_C);
  assert.equal(await status, 1);
});

Deno.test("a founder gives way to the older room of its name in the same tab", async () => {
  const [one, two] = doors(2);
  assert.ok(one !== undefined && two !== undefined);
  const { app, shows, until, terminal, status } = start(one.entrance, { byName: () => two.entrance });
  const first = await one.session;
  await shows(/Type to talk/);
  first.end({ status: 1, code: "older_room", message: "An older room of this name has come back" });
  const second = await two.session;
  await until(() => app.tabs.current?.seat.session === second);
  assert.equal(app.tabs.count, 1);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("a message is answered with Alt-A, and one's own is changed with Alt-E", async () => {
  const door = openDoor();
  const { terminal, line, shows, status } = start(door.entrance);
  const session = await door.session;
  const event = bobSays("who comes?");
  session.tell(event);
  await shows(/bob: who comes\?/);
  terminal.type("\x1ba");
  await shows(/Answering bob #1/);
  line("I do");
  const id = event.type === "message" ? event.id : "";
  assert.deepEqual((await session.received(1))[0], { command: "reply", text: "I do", id, ref: 2 });
  session.tell({ type: "sent", id: `${ME.id}-1`, ref: 2 });
  await shows(/alice: I do ✓/);
  terminal.type("half");
  terminal.type("\x1be");
  await shows(/Changing your message #2/);
  await shows(/› I do/);
  line(", surely");
  await shows(/› half/); // the draft is there again
  const commands = await session.received(2);
  const edit = commands.find(({ command }) => command === "edit");
  assert.deepEqual(edit, { command: "edit", text: "I do, surely", id: `${ME.id}-1` });
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("Ctrl-D on an empty line leaves, on a written one it does not", async () => {
  const door = openDoor();
  const { terminal, shows, status } = start(door.entrance);
  await shows(/Type to talk/);
  terminal.type("ab\x01"); // Ctrl-A
  terminal.type(CTRL_D);
  await shows(/› b/);
  terminal.type("\x05\x15"); // Ctrl-E, Ctrl-U
  terminal.type(CTRL_D);
  assert.equal(await status, 0);
  assert.ok((await door.session).left);
});

Deno.test("Alt-Enter begins a line, Up brings back what was sent, a long paste is asked about", async () => {
  const door = openDoor();
  const { terminal, line, shows, status, text } = start(door.entrance);
  const session = await door.session;
  await shows(/Type to talk/);
  terminal.type(`one${ALT_ENTER}two`);
  await shows(/› one\n {2}two/);
  line("");
  assert.deepEqual((await session.received(1))[0], { command: "send", text: "one\ntwo", ref: 1 });
  terminal.type(UP);
  await shows(/› one\n {2}two/);
  terminal.type("\x15\x1b[A\x15\x15\x1b[3~"); // rid of it all
  terminal.type("\x0b");
  const lines = Array.from({ length: 9 }, (_, i) => `line ${i}`).join("\r");
  terminal.type(`\x1b[200~${lines}\x1b[201~`);
  await shows(/Paste 9 lines/);
  terminal.type("n");
  await shows(/Type to talk|›/);
  assert.doesNotMatch(await text(), /line 8/);
  terminal.type(`\x1b[200~${lines}\x1b[201~`);
  await shows(/Paste 9 lines/);
  terminal.type("y");
  await shows(/line 8/);
  assert.equal(session.commands.filter(({ command }) => command === "send").length, 1);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("questions of the start are asked on the full screen, and a password is not shown", async () => {
  const answers: (string | null)[] = [];
  const { terminal, shows, status, text, line } = start(openDoor().entrance, {
    begin: async (io) => {
      answers.push(await io.ask("Your nickname: "));
      io.print("That name is taken.");
      answers.push(await io.ask("Password: ", { secret: true }));
      return null;
    },
  });
  await shows(/Your nickname:/);
  line("alice");
  await shows(/That name is taken\./);
  await shows(/Password:/);
  terminal.type("hunter2");
  await shows(/not shown/);
  assert.doesNotMatch(await text(), /hunter2/);
  line("");
  assert.equal(await status, 0);
  assert.deepEqual(answers, ["alice", "hunter2"]);
});

Deno.test("what is typed before there is a room is not lost", async () => {
  const door = openDoor();
  const gate = Promise.withResolvers<void>();
  const started = start(door.entrance, {
    begin: async (io) => {
      await gate.promise;
      assert.equal(await io.ask("Your nickname: "), "alice");
      return null;
    },
  });
  await started.shows(/Sotto is starting/);
  started.line("alice");
  await started.shows(/Sotto is starting/);
  gate.resolve();
  assert.equal(await started.status, 0);
});

Deno.test("of what is typed before there is a room the first 500 keys are kept", async () => {
  const gate = Promise.withResolvers<void>();
  let answer: string | null = null;
  const { terminal, shows, line, status } = start(openDoor().entrance, {
    begin: async (io) => {
      await gate.promise;
      answer = await io.ask("Your nickname: ");
      return null;
    },
  });
  await shows(/Sotto is starting/);
  for (const key of "x".repeat(499) + "yz") terminal.type(key);
  await shows(/Sotto is starting/);
  gate.resolve();
  await shows(/Your nickname:/);
  line("");
  assert.equal(await status, 0);
  assert.equal(answer, "x".repeat(499) + "y");
});

Deno.test("a flood of messages leaves the composer responsive, and paints few frames", async () => {
  const door = openDoor();
  const { terminal, shows, status } = start(door.entrance);
  const session = await door.session;
  await shows(/Type to talk/);
  const before = terminal.emulator.writes.length;
  for (let i = 0; i < 2_000; i++) session.tell(bobSays(`message ${i}`));
  terminal.type("x");
  await shows(/› x/);
  await shows(/message 1999/);
  assert.ok(terminal.emulator.writes.length - before < 10);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("a fault in a handler gives the terminal back and ends the full screen", async () => {
  const door = openDoor();
  const { app, terminal, shows, status } = start(door.entrance);
  await shows(/Type to talk/);
  const fault = new TypeError("broken");
  app.bind("members", () => {
    throw fault;
  });
  terminal.type("\x1bOQ"); // F2
  await assert.rejects(status, fault);
  assert.ok(!terminal.taken);
});

Deno.test("a terminal that goes away ends the sessions at once", async () => {
  const door = openDoor();
  const { terminal, shows, status } = start(door.entrance);
  await shows(/Type to talk/);
  terminal.hangUp();
  assert.equal(await status, 129);
  assert.ok((await door.session).aborted);
});

Deno.test("wiping leaves nothing of what was said or written, on the screen or behind it", async () => {
  const door = openDoor();
  const { app, terminal, shows, text, status } = start(door.entrance);
  const session = await door.session;
  session.tell(bobSays("secret plans"));
  await shows(/secret plans/);
  terminal.type("my draft");
  await shows(/my draft/);
  const tab = app.tabs.current;
  app.wipe();
  assert.equal(tab?.model.entries.length, 0);
  assert.equal(tab?.composer.text.text, "");
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
  assert.doesNotMatch(await text(), /secret|draft/);
});

Deno.test("what deserves attention is told with where the user looks", async () => {
  const door = openDoor();
  const told: [string, boolean][] = [];
  const { terminal, shows, until, status } = start(door.entrance, {
    attention: (news, { focused }) => told.push([news.kind, focused]),
  });
  const session = await door.session;
  await shows(/Type to talk/);
  session.tell(bobSays("one"));
  terminal.type("\x1b[O"); // focus lost
  await shows(/Type to talk/);
  session.tell(bobSays("alice: two"));
  await until(() => told.length === 2);
  assert.deepEqual(told, [["message", true], ["mention", false]]);
  await shows(/1 unread/);
  terminal.type("\x1b[I");
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("what comes in right after the focus was lost is unread, also before the next frame", async () => {
  const door = openDoor();
  const { app, terminal, shows, status } = start(door.entrance);
  const session = await door.session;
  await shows(/Type to talk/);
  app.setFocus(false);
  session.tell(bobSays("one"));
  assert.equal(app.tabs.current?.model.unread, 1);
  app.setFocus(true);
  await shows(/bob: one/);
  assert.equal(app.tabs.current?.model.unread, 0);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("Escape and a command typed right behind it are two keys, where Alt-/ is not bound", async () => {
  const door = openDoor();
  const { terminal, shows, status } = start(door.entrance);
  const session = await door.session;
  await shows(/Type to talk/);
  terminal.type("/help\r");
  await shows(/Esc: close/);
  terminal.type("\x1b/nick ally\r");
  const [command] = await session.received(1);
  assert.deepEqual(command, { command: "nick", nick: "ally" });
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("every size from 20x5 to 400x120 can be painted", async () => {
  for (const size of [{ columns: 20, rows: 5 }, { columns: 40, rows: 15 }, { columns: 400, rows: 120 }]) {
    const door = openDoor();
    const { terminal, shows, status } = start(door.entrance, { size });
    const session = await door.session;
    session.tell(bobSays("hello there"));
    await shows(/hello/);
    terminal.type("draft");
    await shows(/› draft/);
    await terminal.emulator.resize({ columns: 33, rows: 9 });
    terminal.onResize();
    await shows(/› draft/);
    terminal.type(CTRL_C);
    assert.equal(await status, 0);
  }
});

Deno.test("a session that is opened after the user has given up is left", async () => {
  const gate = Promise.withResolvers<void>();
  let session: FakeSession | undefined;
  const { terminal, shows, status, until } = start(async (hooks) => {
    await gate.promise;
    return session = new FakeSession(hooks);
  });
  await shows(/./);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
  gate.resolve();
  await until(() => session?.left === true);
});
