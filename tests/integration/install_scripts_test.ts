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
async function has(program: string, args = ["--version"]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

const [wget, pwsh, shasum] = await Promise.all(["wget", "pwsh", "shasum"].map((each) => has(each)));
const busybox = await has("busybox", ["true"]);
/** Windows has install.ps1. */
const onUnix = Deno.build.os === "windows" ? Deno.test.ignore : Deno.test;

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
  onUnix(
    `install.sh in ${shell} picks the program, checks its hash and puts it into ~/.local/bin`,
    () =>
      withSite({ contents: CONTENTS }, (stage) =>
        atHome({}, async (home, run) => {
          const { ok, out, err } = await run(await scriptOf(stage), [], { shell });
          assert.deepEqual([ok, err], [true, ""]);
          assert.ok(out.includes(sha256(PROGRAM)) && out.includes("Add "), out);
          assert.deepEqual(await left(`${home}/.local/bin`), ["sotto"]);
          const ran = await new Deno.Command(`${home}/.local/bin/sotto`, { args: ["--help"] }).output();
          assert.equal(new TextDecoder().decode(ran.stdout), "ran --help\n");
        })),
  );
}

onUnix(
  "install.sh takes a folder, another program and another system",
  () =>
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
    }),
);

/** What install.sh needs besides a shell, something that fetches and something that hashes. */
const FEW = ["cut", "mktemp", "mkdir", "chmod", "mv", "rm"];

/** Where a program of the system is: macOS has some of them in /bin alone. */
async function placeOf(tool: string): Promise<string> {
  const path = `/usr/bin/${tool}`;
  return await Deno.stat(path).then(() => path, () => `/bin/${tool}`);
}

/** A folder with nothing but these programs, after which a search path may name it. */
async function only(home: string, tools: readonly string[], place = placeOf) {
  await Deno.mkdir(`${home}/few`);
  for (const tool of tools) await Deno.symlink(await place(tool), `${home}/few/${tool}`);
  return { PATH: `${home}/tools:${home}/few`, shell: "/bin/sh" };
}

onUnix({
  name: "install.sh works with wget where there is no curl",
  ignore: wget !== true,
  fn: () =>
    withSite({ contents: CONTENTS }, (stage) =>
      atHome({}, async (home, run) => {
        const env = await only(home, ["wget", "sha256sum", ...FEW]);
        const outcome = await run(await scriptOf(stage), [], env);
        assert.ok(outcome.ok, outcome.err);
        assert.deepEqual(await left(`${home}/.local/bin`), ["sotto"]);
      })),
});

onUnix({
  name: "install.sh checks the hash by shasum, as on macOS, or by openssl, where there is no sha256sum",
  ignore: shasum !== true,
  fn: () =>
    withSite({ contents: CONTENTS }, async (stage) => {
      const script = await scriptOf(stage);
      for (const hasher of [["shasum", "perl"], ["openssl"]]) {
        await atHome({ machine: "arm64", system: "Darwin" }, async (home, run) => {
          const env = await only(home, ["curl", ...hasher, ...FEW]);
          const damaged = await run(script, [], { ...env, SOTTO_SHA256: sha256("another") });
          assert.match(damaged.err, /damaged or another file: its SHA-256 is [0-9a-f]{64}, not/);
          const outcome = await run(script, [], env);
          assert.deepEqual([outcome.ok, outcome.err], [true, ""], hasher[0]);
          assert.deepEqual(await left(`${home}/.local/bin`), ["sotto"]);
        });
      }
    }),
});

onUnix(
  "install.sh fetches nothing where no hash can be checked",
  () =>
    withSite({ contents: CONTENTS }, (stage) =>
      atHome({}, async (home, run) => {
        const { ok, err } = await run(await scriptOf(stage), [], await only(home, ["curl", ...FEW]));
        assert.ok(!ok);
        assert.equal(
          err,
          "Cannot install: no hash can be checked: there is neither sha256sum nor shasum nor openssl\n",
        );
        assert.deepEqual(await left(`${home}/.local/bin`), []);
      })),
);

onUnix({
  name: "install.sh runs in busybox, with its tools alone",
  ignore: busybox !== true,
  fn: () =>
    withSite({ contents: CONTENTS }, (stage) =>
      atHome({}, async (home, run) => {
        const tools = await only(home, ["sh", "wget", "sha256sum", ...FEW], () => placeOf("busybox"));
        const outcome = await run(await scriptOf(stage), [], { ...tools, shell: `${home}/few/sh` });
        assert.deepEqual([outcome.ok, outcome.err], [true, ""]);
        assert.deepEqual(await left(`${home}/.local/bin`), ["sotto"]);
      })),
});

onUnix(
  "install.sh on Linux with musl says what there is: programs for glibc do not start there",
  () =>
    withSite({ contents: CONTENTS }, (stage) =>
      atHome({}, async (home, run) => {
        const ldd = '#!/bin/sh\necho "musl libc (x86_64)" >&2\nexit 1\n';
        await Deno.writeTextFile(`${home}/tools/ldd`, ldd, { mode: 0o755 });
        const { ok, err } = await run(await scriptOf(stage));
        assert.ok(!ok);
        assert.match(
          err,
          /^Cannot install: there is no sotto for x86_64-unknown-linux-musl here\. There is: sotto-/,
        );
        assert.deepEqual(await left(`${home}/.local/bin`), []);
      })),
);

onUnix(
  "install.sh keeps nothing of a damaged or half download",
  () =>
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
    }),
);

onUnix(
  "install.sh keeps the program that was there when the new one is not what is trusted",
  () =>
    withSite({ contents: CONTENTS }, (stage) =>
      atHome({}, async (home, run) => {
        await Deno.mkdir(`${home}/.local/bin`, { recursive: true });
        await Deno.writeTextFile(`${home}/.local/bin/sotto`, "before");
        const { ok, err } = await run(await scriptOf(stage), [], { SOTTO_SHA256: sha256("what I trust") });
        assert.ok(!ok);
        assert.ok(err.includes(`not ${sha256("what I trust")}`));
        assert.equal(await Deno.readTextFile(`${home}/.local/bin/sotto`), "before");
        assert.deepEqual(await left(`${home}/.local/bin`), ["sotto"]);
      })),
);

onUnix(
  "install.sh on another system says what there is",
  () =>
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
    }),
);

onUnix(
  "install.sh says when the relay cannot be reached",
  () =>
    withSite({ contents: CONTENTS }, (stage) =>
      atHome({}, async (home, run) => {
        const script = (await scriptOf(stage)).replaceAll(stage.base, "http://127.0.0.1:1");
        const { ok, err } = await run(script);
        assert.ok(!ok);
        assert.match(err, /Cannot install: sotto-0\.1\.0-x86_64-unknown-linux-gnu cannot be fetched from/);
        assert.deepEqual(await left(`${home}/.local/bin`), []);
      })),
);

onUnix(
  "install.sh that was itself cut off does nothing",
  () =>
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
    }),
);

onUnix(
  "install.sh for a relay without programs says so",
  () =>
    withSite({ contents: { "notes.txt": "" } }, (stage) =>
      atHome({}, async (_, run) => {
        assert.match((await run(await scriptOf(stage))).err, /There is: nothing/);
      })),
);

Deno.test("install.ps1 names the programs for Windows with their hashes, and checks before it moves", () =>
  withSite({ contents: CONTENTS }, async (stage) => {
    const script = await scriptOf(stage, "install.ps1");
    assert.ok(
      script.includes(
        `'sotto:x86_64-pc-windows-msvc' = @('sotto-0.1.0-x86_64-pc-windows-msvc.exe', '${sha256("MZ")}')`,
      ),
    );
    assert.ok(script.indexOf("$is -ne $hash") < script.indexOf("Move-Item"));
    // Windows PowerShell takes a file without a mark for one in the code page of the country.
    // deno-lint-ignore no-control-regex
    assert.match(script, /^[\x00-\x7f]*$/);
    assert.doesNotMatch(script, /@\('sotto-0\.1\.0-x86_64-unknown-linux-gnu'/);
    for (const [open, close] of ["()", "{}"]) {
      assert.equal(script.split(open ?? "").length, script.split(close ?? "").length);
    }
  }));

Deno.test({
  name: "install.ps1 runs in PowerShell, and on another system than Windows names install.sh",
  ignore: pwsh !== true,
  fn: () =>
    withSite({ contents: CONTENTS }, (stage) =>
      atHome({}, async (home) => {
        await Deno.writeTextFile(`${home}/install.ps1`, await scriptOf(stage, "install.ps1"));
        const env = { SOTTO_DIR: `${home}/bin`, PROCESSOR_ARCHITECTURE: "AMD64" };
        const { success, stderr } = await new Deno.Command("pwsh", {
          args: ["-NoProfile", "-File", `${home}/install.ps1`],
          env,
        }).output();
        const windows = Deno.build.os === "windows";
        assert.equal(success, windows);
        assert.deepEqual(await left(`${home}/bin`), windows ? ["sotto.exe"] : []);
        if (!windows) assert.match(new TextDecoder().decode(stderr), /install\.sh/);
      })),
});
