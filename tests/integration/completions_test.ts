import assert from "node:assert/strict";
import { relayTree } from "../../relay/program/relay_tree.ts";
import { type CommandNode, walk } from "../../relay/program/shell/command_tree.ts";
import { completionScript, type Shell, SHELLS } from "../../relay/program/shell/script.ts";
import { clientTree } from "../../terminal/client_tree.ts";
import { parseCommandLine } from "../../terminal/command_line.ts";
import { HAS_TMUX, Terminal } from "../e2e/_tmux.ts";
import { runClient } from "../e2e/_client_process.ts";
import { run } from "./_program.ts";

/** What is typed, with the Tab key, and what the program then gets. */
const TYPED: readonly (readonly [string, readonly string[]])[] = [
  ["sotto cre\t", ["create"]],
  ["sotto host --la\t", ["host", "--lan"]],
  ["sotto host --rel\t", ["host", "--rel"]], // which host refuses
  ["sotto --theme cont\t", ["--theme", "contrast"]],
  ["sotto create --theme=cont\t", ["create", "--theme=contrast"]],
  ["sotto --ca cer\t", ["--ca", "cert of ours.pem"]],
  ["sotto join x --ca=cer\t", ["join", "x", "--ca=cert of ours.pem"]],
  ["sotto --nick create jo\t", ["--nick", "create", "join"]],
  ["sotto --relay h:1 lis\t", ["--relay", "h:1", "list"]],
  ["sotto connect --ni\t", ["connect", "--nick"]],
  ["sotto join cre\t", ["join", "cre"]],
  ["sotto join -- --ni\t", ["join", "--", "--ni"]],
  ["sotto completions fi\t", ["completions", "fish"]],
  ["sotto-relay --listener no\t", ["--listener", "node"]],
  ["sotto-relay --registration=inv\t", ["--registration=invited"]],
  ["sotto-relay --ssl-cert cer\t", ["--ssl-cert", "cert of ours.pem"]],
  ["sotto-relay close\t", ["close-room"]],
  ["sotto-relay status --max\t", ["status", "--max"]], // which only the relay itself takes
  ["sotto-relay token-create x --us\t", ["token-create", "x", "--uses"]],
  ["sotto-relay admin rem\t", ["admin", "remove"]],
  ["sotto-relay admin add --oper\t", ["admin", "add", "--operator"]],
];

/** How a shell is started without anybody's settings, and how the program is stood in for. */
const REAL: Readonly<Record<"bash" | "zsh" | "fish", { start: string; setUp: (name: string) => string }>> = {
  bash: { start: "bash --norc --noprofile", setUp: (name) => posix(name) },
  zsh: {
    start: "zsh -f",
    setUp: (name) => `autoload -Uz compinit; compinit -D -u\n${posix(name)}`,
  },
  fish: {
    start: "fish --no-config --private",
    setUp: (name) => `function ${name}; printf 'got%s\\n' (printf '<%s>' $argv); end`,
  },
};

function posix(name: string): string {
  return `${name}() { printf 'got%s\\n' "$(printf '<%s>' "$@")"; }`; // in one piece: the screen is looked at any time
}

function installed(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

for (const shell of ["bash", "zsh", "fish"] as const) {
  Deno.test({
    name: `completions: a real ${shell} completes commands, options, values and files`,
    ignore: !HAS_TMUX || !installed(shell),
    async fn() {
      const dir = await Deno.makeTempDir({ prefix: "completions-" });
      try {
        await Deno.writeTextFile(`${dir}/cert of ours.pem`, "");
        await Deno.writeTextFile(`${dir}/other.txt`, "");
        const { start, setUp } = REAL[shell];
        const parts = [
          setUp("sotto"),
          await completionScript(shell, clientTree(), "sotto"),
          setUp("sotto-relay"),
          await completionScript(shell, relayTree(), "sotto-relay"),
        ];
        await Deno.writeTextFile(`${dir}/.script`, parts.join("\n"));
        await using terminal = await Terminal.open({ cwd: dir, columns: 120, rows: 50 });
        // No history: a shell that is closed must leave nothing in the directory that is removed.
        await terminal.line(`HOME=${dir} HISTFILE= exec ${start}`);
        await terminal.line("source ./.script; echo rea''dy");
        await terminal.shows(/^ready$/m);
        for (const [index, [typed, expected]] of TYPED.entries()) {
          await terminal.type(typed);
          await terminal.press("Enter");
          const shown = await terminal.shows(new RegExp(`(?:^got.*$[^]*?){${index}}^(got.*)$`, "m"));
          assert.equal(shown[1]?.trimEnd(), `got${expected.map((word) => `<${word}>`).join("")}`, typed);
        }
      } finally {
        await Deno.remove(dir, { recursive: true });
      }
    },
  });
}

Deno.test({
  name: "completions: a real PowerShell completes commands, options and values",
  ignore: !installed("pwsh"),
  async fn() {
    const parts = [
      await completionScript("powershell", clientTree(), "sotto"),
      await completionScript("powershell", relayTree(), "sotto-relay"),
    ];
    const cases = TYPED.filter(([typed, expected]) =>
      !typed.includes("cer\t") && !expected.some((word) => typed.endsWith(`${word}\t`))
    );
    for (const [typed] of cases) {
      const line = typed.trimEnd();
      parts.push(
        `(TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length}).CompletionMatches[0].CompletionText`,
      );
    }
    const { stdout } = await new Deno.Command("pwsh", {
      args: ["-NoProfile", "-Command", parts.join("\n")],
    }).output();
    const got = new TextDecoder().decode(stdout).trim().split(/\r?\n/);
    assert.deepEqual(got, cases.map(([, expected]) => expected.at(-1)));
  },
});

Deno.test("completions offer every command and option of both programs, in every shell", async () => {
  for (const [tree, name] of [[clientTree(), "sotto"], [relayTree(), "sotto-relay"]] as const) {
    assert.equal(tree.name, name);
    const words = new Set<string>();
    walk(tree, ({ options, commands }) => {
      for (const { long, hidden } of options) if (!hidden) words.add(long.slice(2));
      for (const { name } of commands) words.add(name);
    });
    assert.ok(words.size > 30, `${words.size}`);
    for (const shell of SHELLS) {
      const script = await completionScript(shell, tree, name);
      for (const word of words) assert.ok(script.includes(word), `${word} in ${shell}`);
    }
  }
});

Deno.test("completions of the client offer exactly the options that a command does not refuse", () => {
  const tree = clientTree();
  const argument: Record<string, string[]> = {
    join: ["x"],
    connect: ["h", "1", "ada"],
    register: ["ada"],
    login: ["ada"],
    "check-client": ["x"],
  };
  const value: Record<string, string> = { "--theme": "dark", "--limit": "4", "--pin": "ab".repeat(32) };
  for (const command of tree.commands.filter(({ name }) => name !== "completions")) {
    const refused: string[] = [];
    for (const { long, value: takes } of tree.options) {
      if (long === "--help" || long === "--version") continue;
      const given = takes === undefined ? [long] : [long, value[long] ?? "5m"];
      const parsed = parseCommandLine([command.name, ...argument[command.name] ?? [], ...given]);
      if (parsed.kind === "exit") refused.push(long);
      if (parsed.kind === "exit") assert.match(parsed.err, /cannot be used here/, `${command.name} ${long}`);
    }
    const offered = new Set(command.options.map(({ long }) => long));
    const missing = tree.options.map(({ long }) => long).filter((long) =>
      long !== "--version" && !offered.has(long)
    );
    assert.deepEqual(missing, refused, command.name);
  }
});

Deno.test("completions are printed by client and relay, for a program of any name", async () => {
  const { status, out, err } = await runClient(["completions", "bash", "--name", "sot"]);
  assert.deepEqual([status, err], [0, ""]);
  assert.match(out, /^complete -F _sot sot$/m);
  const relay = await run(["completions", "fish"]);
  assert.deepEqual([relay.status, relay.err], [0, []]);
  assert.match(relay.out.join("\n"), /^complete -c sotto-relay -f$/m);
});

Deno.test("completions refuse shells that they do not know, and names that a script would run", async () => {
  for (
    const words of [["completions"], ["completions", "tcsh"], ["completions", "bash", "--name", "a;reboot"]]
  ) {
    const parsed = parseCommandLine(words);
    assert.ok(parsed.kind === "exit" && parsed.status === 2, words.join(" "));
    const { status, out, err } = await run(words);
    assert.deepEqual([status, out], [2, []], words.join(" "));
    assert.match(err.join(), /^Cannot print completions: .*completions --help/, words.join(" "));
  }
  const tree: CommandNode = clientTree();
  for (const shell of SHELLS satisfies readonly Shell[]) {
    await assert.rejects(completionScript(shell, tree, "$(id)"), RangeError);
  }
});
