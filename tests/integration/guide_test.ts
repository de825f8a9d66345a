/** What docs/GUIDE.md says of commands, keys, settings and signs is what the program has, and all of it. @module */
import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../../terminal/app/config_text.ts";
import { keyLabel } from "../../terminal/app/hints.ts";
import { SETTINGS } from "../../relay/program/settings_table.ts";
import type { Setting } from "../../relay/program/setting.ts";
import { ALL_COMMANDS } from "../../terminal/app/overlays/help.ts";
import { SCREEN_COMMANDS } from "../../terminal/app/screen_commands.ts";
import { relayTree } from "../../relay/program/relay_tree.ts";
import { clientTree } from "../../terminal/client_tree.ts";
import { clientCommand } from "../../terminal/client_command.ts";
import { DEFAULT_BINDINGS, KEY_GROUPS } from "../../terminal/input/key_actions.ts";
import { COMMAND_NAMES } from "../../terminal/slash_commands.ts";
import { signsOf } from "../../terminal/view/signs.ts";

const root = new URL("../../", import.meta.url);
const guide = Deno.readTextFileSync(new URL("docs/GUIDE.md", root));
const readme = Deno.readTextFileSync(new URL("README.md", root));
/** Prose and tables, without the blocks of code. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, "");
const spans = (text: string): string[] =>
  [...text.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, span]) => (span ?? "").replaceAll("\\|", "|"));

/** The text from one heading to the next of its depth or above. */
function part(heading: string): string {
  const from = guide.indexOf(`\n${heading}\n`);
  assert.ok(from >= 0, `there is no heading ${heading}`);
  const rest = guide.slice(from + heading.length + 2);
  const depth = /^#+/.exec(heading)?.[0].length ?? 0;
  const end = rest.search(new RegExp(`^#{1,${depth}} `, "m"));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Cells of the rows of all tables in a text. */
function rows(text: string): string[][] {
  return text.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

Deno.test("the guide has every command, as it is typed", () => {
  const typed = rows(part("## Commands")).map(([first]) => spans(first ?? "")[0]);
  for (const { name, usage } of ALL_COMMANDS) {
    assert.ok(typed.includes(usage), `/${name}: ${usage}`);
  }
});

Deno.test("every command that the guide or the README names exists", () => {
  const names = new Set<string>([...COMMAND_NAMES, ...SCREEN_COMMANDS.map(({ name }) => name)]);
  let found = 0;
  for (const span of [...spans(prose(guide)), ...spans(prose(readme))]) {
    const [, name] = /^\/([a-z]+)(?![a-z/])/.exec(span) ?? [];
    if (name === undefined) continue;
    assert.ok(names.has(name), `there is no command /${name}`);
    found++;
  }
  assert.ok(found > 50, "the commands were found");
});

Deno.test("the guide has every key with its action, and no other", () => {
  for (const group of KEY_GROUPS) {
    const table = new Map(
      rows(part(`### ${group}`)).map(([keys = "", , action = ""]) => [spans(keys).join(), spans(action)]),
    );
    const bindings = DEFAULT_BINDINGS.filter((binding) => binding.group === group);
    for (const { action, keys } of bindings) {
      if (action.startsWith("tab_")) continue;
      assert.ok(table.get(keys.map(keyLabel).join())?.includes(action), `${group}: ${keys} ${action}`);
    }
    const tabs = bindings.filter(({ action }) => action.startsWith("tab_"));
    const listed = table.size - 1 + (tabs.length === 0 ? 0 : tabs.length - 1); // the head; one row for all tabs
    assert.equal(listed, bindings.length, group);
    if (tabs.length > 0) assert.deepEqual(table.get("Alt-1,Alt-9"), ["tab_1", `tab_${tabs.length}`]);
  }
});

Deno.test("the config file of the guide can be used, and has every setting", () => {
  const example = /```ini\n([\s\S]*?)```/.exec(part("## The config file"))?.[1] ?? "";
  const config = parseConfig(example);
  const source = Deno.readTextFileSync(new URL("terminal/app/config_text.ts", root));
  const settings = /const SETTINGS[\s\S]*?\n\};/.exec(source)?.[0] ?? "";
  const names = [...settings.matchAll(/^ {2}"?([a-z.]+)"?: \(config/gm)].map(([, name]) => name ?? "");
  assert.ok(names.length >= 10, "the settings were found");
  for (const name of names) {
    assert.match(example, new RegExp(`^${RegExp.escape(name)} = `, "m"));
    assert.throws(() => parseConfig(`${name} =`), ConfigError);
  }
  assert.ok(Object.keys(config.keys ?? {}).length > 0);
});

Deno.test("the guide's legend has the signs that the screen draws", () => {
  const legend = rows(part("### Signs")).map((cells) => cells.slice(0, 2).flatMap(spans));
  const [unicode, ascii] = [signsOf(true), signsOf(false)];
  const explained = [
    "sending",
    "waiting",
    "sent",
    "delivered",
    "mention",
    "answers",
    "quote",
    "bar",
    "cover",
    "online",
    "away",
    "offline",
    "unconfirmed",
    "operator",
    "verified",
    "reconnecting",
    "down",
  ] as const;
  for (const name of explained) {
    const found = legend.some(([sign, plain]) => sign === unicode[name] && plain === ascii[name]);
    assert.ok(found, `${name}: ${unicode[name]} ${ascii[name]}`);
  }
  assert.ok(legend.some(([sign, plain]) => sign === `${unicode.part}1/3` && plain === `${ascii.part}1/3`));
});

Deno.test("every option that the guide or the README names exists", () => {
  const program = clientCommand(() => {});
  const known = new Set(
    [program, ...program.commands].flatMap(({ options }) => options.map(({ long }) => long ?? "")),
  );
  for (const { flag, aliases = [] } of Object.values(SETTINGS) as Setting<unknown>[]) {
    for (const one of [flag ?? "", ...aliases]) known.add(one.split(" ")[0] ?? "");
  }
  for (const span of [...spans(prose(guide)), ...spans(prose(readme))]) {
    if (/^(?:deno|npm|npx) /.test(span) || span.includes("--allow-")) continue;
    for (const [flag] of span.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)) {
      assert.ok(known.has(flag), `there is no option ${flag}`);
    }
  }
});

Deno.test("every option and command of both programs stands in a document, and OPERATIONS.md names no others", () => {
  const text = (path: string): string => Deno.readTextFileSync(new URL(path, root));
  const flags = (written: string): Set<string> =>
    new Set([...written.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([flag]) => flag));
  const operations = text("docs/OPERATIONS.md");
  const trees = [
    [clientTree(), readme + guide + operations + text("docs/BUILDING.md")],
    [relayTree(), readme + guide + operations + text(".env.example")],
  ] as const;
  const known = new Set<string>();
  for (const [tree, documents] of trees) {
    const written = flags(documents);
    const nodes = [tree, ...tree.commands, ...tree.commands.flatMap(({ commands }) => commands)];
    for (const { options } of nodes) for (const { long } of options) known.add(long);
    const missing = new Set(nodes.flatMap(({ options }) => options.map(({ long }) => long)));
    for (const flag of written) missing.delete(flag);
    // Older names go on, and are not shown; what help says of itself is enough.
    const older = (Object.values(SETTINGS) as Setting<unknown>[]).flatMap(({ aliases = [] }) => aliases);
    for (const flag of ["--help", "--version", ...older]) missing.delete(flag.split(" ")[0] ?? "");
    assert.deepEqual([...missing], [], tree.name);
    for (const { name } of tree.commands) assert.ok(documents.includes(name), `${tree.name} ${name}`);
  }
  const strange = [...flags(operations)].filter((flag) => !known.has(flag));
  assert.deepEqual(strange.filter((flag) => !OF_OTHERS.includes(flag)), []);
});

/** Options of Deno, curl, certbot, docker and the like. */
const OF_OTHERS = [
  ...["--allow-net", "--cached-only", "--cert", "--entrypoint", "--ignore-env", "--no-prompt", "--reload"],
  ...["--cacert", "--data-urlencode", "--deploy-hook", "--standalone", "--webroot", "--build", "--detach"],
  ...["--create-home", "--home-dir", "--system", "--global", "--now"],
];

Deno.test("what OPERATIONS.md says that relay and client say, they say", () => {
  const sources = ["relay", "relay/program", "terminal", "client", "wire"].flatMap((folder) =>
    [...Deno.readDirSync(new URL(`${folder}/`, root))]
      .filter(({ name }) => name.endsWith(".ts") && !name.endsWith("_test.ts"))
      .map(({ name }) => Deno.readTextFileSync(new URL(`${folder}/${name}`, root)))
  ).join("\n").replace(/["`]\s*\+\s*["`]/g, "").replace(/\s+/g, " ");
  const operations = Deno.readTextFileSync(new URL("docs/OPERATIONS.md", root));
  const troubles = operations.slice(operations.indexOf("\n## Troubleshooting\n")).split("\n## ")[1] ?? "";
  const said = rows(troubles).map(([first = ""]) => first).filter((cell) => /^[^`\d-]/.test(cell))
    .flatMap((cell) => cell.split(/…|;/)).map((part) => part.trim().replace(/\.$/, ""))
    .filter((part) => part !== "" && !/^(?:it|the client) says$/.test(part));
  assert.ok(said.length > 50, `${said.length} sentences were found`);
  // These are put together when they are said.
  const composed = [
    "Cannot use --accounts",
    "Warning: The certificate",
    "its certificate is for A, not for B",
    "it shows another certificate than the invite says",
  ];
  const missing = said.filter((part) => !sources.includes(part) && !composed.includes(part));
  assert.deepEqual(missing, []);
});

Deno.test("the documents that the guide and the README lead to exist, with their headings", () => {
  const anchors = (text: string): Set<string> =>
    new Set(
      [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
        (title ?? "").toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
      ),
    );
  for (const [path, text] of [["docs/GUIDE.md", guide], ["README.md", readme]] as const) {
    for (const [, target = "", , anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)(#([^)]+))?\)/g)) {
      const url = target === "" ? new URL(path, root) : new URL(target, new URL(path, root));
      const there = Deno.statSync(url);
      assert.ok(there.isFile || there.isDirectory, target);
      if (anchor !== undefined) {
        assert.ok(anchors(Deno.readTextFileSync(url)).has(anchor), `${path}: ${target}#${anchor}`);
      }
    }
  }
});
