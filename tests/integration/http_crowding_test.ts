/** What the node listener does about connections that only take up room. */
import assert from "node:assert/strict";
import { openRelay } from "../../relay/mod.ts";
import { FakeAdmin, halfOpen, onListener, PASSWORD, raw, statusOf } from "../http_helpers.ts";
import { selfSignedSource } from "../../relay/tls_in_memory.ts";
import { SocketClient } from "../relay_sockets.ts";

/** Systems other than Linux allow a process fewer open files. */
const CROWD = Deno.build.os === "linux" ? 10_000 : 200;
const UPGRADE = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Protocol: sotto.v1\r\n\r\n";

/** As many of them in a process of their own, until disposed of. */
async function crowdElsewhere(port: number, count: number): Promise<AsyncDisposable> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "tests/half_open_crowd.ts", `${port}`, `${count}`],
    cwd: new URL("../../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), "ready\n");
  return {
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      const said = await reader.read();
      assert.equal(new TextDecoder().decode(said.value), "0 answered or cut\n");
      await reader.cancel();
      await child.status;
    },
  };
}

/** Reads until the other end hangs up. */
async function drained(connection: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(4_096);
  let text = "";
  try {
    for (let count: number | null; (count = await connection.read(buffer)) !== null;) {
      text += new TextDecoder().decode(buffer.subarray(0, count));
    }
  } catch {
    // Cut.
  }
  connection.close();
  return text;
}

onListener("node", "a crowd of half-sent heads stops no service", {
  run: async ({ relay, base }) => {
    await using _crowd = await crowdElsewhere(relay.port, CROWD);
    const client = await SocketClient.open(relay.url);
    assert.equal((await client.join(1)).created, true);
    assert.equal(await statusOf(`${base}/health`), 200);
    await client.close();
  },
  options: { limits: { maxConnectionsPerIp: 20_000, connectBurst: 20_000, helloTimeoutMs: 60_000 } },
});

onListener("node", "a crowd of half-sent heads is told that time is up", {
  run: async ({ relay }) => {
    const answers = await Promise.all((await halfOpen(relay.port, 100)).map(drained));
    for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 408 .*"too_slow"/s);
  },
  options: { limits: { helloTimeoutMs: 2_000 } },
});

onListener("node", "one address that takes all its places is told before the handshake", {
  run: async ({ relay, base }) => {
    const crowd = await halfOpen(relay.port, 3);
    for (const request of [UPGRADE, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]) {
      const { status, text } = await raw(relay.port, request);
      assert.equal(status, 503);
      assert.match(text, /retry-after: 30\r\n/i);
      assert.match(text, /"relay_full"/);
    }
    for (const connection of crowd) connection.close();
    let free = false;
    for (let i = 0; i < 10_000 && !free; i++) free = await statusOf(`${base}/health`) === 200;
    assert.ok(free, "places are given back");
  },
  options: { limits: { maxConnectionsPerIp: 3 } },
});

onListener("node", "connections beyond maxConnections are told before the handshake", {
  run: async ({ relay }) => {
    const crowd = await halfOpen(relay.port, 5); // a quarter more than the limit hears it from the relay itself
    const { status, text } = await raw(relay.port, UPGRADE);
    assert.equal(status, 503);
    assert.match(text, /retry-after: 30\r\n/i);
    for (const connection of crowd) connection.close();
  },
  options: { limits: { maxConnections: 4 } },
});

onListener("node", "a flood beyond all limits costs no answers", {
  run: async ({ relay }) => {
    const crowd = await halfOpen(relay.port, 2 + 64);
    assert.equal(await drained(await Deno.connect({ port: relay.port, hostname: "127.0.0.1" })), "");
    for (const connection of crowd) connection.close();
  },
  options: { limits: { maxConnectionsPerIp: 2 } },
});

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command("curl", { args: ["-sik", "--max-time", "20", ...args] }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("TLS: curl makes a token from elsewhere, and an address that takes all its places is told", async () => {
  const admin = new FakeAdmin();
  const tls = await selfSignedSource();
  // What a proxy that is not trusted passes on counts as coming from elsewhere.
  const relay = await openRelay({ port: 0, tls, admin, limits: { maxConnectionsPerIp: 2 } });
  const base = `https://127.0.0.1:${relay.port}`;
  const forwarded = ["-H", "X-Forwarded-For: 198.51.100.7"];
  const user = ["--user", `admin:${PASSWORD}`];
  const made = await curl(`${base}/generate_token`, ...user, ...forwarded, "-d", "username=alice");
  assert.match(made, /^HTTP\/1\.1 200 .*"username":"alice"/s);
  assert.deepEqual(admin.checks, [{ name: "admin", ip: "127.0.0.1" }]);
  assert.match(relay.url, /^wss:/);
  const silent = { port: relay.port, hostname: "127.0.0.1" };
  const crowd = [await Deno.connect(silent), await Deno.connect(silent)];
  const told = await curl(`${base}/health`);
  assert.match(told, /^HTTP\/1\.1 503 .*retry-after: 30/is);
  await relay.close(); // which waits for nobody's handshake
  tls.close();
  for (const connection of crowd) connection.close();
});

Deno.test("TLS: who does not finish the handshake is cut", async () => {
  const tls = await selfSignedSource();
  const relay = await openRelay({ port: 0, tls, limits: { helloTimeoutMs: 200 } });
  assert.equal(await drained(await Deno.connect({ port: relay.port, hostname: "127.0.0.1" })), "");
  await relay.close();
  tls.close();
});
