/** The npm package: what is in it, and that it runs where it is installed. */
import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { versionLine } from "../../relay/program/version.ts";
import { commitOf } from "../../tools/commit.ts";
import { v8Flags } from "../../tools/compile_program.ts";
import { npmPackage } from "../../tools/npm_package.ts";
import { isInstalled } from "./_proxies.ts";
import { type Program, runToEnd, talk, talkByCode, whileServing } from "./_shipped.ts";

const NPM = Deno.build.os === "windows" ? "npm.cmd" : "npm";
const HAS_NPM = await isInstalled(NPM, ["--version"]);
/** Deno comes from the registry, or from npm's cache. */
const CAN_INSTALL = HAS_NPM && Deno.build.os !== "windows" &&
  await isInstalled(NPM, ["view", "--prefer-offline", `deno@${Deno.version.deno}`, "version"]);

async function npm(cwd: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(NPM, { args, cwd }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-npm-" });
  try {
    await npmPackage(`${folder}/package`);
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name:
    "the npm package has both programs, the client to serve, their licences and nothing else, and names one Deno",
  ignore: !HAS_NPM,
  fn: () =>
    inFolder(async (folder) => {
      const [packed] = JSON.parse(await npm(`${folder}/package`, ["pack", "--dry-run", "--json"])) as [
        { name: string; version: string; files: { path: string }[] },
      ];
      assert.deepEqual([packed.name, packed.version], [config.name, config.version]);
      const lib = ["client.js", "launch.js", "sotto-relay.js", "sotto.html", "sotto.js"];
      assert.deepEqual(packed.files.map(({ path }) => path).sort(), [
        "LICENSE",
        "LICENSES.txt",
        "README.md",
        "bin/sotto-relay.js",
        "bin/sotto.js",
        ...lib.map((name) => `lib/${name}`),
        "package.json",
      ]);
      const manifest = JSON.parse(await Deno.readTextFile(`${folder}/package/package.json`));
      assert.deepEqual(manifest.dependencies, { deno: Deno.version.deno });
      const starter = await Deno.readTextFile(`${folder}/package/bin/sotto.js`);
      assert.ok(
        starter.includes(JSON.stringify(v8Flags("sotto")).slice(1, -1)),
        "with the flags of the binary",
      );
      assert.equal("scripts" in manifest, false, "nothing runs when it is installed");
    }),
});

Deno.test({
  name: "installed by npm, sotto and sotto-relay make a room and carry messages, with fixed permissions",
  ignore: !CAN_INSTALL,
  fn: () =>
    inFolder(async (folder) => {
      await npm(folder, ["pack", "./package"]);
      const tarball = `${folder}/${config.name.slice(1).replace("/", "-")}-${config.version}.tgz`;
      const quiet = ["--no-fund", "--no-audit", "--prefer-offline", "--prefix", `${folder}/installed`];
      await npm(folder, ["install", ...quiet, tarball]);
      const program = (name: string): Program => ({
        command: `${folder}/installed/node_modules/.bin/${name}`,
        args: [],
      });
      const said = await runToEnd(program("sotto"), ["--version"]);
      assert.deepEqual(said, { status: 0, out: `${versionLine(await commitOf())}\n`, err: "" });
      assert.equal((await runToEnd(program("sotto"), ["teapot"])).status, 2);
      await whileServing(program("sotto-relay"), ["--serve-client"], async (url, text) => {
        assert.match(text, /sotto create --nick alice/);
        await talk(program("sotto"), url);
        await talkByCode({ ...program("sotto"), env: { SOTTO_RELAY: url } });
      });
      const { err } = await runToEnd(program("sotto-relay"), ["--port", "0", "--password-file", "/none"]);
      assert.match(err, /^Cannot use --password-file \/none: there is no such file/);
    }),
});
