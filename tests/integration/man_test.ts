import assert from "node:assert/strict";
import { relayTree } from "../../relay/program/relay_tree.ts";
import { walk } from "../../relay/program/shell/command_tree.ts";
import { clientTree } from "../../terminal/client_tree.ts";
import { parseCommandLine } from "../../terminal/command_line.ts";
import { clientPage, relayPage } from "../../tools/man.ts";

const PAGES = [["sotto", clientPage(), clientTree()], ["sotto-relay", relayPage(), relayTree()]] as const;

const HAS_MAN: boolean = ["man", "groff"].every((tool) => {
  try {
    return new Deno.Command(tool, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
});

/** The page as a reader sees it, in one long line; fails on any warning. */
async function read(name: string, page: string): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "man-" });
  try {
    const path = `${dir}/${name}.1`;
    await Deno.writeTextFile(path, page);
    const { success, stdout, stderr } = await new Deno.Command("man", {
      args: ["--warnings", "--no-hyphenation", "--no-justification", "-E", "UTF-8", "-l", path],
      env: { MANWIDTH: "200", LC_ALL: "C.UTF-8", PAGER: "cat" },
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "");
    assert.ok(success);
    // deno-lint-ignore no-control-regex -- bold by overstriking
    return new TextDecoder().decode(stdout).replace(/.\x08/g, "").replace(/[‐−]/g, "-");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

for (const [name, page, tree] of PAGES) {
  Deno.test({
    name: `the manual page of ${name} has no warnings, and tells every command and option as help does`,
    ignore: !HAS_MAN,
    async fn() {
      const text = await read(name, page);
      const flat = text.replace(/\s+/g, " ");
      for (const heading of ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS"]) {
        assert.match(text, new RegExp(`^${heading}$`, "m"));
      }
      walk(tree, ({ options, commands, about }, path) => {
        if (path.length > 0 && commands.length === 0) {
          assert.ok(flat.includes(path.join(" ")), path.join(" "));
          assert.ok(flat.toLowerCase().includes(about.toLowerCase().replace(/\.$/, "")), about);
        }
        for (const { long, value, hidden } of options) {
          if (hidden) continue;
          const takes = value === undefined ? "" : value.optional ? ` [${value.name}]` : ` ${value.name}`;
          assert.ok(flat.includes(`${long}${takes}`), `${long}${takes}`);
        }
      });
    },
  });
}

Deno.test("the manual page of sotto tells every variable that its help names", () => {
  const help = parseCommandLine(["--help"]);
  assert.ok(help.kind === "exit");
  const named = new Set(help.out.match(/\b(?:SOTTO_[A-Z_]+|NO_COLOR)\b/g));
  assert.ok(named.size > 5);
  for (const variable of named) assert.ok(clientPage().includes(`\\fB${variable}\\fR`), variable);
});

Deno.test("manual pages are the same every time they are made", () => {
  assert.equal(clientPage(), clientPage());
  assert.equal(relayPage(), relayPage());
});
