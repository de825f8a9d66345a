import assert from "node:assert/strict";
import { openRelay } from "../../relay/open_relay.ts";
import { ROOT } from "./_client_process.ts";
import { HAS_TMUX, Terminal } from "./_tmux.ts";

/** Runs a test with a relay and terminals; both are closed whatever happens. */
function transcript(
  name: string,
  test: (relay: string, open: () => Promise<Terminal>) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: !HAS_TMUX,
    fn: async () => {
      const relay = await openRelay({ port: 0 });
      await using stack = new AsyncDisposableStack();
      stack.defer(() => relay.close());
      await test(`127.0.0.1:${relay.port}`, async () =>
        stack.use(await Terminal.open({ cwd: ROOT, columns: 100 })));
    },
  });
}

const CLIENT = `${Deno.execPath()} run -A client.ts --lines`;

/** Founds a room and gives its spoken code. */
async function founded(terminal: Terminal, relay: string): Promise<string> {
  await terminal.line(`${CLIENT} create --nick alice --relay ${relay}`);
  await terminal.shows(/Type to talk/);
  return (await terminal.shows(/code +(\d{5}(?:-[a-z]+){4})/))[1] ?? "";
}

/** The shell is back, and the terminal is as it was. */
async function isRestored(terminal: Terminal): Promise<void> {
  await terminal.shows(/ready\$\s*$/); // what is typed before it would go to the client
  await terminal.line("echo status=$? $(stty -a | grep -o -e '[-]*icanon' -e '[-]*echo ' -e '[-]*isig')");
  const [, modes] = await terminal.shows(/^status=\d+ (.*)$/m);
  assert.deepEqual(modes?.split(/\s+/).filter((mode) => mode !== "").sort(), ["echo", "icanon", "isig"]);
}

transcript("line mode: create, join by the spoken code, talk, quit", async (relay, open) => {
  const [alice, bob] = await Promise.all([open(), open()]);
  const code = await founded(alice, relay);
  await alice.shows(/invite +http:\/\/127\.0\.0\.1:\d+\/#/);
  await alice.shows(/█▀▀▀▀▀█|█ ▄▄▄▄▄ █/); // a corner of the QR code, with colours or without
  await bob.line(`${CLIENT} join ${code.replaceAll("-", " ")} --nick bob --relay ${relay}`);
  await bob.shows(/You are in the room as bob. With you: alice/);
  await alice.shows(/bob came in, let in by you/);
  const words = /Safety words of this room:((?:\s+[a-z]+){12})/;
  const [one, two] = [await alice.shows(words), await bob.shows(words)];
  assert.equal(one[1]?.replace(/\s+/g, " "), two[1]?.replace(/\s+/g, " "));
  await bob.shows(/alice is confirmed/);

  await alice.type("half a thought");
  await bob.line("hello 👩‍🚀 wörld");
  await alice.shows(/#1 bob: hello 👩‍🚀 wörld\n> half a thought/); // what was being typed is drawn again below
  await alice.press("Enter");
  await bob.shows(/#2 alice: half a thought/);
  await bob.line("/reply #2 a whole one");
  await alice.shows(/#3 bob, answering #2: a whole one/);
  await alice.line("/msg bob for you");
  await bob.shows(/#4 alice, to you alone: for you/);
  await alice.line("/nick alicia");
  await bob.shows(/alice is now called alicia/);
  await alice.line("/qiut");
  await alice.shows(/did you mean \/quit\?/);
  await alice.line("/quit");
  await alice.shows(/You left the room\.\s+ready\$/);
  await isRestored(alice);
  await bob.shows(/alicia left\./);
});

transcript("line mode: Ctrl-C leaves in order and restores the terminal", async (relay, open) => {
  const [alice, bob] = await Promise.all([open(), open()]);
  const code = await founded(alice, relay);
  await bob.line(`${CLIENT} join ${code} --nick bob --relay ${relay}`);
  await bob.shows(/alice is confirmed/);
  await bob.press("C-c");
  await bob.shows(/You left the room/);
  await isRestored(bob);
  await alice.shows(/bob left\./);
});

transcript("line mode: a closed terminal leaves in order", async (relay, open) => {
  const alice = await open();
  const code = await founded(alice, relay);
  await using bob = await Terminal.open({ cwd: ROOT });
  await bob.line(`${CLIENT} join ${code} --nick bob --relay ${relay}`);
  await bob.shows(/alice is confirmed/);
  await bob[Symbol.asyncDispose]();
  await alice.shows(/bob left\./);
});

transcript(
  "line mode: a crash says so without a stack, leaves in order and restores the terminal",
  async (relay, open) => {
    const [alice, bob] = await Promise.all([open(), open()]);
    const code = await founded(alice, relay);
    const crash = "import { clientMain } from './terminal/client_main.ts'; " +
      "Deno.addSignalListener('SIGUSR1', () => { throw new TypeError('secret detail') }); " +
      `Deno.exit(await clientMain(['join', '${code}', '--nick', 'bob', '--relay', '${relay}']));`;
    await bob.line(`${Deno.execPath()} eval --ext=ts "${crash}"`);
    await bob.shows(/alice is confirmed/);
    await bob.press("C-z"); // to the shell, which knows the process
    await bob.shows(/ready\$ $/m);
    await bob.line("kill -USR1 %1; fg");
    await bob.shows(/internal error \(TypeError\)\./);
    await isRestored(bob);
    assert.doesNotMatch(await bob.screen(), /^[^>]*secret detail[^']|\n +at /m);
    await alice.shows(/bob left\./);
  },
);

transcript("line mode: no argument asks, and Enter gives a made-up name", async (relay, open) => {
  const alice = await open();
  await alice.line(`${CLIENT} --relay ${relay}`);
  const [, name] = await alice.shows(/Enter for ([a-z]+-[a-z]+)\)/);
  await alice.press("Enter");
  await alice.shows(/Enter for a new room/);
  await alice.line("41793-copper-lemn-orbit-walnut");
  await alice.shows(/did you mean "lemon"/);
  await alice.line("Den of lions?".slice(0, 3));
  await alice.shows(/Password/);
  await alice.line("hunter2");
  await alice.shows(new RegExp(`You are in the room as ${name}`));
  assert.doesNotMatch(await alice.screen(), /hunter2/);
  await alice.press("C-d");
  await isRestored(alice);
});

transcript("line mode: a message too long is given back to be shortened", async (relay, open) => {
  const alice = await open();
  await founded(alice, relay);
  await alice.type("abc ".repeat(3000));
  await alice.press("Enter");
  await alice.shows(/the message is 12,000 bytes long/);
  await alice.shows(/> [abc ]*abc/);
  await alice.press("C-u");
  await alice.line("short");
  await alice.shows(/alice: short/);
  await alice.line("/quit");
  await isRestored(alice);
});

transcript("line mode: Ctrl-Z gives the terminal back, fg takes it again", async (relay, open) => {
  const alice = await open();
  await founded(alice, relay);
  await alice.press("C-z");
  await alice.shows(/Stopped/);
  await alice.line("fg");
  await alice.type("still here");
  await alice.shows(/> still here/);
  await alice.press("Enter");
  await alice.shows(/#1 alice: still here/);
  await alice.line("/quit");
  await isRestored(alice);
});
