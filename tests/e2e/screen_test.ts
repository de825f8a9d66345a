import assert from "node:assert/strict";
import { CLIENT, founded, isRestored, joined, onScreen } from "./_screen.ts";

const CHAT = /hello|astronaut|half a thought|code +\d{5}|alice:/;

onScreen("full screen: create, join by the spoken code, talk both ways, reply, quit", async (relay, open) => {
  const [alice, bob] = await Promise.all([open(), open()]);
  const code = await founded(alice, relay);
  await joined(bob, { relay, code, nick: "bob" });
  await alice.shows(/bob came in, let in by you/);
  await alice.shows(/● bob/); // in the list of members
  await alice.type("half a thought");
  await bob.line("hello 👩‍🚀 wörld");
  await alice.shows(/bob: hello 👩‍🚀 wörld/);
  await alice.shows(/› half a thought/); // what is being written is not disturbed
  await alice.press("Enter");
  await bob.shows(/alice: half a thought/);
  await alice.shows(/alice: half a thought ✓✓/);
  await bob.press("M-a");
  await bob.shows(/Answering alice #2/);
  await bob.line("a whole one");
  await alice.shows(/alice #2: half a thought[\s\S]*bob: a whole one/);
  await alice.line("/qiut");
  await alice.shows(/did\s[^/]*you mean \/quit\?/);
  await alice.press("C-u");
  await alice.line("/quit");
  await isRestored(alice, { status: 0, chat: CHAT });
  await bob.shows(/alice left\./);
  await bob.press("C-c");
  await isRestored(bob, { status: 0, chat: CHAT });
});

onScreen("full screen: a second room in a tab, drafts stay with their rooms", async (relay, open) => {
  const [alice, bob] = await Promise.all([open(), open({ columns: 120, rows: 40 })]);
  const code = await founded(alice, relay);
  await joined(bob, { relay, code, nick: "bob" });
  await alice.shows(/bob came in/);
  await bob.type("for the first room");
  await bob.press("C-u", "C-y");
  await bob.press("C-u");
  await bob.line("/join den secret");
  await bob.shows(/\[2 den\]/);
  await bob.shows(/You are in the room as bob\. Nobody else/);
  await bob.type("a draft in the den");
  await bob.press("M-1");
  await bob.shows(/\[1 alice\]/);
  await alice.line("hello there");
  await bob.shows(/alice: hello there/);
  await bob.press("M-2");
  await bob.shows(/› a draft in the den/);
  await alice.line("@bob are you there?");
  await bob.shows(/1 alice 1@1/); // unread, and it names us
  await bob.press("C-n");
  await bob.shows(/alice: @bob are you there\?/);
  await bob.press("M-2");
  await bob.shows(/› a draft in the den/);
  await bob.press("C-u");
  await bob.line("/leave");
  await bob.shows(/^(?![\s\S]*2 den)[\s\S]*alice: @bob are you there\?/);
  await bob.press("C-d");
  await isRestored(bob, { status: 0, chat: CHAT });
});

onScreen(
  "full screen: a relay that came with the first room goes on for the second, and says so",
  async (_, open) => {
    const [alice, bob] = await Promise.all([open(), open()]);
    await alice.line(`${CLIENT} host --port 0 --nick alice`);
    const [, relay = ""] = await alice.shows(/relay runs here, on (127\.0\.0\.1:\d+)/);
    await alice.shows(/● online/);
    await alice.line("/join den");
    await alice.shows(/\[2 den\][\s\S]*You are in the room/);
    await joined(bob, { relay, code: "den", nick: "bob" });
    await alice.shows(/bob came in/);
    await alice.press("M-1");
    await alice.shows(/\[1 /);
    await alice.line("/leave");
    await alice.shows(/bob came in[\s\S]*The room that brought this relay is closed; the\s/);
    await bob.line("hello on the same relay");
    await alice.shows(/bob: hello on the same relay/);
    await bob.line("/quit");
    await isRestored(bob, { status: 0, chat: CHAT });
    await alice.line("/quit");
    await isRestored(alice, { status: 0, chat: CHAT });
  },
);

onScreen("full screen: scrolling back and finding, while new messages come in", async (relay, open) => {
  const [alice, bob] = await Promise.all([open(), open()]);
  const code = await founded(alice, relay);
  await joined(bob, { relay, code, nick: "bob" });
  await alice.shows(/bob came in/);
  for (let i = 1; i <= 40; i++) await bob.line(`line number ${i}`);
  await alice.shows(/line number 40/);
  await alice.press("PPage", "PPage");
  await alice.shows(/scrolled back; PgDn or Ctrl-End for the newest/);
  assert.doesNotMatch(await alice.view(), /line number 40/);
  await bob.line("one more");
  await alice.shows(/1 new message/);
  await alice.press("C-f");
  await alice.type("number 3");
  await alice.press("Enter");
  await alice.shows(/Find: number 3/);
  await alice.shows(/line number 38/);
  await alice.press("Escape");
  await alice.shows(/› /);
  await alice.press("C-End");
  await alice.shows(/bob: one more/);
});

onScreen("full screen: narrow terminals of 40x15 and 20x5 can be used", async (relay, open) => {
  const [alice, bob] = await Promise.all([open({ columns: 40, rows: 15 }), open({ columns: 20, rows: 5 })]);
  await alice.line(`${CLIENT} join den --nick alice --relay ${relay}`);
  await alice.shows(/● online/);
  await bob.line(`${CLIENT} join den --nick bob --relay ${relay}`);
  await bob.shows(/confirmed/);
  await bob.line("hello");
  await alice.shows(/bob: hello/);
  assert.doesNotMatch(await alice.view(), /here\n/); // no list of members
  await alice.line("hello to you");
  await bob.shows(/hello to\s+│ you/);
  await bob.line("/quit");
  await isRestored(bob, { status: 0, chat: /hello|den/ }).catch(async (error) => {
    // The command itself stands there, cut by the narrow terminal.
    if (/hello/.test(await bob.screen())) throw error;
  });
  await alice.press("C-c");
  await isRestored(alice, { status: 0, chat: /hello/ });
});

onScreen("full screen: a storm of resizes leaves the screen whole", async (relay, open) => {
  const alice = await open();
  await founded(alice, relay);
  await alice.line("hello from before the storm");
  await alice.type("half a thought");
  for (let i = 0; i < 20; i++) {
    await alice.resize({ columns: 20 + (i * 37) % 120, rows: 5 + (i * 13) % 40 });
  }
  await alice.resize({ columns: 20, rows: 5 });
  await alice.shows(/› half a thought/);
  await alice.resize({ columns: 100, rows: 30 });
  await alice.shows(/hello from before the storm[\s\S]*● online[\s\S]*› half a thought/);
  const rows = (await alice.view()).split("\n");
  assert.equal(rows.filter((row) => row.includes("half a thought")).length, 1);
  assert.equal(rows.filter((row) => row.includes("● online")).length, 1);
  await alice.press("C-c");
  await isRestored(alice, { status: 0, chat: CHAT });
});

onScreen("full screen: Ctrl-Z gives the shell back, fg the chat", async (relay, open) => {
  const alice = await open();
  await founded(alice, relay);
  await alice.line("hello from before");
  await alice.shows(/alice: hello/);
  await alice.type("half a thought");
  await alice.shows(/› half/);
  await alice.press("C-z");
  await alice.shows(/ready\$\s*$/);
  assert.doesNotMatch(await alice.screen(), CHAT);
  assert.deepEqual(await alice.flags(), { alternate: false, cursor: true, mouse: false });
  await alice.line("fg");
  await alice.shows(/alice: hello from before[\s\S]*› half a thought/);
  await alice.press("C-u");
  await alice.line("hello from after");
  await alice.shows(/hello from after ✓/);
  await alice.press("C-c");
  await isRestored(alice, { status: 0, chat: CHAT });
});

for (const [signal, status] of [["SIGTERM", 0], ["SIGHUP", 129], ["SIGINT", 0]] as const) {
  onScreen(
    `full screen: ${signal} gives the terminal back with nothing of the chat on it`,
    async (relay, open) => {
      const alice = await open();
      await founded(alice, relay);
      await alice.line("hello to nobody");
      await alice.shows(/alice: hello/);
      Deno.kill(await alice.child(), signal);
      await isRestored(alice, { status, chat: CHAT });
    },
  );
}

for (const [fault, status] of [["throw", 1], ["reject", 1], ["exit", 7]] as const) {
  onScreen(
    `full screen: a fault (${fault}) gives the terminal back with nothing of the chat on it`,
    async (relay, open) => {
      const alice = await open();
      const client = CLIENT.replace("client.ts", `tests/e2e/_broken_client.ts ${fault}`);
      await alice.line(`${client} create --nick alice --relay ${relay}`);
      await alice.shows(/● online/);
      await alice.line("hello to nobody");
      await alice.shows(/alice: hello/);
      Deno.kill(await alice.child(), "SIGUSR1");
      await isRestored(alice, { status, chat: CHAT });
    },
  );
}

onScreen("full screen: needs no permission but the network, and asks for none", async (relay, open) => {
  const alice = await open();
  await alice.line(`${CLIENT.replace("-A", "--no-prompt --allow-net")} create --nick alice --relay ${relay}`);
  await alice.shows(/● online/);
  await alice.line("hello to nobody");
  await alice.shows(/alice: hello to nobody ✓/);
  await alice.line("/quit");
  await isRestored(alice, { status: 0, chat: CHAT });
});

onScreen(
  "full screen: -P=client reads no config without a word, and the one that is named once it may",
  async (relay, open) => {
    const config = await Deno.makeTempFile({ prefix: "sotto-config-" });
    try {
      await Deno.writeTextFile(config, "bel = off\n");
      const alice = await open();
      const client = (flags: string): string => CLIENT.replace("-A", `-P=client ${flags}`);
      await alice.line(`${client("")} create --nick alice --relay ${relay}`);
      await alice.shows(/● online/);
      await alice.line("/quit");
      await isRestored(alice, { status: 0, chat: CHAT });
      await alice.line(`clear; ${client("")} create --config ${config}`);
      const [, flag = ""] = await alice.shows(/Sotto may not\s+read it; put (--allow-read=\S+)\s+behind/);
      await isRestored(alice, { status: 2, chat: CHAT });
      await alice.line(`clear; ${client(flag)} create --config ${config}`);
      await alice.shows(/line 1: there is no setting "bel"/); // so it was read
      await isRestored(alice, { status: 2, chat: CHAT });
    } finally {
      await Deno.remove(config);
    }
  },
);

onScreen("full screen: asks for name and room when started without arguments", async (relay, open) => {
  const [alice, bob] = await Promise.all([open(), open()]);
  await alice.line(`${CLIENT} --relay ${relay}`);
  await alice.shows(/Your nickname/);
  await alice.line("alice");
  await alice.shows(/Invite, code or room name/);
  await alice.press("Enter");
  const [, code = ""] = await alice.shows(/code +(\d{5}(?:-[a-z]+){4})/);
  await alice.shows(/› Type to talk, Enter sends; \/invite shows/); // answers are no messages: the hint is still of use
  await bob.line(`${CLIENT} --relay ${relay}`);
  await bob.shows(/Your nickname/);
  await bob.line("bob");
  await bob.shows(/Invite, code or room name/);
  await bob.line(code);
  await bob.shows(/With you: alice/);
  await bob.press("C-c");
  await isRestored(bob, { status: 0, chat: /\d{5}-[a-z]+-/ });
});

onScreen(
  "full screen: a room that cannot be entered ends it with a sentence and the status",
  async (relay, open) => {
    const alice = await open();
    await alice.line(`${CLIENT} join den secret --nick alice --relay 127.0.0.1:9; echo status=$?`);
    await alice.shows(/Cannot reach [\s\S]*status=3/);
    await alice.line(`${CLIENT} join 12345-zzz-zzz-zzz-zzz --nick alice --relay ${relay}; echo status=$?`);
    await alice.shows(/Cannot [\s\S]*status=2/);
    assert.deepEqual(await alice.flags(), { alternate: false, cursor: true, mouse: false });
  },
);

onScreen("full screen: --lines, --plain, TERM=dumb and CI use lines", async (relay, open) => {
  const alice = await open();
  for (
    const start of [
      `${CLIENT} --lines`,
      `${CLIENT} --plain`,
      `TERM=dumb ${CLIENT}`,
      `CI=1 ${CLIENT.replace("-u CI ", "")}`,
    ]
  ) {
    await alice.line("clear");
    await alice.shows(/^ready\$\s*$/);
    await alice.line(`${start} create --nick alice --relay ${relay}`);
    await alice.shows(/Type to talk, \/help for commands, \/quit to leave/);
    assert.equal((await alice.flags()).alternate, false);
    await alice.line("/quit");
    await alice.shows(/You left the room\.\s+ready\$\s*$/);
  }
});
