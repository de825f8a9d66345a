import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { HAS_TMUX, Terminal } from "./_tmux.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = `${Deno.execPath()} run --no-prompt --quiet tests/e2e/_full_terminal_program.ts`;

/** A terminal in which the program shows its secret. */
async function opened(): Promise<Terminal> {
  const terminal = await Terminal.open({ cwd: ROOT, columns: 60, rows: 12 });
  await terminal.line("clear; echo before; " + PROGRAM + "; echo status $?");
  await terminal.shows(/size 60x12[^]*secret 11/);
  return terminal;
}

/** The program's process. */
async function pidOf(terminal: Terminal): Promise<number> {
  return Number((await terminal.shows(/pid (\d+)/))[1]);
}

/** The shell is back as it was, echoes, and knows nothing of what was shown. */
async function restored(terminal: Terminal): Promise<void> {
  await terminal.line("echo it is $((40+2))");
  await terminal.shows(/it is 42/);
  const screen = await terminal.screen();
  assert.doesNotMatch(screen, /secret/);
  assert.match(screen, /before/);
  assert.match(screen, /echo it is/, "what is typed is seen");
}

const ENDS: readonly [name: string, end: (terminal: Terminal) => Promise<void>, status: number][] = [
  ["when it is left", (terminal) => terminal.press("q"), 0],
  ["by Deno.exit in the middle", (terminal) => terminal.press("x"), 3],
  ["after an exception in a handler", (terminal) => terminal.press("t"), 70],
  ["after a promise that was rejected", (terminal) => terminal.press("r"), 70],
  ["while a frame is still on its way out", (terminal) => terminal.press("p"), 4],
  ["in the moment in which a frame is handed over", (terminal) => terminal.press("m"), 5],
];

for (const [name, end, status] of ENDS) {
  Deno.test({
    name: `the full terminal is given back, with nothing of it left, ${name}`,
    ignore: !HAS_TMUX,
    fn: async () => {
      await using terminal = await opened();
      await end(terminal);
      await terminal.shows(new RegExp(`status ${status}`));
      await restored(terminal);
    },
  });
}

for (const [signal, status] of [["SIGTERM", 0], ["SIGINT", 0], ["SIGHUP", 129]] as const) {
  Deno.test({
    name: `the full terminal is given back, with nothing of it left, after ${signal}`,
    ignore: !HAS_TMUX,
    fn: async () => {
      await using terminal = await opened();
      Deno.kill(await pidOf(terminal), signal);
      await terminal.shows(new RegExp(`status ${status}`));
      await restored(terminal);
    },
  });
}

for (const how of ["Ctrl-Z", "SIGTSTP"]) {
  Deno.test({
    name: `stopped by ${how} the full terminal is given back, and taken again by fg`,
    ignore: !HAS_TMUX,
    fn: async () => {
      await using terminal = await opened();
      if (how === "Ctrl-Z") await terminal.press("C-z");
      else Deno.kill(await pidOf(terminal), "SIGTSTP");
      await terminal.shows(/Stopped[^]*ready/);
      await restored(terminal);
      await terminal.line("fg");
      await terminal.shows(/^size 60x12[^]*secret 11/);
      await terminal.type("abc");
      await terminal.shows(/typed abc/);
      await terminal.press("q");
      await terminal.shows(/ready\$ \n*$/);
      await restored(terminal);
    },
  });
}

Deno.test({
  name: "a terminal that changes its size is painted again whole",
  ignore: !HAS_TMUX,
  fn: async () => {
    await using terminal = await opened();
    const tty = await Deno.readLink(`/proc/${await pidOf(terminal)}/fd/0`);
    for (const [columns, rows] of [[40, 8], [20, 5], [60, 12]]) {
      await new Deno.Command("stty", { args: ["-F", tty, "cols", String(columns), "rows", String(rows)] })
        .output();
      await terminal.shows(new RegExp(`size ${columns}x${rows}`));
    }
    await terminal.press("q");
    await terminal.shows(/status 0/);
    await restored(terminal);
  },
});
