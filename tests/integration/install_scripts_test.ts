/** The scripts by which people put a program in place: run in real shells, against a real relay. */
import assert from "node:assert/strict";
import { sha256, type SiteStage, withSite } from "../site_helpers.ts";

const PROGRAM = '#!/bin/sh\necho "ran $*"\n';
const LINUX = "sotto-0.1.0-x86_64-unknown-linux-gnu";
const CONTENTS = {
  [LINUX]: PROGRAM,
  "sotto-0.0.9-x86_64-unknown-linux-gnu": "an old one",
  "sotto-relay-0.1.0-x86_64-unknown-linux-gnu": '#!/bin/sh\necho "a relay"\n',
  "sotto-0.1.0-aarch64-apple-darwin": '#!/bin/sh\necho "a mac"\n',
  "sotto-0.1.0-x86_64-pc-windows-msvc.exe": "MZ",
};

/** Whether there is such a program here; a test that needs it is else reported as ignored. */
async function has(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

const [wget, pwsh] = await Promise.all(["wget", "pwsh"].map(has));

interface Outcome {
  ok: boolean;
  out: string;
  err: string;
}

/** A home for one run of a script, with a machine that says what it is told. */
async function atHome(
  { machine = "x86_64", system = "Linux" }: { machine?: string; system?: string },
  use: (
    home: string,
    run: (script: string, args?: string[], env?: Record<string, string>) => Promise<Outcome>,
  ) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "sotto-home-" });
  try {
    await Deno.mkdir(`${home}/tools`);
    await Deno.writeTextFile(
      `${home}/tools/uname`,
      `#!/bin/sh\ncase "$1" in -m) echo ${machine} ;; *) echo ${system} ;; esac\n`,
      { mode: 0o755 },
    );
    const run = async (
      script: string,
      args: string[] = [],
      env: Record<string, string> = {},
    ): Promise<Outcome> => {
      await Deno.writeTextFile(`${home}/install.sh`, script);
      const { shell = "sh", ...rest } = env;
      const { success, stdout, stderr } = await new Deno.Command(shell, {
        args: [`${home}/install.sh`, ...args],
        clearEnv: true,
        env: { HOME: home, PATH: `${home}/tools:/usr/local/bin:/usr/bin:/bin`, ...rest },
      }).output();
      const decoder = new TextDecoder();
      return { ok: success, out: decoder.decode(stdout), err: decoder.decode(stderr) };
    };
    await use(home, run);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function scriptOf({ base }: SiteStage, name = "install.sh"): Promise<string> {
  return await (await fetch(`${base}/${name}`)).text();
}

async function left(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

for (const shell of ["dash", "bash"]) {
  Deno.test(`install.sh in ${shell} picks the program, checks its hash and puts it into ~/.local/bin`, () =>
    withSite({ contents: CONTENTS }, (stage) =>
      atHome({}, async (home, run) => {
        const { ok, out, err } = await run(await scriptOf(stage), [], { shell });
        assert.deepEqual([ok, err], [true, ""]);
        assert.ok(out.includes(sha256(PROGRAM)) && out.includes("Add "), out);
        assert.deepEqual(await left(`${home}/.local/bin`), ["sotto"]);
        const ran = await new Deno.Command(`${home}/.local/bin/sotto`, { args: ["--help"] }).output();
        assert.equal(new TextDecoder().decode(ran.stdout), "ran --help\n");
      })));
}

Deno.test("install.sh takes a folder, another program and another system", () =>
  withSite({ contents: CONTENTS }, async (stage) => {
    const script = await scriptOf(stage);
    await atHome({}, async (home, run) => {
      assert.ok((await run(script, ["sotto-relay"], { SOTTO_DIR: `${home}/a b` })).ok);
      assert.deepEqual(await left(`${home}/a b`), ["sotto-relay"]);
    });
    await atHome({ machine: "arm64", system: "Darwin" }, async (home, run) => {
      assert.ok((await run(script)).ok);
      assert.match(await Deno.readTextFile(`${home}/.local/bin/sotto`), /a mac/);
    });
  }));

Deno.test({
  name: "install.sh works with wget where there is no curl",
  ignore: wget !== true,
  fn: () =>
    withSite({ contents: CONTENTS }, (stage) =>
      atHome({}, async (home, run) => {
        await Deno.mkdir(`${home}/few`);
        for (const tool of ["wget", "sha256sum", "cut", "mktemp", "mkdir", "chmod", "mv", "rm"]) {
          await Deno.symlink(`/usr/bin/${tool}`, `${home}/few/${tool}`);
        }
        const env = { PATH: `${home}/tools:${home}/few`, shell: "/bin/sh" };
        const outcome = await run(await scriptOf(stage), [], env);
        assert.ok(outcome.ok, outcome.err);
        assert.deepEqual(await left(`${home}/.local/bin`), ["sotto"]);
      })),
});

Deno.test("install.sh keeps nothing of a damaged or half download", () =>
  withSite({ contents: CONTENTS }, async (stage) => {
    const script = await scriptOf(stage);
    const other = await Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      () => new Response(PROGRAM.slice(0, 12)),
    );
    try {
      await atHome({}, async (home, run) => {
        const damaged = script.replaceAll(stage.base, `http://127.0.0.1:${other.addr.port}`);
        const { ok, err } = await run(damaged);
        assert.ok(!ok);
        assert.match(
          err,
          /Cannot install: sotto-0\.1\.0-x86_64-unknown-linux-gnu is damaged or another file/,
        );
        assert.deepEqual(await left(`${home}/.local/bin`), []);
      });
    } finally {
      await other.shutdown();
    }
  }));

Deno.test("install.sh keeps the program that was there when the new one is not what is trusted", () =>
  withSite({ contents: CONTENTS }, (stage) =>
    atHome({}, async (home, run) => {
      await Deno.mkdir(`${home}/.local/bin`, { recursive: true });
      await Deno.writeTextFile(`${home}/.local/bin/sotto`, "before");
      const { ok, err } = await run(await scriptOf(stage), [], { SOTTO_SHA256: sha256("what I trust") });
      assert.ok(!ok);
      assert.ok(err.includes(`not ${sha256("what I trust")}`));
      assert.equal(await Deno.readTextFile(`${home}/.local/bin/sotto`), "before");
      assert.deepEqual(await left(`${home}/.local/bin`), ["sotto"]);
    })));

Deno.test("install.sh on another system says what there is", () =>
  withSite({ contents: CONTENTS }, async (stage) => {
    const script = await scriptOf(stage);
    for (
      const [machine, system, name] of [
        ["riscv64", "Linux", "riscv64-unknown-linux-gnu"],
        ["x86_64", "Darwin", "x86_64-apple-darwin"],
        ["x86_64", "FreeBSD", "x86_64-FreeBSD"],
      ]
    ) {
      await atHome({ machine: machine ?? "", system: system ?? "" }, async (home, run) => {
        const { ok, err } = await run(script);
        assert.ok(!ok);
        assert.ok(err.startsWith(`Cannot install: there is no sotto for ${name} here. There is: `), err);
        assert.ok(err.includes(LINUX));
        assert.deepEqual(await left(`${home}/.local/bin`), []);
      });
    }
    await atHome({}, async (_, run) => {
      assert.match((await run(script, ["sotto; rm -rf /"])).err, /there is no sotto; rm -rf \/ for/);
    });
  }));

Deno.test("install.sh says when the relay cannot be reached", () =>
  withSite({ contents: CONTENTS }, (stage) =>
    atHome({}, async (home, run) => {
      const script = (await scriptOf(stage)).replaceAll(stage.base, "http://127.0.0.1:1");
      const { ok, err } = await run(script);
      assert.ok(!ok);
      assert.match(err, /Cannot install: sotto-0\.1\.0-x86_64-unknown-linux-gnu cannot be fetched from/);
      assert.deepEqual(await left(`${home}/.local/bin`), []);
    })));

Deno.test("install.sh that was itself cut off does nothing", () =>
  withSite({ contents: CONTENTS }, async (stage) => {
    const script = (await scriptOf(stage)).trimEnd();
    const lines = script.split("\n");
    await atHome({}, async (home, run) => {
      for (let count = 1; count < lines.length; count += 3) {
        await run(lines.slice(0, count).join("\n"));
        assert.deepEqual(await left(home), ["install.sh", "tools"], `${count} lines`);
      }
      await run(script.slice(0, -8)); // "main" without its arguments would be whole: "ma" is not
      assert.deepEqual(await left(home), ["install.sh", "tools"]);
    });
  }));

Deno.test("install.sh for a relay without programs says so", () =>
  withSite({ contents: { "notes.txt": "" } }, (stage) =>
    atHome({}, async (_, run) => {
      assert.match((await run(await scriptOf(stage))).err, /There is: nothing/);
    })));

Deno.test("install.ps1 names the programs for Windows with their hashes, and checks before it moves", () =>
  withSite({ contents: CONTENTS }, async (stage) => {
    const script = await scriptOf(stage, "install.ps1");
    assert.ok(
      script.includes(
        `'sotto:x86_64-pc-windows-msvc' = @('sotto-0.1.0-x86_64-pc-windows-msvc.exe', '${sha256("MZ")}')`,
      ),
    );
    assert.ok(script.indexOf("$is -ne $hash") < script.indexOf("Move-Item"));
    assert.doesNotMatch(script, /@\('sotto-0\.1\.0-x86_64-unknown-linux-gnu'/);
    for (const [open, close] of ["()", "{}"]) {
      assert.equal(script.split(open ?? "").length, script.split(close ?? "").length);
    }
  }));

Deno.test({
  name: "install.ps1 runs in PowerShell",
  ignore: pwsh !== true,
  fn: () =>
    withSite({ contents: CONTENTS }, (stage) =>
      atHome({}, async (home) => {
        await Deno.writeTextFile(`${home}/install.ps1`, await scriptOf(stage, "install.ps1"));
        const env = { SOTTO_DIR: `${home}/bin`, PROCESSOR_ARCHITECTURE: "AMD64" };
        const { success } = await new Deno.Command("pwsh", { args: ["-File", `${home}/install.ps1`], env })
          .output();
        assert.ok(success);
        assert.deepEqual(await left(`${home}/bin`), ["sotto.exe"]);
      })),
});
