/** The relay's own prompt, at a real terminal. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { HAS_TMUX, Terminal } from "./_tmux.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const START = "deno run -A --no-check server.ts --port 0 --ask-password --password-iterations 10000";

Deno.test({
  name: "--ask-password asks at the terminal, shows nothing of the password, and gives the terminal back",
  ignore: !HAS_TMUX,
  fn: async () => {
    await using terminal = await Terminal.open({ cwd: ROOT, columns: 120 });
    await terminal.line(`${START}; echo status $?`);
    await terminal.shows(/Password of this relay: $/m);
    await terminal.type("hunterü");
    await terminal.press("BSpace");
    await terminal.line("2");
    const [, port] = await terminal.shows(/listening on ws:\/\/127\.0\.0\.1:(\d+)\/ws[\s\S]*Stop:/);
    const answer = await fetch(`http://127.0.0.1:${port}/tokens`, {
      headers: { authorization: `Basic ${btoa("admin:hunter2")}` },
    });
    assert.deepEqual([answer.status, await answer.json()], [200, { tokens: [] }]);
    assert.doesNotMatch(await terminal.screen(), /hunter/);
    await terminal.press("C-c");
    await terminal.shows(/status 0/);
    await terminal.line(`${START}; echo status $?`);
    await terminal.shows(/status 0[\s\S]*Password of this relay: $/m); // not the first one
    await terminal.press("C-c");
    await terminal.shows(/no password was typed[\s\S]*status 2/);
    await terminal.line("echo to see");
    await terminal.shows(/echo to see/);
  },
});
