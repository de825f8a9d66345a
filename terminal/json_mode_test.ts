import assert from "node:assert/strict";
import { ClientError } from "../client/errors.ts";
import { FakeClock, turns } from "../tests/helpers.ts";
import { BOB, type FakeDesk, fakeDesk, openDoor } from "./_fakes.ts";
import type { JoinWords } from "./join_words.ts";
import { JsonMode } from "./json_mode.ts";
import type { Entrance } from "./seat.ts";

/** Runs JSON mode over lines; null ends the input, which otherwise stays open. */
function start(
  first: Entrance,
  lines: (string | null)[],
  { join, isHere, again, clock, desk }: {
    join?: (words: JoinWords) => Entrance;
    isHere?: () => Promise<boolean>;
    again?: () => Promise<Entrance>;
    clock?: FakeClock;
    desk?: FakeDesk;
  } = {},
) {
  const out: Record<string, unknown>[] = [];
  const mode = new JsonMode({
    desk: desk ?? fakeDesk(),
    nextLine: () => {
      const line = lines.shift();
      return line === undefined ? new Promise<never>(() => {}) : Promise.resolve(line);
    },
    write: (line) => {
      assert.ok(!line.includes("\n"));
      out.push(JSON.parse(line));
    },
    first,
    join: (words) => (join ?? (() => openDoor().entrance))(words),
    ...(isHere === undefined ? {} : { isHere }),
    again: again ?? (() => Promise.reject(new ClientError("alone", "Cannot rejoin: you are alone here"))),
    ...(clock === undefined ? {} : { clock }),
  });
  return { out, mode, status: mode.run() };
}

const events = (out: Record<string, unknown>[]): unknown[] => out.map((line) => line["event"]);

Deno.test("JsonMode prints events with their type as event, and carries out commands with their ref", async () => {
  const door = openDoor();
  const { out, status } = start(door.entrance, [
    '{"command":"send","text":"héllo\\u001b","ref":"r1","unknown":1}',
    '{"command":"verify","member":"bob"}',
    '{"command":"topic","text":""}',
    null,
  ]);
  assert.equal(await status, 0);
  const { commands } = await door.session;
  assert.deepEqual(commands, [
    { command: "send", text: "héllo\x1b", ref: "r1" },
    { command: "verify", member: "bob" },
    { command: "topic", text: "" },
  ]);
  assert.deepEqual(events(out), ["joined", "ended"]);
  assert.deepEqual(out[1], { event: "ended", status: 0, code: "left", message: "You left the room" });
});

Deno.test("JsonMode prints text as it was written, safe by JSON alone", async () => {
  const door = openDoor();
  const { out, mode, status } = start(door.entrance, []);
  const session = await door.session;
  const text = "\x1b]52;c;x\x07 \u202e line\nbreak \ud800";
  session.tell({
    type: "message",
    id: "x-1",
    from: BOB,
    kind: "text",
    text,
    time: "2026-01-01T00:00:00Z",
    replyTo: null,
    to: null,
    gap: false,
  });
  await Promise.resolve();
  mode.interrupt();
  assert.equal(await status, 0);
  const message = out.find((line) => line["event"] === "message");
  assert.equal(message?.["text"], text);
  assert.deepEqual(message?.["from"], BOB);
});

for (
  const [line, why] of [
    ["nonsense", /not JSON/],
    ["[1]", /no JSON object/],
    ['{"text":"x"}', /"command" is missing/],
    ['{"command":"sned","text":"x"}', /did you mean \\?"send\\?"/],
    ['{"command":"send"}', /"text" of send must be a string/],
    ['{"command":"send","text":1}', /"text" of send/],
    ['{"command":"limit","limit":1.5}', /"limit" of limit/],
    ['{"command":"role","member":"bob"}', /"operator" of role must be true or false/],
    ['{"command":"__proto__"}', /no such command/],
  ] as const
) {
  Deno.test(`JsonMode refuses ${line} as bad_command and goes on`, async () => {
    const door = openDoor();
    const { out, status } = start(door.entrance, [line, '{"command":"who"}', null]);
    assert.equal(await status, 0);
    const error = out.find((each) => each["event"] === "error");
    assert.equal(error?.["code"], "bad_command");
    assert.match(String(error?.["message"]), why);
    assert.deepEqual((await door.session).commands, [{ command: "who" }]);
  });
}

Deno.test("JsonMode names the command and the ref that a refusal is about", async () => {
  const door = openDoor();
  const { out, mode, status } = start(async (hooks) => {
    await door.entrance(hooks);
    const session = await door.session;
    session.refusal = new ClientError("too_long", "Cannot send: too long");
    return session;
  }, ['{"command":"send","text":"x","ref":5}', null]);
  void mode;
  assert.equal(await status, 0);
  assert.deepEqual(out.find((each) => each["event"] === "error"), {
    event: "error",
    code: "too_long",
    message: "Cannot send: too long",
    command: "send",
    ref: 5,
  });
});

Deno.test("JsonMode names the message and the ref of a file that cannot be saved, and of a line with a mistake", async () => {
  const door = openDoor();
  const lines = [
    '{"command":"save","id":"a-1","path":"/no/such/folder/x","ref":7}',
    '{"command":"save","id":"a-2","ref":"r2"}',
    '{"command":"edit","id":"a-3","text":"x"}',
    '{"command":"sned","ref":"r4"}',
  ];
  const { out, status } = start(async (hooks) => {
    await door.entrance(hooks);
    const session = await door.session;
    session.refusal = new ClientError("not_yours", "Cannot change it: it is not yours");
    return session;
  }, [...lines, null]);
  assert.equal(await status, 0);
  const errors = out.filter((each) => each["event"] === "error");
  const about = errors.map(({ code, command, id, ref }) => [code, command, id, ref]);
  assert.deepEqual(about.sort((a, b) => String(a[2]) < String(b[2]) ? -1 : 1), [
    ["unwritable", "save", "a-1", 7],
    ["bad_command", "save", "a-2", "r2"],
    ["not_yours", "edit", "a-3", undefined],
    ["bad_command", undefined, undefined, undefined],
  ]);
});

Deno.test("JsonMode ends with the status of a refused entrance, after error and ended", async () => {
  const refused = new ClientError("unreachable", "Cannot reach the relay at h:1", { status: 3 });
  const { out, status } = start(() => Promise.reject(refused), []);
  assert.equal(await status, 3);
  assert.deepEqual(out, [
    { event: "error", code: "unreachable", message: "Cannot reach the relay at h:1" },
    { event: "ended", status: 3, code: "unreachable", message: "Cannot reach the relay at h:1" },
  ]);
});

Deno.test("JsonMode ends with the status of a session that ends by itself", async () => {
  const door = openDoor();
  const { status } = start(door.entrance, []);
  const session = await door.session;
  await Promise.resolve();
  session.end({ status: 1, code: "kicked", message: "You were put out" });
  assert.equal(await status, 1);
});

Deno.test("JsonMode keeps commands that come before the room is entered", async () => {
  const door = openDoor();
  const gate = Promise.withResolvers<void>();
  const { status } = start(async (hooks) => (await gate.promise, await door.entrance(hooks)), [
    '{"command":"send","text":"early"}',
    '{"command":"leave"}',
  ]);
  gate.resolve();
  assert.equal(await status, 0);
  const session = await door.session;
  assert.deepEqual(session.commands, [{ command: "send", text: "early" }]);
  assert.ok(session.left);
});

for (
  const [what, lines] of [["its input ends", [null]], ["it is told to leave", [
    '{"command":"leave"}',
  ]]] as const
) {
  Deno.test(`JsonMode stops waiting for company when ${what}`, async () => {
    const waiting: Entrance = ({ onEvent, signal }) => {
      onEvent({ type: "notice", code: "waiting", message: "Nobody is there yet" });
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    const { out, status } = start(waiting, [...lines]);
    assert.equal(await status, 0);
    assert.equal(out[0]?.["code"], "waiting");
  });
}

Deno.test("JsonMode joins another room and takes commands for it", async () => {
  const [one, two] = [openDoor(), openDoor()];
  const { status } = start(
    one.entrance,
    ['{"command":"join","code":"lobby"}', '{"command":"who"}', null],
    { join: () => two.entrance },
  );
  assert.equal(await status, 0);
  assert.ok((await one.session).left);
  assert.deepEqual((await two.session).commands, [{ command: "who" }]);
});

Deno.test("JsonMode stays in its room when the code of a join has a slip in it", async () => {
  const door = openDoor();
  const { out, status } = start(
    door.entrance,
    ['{"command":"join","code":"41793-copper-lemon"}', '{"command":"who"}', null],
    { join: () => assert.fail("the room was left") },
  );
  assert.equal(await status, 0);
  assert.deepEqual((await door.session).commands, [{ command: "who" }]);
  assert.equal(out.find((each) => each["event"] === "error")?.["code"], "bad_code");
});

Deno.test("JsonMode stays in its room when it is told to join that one", async () => {
  const door = openDoor();
  const { out, status } = start(
    door.entrance,
    ['{"command":"join","code":"lobby"}', '{"command":"who"}', null],
    { isHere: () => Promise.resolve(true), join: () => assert.fail("the room was left") },
  );
  assert.equal(await status, 0);
  assert.deepEqual((await door.session).commands, [{ command: "who" }]);
  assert.equal(out.find((each) => each["event"] === "error")?.["code"], "already_here");
});

Deno.test("JsonMode rejoins, or says why it cannot and goes on", async () => {
  const [one, two] = [openDoor(), openDoor()];
  const ways = [Promise.resolve(two.entrance)];
  const none = new ClientError("alone", "Cannot rejoin: you are alone here");
  const lines = ['{"command":"rejoin"}', '{"command":"rejoin"}', '{"command":"who"}', null];
  const { out, status } = start(one.entrance, lines, { again: () => ways.shift() ?? Promise.reject(none) });
  assert.equal(await status, 0);
  assert.ok((await one.session).left);
  assert.equal(out.find((line) => line["event"] === "error")?.["code"], "alone");
  assert.deepEqual((await two.session).commands, [{ command: "who" }]);
});

Deno.test("JsonMode passes on what happens to the connection and to each message", async () => {
  const door = openDoor();
  const lines: (string | null)[] = [];
  const { out, mode, status } = start(door.entrance, lines);
  const session = await door.session;
  await turns();
  session.lose({ retryMs: 250 });
  await session.run({ command: "reconnect" });
  void session.run({ command: "send", text: "x", ref: "r1" });
  session.back();
  await turns();
  mode.interrupt();
  assert.equal(await status, 0);
  assert.deepEqual(out.slice(1, 5), [
    {
      event: "connection",
      state: "reconnecting",
      reason: "the connection was cut",
      attempt: 1,
      retryMs: 250,
      unsent: 0,
    },
    { event: "pending", ref: "r1" },
    { event: "connection", state: "online", back: true },
    { event: "sent", id: out[4]?.["id"], ref: "r1" },
  ]);
});

Deno.test("JsonMode waits at the end of input for the connection, and says so", async () => {
  const door = openDoor();
  const clock = new FakeClock();
  const gate = Promise.withResolvers<void>();
  const lines = ['{"command":"send","text":"one"}', '{"command":"send","text":"two"}', null];
  const { out, status } = start(
    async (hooks) => {
      const session = await door.entrance(hooks);
      (await door.session).lose();
      await gate.promise;
      return session;
    },
    lines,
    { clock },
  );
  gate.resolve();
  const session = await door.session;
  await session.received(2);
  await turns();
  await clock.pass(3_600_000);
  assert.deepEqual(out.at(-1), {
    event: "notice",
    code: "waiting_to_send",
    message:
      "Waiting for the connection to send 2 messages (next try in 2 s); Ctrl-C again to leave without them.",
  });
  assert.equal(session.left, false);
  session.back();
  assert.equal(await status, 0);
});

Deno.test("JsonMode exits with 3 and says how much was not sent when it is told to go at once", async () => {
  const door = openDoor();
  const { out, mode, status } = start(door.entrance, [
    '{"command":"send","text":"one","ref":1}',
    '{"command":"send","text":"two","ref":2}',
  ]);
  const session = await door.session;
  session.lose();
  await session.received(2);
  mode.interrupt();
  await turns();
  mode.interrupt();
  assert.equal(await status, 3);
  const said = out.filter((line) => line["event"] === "error");
  assert.deepEqual(said, [{ event: "error", code: "unsent", message: "2 messages were not sent" }]);
  assert.equal(out.at(-1)?.["event"], "ended");
});

Deno.test("JsonMode ends with one sentence when the session gives up, and lets `ended` be the last word", async () => {
  const door = openDoor();
  const { out, mode, status } = start(door.entrance, ['{"command":"send","text":"one","ref":1}']);
  const session = await door.session;
  session.lose();
  await session.received(1);
  mode.interrupt();
  await turns();
  session.end({ status: 3, code: "gave_up", message: "Gave up: 1 message was not sent" });
  assert.equal(await status, 3);
  await turns();
  assert.equal(out.at(-1)?.["event"], "ended");
  assert.ok(!out.some((line) => line["event"] === "error"));
});

Deno.test("JsonMode leaves in the pipe what would pile up before the room is entered", async () => {
  const gate = Promise.withResolvers<void>();
  const door = openDoor();
  const lines = Array.from({ length: 3_000 }, (_, index) => `{"command":"send","text":"${index}"}`);
  const left = [...lines, null];
  const { status } = start(async (hooks) => (await gate.promise, await door.entrance(hooks)), left);
  await turns(20);
  assert.ok(left.length >= 1_900, `${left.length} lines left`);
  gate.resolve();
  assert.equal(await status, 0);
  const said = (await door.session).commands.map((each) => "text" in each && each.text);
  assert.deepEqual(said, lines.map((_, index) => String(index)));
});

Deno.test("JsonMode lists public rooms, joins one by its number, and tells of accounts and refusals", async () => {
  const rooms = [{
    name: "talk",
    topic: "",
    members: 2,
    invite: "http://h:1/#AVstA_jkTPfHe8O1ypBC5XiWXTB68zYc_BEjSDgVNRIENAtd6g",
  }];
  const joined: JoinWords[] = [];
  const { out, status } = start(openDoor().entrance, [
    '{"command":"list"}',
    '{"command":"register","name":"ada","password":"pw"}',
    '{"command":"login","name":"ada","password":"no"}',
    '{"command":"join","code":"#1"}',
    null,
  ], {
    desk: fakeDesk({
      list: () => Promise.resolve(rooms),
      login: () => Promise.reject(new ClientError("auth_failed", "Cannot log in: wrong")),
      invite: (code) =>
        code === "#1" ? "http://h:1/#AVstA_jkTPfHe8O1ypBC5XiWXTB68zYc_BEjSDgVNRIENAtd6g" : undefined,
    }),
    join: (words) => {
      joined.push(words);
      return openDoor().entrance;
    },
  });
  assert.equal(await status, 0);
  assert.deepEqual(out.find(({ event }) => event === "rooms"), { event: "rooms", rooms });
  assert.equal(out.find(({ code }) => code === "registered")?.["event"], "notice");
  assert.deepEqual(out.find(({ event }) => event === "error"), {
    event: "error",
    code: "auth_failed",
    message: "Cannot log in: wrong",
    command: "login",
  });
  assert.deepEqual(joined, [{ code: "http://h:1/#AVstA_jkTPfHe8O1ypBC5XiWXTB68zYc_BEjSDgVNRIENAtd6g" }]);
  assert.doesNotMatch(JSON.stringify(out), /"pw"/);
});

Deno.test("JsonMode waits while too much is under way, and loses nothing", async () => {
  const door = openDoor();
  const lines = Array.from({ length: 300 }, (_, index) => `{"command":"send","text":"${index}"}`);
  const { status } = start(async (hooks) => {
    const session = await door.entrance(hooks);
    (await door.session).lose();
    return session;
  }, [...lines, null]);
  const session = await door.session;
  await session.received(256);
  await turns();
  assert.equal(session.commands.length, 256);
  session.back();
  assert.equal(await status, 0);
  const said = session.commands.map((each) => "text" in each && each.text);
  assert.deepEqual(said, lines.map((_, index) => String(index)));
});
