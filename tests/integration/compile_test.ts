/**
 * The binaries. Deno's base runtime is downloaded; where that cannot be, the embedding step is checked with deno itself
 * in its place, which does not run what is in it, and the test that runs a binary is ignored.
 */
import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { buildOf } from "../../relay/systems.ts";
import { VERSION, versionLine } from "../../relay/program/version.ts";
import { sumOf, writeChecksums } from "../../tools/checksums.ts";
import { commitOf, commitTime } from "../../tools/commit.ts";
import {
  compileProgram,
  NoBaseRuntime,
  NotDenort,
  PERMISSIONS,
  tryProgram,
  V8_FLAGS,
  v8Flags,
} from "../../tools/compile_program.ts";
import { fileName, isTarget, type Target, targetOf, targetOfFile, TARGETS } from "../../tools/targets.ts";
import { denoRun, ROOT, runToEnd, talk, whileServing } from "./_shipped.ts";

const SOURCE = { commit: "0123456789ab", time: 1_790_000_000_000 };
const HERE: Target | undefined = isTarget(Deno.build.target) ? Deno.build.target : undefined;
/** Nothing can be downloaded with these. */
const OFFLINE = {
  HTTPS_PROXY: "http://127.0.0.1:1",
  https_proxy: "http://127.0.0.1:1",
  NO_PROXY: "",
  no_proxy: "",
};

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-binaries-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether the base runtime for this machine can be had: only a binary that runs shows it. */
async function haveBaseRuntime(): Promise<boolean> {
  if (HERE === undefined) return false;
  const target = HERE;
  try {
    await inFolder(async (folder) => {
      await tryProgram(await compileProgram("sotto", { target, folder }, SOURCE), SOURCE.commit);
    });
    return true;
  } catch (error) {
    if (error instanceof NoBaseRuntime || error instanceof NotDenort) return false;
    throw error;
  }
}

Deno.test({
  name: "the compiled relay and client make a room and carry messages (where the base runtime can be had)",
  ignore: !(await haveBaseRuntime()),
  fn: async () => {
    assert.ok(HERE !== undefined);
    const target = HERE;
    await inFolder(async (folder) => {
      const [client, relay] = [
        await compileProgram("sotto", { target, folder }, SOURCE),
        await compileProgram("sotto-relay", { target, folder }, SOURCE),
      ];
      for (const path of [client, relay]) {
        const { status, out } = await runToEnd({ command: path, args: [] }, ["--version"]);
        assert.deepEqual([status, out.trim()], [0, versionLine(SOURCE.commit)]);
      }
      await whileServing({ command: relay, args: [] }, ["--serve-client", "--web"], async (url) => {
        await talk({ command: client, args: [] }, url);
        const served = await fetch(url.replace(/^ws(.*)\/ws$/, "http$1/client.js"));
        assert.match(await served.text(), /^\/\*! Sotto /);
        const page = await fetch(url.replace(/^ws(.*)\/ws$/, "http$1/web"));
        assert.match(await page.text(), /^<!DOCTYPE html>/);
      });
      await whileServing(
        { command: relay, args: [] },
        ["--tls-self-signed", "--metrics"],
        () => Promise.resolve(),
      );
    });
  },
});

/** What the compiler wrote into a binary about how it runs. */
interface Embedded {
  permissions: Record<string, unknown> & { prompt: boolean };
  code_cache_key: unknown;
  entrypoint_key: string;
  app_name: string;
  v8_flags: string[]; // with some of Deno's own
}

/** The end of a binary, where the compiler puts ours, as text, and its description of it. */
async function embedded(path: string): Promise<{ text: string; about: Embedded; files: string[] }> {
  const bytes = await Deno.readFile(path);
  const text = new TextDecoder("latin1").decode(bytes.subarray(bytes.length - 3_000_000));
  const start = text.lastIndexOf('{"argv"');
  const about = text.slice(start);
  const end = /"app_name":"[^"]*"\}/.exec(about);
  assert.ok(start > 0 && end !== null);
  const files = [...about.matchAll(/\{"File":\{"n":"([^"]+)"/g)].map(([, name]) => name ?? "");
  return { text: about, about: JSON.parse(about.slice(0, end.index + end[0].length)), files };
}

Deno.test({
  name:
    "a binary holds one bundle, what it may do and no path of the machine that made it, and comes out the same twice",
  ignore: HERE === undefined,
  fn: async () => {
    assert.ok(HERE !== undefined);
    const target = HERE;
    const env = { ...Deno.env.toObject(), DENORT_BIN: Deno.execPath() };
    await inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/again`);
      for (const program of ["sotto", "sotto-relay"] as const) {
        const path = await compileProgram(program, { target, folder, env }, SOURCE);
        assert.equal(path, `${folder}/${fileName(program, VERSION, target)}`);
        assert.equal(await targetOfFile(path), target);
        const { text, about, files } = await embedded(path);
        const { permissions, app_name, entrypoint_key, code_cache_key } = about;
        assert.deepEqual([app_name, entrypoint_key, code_cache_key], [program, `${program}.js`, null]);
        assert.deepEqual(
          files.sort(),
          program === "sotto" ? ["sotto.js"] : ["client.js", "sotto-relay.js", "sotto.html"],
        );
        const known = Object.values(V8_FLAGS).flat();
        assert.deepEqual(about.v8_flags.filter((flag) => known.includes(flag)), V8_FLAGS[program]);
        for (const kind of ["allow_run", "allow_ffi"]) assert.equal(permissions[kind], null, kind);
        assert.deepEqual([permissions.deny_import, permissions.ignore_env, permissions.prompt], [
          [],
          [],
          false,
        ]);
        assert.deepEqual(permissions.allow_write, program === "sotto" ? null : []);
        const named = PERMISSIONS[program].find((flag) => flag.startsWith("--allow-env="))?.slice(12).split(
          ",",
        );
        assert.ok(named !== undefined && named.length > 5);
        assert.deepEqual(permissions.allow_env, named);
        for (const part of [ROOT, folder, "registry.npmjs.org", "sotto-compile-"]) {
          assert.ok(!text.includes(part), part);
        }
        assert.ok(text.includes(`globalThis[Symbol.for("sotto.commit")]="${SOURCE.commit}"`));
        const ours = (await Deno.stat(path)).size - (await Deno.stat(Deno.execPath())).size;
        assert.ok(ours < 6_000_000, `${ours} bytes besides the runtime`);
        const again = await compileProgram(program, { target, folder: `${folder}/again`, env }, SOURCE);
        assert.equal((await sumOf(again)).sha256, (await sumOf(path)).sha256);
        await Deno.remove(again);
      }
    });
  },
});

Deno.test({
  name: "deno in place of denort is found out, because what it made does not say our version",
  ignore: HERE === undefined,
  fn: async () => {
    await assert.rejects(
      tryProgram(Deno.execPath(), SOURCE.commit),
      /DENORT_BIN must be denort, which is not deno/,
    );
  },
});

Deno.test("the task that runs the client gives it the V8 flags of the binary", () => {
  assert.equal(v8Flags("sotto").length, 1);
  assert.ok(config.tasks.client.command.split(" ").includes(v8Flags("sotto")[0] ?? ""));
});

Deno.test("the task, the service and the container that run the relay give it the V8 flags of the binary", async () => {
  const [flags = "", ...more] = v8Flags("sotto-relay");
  assert.deepEqual([flags !== "", more], [true, []]);
  assert.ok(config.tasks.start.command.split(" ").includes(flags));
  const service = await Deno.readTextFile(`${ROOT}deploy/sotto-relay.service`);
  assert.ok(service.split(/\s+/).includes(flags));
  const dockerfile = await Deno.readTextFile(`${ROOT}deploy/Dockerfile`);
  assert.ok(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1]?.includes(JSON.stringify(flags)));
});

Deno.test("without a base runtime one sentence says how to get it, and nothing is left", async () => {
  await inFolder(async (folder) => {
    const other = TARGETS.find((target) => target !== HERE) ?? TARGETS[0];
    const env = {
      ...Deno.env.toObject(),
      ...OFFLINE,
      DENO_DIR: `${folder}/cache`,
      DENORT_BIN: Deno.execPath(),
    };
    const compiling = compileProgram("sotto", { target: other, folder, env }, SOURCE); // DENORT_BIN is for HERE
    await assert.rejects(compiling, (error) => {
      assert.ok(error instanceof NoBaseRuntime);
      assert.match(
        error.message,
        new RegExp(`^Cannot compile for ${other}: .*DENORT_BIN.*denort-${other}\\.zip`),
      );
      assert.ok(!error.message.includes("\n"));
      return true;
    });
    assert.deepEqual(
      [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name !== "cache"),
      [],
    );
  });
});

Deno.test("compiling for a system that is none of ours says which there are", async () => {
  const { status, err } = await runToEnd(denoRun(["-A"], `${ROOT}tools/compile.ts`), [
    "riscv64-unknown-linux-gnu",
  ]);
  assert.equal(status, 2);
  assert.match(err, /riscv64-unknown-linux-gnu.*x86_64-unknown-linux-gnu, .*x86_64-pc-windows-msvc/);
});

Deno.test("the name of a binary tells program, version and system, to the relay's downloads too", () => {
  for (const target of TARGETS) {
    for (const program of ["sotto", "sotto-relay"]) {
      const name = fileName(program, VERSION, target);
      assert.equal(name.endsWith(".exe"), target.includes("windows"));
      const { program: who, version, target: what } = buildOf(name) ?? {};
      assert.deepEqual([who, version, what], [program, VERSION, target]);
    }
  }
});

Deno.test("the first bytes of a program tell its system, and damaged or foreign ones tell none", async () => {
  const head = (put: (view: DataView) => void): Uint8Array => {
    const bytes = new Uint8Array(256);
    put(new DataView(bytes.buffer));
    return bytes;
  };
  const elf = (machine: number) =>
    head((view) => (view.setUint32(0, 0x7f454c46), view.setUint16(18, machine, true)));
  const macho = (machine: number) =>
    head((view) => (view.setUint32(0, 0xfeedfacf, true), view.setUint32(4, machine, true)));
  const pe = (machine: number, at = 128) =>
    head((view) => {
      view.setUint16(0, 0x4d5a);
      view.setUint32(0x3c, at, true);
      if (at < 200) view.setUint32(at, 0x50450000);
      if (at < 200) view.setUint16(at + 4, machine, true);
    });
  const heads = [elf(62), elf(183), macho(0x01000007), macho(0x0100000c), pe(0x8664)];
  assert.deepEqual(heads.map(targetOf), [...TARGETS]);
  const none = [
    new Uint8Array(0),
    new Uint8Array(256),
    elf(243),
    macho(7),
    pe(0x14c),
    pe(0x8664, 0xffff_fff0),
  ];
  for (const bytes of none) assert.equal(targetOf(bytes), undefined);
  for (const bytes of heads) assert.equal(targetOf(bytes.subarray(0, 40)), undefined);
  assert.equal(await targetOfFile(Deno.execPath()), HERE);
  assert.equal(await targetOfFile(`${ROOT}no-such-file`), undefined);
});

Deno.test("SHA256SUMS is what sha256sum checks, and a changed file is found", async () => {
  await inFolder(async (folder) => {
    const paths = ["b", "a"].map((name) => `${folder}/${name}`);
    for (const path of paths) await Deno.writeTextFile(path, `what is in ${path}`);
    const sums = await writeChecksums(folder, paths);
    assert.deepEqual(sums.map(({ name }) => name), ["a", "b"]);
    const check = () =>
      new Deno.Command("sha256sum", { args: ["--check", "SHA256SUMS"], cwd: folder }).output();
    assert.equal((await check()).code, 0);
    await Deno.truncate(`${folder}/a`, 3); // half a download
    assert.equal((await check()).code, 1);
  });
});

Deno.test("a build names the commit, and says when there is more in it; without git it takes what it is told", async () => {
  await inFolder(async (folder) => {
    const git = async (...args: string[]): Promise<string> => {
      const settings = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
      const { stdout, success } = await new Deno.Command("git", { args: [...settings, ...args], cwd: folder })
        .output();
      assert.ok(success);
      return new TextDecoder().decode(stdout).trim();
    };
    await git("init", "--quiet");
    await Deno.writeTextFile(`${folder}/file`, "one");
    await git("add", "file");
    await git("commit", "--quiet", "-m", "one");
    const head = (await git("rev-parse", "HEAD")).slice(0, 12);
    assert.equal(await commitOf(folder), head);
    assert.equal(await commitTime(folder), Number(await git("log", "-1", "--format=%ct")) * 1_000);
    await Deno.writeTextFile(`${folder}/file`, "two");
    assert.equal(await commitOf(folder), `${head}-changed`);
  });
  await inFolder(async (folder) =>
    assert.deepEqual([await commitOf(folder), await commitTime(folder)], ["", 0])
  );
});
