/** The README's commands, run as they stand. Ports and relays come from the environment, as a user could set them. @module */
import assert from "node:assert/strict";
import { openRelay } from "../../relay/mod.ts";

const ROOT = new URL("../../", import.meta.url);
const README = await Deno.readTextFile(new URL("README.md", ROOT));
const COMMANDS = [...README.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block]) => (block ?? "").split("\n"))
  .map((line) => line.replace(/ +#.*$/, "").trim())
  .filter((line) => line !== "");

/** Commands that this test does not run, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "deno task test": "it is what runs this",
  "npx -y deno@2.9.6 run -A server.ts": "the same program by another name",
  "npx -y deno@2.9.6 task test": "the same program by another name",
};

async function shell(
  command: string,
  env: Record<string, string>,
  input = "",
): Promise<{ code: number; out: string }> {
  const child = new Deno.Command("bash", {
    args: ["-c", command],
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  return { code, out: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("README: every command is known here, so that a new one is not left untried", () => {
  const tried = [
    "deno run -A server.ts",
    "deno run -A client.ts create",
    "deno run -A client.ts join",
    "printf",
  ];
  for (const command of COMMANDS) {
    const known = command in ELSEWHERE || tried.some((start) => command.startsWith(start));
    assert.ok(known, `nothing tries: ${command}`);
  }
  assert.ok(COMMANDS.length >= 6, "the README's commands were found");
});

Deno.test("README: every task, file and document that it names exists", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT))) as {
    tasks: Record<string, unknown>;
  };
  const tasks = [...README.matchAll(/deno task ([a-z:]+)/g)].map(([, name]) => name ?? "");
  assert.ok(tasks.length > 0);
  for (const task of tasks) assert.ok(task in config.tasks, `there is no task ${task}`);
  for (const [, path] of README.matchAll(/\]\((docs\/[^)]+)\)/g)) await Deno.stat(new URL(path ?? "", ROOT));
});

Deno.test("README: the relay's command listens and says what to type next", async () => {
  const command = COMMANDS.find((line) => line.startsWith("deno run -A server.ts")) ?? "";
  const child = new Deno.Command("bash", {
    args: ["-c", `exec ${command}`],
    cwd: ROOT,
    env: { SERVER_PORT: "0", NO_COLOR: "1" },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let out = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    out += chunk;
    if (/listening on ws:\/\/127\.0\.0\.1:\d+\/ws[\s\S]*client\.ts create/.test(out)) break;
  }
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
  assert.match(out, /listening on/);
});

Deno.test("README: create prints an invite and a code, join with them comes in, the JSON line is said", async () => {
  const relay = await openRelay({ port: 0 });
  const env = { SOTTO_RELAY: relay.url };
  const create = COMMANDS.find((line) => line.includes("client.ts create")) ?? "";
  const created = await shell(create, env);
  assert.equal(created.code, 0, created.out);
  assert.match(created.out, /http:\/\/127\.0\.0\.1:\d+\/#/);
  assert.match(created.out, /\d{5}(-[a-z]+){4}/);
  const join = COMMANDS.find((line) => line.includes("<invite or code>")) ?? "";
  const joined = await shell(join.replace("<invite or code>", "SECRET123"), env);
  assert.equal(joined.code, 0, joined.out);
  assert.match(joined.out, /bob/);
  const json = await shell(COMMANDS.find((line) => line.startsWith("printf")) ?? "", env);
  assert.equal(json.code, 0, json.out);
  const events = json.out.trim().split("\n").map((line) =>
    JSON.parse(line) as { event: string; ref?: unknown }
  );
  assert.deepEqual(events.find(({ event }) => event === "sent")?.ref, 1);
  assert.equal(events.at(-1)?.event, "ended");
  await relay.close();
});
