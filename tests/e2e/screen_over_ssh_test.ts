import assert from "node:assert/strict";
import { Peer } from "./_peer.ts";
import { CLIENT, isRestored, onScreen } from "./_screen.ts";
import { HAS_SSH, isGone, processWith, SshServer } from "./_sshd.ts";

const CHAT = /hello|half a thought|peer:/;

onScreen("over SSH: talk, resize and quit; the terminal is as it was", async (relay, open) => {
  await using server = await SshServer.open();
  await using peer = await Peer.founds(relay);
  const bob = await open();
  const client = `${CLIENT} join ${await peer.code()} --nick bob --relay ${relay}`;
  await bob.line(server.line(client));
  await bob.shows(/● online/);
  await peer.says("hello from afar 👩‍🚀");
  await bob.shows(/peer: hello from afar/);
  await bob.type("half a thought");
  for (const size of [{ columns: 20, rows: 5 }, { columns: 200, rows: 60 }, { columns: 80, rows: 24 }]) {
    await bob.resize(size);
    await bob.shows(/› half a thought/);
  }
  await bob.press("Enter");
  await peer.sees("message", ({ text }) => text === "half a thought");
  await bob.shows(/● online[^\n]*2 here/);
  await bob.line("/quit");
  await isRestored(bob, { status: 0, chat: CHAT });
  await peer.sees("member_left");
}, { ignore: !HAS_SSH });

onScreen("over SSH: a hang-up at the other end gives the terminal back", async (relay, open) => {
  await using server = await SshServer.open();
  await using peer = await Peer.founds(relay);
  const [bob, code] = [await open(), await peer.code()];
  await bob.line(server.line(`${CLIENT} join ${code} --nick bob --relay ${relay}`));
  await bob.shows(/● online/);
  await peer.says("hello from afar");
  await bob.shows(/peer: hello from afar/);
  Deno.kill(await processWith(code), "SIGHUP");
  await isRestored(bob, { status: 129, chat: CHAT });
  await peer.sees("member_left");
}, { ignore: !HAS_SSH });

onScreen(
  "over SSH: when the connection is cut the client ends and says so to the others",
  async (relay, open) => {
    await using server = await SshServer.open();
    await using peer = await Peer.founds(relay);
    const [bob, code] = [await open(), await peer.code()];
    await bob.line(server.line(`${CLIENT} join ${code} --nick bob --relay ${relay}`));
    await bob.shows(/● online/);
    await peer.says("hello from afar");
    await bob.shows(/peer: hello from afar/);
    const client = await processWith(code);
    server.cut();
    const left = await peer.sees("member_left");
    assert.equal(left.reason, "left", "it says goodbye; nobody waits an hour for it");
    await bob.shows(/ready\$/); // ssh has ended and left the last screen; nothing can reach it any more
    await isGone(client);
    await bob.line("tput rmcup; reset");
    await isRestored(bob, { status: 0, chat: /hello from afar/ });
  },
  { ignore: !HAS_SSH },
);
