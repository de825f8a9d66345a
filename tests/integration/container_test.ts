/** The container: what the Dockerfile and compose.yaml say is there, and the image's files run as they say. */
import assert from "node:assert/strict";
import { readCommandLine } from "../../relay/program/command_line.ts";
import { configure } from "../../relay/program/settings.ts";
import { ALL_SETTINGS } from "../../relay/program/settings_table.ts";
import { isInstalled } from "./_proxies.ts";
import {
  argv,
  copied,
  environment,
  inImage,
  isSent,
  last,
  layOut,
  must,
  readDockerfile,
  ROOT,
  STAGES,
} from "./_container.ts";
import { untilListening } from "./_server_process.ts";
import { freePort } from "../free_port.ts";
import { webPage } from "../../tools/web.ts";

const read = (path: string): Promise<string> => Deno.readTextFile(`${ROOT}${path}`);
const dockerfile = readDockerfile(await read("deploy/Dockerfile"));
const VARIABLES = new Set(ALL_SETTINGS.flatMap(([, { env }]) => env ?? []));
/** What Deno itself reads. */
const OF_DENO = ["DENO_DIR", "DENO_NO_UPDATE_CHECK", "DENO_USR2_MEMORY_TRIM", "NO_COLOR"];

/** Checks that variables are settings, and that the relay takes their values. */
function checkVariables(variables: Iterable<[string, string]>): void {
  const env = new Map(variables);
  for (const name of env.keys()) assert.ok(VARIABLES.has(name) || OF_DENO.includes(name), name);
  configure({ flags: new Map(), env: (name) => env.get(name) });
}

Deno.test("the Dockerfile copies what is there, and all that the relay loads", async () => {
  const ignore = await read("deploy/Dockerfile.dockerignore");
  for (const { from } of copied(dockerfile, STAGES.page)) {
    await Deno.stat(`${ROOT}${from}`);
    assert.ok(isSent(from.replace(/\/$/, ""), ignore), `${from} is not sent to the builder`);
  }
  const inStage = (path: string, stage: number): boolean =>
    isSent(path, ignore) &&
    copied(dockerfile, stage).some(({ from }) => from.endsWith("/") ? path.startsWith(from) : path === from);
  const inImage = (path: string): boolean => inStage(path, STAGES.image);
  const entries = [
    ["server.ts", STAGES.image],
    ["deploy/health.ts", STAGES.image],
    ["web/main.ts", STAGES.page],
    ["tools/web.ts", STAGES.page],
  ] as const;
  for (const [entry, stage] of entries) {
    const graph = JSON.parse(await must(Deno.execPath(), ["info", "--json", entry], { cwd: ROOT })) as {
      modules: { specifier: string }[];
    };
    const own = graph.modules.map(({ specifier }) => specifier).filter((each) => each.startsWith("file:"));
    assert.ok(own.length > 0);
    for (const url of own) {
      const path = url.slice(new URL(`file://${ROOT}`).href.length);
      assert.ok(inStage(path, stage), `${path} is not in the image`);
    }
  }
  for (const path of [".git/config", "deploy/relay_password", "relay/relay_test.ts", "client/mod.ts"]) {
    assert.ok(!inImage(path), `${path} has no business there`);
  }
  for (const path of [".git/config", "deploy/relay_password", "web/qr_test.ts", "tests/helpers.ts"]) {
    assert.ok(!isSent(path, ignore), `${path} has no business with the builder`);
  }
});

Deno.test("the Dockerfile's variables, flags and version are real ones, its user has no rights, nothing needs a shell", async () => {
  checkVariables(environment(dockerfile));
  assert.equal(last(dockerfile, "USER"), "65532:65532");
  const [, version] = /^version=(\S+)$/m.exec(await read(".ci/run")) ?? [];
  assert.ok(dockerfile.some(({ name, text }) => name === "RUN" && text.includes(` deno@${version} `)));
  for (const { name, text } of dockerfile) {
    if (name === "FROM") assert.match(text, /:[\w.-]+|^build AS /, "a version, or an earlier stage");
  }
  const [deno, run, ...rest] = argv(last(dockerfile, "ENTRYPOINT"));
  assert.deepEqual([deno, run], ["/usr/local/bin/deno", "run"]);
  assert.ok(!rest.some((word) => ["-A", "--allow-all", "--allow-run", "--allow-ffi"].includes(word)));
  const args = [...rest.slice(rest.indexOf("server.ts") + 1), ...argv(last(dockerfile, "CMD"))];
  assert.equal(readCommandLine(args).kind, "run");
  const health = argv(last(dockerfile, "HEALTHCHECK"));
  assert.deepEqual(health.filter((word) => word.startsWith("--allow")), [
    "--allow-net=127.0.0.1",
    "--allow-env=SERVER_PORT",
  ]);
});

const CAN_LAY_OUT = Deno.build.os === "linux" && Deno.uid() === 0 &&
  await isInstalled("ldd", ["--version"]) &&
  await isInstalled("unshare", [
    "--mount",
    "--pid",
    "--fork",
    "sh",
    "-c",
    "mount --make-rprivate / && command -v chroot",
  ]);

Deno.test({
  name:
    "the image's files run as its user on a read-only root without a shell, are healthy, and end in order",
  ignore: !CAN_LAY_OUT,
  fn: async () => {
    const dir = await Deno.makeTempDir({ prefix: "sotto-image-" });
    try {
      await layOut(dir, dockerfile);
      const port = String(freePort());
      await Deno.writeTextFile(`${dir}/run/secrets/relay_password`, "in-a-container\n", { mode: 0o600 });
      for (const own of ["run/secrets/relay_password", "run/sotto", "var/lib/sotto"]) {
        await Deno.chmod(`${dir}/${own}`, own.endsWith("password") ? 0o600 : 0o700);
        await Deno.chown(`${dir}/${own}`, 65_532, 65_532);
      }
      const env = new Map([
        ...environment(dockerfile),
        ["SERVER_PORT", port],
        ["ADMIN_PASSWORD_FILE", "/run/secrets/relay_password"],
        ["PASSWORD_ITERATIONS", "10000"],
        ["ACCOUNTS_FILE", "/var/lib/sotto/accounts"],
        ["ADMIN_SOCKET", "/run/sotto/relay.sock"],
        ["SERVE_WEB", "yes"],
      ]);
      const place = (command: string[]): string[] =>
        command.map((word) => /^(server|deploy\/health)\.ts$/.test(word) ? `/sotto/${word}` : word);
      const health = async (): Promise<number> =>
        (await inImage(dir, place(argv(last(dockerfile, "HEALTHCHECK"))), env).output()).code;
      assert.equal(await health(), 1, "before it runs");
      const child = inImage(dir, place(argv(last(dockerfile, "ENTRYPOINT"))), env).spawn();
      const errors = new Response(child.stderr).text();
      const { rest } = await untilListening(child);
      try {
        assert.equal(await health(), 0);
        const page = await fetch(`http://127.0.0.1:${port}/web`);
        const { sha256 } = await webPage(`${dir}/made_here.html`);
        assert.equal(
          page.headers.get("etag"),
          `"${sha256}"`,
          "the page of the image is that of the checkout",
        );
        await page.body?.cancel();
        assert.equal((await Deno.stat(`${dir}/var/lib/sotto/accounts`)).uid, 65_532);
        const steering = "/usr/local/bin/deno run -P=relay-admin --no-prompt --cached-only server.ts status"
          .split(" ");
        assert.ok((await read("docs/OPERATIONS.md")).includes(steering.join(" ")));
        const { stdout } = await inImage(dir, place(steering), env).output();
        assert.match(new TextDecoder().decode(stdout), /^state +healthy$/m);
        const seen = await Deno.readTextFile(`/proc/${child.pid}/task/${child.pid}/children`);
        const [status, argument] = await Promise.all([
          Deno.readTextFile(`/proc/${seen.trim()}/status`),
          Deno.readTextFile(`/proc/${seen.trim()}/cmdline`),
        ]);
        assert.match(argument, /^\/usr\/local\/bin\/deno\0/);
        assert.match(status, /^Uid:\s+65532\s+65532\s/m);
        assert.match(status, /^CapEff:\s+0+$/m);
        Deno.kill(Number(seen), "SIGTERM");
      } catch (error) {
        child.kill("SIGKILL");
        throw error;
      } finally {
        const { code } = await child.status;
        await rest;
        assert.equal(code, 0, await errors);
      }
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});

/** A YAML file of plain maps and lists as paths and scalars: all that compose.yaml is made of. */
function scalars(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const path: { indent: number; name: string }[] = [];
  for (const line of text.split("\n")) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const [, spaces = "", dash, name, value = ""] = /^( *)(- )?(?:([\w.-]+):(?=\s|$))?\s*(.*)$/.exec(line) ??
      [];
    const indent = spaces.length;
    while ((path.at(-1)?.indent ?? -1) >= indent) path.pop();
    const place = path.map(({ name }) => name).join(".");
    if (dash !== undefined) path.push({ indent, name: "-" });
    if (name === undefined) found.set(`${place}.${value}`, value);
    else {
      if (value !== "") found.set(place === "" ? name : `${place}.${name}`, value);
      path.push({ indent: indent + (dash?.length ?? 0), name });
    }
  }
  return found;
}

Deno.test("compose.yaml names files, settings and addresses that fit each other", async () => {
  const compose = scalars(await read("deploy/compose.yaml"));
  const under = (prefix: string): [string, string][] =>
    [...compose].filter(([path]) => path.startsWith(prefix)).map((
      [path, value],
    ) => [path.slice(prefix.length), value]);
  const settings = under("services.relay.environment.");
  checkVariables(settings.map(([name, value]) => [name, value.replace(/^\$\{\w+:-(.*)\}$/, "$1")]));
  const caddy = compose.get("services.caddy.networks.inside.ipv4_address");
  assert.match(caddy ?? "", /^172\.30\.77\.\d+$/);
  assert.equal(new Map(settings).get("TRUST_PROXY"), caddy, "only Caddy speaks for others");
  assert.equal(compose.get("services.relay.build.context"), "..");
  await Deno.stat(`${ROOT}${compose.get("services.relay.build.dockerfile")}`);
  assert.equal(compose.get("secrets.relay_password.file"), "./relay_password");
  assert.equal(new Map(settings).get("ADMIN_PASSWORD_FILE"), "/run/secrets/relay_password");
  assert.ok(compose.has("services.relay.volumes.relay_state:/var/lib/sotto"));
  for (const service of ["relay", "caddy"]) {
    assert.equal(compose.get(`services.${service}.read_only`), "true");
    assert.ok(compose.has(`services.${service}.cap_drop.ALL`));
  }
  assert.equal(compose.get("networks.inside.internal"), "true");
  assert.deepEqual(under("services.relay.ports"), [], "nobody reaches the relay but by Caddy");
  const caddyfile = await read("deploy/Caddyfile");
  for (const [name] of under("services.caddy.environment.")) {
    assert.ok(caddyfile.includes(`{$${name}:`), name);
  }
  assert.equal(
    compose.get("services.caddy.environment.SOTTO_RELAY"),
    `relay:${environment(dockerfile).get("SERVER_PORT")}`,
  );
});
