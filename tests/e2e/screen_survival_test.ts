import assert from "node:assert/strict";
import { createRoom, type RoomSession } from "../../client/mod.ts";
import { Emulator } from "../../terminal/screen/_emulator.ts";
import { MEMBERS_FROM } from "../../terminal/app/layout.ts";
import { TORTURE } from "../../terminal/screen/torture.ts";
import { CLIENT, founded, isRestored, joined, onScreen, type Size } from "./_screen.ts";

const CHAT = /hello|flood \d|arrives|peer:|code +\d{5}/;
const FLOOD_PER_SECOND = 200;
const FLOOD = 600;
const TYPED = "what is typed while others flood the room arrives whole";

/** A member that sends what it likes, and the code by which others come to it. */
async function peerAt(relay: string): Promise<{ session: RoomSession; code: string }> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const session = await createRoom({
    relay: `ws://${relay}/ws`,
    nick: "peer",
    onEvent: (event) => {
      if (event.type === "invite" && event.code !== null) resolve(event.code);
    },
  });
  return { session, code: await promise };
}

/** Another terminal that is given the same bytes, and has opinions of its own about widths. */
class Witness {
  readonly emulator: Emulator;
  readonly #size: Size;
  readonly #path: string;
  readonly #decoder = new TextDecoder();
  #read = 0;

  constructor(path: string, size: Size) {
    this.#path = path;
    this.#size = size;
    this.emulator = new Emulator(size);
  }

  /** Waits until it shows a text. */
  async shows(text: string): Promise<string[]> {
    for (let look = 0; look < 2_400; look++) {
      const bytes = await Deno.readFile(this.#path);
      this.emulator.write(this.#decoder.decode(bytes.subarray(this.#read), { stream: true }));
      this.#read = bytes.length;
      const rows = await this.emulator.text();
      if (rows.join(" ").replaceAll(/[\s│]+/g, " ").includes(text)) return rows;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`Cannot see ${text} on:\n${(await this.emulator.text()).join("\n")}`);
  }

  /** The status line, what is being written and the border beside the messages are at their places. */
  async isWhole(rows: readonly string[], after: string): Promise<void> {
    const { columns } = this.#size;
    const status = rows.findIndex((row) => row.startsWith("● online"));
    assert.equal(status, rows.length - 2, `${after}: the status line\n${rows.join("\n")}`);
    assert.equal(rows.at(-1), "› half a thought", after);
    if (columns < MEMBERS_FROM) return;
    const border = columns - Math.min(26, Math.floor(columns / 5));
    for (let row = 0; row < status; row++) {
      assert.equal(await this.emulator.glyph(row, border), "│", `${after}: row ${row}\n${rows.join("\n")}`);
    }
  }
}

for (const size of [{ columns: 80, rows: 24 }, { columns: 40, rows: 15 }, { columns: 120, rows: 40 }]) {
  onScreen(
    `full screen: hostile text of a member leaves ${size.columns}x${size.rows} whole`,
    async (relay, open) => {
      const { session, code } = await peerAt(relay);
      const terminal = await open(size);
      const path = await Deno.makeTempFile();
      const witness = new Witness(path, size);
      try {
        await terminal.line(
          `script -qfec '${CLIENT} join ${code} --nick survivor --relay ${relay}' ${path} && echo done`,
        );
        await terminal.shows(/● online/);
        await terminal.type("half a thought");
        for (const [name, text] of Object.entries(TORTURE)) {
          await session.run({ command: "send", text }).catch((error) => {
            assert.match(error.message, /^Cannot/, name); // what may not be said at all
          });
          await session.run({ command: "send", text: `that was ${name}` });
          await witness.isWhole(await witness.shows(`that was ${name}`), name);
        }
        assert.match(await terminal.view(), /› half a thought/);
        await terminal.press("C-c");
        await isRestored(terminal, { status: 0, chat: /that was/ });
      } finally {
        witness.emulator.dispose();
        await Deno.remove(path);
        await session.leave();
      }
    },
  );
}

onScreen("full screen: what is typed during 200 messages a second arrives whole", async (relay, open) => {
  const { session, code } = await peerAt(relay);
  const terminal = await open();
  try {
    await joined(terminal, { relay, code, nick: "survivor" });
    const began = performance.now();
    const sent: Promise<void>[] = [];
    const flood = (async () => {
      for (let i = 0; i < FLOOD; i++) {
        const ahead = i * 1_000 / FLOOD_PER_SECOND - (performance.now() - began);
        if (ahead > 1) await new Promise((resolve) => setTimeout(resolve, ahead));
        sent.push(session.run({ command: "send", text: `flood ${i}` }));
      }
    })();
    for (const letter of TYPED) await terminal.type(letter);
    await terminal.shows(new RegExp(`› ${TYPED}`));
    await flood;
    await Promise.all(sent);
    await terminal.shows(new RegExp(`flood ${FLOOD - 1}[\\s\\S]*› ${TYPED}`));
    await terminal.press("Enter");
    await terminal.shows(/survivor: what is typed[^›]* room arrives whole ✓/);
    await terminal.press("C-c");
    await isRestored(terminal, { status: 0, chat: CHAT });
  } finally {
    await session.leave();
  }
});

onScreen("full screen: a member that is put out reads why, and nothing stays behind", async (relay, open) => {
  const [alice, bob] = await Promise.all([open(), open()]);
  const code = await founded(alice, relay);
  await joined(bob, { relay, code, nick: "bob" });
  await alice.shows(/bob came in/);
  await bob.line("hello survivor");
  await alice.shows(/bob: hello survivor/);
  await alice.line("/kick bob");
  await bob.shows(/removed|kicked|put out/i);
  await bob.line("/quit");
  await isRestored(bob, { status: 1, chat: CHAT });
  await alice.press("F12");
  await alice.shows(/ready\$\s*$/);
  assert.doesNotMatch(await alice.screen(), /survivor|code +\d{5}/);
});

onScreen(
  "full screen: with the named variables only it starts and asks for no permission",
  async (relay, open) => {
    const alice = await open();
    const names = "TERM,COLORTERM,NO_COLOR,LANG,LC_ALL";
    const client = CLIENT.replace("-A", `--no-prompt --allow-net --allow-env=${names}`);
    await alice.line(`${client} create --nick alice --relay ${relay}`);
    await alice.shows(/● online/);
    await alice.line("hello survivor");
    await alice.shows(/alice: hello survivor ✓/);
    await alice.line("/quit");
    await isRestored(alice, { status: 0, chat: CHAT });
  },
);
