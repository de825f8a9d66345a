import assert from "node:assert/strict";
import { Peer } from "./_peer.ts";
import { founded, isRestored, joined, onScreen } from "./_screen.ts";
import type { Terminal } from "./_tmux.ts";

const CHAT = /hello|half a thought|peer:/;

const HAS_SCREEN = await (async () => {
  try {
    await new Deno.Command("screen", { args: ["-v"], stdout: "null", stderr: "null" }).output();
    return true;
  } catch {
    return false;
  }
})();

/** The status line, what is being written and a message stand once each, however often it was painted. */
function isWhole(view: string, size: string): void {
  const rows = view.split("\n");
  for (const text of ["● online", "› half a thought", "hello from before"]) {
    assert.equal(rows.filter((row) => row.includes(text)).length, 1, `${size}: ${text}\n${view}`);
  }
}

onScreen(
  "in a split pane of tmux: a storm of resizes from 20x5 to 400x120 leaves it whole",
  async (relay, open) => {
    const alice = await open({ columns: 420, rows: 140 });
    await alice.splitTo({ columns: 80, rows: 24 });
    await founded(alice, relay);
    await alice.line("hello from before");
    await alice.type("half a thought");
    for (let i = 0; i < 40; i++) {
      await alice.resizePane({ columns: 20 + (i * 97) % 380, rows: 5 + (i * 31) % 115 });
    }
    await alice.resizePane({ columns: 20, rows: 5 });
    await alice.shows(/› half a thought/);
    assert.equal(await alice.size(), "20x5");
    for (const size of [{ columns: 400, rows: 120 }, { columns: 60, rows: 20 }, { columns: 120, rows: 40 }]) {
      await alice.resizePane(size);
      const { columns, rows } = size;
      assert.equal(await alice.size(), `${columns}x${rows}`);
      // The list of members stands at the right end, so all of the width is in use.
      const border = columns < 70 ? /● online/ : new RegExp(`^.{${columns - 60},} 1 here`, "m");
      await alice.shows(border);
      await alice.shows(/hello from before[\s\S]*● online[\s\S]*› half a thought/);
      const view = await alice.view();
      isWhole(view, `${columns}x${rows}`);
      assert.equal(view.split("\n").findLastIndex((row) => row !== ""), rows - 1);
    }
    await alice.press("C-c");
    await isRestored(alice, { status: 0, chat: CHAT });
  },
);

/** What GNU screen shows in its window, with what was scrolled away. */
async function hardcopy(session: string): Promise<string> {
  const path = await Deno.makeTempFile();
  try {
    await new Deno.Command("screen", { args: ["-S", session, "-p", "0", "-X", "hardcopy", "-h", path] })
      .output();
    let text = "";
    for (let look = 0; look < 2_400; look++) { // it is the other end that writes, when it comes to it
      const before = text;
      text = await Deno.readTextFile(path);
      if (text !== "" && text === before) return text;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error("Cannot see what screen holds");
  } finally {
    await Deno.remove(path);
  }
}

async function inScreen(terminal: Terminal, session: string): Promise<void> {
  await terminal.line(`TERM=xterm-256color screen -c /dev/null -U -h 500 -S ${session} sh`);
  await terminal.shows(/ sh\n+ready\$ \n*$/);
}

onScreen(
  "in GNU screen: talk, resize, detach and come back; nothing is left, above neither",
  async (relay, open) => {
    await using peer = await Peer.founds(relay);
    const bob = await open();
    const session = `sotto-${crypto.randomUUID()}`;
    await inScreen(bob, session);
    try {
      await joined(bob, { relay, code: await peer.code(), nick: "bob" });
      await peer.says("hello from before 👩‍🚀");
      await bob.shows(/peer: hello from before/);
      await bob.type("half a thought");
      for (const size of [{ columns: 20, rows: 5 }, { columns: 200, rows: 60 }, { columns: 80, rows: 24 }]) {
        await bob.resize(size);
        await bob.shows(/› half a thought/);
      }
      await bob.shows(/hello from before[\s\S]*● online[\s\S]*› half a thought/);
      isWhole(await bob.view(), "80x24");
      await bob.press("C-a", "d");
      await bob.shows(/detached[\s\S]*ready\$/);
      await peer.says("hello while you were not looking");
      await bob.line(`TERM=xterm-256color screen -U -r ${session}`);
      await bob.shows(/hello while you were not looking[\s\S]*› half a thought/);
      await bob.press("Enter");
      await peer.sees("message", ({ text }) => text === "half a thought");
      await bob.press("C-c");
      await bob.shows(/ready\$ \n*$/);
      const left = await hardcopy(session);
      assert.match(left, /ready\$/);
      assert.doesNotMatch(left, CHAT);
      await bob.line("echo status=$? $(stty -a | grep -o -e '[-]*icanon' -e '[-]*echo ' -e '[-]*isig')");
      await bob.shows(/^status=0 isig icanon echo/m);
      await bob.line("exit");
      await bob.shows(/terminating/);
    } finally {
      await new Deno.Command("screen", { args: ["-S", session, "-X", "quit"], stdout: "null" }).output();
    }
  },
  { ignore: !HAS_SCREEN },
);
