/** Clients on the full screen, in tmux. @module */
import assert from "node:assert/strict";
import { openRelay } from "../../relay/open_relay.ts";
import { ROOT } from "./_client_process.ts";
import { HAS_TMUX, Terminal } from "./_tmux.ts";

/** Columns and rows. */
export interface Size {
  columns: number;
  rows: number;
}

/** The client as it is started in a terminal, without `CI` and `NO_COLOR`, with which there would be lines and no colours. */
export const CLIENT = `env -u CI -u NO_COLOR ${Deno.execPath()} run -A client.ts`;

/** Runs a test with a relay and terminals; all are closed whatever happens. Skipped without tmux, or where `ignore` says so. */
export function onScreen(
  name: string,
  test: (relay: string, open: (size?: Size) => Promise<Terminal>) => Promise<void>,
  { ignore = false }: { ignore?: boolean } = {},
): void {
  Deno.test({
    name,
    ignore: ignore || !HAS_TMUX,
    fn: async () => {
      const relay = await openRelay({ port: 0 });
      await using stack = new AsyncDisposableStack();
      stack.defer(() => relay.close());
      await test(
        `127.0.0.1:${relay.port}`,
        async (size = { columns: 80, rows: 24 }) => stack.use(await Terminal.open({ cwd: ROOT, ...size })),
      );
    },
  });
}

/** Founds a room and gives its spoken code. */
export async function founded(terminal: Terminal, relay: string, nick = "alice"): Promise<string> {
  await terminal.line(`${CLIENT} create --nick ${nick} --relay ${relay}`);
  await terminal.shows(/● online/);
  return (await terminal.shows(/code +(\d{5}(?:-[a-z]+){4})/))[1] ?? "";
}

/** Enters a room by its code. */
export async function joined(
  terminal: Terminal,
  { relay, code, nick }: { relay: string; code: string; nick: string },
): Promise<void> {
  await terminal.line(`${CLIENT} join ${code} --nick ${nick} --relay ${relay}`);
  await terminal.shows(/● online/);
}

/** The shell is back as it was, on its own screen; nothing of the chat is left, in the scrollback neither. */
export async function isRestored(
  terminal: Terminal,
  { status, chat }: { status: number; chat: RegExp },
): Promise<void> {
  await terminal.shows(/ready\$\s*$/); // what is typed before it would go to the client
  await terminal.line("echo status=$? $(stty -a | grep -o -e '[-]*icanon' -e '[-]*echo ' -e '[-]*isig')");
  const [, ended, modes] = await terminal.shows(/^status=(\d+) (.*)$/m);
  assert.equal(Number(ended), status);
  assert.deepEqual(modes?.split(/\s+/).filter((mode) => mode !== "").sort(), ["echo", "icanon", "isig"]);
  assert.doesNotMatch(await terminal.screen(), chat);
  const flags = await terminal.flags();
  assert.deepEqual(flags, { alternate: false, cursor: true, mouse: false });
}
