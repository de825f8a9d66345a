import assert from "node:assert/strict";
import { openRelay } from "../../relay/open_relay.ts";
import { type Finished, JsonClient, runClient } from "./_client_process.ts";
import { freePort } from "../free_port.ts";

/** What every ending has in common: no stack, no internals. */
function plain(finished: Finished): Finished {
  assert.doesNotMatch(finished.out + finished.err, /\bat .*:\d+:\d+|file:\/\/|TypeError|Uncaught|undefined/);
  return finished;
}

Deno.test("an unknown option exits with 2 and a suggestion", async () => {
  const { status, err, out } = plain(await runClient(["create", "--nik", "bob"]));
  assert.equal(status, 2);
  assert.match(err, /unknown option '--nik'[\s\S]*--nick/);
  assert.equal(out, "");
});

for (
  const [args, why] of [
    [["jion", "x"], /Did you mean join/],
    [["host", "--port", "99999"], /0 to 65535/],
    [["connect", "localhost", "x", "me"], /1 to 65535/],
    [["create", "--relay", "ftp://x"], /relay's address/],
    [["create", "--limit", "0"], /2 to 1000/],
    [["join"], /code/],
    [["join", "lobby", "--password-file", "/no/such/file"], /does not exist/],
    [["join", "lobby", "--password-file", "-"], /standard input is empty/],
    [["join", "lobby", "--ask-password"], /no terminal/],
    [["join", "41793-copper-lemn-orbit-walnut"], /did you mean "lemon"/],
    [["join", "https://relay.example/#AQID"], /./],
    [["create", "--nick", "a b"], /spaces/],
    [[], /--help/],
  ] as const
) {
  Deno.test(`client.ts ${args.join(" ")} exits with 2 and says why`, async () => {
    const { status, err, out } = plain(await runClient([...args]));
    assert.equal(status, 2, out + err);
    assert.match(err + out, why);
  });
}

Deno.test("--help and --version exit with 0", async () => {
  const help = plain(await runClient(["--help"]));
  assert.equal(help.status, 0);
  assert.match(help.out, /--relay[\s\S]*create[\s\S]*join/);
  const version = await runClient(["--version"]);
  assert.deepEqual([version.status, version.err], [0, ""]);
});

Deno.test("a relay that is not there exits with 3 within 10 s and names the address", async () => {
  const port = freePort();
  const timed = async (args: string[]): Promise<{ status: number; out: string; ms: number }> => {
    const before = performance.now();
    return { ...plain(await runClient(args)), ms: performance.now() - before };
  };
  const start = await timed(["--version"]); // a busy machine needs some of the time to start a program at all
  const { status, out, ms } = await timed(["create", "--relay", `127.0.0.1:${port}`]);
  assert.equal(status, 3);
  assert.ok(out.includes(`127.0.0.1:${port}: nothing listens there`), out);
  assert.ok(ms < 10_000 + 2 * start.ms, `${ms} ms, ${start.ms} ms to start`);
});

Deno.test("something that is no relay exits with 3 and says so", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("hello"));
  const address = `127.0.0.1:${server.addr.port}`;
  const { status, out } = plain(await runClient(["create", "--relay", address]));
  await server.shutdown();
  assert.equal(status, 3);
  assert.ok(out.includes(address) && out.includes("no Sotto relay"), out);
});

Deno.test("a port that another program uses exits with 1 and says how to choose another", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const { status, out } = plain(await runClient(["host", "--port", String(port)]));
  taken.close();
  assert.equal(status, 1);
  assert.match(out, /another program uses it.*--port/s);
});

Deno.test("in JSON mode a refusal at the start is an event, too", async () => {
  const { status, out, err } = plain(await runClient(["join", "1-a-b", "--json", "--relay", "127.0.0.1:1"]));
  const lines = out.trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.at(-1).event, "ended");
  assert.equal(lines.at(-1).status, status);
  assert.ok(lines.some((line) => line.event === "error"));
  assert.equal(err, "");
});

Deno.test("a pipe is said line by line and its end leaves in order with 0", async () => {
  const relay = await openRelay({ port: 0 });
  const { status, out, err } = plain(
    await runClient(["create", "--nick", "alice", "--relay", relay.url], {
      input: "hello\n/who\nlast words",
    }),
  );
  await relay.close();
  assert.equal(status, 0, out + err);
  assert.match(out, /#1 alice: hello\n/);
  assert.match(out, /alice \(you, operator\)/);
  assert.match(out, /#2 alice: last words\n/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(out, /[\x00-\x09\x0b-\x1f]/);
});

Deno.test("a password comes from a file, from standard input or from the environment", async () => {
  const relay = await openRelay({ port: 0 });
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "hunter2\r\nnot this\n");
    const den = ["join", "den", "--relay", relay.url, "--nick"];
    await using alice = new JsonClient([...den, "alice", "--password-file", file]);
    await alice.until("joined");
    const bob = await runClient([...den, "bob", "--password-file", "-"], { input: "hunter2\nhello\n" });
    assert.equal(bob.status, 0, bob.out + bob.err);
    assert.doesNotMatch(bob.out, /hunter2/);
    assert.equal((await alice.until("message"))["text"], "hello");
    const carol = await runClient([...den, "carol"], { env: { SOTTO_PASSWORD: "hunter2" } });
    assert.equal(carol.status, 0, carol.out + carol.err);
    const eve = await runClient([...den, "eve"]);
    assert.equal(eve.status, 1, eve.out + eve.err);
    await alice.until("knock_failed", ({ door }) => door === "named");
  } finally {
    await Deno.remove(file);
    await relay.close();
  }
});
