import assert from "node:assert/strict";
import type { SessionEvent } from "../../client/events.ts";
import { BOB, type FakeSession, openDoor } from "../_fakes.ts";
import { doors, type FakeScreenOptions, type StartedScreen, startFullScreen } from "./_fake_screen.ts";
import { pressed } from "./overlays/_keys.ts";
import { Discretion, type DiscretionOptions } from "./discretion.ts";

const CTRL_L = "\x0c";
const CTRL_C = "\x03";
const CTRL_X = "\x18";
const F12 = "\x1b[24~";
const ESC = "\x1b";

/** A full screen with discretion, and a room in which bob has said something. */
async function start(
  over: Partial<DiscretionOptions> = {},
  options: FakeScreenOptions = {},
): Promise<StartedScreen & { session: FakeSession }> {
  const door = openDoor();
  const started = startFullScreen(door.entrance, {
    ...options,
    discretion: (clock) =>
      new Discretion({
        clock,
        lockMs: null,
        notify: "osc9",
        hash: (secret) => Promise.resolve(Uint8Array.from(secret)), // quick; the true one is tested by itself
        ...over,
      }),
  });
  const session = await door.session;
  session.tell(bobSays("the secret plan"));
  await started.shows(/the secret plan/);
  return { ...started, session };
}

let said = 0;
function bobSays(text: string): SessionEvent {
  const id = `${BOB.id}-${++said}`;
  const rest = { time: "2026-01-01T12:00:00Z", replyTo: null, to: null, gap: false };
  return { type: "message", id, from: BOB, kind: "text", text, ...rest };
}

const ALARM: SessionEvent = { type: "split_view", id: BOB.id, nick: BOB.nick, witness: "carol" };

Deno.test("Ctrl-L asks for a passphrase the first time, and then nothing of the chat is on the screen", async () => {
  const { terminal, shows, text, status, session } = await start();
  terminal.type(CTRL_L);
  await shows(/New passphrase/);
  terminal.type("sesame\r");
  await shows(/Once more/);
  terminal.type("sesame\r");
  await shows(/Sotto is locked/);
  assert.doesNotMatch(await text(), /secret|bob/);
  session.tell(bobSays("another secret"));
  terminal.type("wrong\r");
  await shows(/1 wrong try so far/);
  assert.doesNotMatch(await text(), /secret|bob/);
  terminal.type("sesame\r");
  await shows(/another secret/);
  await shows(/there was 1 try with/);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("neither Ctrl-C nor any key gets past a locked screen; Ctrl-C leaves in order, still blank", async () => {
  const { app, terminal, shows, text, status } = await start();
  terminal.type(`${CTRL_L}`);
  await shows(/New passphrase/);
  terminal.type("x\r");
  await shows(/Once more/);
  terminal.type("x\r");
  await shows(/Sotto is locked/);
  for (const key of [ESC, "\x1bOP", "\x1b[5~", "\x06", "?", "\r", "\x0e", "\x1b1"]) {
    terminal.type(key);
    assert.doesNotMatch(await text(), /secret/);
  }
  await shows(/Sotto is locked/);
  assert.equal(app.overlays.all.length, 0);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
  assert.doesNotMatch(await text(), /secret/);
});

Deno.test("the screen locks by itself after the time that was said, and hides if there is no passphrase", async () => {
  const { terminal, shows, text, status } = await start({ lockMs: 10_000 });
  await shows(/Sotto is hidden/); // every look lets time pass
  assert.doesNotMatch(await text(), /secret/);
  terminal.type("\r");
  await shows(/the secret plan/);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("after /burn no model, draft, history or window holds any text, keys are wiped, and the screen is clear", async () => {
  const [first, second] = doors(2);
  assert.ok(first !== undefined && second !== undefined);
  const started = await start({}, { join: () => second.entrance });
  const { app, terminal, line, shows, text, status, session } = started;
  line("my own secret");
  await shows(/my own secret/);
  line("/join 41793-copper-lagoon-ember-quartz");
  const other = await second.session;
  other.tell(bobSays("a secret elsewhere"));
  await shows(/a secret elsewhere/);
  terminal.type("a secret draft");
  await shows(/a secret draft/);
  terminal.type("\x15"); // cut: it is in the kill ring now
  const tabs = [...app.tabs.all];
  line("/burn");
  assert.equal(await status, 0);
  assert.ok(session.aborted && other.aborted, "keys of every session");
  assert.ok(!terminal.taken);
  assert.equal((await text()).trim(), "");
  for (const { model, composer, label } of tabs) {
    assert.equal(model.entries.length, 0);
    assert.deepEqual([model.members.length, model.topic, label, composer.text.text], [0, "", "", ""]);
    composer.text.apply("yank");
    composer.text.apply("undo");
    composer.key(pressed("p", { ctrl: true }), "history_older");
    assert.equal(composer.text.text, "");
  }
  assert.deepEqual(app.words, []);
});

for (const [name, keys] of [["F12", F12], ["Ctrl-X Ctrl-X", CTRL_X + CTRL_X]] as const) {
  Deno.test(`${name} burns at once, also while a window is open and while the screen is locked`, async () => {
    for (const before of ["/help\r", "/lockscreen\r\r", "half a message"]) {
      const { terminal, session, shows, text, status } = await start();
      terminal.type(before);
      await shows(
        before.startsWith("/h") ? /Commands/ : before.startsWith("/l") ? /hidden/ : /half a message/,
      );
      terminal.type(keys);
      assert.equal(await status, 0);
      assert.ok(session.aborted);
      assert.equal((await text()).trim(), "");
    }
  });
}

Deno.test("an alarm holds back what is said until it has been read; the text is kept", async () => {
  const { app, terminal, line, shows, status, session } = await start();
  session.tell(ALARM);
  await shows(/!! You and carol have been shown different messages/);
  line("is this safe?");
  await shows(/YOU SEE DIFFERENT MESSAGES/);
  await shows(/has not been sent/);
  assert.ok(session.commands.every(({ command }) => command !== "send"));
  terminal.type("\r");
  terminal.type(ESC);
  await shows(/is this safe\?/);
  assert.equal(app.tabs.current?.model.trust.alarms.length, 1, "still there");
  terminal.type("\r");
  await shows(/YOU SEE DIFFERENT MESSAGES/);
  terminal.type("seen\r");
  await shows(/is this safe\?/);
  assert.equal(app.tabs.current?.model.trust.alarms.length, 0);
  terminal.type("\r");
  await session.received(1);
  await shows(/alice: is this safe\?/);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("commands still work while an alarm stands, so that one can verify or leave", async () => {
  const { line, shows, status, session } = await start();
  session.tell(ALARM);
  await shows(/!! You and carol/);
  line("/verify bob");
  const asked = await session.received(1);
  assert.deepEqual(asked.at(-1), { command: "verify", member: "bob" });
  line("/quit");
  assert.equal(await status, 0);
});

Deno.test("/verify shows the words in a window, and y there marks the member", async () => {
  const { terminal, line, shows, status, session } = await start();
  const words =
    "abstract accident champion chemical children decorate discover electric envelope evidence exchange exercise";
  line("/verify bob");
  await session.received(1);
  session.tell({ type: "safety", member: BOB.id, nick: BOB.nick, words });
  await shows(/Are you talking to bob\?/);
  await shows(/abstract +accident +champion/);
  terminal.type("y");
  const marked = await session.received(2);
  assert.deepEqual(marked.at(-1), { command: "verify", member: BOB.id, mark: true });
  await shows(/the secret plan/);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});

Deno.test("a muted room and do-not-disturb are told of, and a wrong word is refused", async () => {
  const { line, shows, status } = await start();
  line("/mute");
  await shows(/This room rings no more[\s\S]*● online.* muted/);
  line("/dnd on");
  await shows(/Nothing rings now in any room[\s\S]*● online.* do not disturb/);
  line("/burn now");
  await shows(/Cannot do \/burn like that/);
  line("\x15/dnd off"); // the refused line stands in the composer again
  await shows(/Rooms ring again/);
  line("/quit");
  assert.equal(await status, 0);
});

Deno.test("a message for us rings when the terminal is not looked at, without a name or a word of it", async () => {
  const { app, terminal, shows, until, status, session } = await start();
  const aside: string[] = [];
  app.writeAside = (sequence) => void aside.push(sequence);
  session.tell(bobSays("alice: looking"));
  await shows(/alice: looking/);
  assert.deepEqual(aside, []);
  terminal.type("\x1b[O"); // the focus is lost
  await until(() => !app.focused);
  session.tell(bobSays("alice: not looking"));
  await until(() => aside.length > 0);
  assert.deepEqual(aside, ["\x1b]9;Sotto: somebody named you\x1b\\\x07"]);
  terminal.type(CTRL_C);
  assert.equal(await status, 0);
});
