/** The service of systemd: its unit is sound and closed, and what it permits is enough. */
import assert from "node:assert/strict";
import { isInstalled } from "./_proxies.ts";
import { must, ROOT } from "./_container.ts";
import { untilListening } from "./_server_process.ts";

const UNIT = `${ROOT}deploy/sotto-relay.service`;
/** What `systemd-analyze security` may say at most; 1.6 with systemd 252, 10 is a unit without any hardening. */
const MAX_EXPOSURE = 2;
const ignore = !await isInstalled("systemd-analyze", ["--version"]);

/** The value of a key, its continued lines joined. */
async function valueOf(key: string): Promise<string> {
  const text = (await Deno.readTextFile(UNIT)).replaceAll(/\\\n\s*/g, "");
  const [, value = ""] = new RegExp(`^${key}=(.*)$`, "m").exec(text) ?? [];
  return value;
}

/** The variable of the unit that keeps SIGUSR2 from ending the relay, as name and value. */
async function trimming(): Promise<string[][]> {
  const variables = (await valueOf("Environment")).split(" ").map((each) => each.split("="));
  return variables.filter(([name]) => name === "DENO_USR2_MEMORY_TRIM");
}

Deno.test({
  name: "systemd-analyze finds no fault in the unit",
  ignore,
  fn: async () => {
    const { success, stderr } = await new Deno.Command("systemd-analyze", { args: ["verify", UNIT] })
      .output();
    const complaints = new TextDecoder().decode(stderr).split("\n").filter((line) => line.includes("sotto"));
    assert.deepEqual([success, complaints], [true, []]);
  },
});

Deno.test({
  name: "systemd-analyze counts the unit among the closed ones",
  ignore,
  fn: async () => {
    const said = await must("systemd-analyze", ["security", "--offline=true", "--no-pager", UNIT]);
    const [, exposure = ""] = /exposure level for \S+: ([\d.]+)/.exec(said) ?? [];
    assert.notEqual(exposure, "");
    assert.ok(Number(exposure) <= MAX_EXPOSURE, said);
  },
});

Deno.test({
  name: "the unit's permissions are enough for a relay with everything on",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const dir = await Deno.makeTempDir({ prefix: "sotto-service-" });
    try {
      for (const each of ["etc", "run", "lib", "log"]) await Deno.mkdir(`${dir}/${each}`, { mode: 0o700 });
      await Deno.writeTextFile(`${dir}/etc/password`, "as-a-service\n", { mode: 0o600 });
      const settings = [
        "SERVER_PORT=0",
        "TLS_SELF_SIGNED=yes",
        "METRICS=yes",
        "PASSWORD_ITERATIONS=10000",
        `ADMIN_PASSWORD_FILE=${dir}/etc/password`,
        `ACCOUNTS_FILE=${dir}/lib/accounts`,
        `AUDIT_LOG=${dir}/log/audit.log`,
        `ADMIN_SOCKET=${dir}/run/relay.sock`,
      ];
      await Deno.writeTextFile(`${dir}/etc/relay.env`, settings.join("\n"), { mode: 0o600 });
      const words = (await valueOf("ExecStart"))
        .replaceAll("/opt/sotto", ROOT.replace(/\/$/, ""))
        .replaceAll("/etc/sotto", `${dir}/etc`)
        .replaceAll("/run/sotto", `${dir}/run`)
        .replaceAll("/var/lib/sotto", `${dir}/lib`)
        .replaceAll("/var/log/sotto", `${dir}/log`)
        .split(/\s+/);
      assert.deepEqual(words.slice(0, 3), ["/usr/bin/env", "deno", "run"]);
      assert.ok(!words.some((word) => /^(-A|--allow-(all|run|ffi|import).*)$/.test(word)));
      const child = new Deno.Command(Deno.execPath(), {
        args: words.slice(2),
        cwd: ROOT,
        env: { NO_COLOR: "1", ...Object.fromEntries(await trimming()) },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const errors = new Response(child.stderr).text();
      const { rest } = await untilListening(child);
      if (Deno.build.os === "linux") child.kill("SIGUSR2"); // gives memory back, and goes on
      const status = await must(Deno.execPath(), [
        "run",
        "-A",
        "server.ts",
        "status",
        "--socket",
        `${dir}/run/relay.sock`,
      ], {
        cwd: ROOT,
      }).finally(() => child.kill("SIGTERM"));
      const { code } = await child.status;
      assert.match(status, /^state +healthy$/m);
      assert.match(await rest, /SHA-256/);
      assert.equal(code, 0, await errors);
      for (const file of ["lib/accounts", "log/audit.log"]) await Deno.stat(`${dir}/${file}`);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});

Deno.test("the unit's time to end is longer than the relay ever takes, and a wrong setting is not tried again", async () => {
  assert.ok(Number(await valueOf("TimeoutStopSec")) > 10);
  assert.equal(await valueOf("RestartPreventExitStatus"), "2");
});
