/** The relay's settings: what wins, what is refused and how, what is shown. */
import assert from "node:assert/strict";
import { configure } from "../../relay/program/settings.ts";
import { envExample } from "../../relay/program/env_example.ts";
import { logIo } from "../../relay/program/io.ts";
import { ALL_SETTINGS } from "../../relay/program/settings_table.ts";
import { type Outcome, run, withEnv, withFiles } from "./_program.ts";

/** The line of `--print-config` about one setting, as words. */
function shown({ out }: Outcome, name: string): string[] {
  const line = out.join("\n").split("\n").find((line) => line.startsWith(`${name} `));
  return line?.split(/ {2,}/) ?? [];
}

Deno.test("flags win over the environment, the environment over an env file, that over defaults", async () => {
  const text =
    "SERVER_HOST=127.0.0.2\nSERVER_PORT=2222\nMAX_ROOMS=22\nexport MAX_MEMBERS='9' # few\nALLOW=10.0.0.0/8,::1\n";
  await withFiles({ env: { text } }, async (dir) => {
    await withEnv({ SERVER_PORT: "3333", MAX_ROOMS: "33", LISTENER: "" }, async () => {
      const file = `${dir}/env`;
      const outcome = await run([
        "--env-file",
        file,
        "--print-config",
        "--port",
        "4444",
        "--deny",
        "::2",
        "--deny",
        "::3",
      ]);
      assert.equal(outcome.status, 0);
      assert.deepEqual(shown(outcome, "host"), ["host", "127.0.0.2", "env-file", `SERVER_HOST in ${file}`]);
      assert.deepEqual(shown(outcome, "port"), ["port", "4444", "flag", "--port"]);
      assert.deepEqual(shown(outcome, "max-rooms"), ["max-rooms", "33", "env", "MAX_ROOMS"]);
      assert.deepEqual(shown(outcome, "max-members").slice(0, 3), ["max-members", "9", "env-file"]);
      assert.deepEqual(shown(outcome, "listener"), ["listener", "deno", "default"]);
      assert.deepEqual(shown(outcome, "allow").slice(0, 3), ["allow", "10.0.0.0/8,::1", "env-file"]);
      assert.deepEqual(shown(outcome, "deny").slice(0, 3), ["deny", "::2,::3", "flag"]);
    });
  });
});

Deno.test("--print-config shows every setting with its source, and no secret", async () => {
  await withEnv({ OPERATOR_PASSWORD: "tell-nobody-either" }, async () => {
    const outcome = await run([
      "--password",
      "tell-nobody",
      "--no-public-rooms",
      "--ssl-cert",
      "c",
      "--ssl-key",
      "k",
      "--print-config",
    ]);
    assert.equal(outcome.status, 0);
    const text = outcome.out.join("\n");
    assert.equal(text.split("\n").length, ALL_SETTINGS.length);
    assert.doesNotMatch(text, /tell-nobody/);
    assert.deepEqual(shown(outcome, "password"), ["password", "•••", "flag", "--password"]);
    assert.deepEqual(shown(outcome, "OPERATOR_PASSWORD"), [
      "OPERATOR_PASSWORD",
      "•••",
      "env",
      "OPERATOR_PASSWORD",
    ]);
    assert.deepEqual(shown(outcome, "public-rooms"), ["public-rooms", "no", "flag", "--no-public-rooms"]);
    assert.deepEqual(shown(outcome, "tls-cert"), ["tls-cert", "c", "flag", "--ssl-cert"]);
    assert.deepEqual(shown(outcome, "token-ttl"), ["token-ttl", "24h", "default"]);
  });
});

Deno.test("--print-config shows the listener that runs: node with TLS", async () => {
  const config = async (...args: string[]) => shown(await run([...args, "--print-config"]), "listener");
  const node = ["listener", "node", "default", "with TLS"];
  assert.deepEqual(await config(), ["listener", "deno", "default"]);
  assert.deepEqual(await config("--tls-self-signed"), node);
  assert.deepEqual(await config("--tls-cert", "c", "--tls-key", "k"), node);
  assert.deepEqual(await config("--listener", "node"), ["listener", "node", "flag", "--listener"]);
  assert.deepEqual((await config("--listener", "deno", "--tls-self-signed"))[1], "deno"); // and is refused
});

Deno.test("--print-config shows settings that contradict each other before it refuses them", async () => {
  const { status, out, err } = await run(["--print-config", "--require-account"]);
  assert.deepEqual([status, out.length, err.length], [2, 1, 1]);
});

Deno.test(".env.example lists every variable, and means what is in force without it", async () => {
  const text = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
  assert.equal(text, envExample(), "write it anew: deno run -A relay/program/env_example.ts > .env.example");
  const variables = new Map(
    [...text.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name ?? "", value ?? ""]),
  );
  const { settings } = configure({ flags: new Map(), env: (name) => variables.get(name) || undefined });
  for (const [name, { env, fallback, example }] of ALL_SETTINGS) {
    if (env === undefined) continue;
    assert.ok(variables.has(env), env);
    if (example === undefined) assert.deepEqual(settings[name], fallback, env);
  }
});

Deno.test("every name that other software relies on is a variable of the relay", () => {
  const known = new Set(ALL_SETTINGS.map(([, { env }]) => env));
  for (
    const name of [
      "SERVER_HOST SERVER_PORT ADMIN_PASSWORD SSL_CERT_PATH SSL_KEY_PATH TOKEN_TTL MAX_MESSAGES_PER_WINDOW",
      "RATE_LIMIT_WINDOW HEARTBEAT_INTERVAL HEARTBEAT_TIMEOUT MAX_MESSAGE_SIZE MAX_PAYLOAD_SIZE OPERATOR_PASSWORD",
    ].join(" ").split(" ")
  ) assert.ok(known.has(name), name);
});

Deno.test("--help lists every flag with its variable", async () => {
  const { status, out } = await run(["--help"]);
  assert.equal(status, 0);
  for (const [, { flag, env }] of ALL_SETTINGS) {
    if (flag === undefined) continue;
    assert.ok(out.join("\n").includes(`${flag} `), flag);
    if (env !== undefined) assert.ok(out.join("\n").includes(env), env);
  }
});

Deno.test("--log-format json makes every line of the relay one JSON object", () => {
  const lines: string[] = [];
  const io = logIo(
    { print: (text) => lines.push(text), complain: (text) => lines.push(text) },
    "json",
    () => 0,
  );
  io.print('a "line"\nand more');
  io.complain("Warning: beware");
  io.complain("Cannot do it");
  const time = "1970-01-01T00:00:00.000Z";
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [
    { time, level: "info", message: 'a "line"\nand more' },
    { time, level: "warning", message: "Warning: beware" },
    { time, level: "error", message: "Cannot do it" },
  ]);
});
