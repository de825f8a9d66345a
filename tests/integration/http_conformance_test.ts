/** What the relay answers over HTTP, byte for byte where it matters: one suite for both listeners. */
import assert from "node:assert/strict";
import { onBothListeners, raw, statusOf } from "../http_helpers.ts";
import { roomOf, SocketClient } from "../relay_sockets.ts";

/** A request without a body, which ends its connection. */
function get(target: string, { method = "GET", lines = "Host: x\r\n" } = {}): string {
  return `${method} ${target} HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`;
}

onBothListeners("every path answers its methods, and each refusal is JSON with a code", async ({ base }) => {
  const cases: [method: string, path: string, status: number, code?: string][] = [
    ["GET", "/", 200],
    ["GET", "/health", 200],
    ["GET", "/health?x=1", 200],
    ["GET", "/ready", 200],
    ["GET", "/metrics", 404, "not_found"],
    ["GET", "/ws", 426, "upgrade_required"],
    ["GET", "/nothing", 404, "not_found"],
    ["GET", "/tokens", 401, "unauthorized"],
    ["GET", "/generate_token", 405, "method_not_allowed"],
    ["POST", "/generate_token", 401, "unauthorized"],
    ["POST", "/revoke_token", 401, "unauthorized"],
    ["POST", "/health", 405, "method_not_allowed"],
    ["PUT", "/tokens", 405, "method_not_allowed"],
    ["DELETE", "/", 405, "method_not_allowed"],
    ["OPTIONS", "/health", 204],
    ["OPTIONS", "/nothing", 404, "not_found"],
  ];
  for (const [method, path, status, code] of cases) {
    const response = await fetch(`${base}${path}`, { method });
    const body = await response.text();
    assert.equal(response.status, status, `${method} ${path}`);
    assert.equal(response.headers.get("server"), null);
    assert.equal(response.headers.get("x-powered-by"), null);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.match(response.headers.get("cache-control") ?? "", /no-store/);
    assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    if (code === undefined) continue;
    const { error } = JSON.parse(body);
    assert.equal(error.code, code, `${method} ${path}`);
    assert.equal(typeof error.message, "string");
    assert.deepEqual(Object.keys(JSON.parse(body)), ["error"]);
    assert.equal(status === 405, response.headers.has("allow"));
    assert.equal(status === 401, response.headers.has("www-authenticate"));
  }
});

onBothListeners("HEAD answers as GET does, without the body", async ({ base }) => {
  for (const path of ["/", "/health", "/ready", "/nothing", "/tokens"]) {
    const [head, whole] = [await fetch(`${base}${path}`, { method: "HEAD" }), await fetch(`${base}${path}`)];
    assert.equal(await head.text(), "");
    assert.notEqual(await whole.text(), "");
    assert.equal(head.status, whole.status, path);
    assert.equal(head.headers.get("content-type"), whole.headers.get("content-type"));
  }
});

onBothListeners("/health counts users, messages, tokens and rooms", async ({ base, admin, relay }) => {
  const figures = async (): Promise<Record<string, unknown>> => {
    const { uptime_seconds, ...rest } = await (await fetch(`${base}/health`)).json();
    assert.ok(Number.isInteger(uptime_seconds) && uptime_seconds >= 0);
    return rest;
  };
  const quiet = { status: "healthy", active_users: 0, messages_count: 0, active_tokens: 0, rooms: 0 };
  assert.deepEqual(await figures(), quiet);
  admin.create({ name: "alice", ttlMs: 1 });
  const members = await roomOf(relay.url, 2, 1);
  members[0]?.say(1, new Uint8Array(3));
  await members[1]?.next("deliver");
  assert.deepEqual(await figures(), {
    ...quiet,
    active_users: 2,
    messages_count: 1,
    active_tokens: 1,
    rooms: 1,
  });
  for (const member of members) await member.close();
});

onBothListeners("/health and /ready say 503 near a limit and while draining", async ({ base, relay }) => {
  const ask = async (path: string): Promise<[number, unknown, unknown]> => {
    const response = await fetch(`${base}${path}`);
    const { status, reason, ready } = await response.json();
    return [response.status, status ?? ready, reason];
  };
  const members = await roomOf(relay.url, 1, 1);
  assert.deepEqual(await ask("/health"), [503, "degraded", "rooms"]);
  assert.deepEqual(await ask("/ready"), [200, true, undefined]);
  relay.relay.control.drain("Back in a minute.");
  assert.deepEqual(await ask("/health"), [503, "degraded", "draining"]);
  assert.deepEqual(await ask("/ready"), [503, false, undefined]);
  for (const member of members) await member.close();
}, { limits: { maxRooms: 1 } });

onBothListeners("/health names the version that it was told", async ({ base }) => {
  assert.equal((await (await fetch(`${base}/health`)).json()).version, "1.2.3");
}, { version: "1.2.3" });

onBothListeners("/metrics is there when there is a source", async ({ base }) => {
  const response = await fetch(`${base}/metrics`);
  assert.equal(await response.text(), "sotto_rooms 0\n");
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
}, { metrics: ({ counters }) => `sotto_rooms ${counters.rooms}\n` });

onBothListeners("with a port of their own, metrics are only there", async ({ base, relay }) => {
  assert.equal((await raw(relay.port, get("/metrics"))).status, 404);
  const aside = `http://127.0.0.1:${relay.metricsPort}`;
  assert.equal(await (await fetch(`${aside}/metrics`)).text(), "up 1\n");
  for (const path of ["/", "/health", "/metrics/x", "/x/metrics", "/tokens"]) {
    const response = await fetch(`${aside}${path}`);
    await response.body?.cancel();
    assert.equal(response.status, 404, path);
  }
  const posted = await fetch(`${aside}/metrics`, { method: "POST" });
  assert.deepEqual([posted.status, (await posted.json()).error.code], [405, "method_not_allowed"]);
  assert.equal(await statusOf(`${base}/health`), 200);
}, { metrics: () => "up 1\n", metricsListen: { hostname: "127.0.0.1", port: 0 } });

onBothListeners("a figure that cannot be had is a 500 without a stack", async ({ base }) => {
  const response = await fetch(`${base}/metrics`);
  const body = await response.text();
  assert.equal(response.status, 500);
  assert.deepEqual(JSON.parse(body), { error: { code: "internal", message: "Something went wrong." } });
}, {
  metrics: () => {
    throw new Error("secret at /home/somebody");
  },
});

onBothListeners("requests that two servers could read differently are refused", async ({ relay }) => {
  const body = "username=a";
  const next = "GET /tokens HTTP/1.1\r\nHost: x\r\n\r\n";
  const smuggled: Record<string, string> = {
    "length and chunks":
      `POST /generate_token HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${next}`,
    "two lengths":
      `POST /generate_token HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nContent-Length: 0\r\n\r\n${body}${next}`,
    "a length with a sign":
      `POST /generate_token HTTP/1.1\r\nHost: x\r\nContent-Length: +10\r\n\r\n${body}${next}`,
    "a name with a space":
      `POST /generate_token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${next}`,
    "an unknown coding":
      `POST /generate_token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${next}`,
    "chunked, but not last":
      `POST /generate_token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${next}`,
    "a folded line": `GET /health HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n Content-Length: 4\r\n\r\n${next}`,
    "a NUL": `GET /health HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n${next}`,
  };
  for (const [name, request] of Object.entries(smuggled)) {
    const { status, answers } = await raw(relay.port, request);
    assert.deepEqual([status, answers], [400, 1], name);
  }
  const client = await SocketClient.open(relay.url);
  await client.close();
});

onBothListeners(
  "a missing, doubled or odd Host and other forms of a target are refused",
  async ({ relay }) => {
    for (
      const lines of [
        "",
        "Host: x\r\nHost: y\r\n",
        "Host: a b\r\n",
        "Host: x/generate_token?\r\n",
        "Host: u@x\r\n",
      ]
    ) {
      assert.equal((await raw(relay.port, get("/health", { lines }))).status, 400, lines);
    }
    for (const target of ["http://evil.example/health", "https://x/health", "health"]) {
      assert.equal((await raw(relay.port, get(target))).status, 400, target);
    }
    for (const request of [get("*", { method: "OPTIONS" }), get("x:443", { method: "CONNECT" })]) {
      assert.ok([0, 400, 404].includes((await raw(relay.port, request)).status), request);
    }
  },
);

onBothListeners("methods that nobody knows are refused", async ({ relay }) => {
  for (const method of ["BREW", "TRACE", "PROPFIND", "get", "PATCH"]) {
    assert.ok([400, 405].includes((await raw(relay.port, get("/health", { method }))).status), method);
  }
});

onBothListeners("a head that is too long is refused", async ({ relay }) => {
  const long = `Host: x\r\nX-A: ${"a".repeat(20_000)}\r\n`;
  assert.equal((await raw(relay.port, get("/health", { lines: long }))).status, 431);
  assert.equal((await raw(relay.port, get(`/${"a".repeat(20_000)}`))).status, 431);
  const upgrade = `${long}Upgrade: websocket\r\nSec-WebSocket-Protocol: sotto.v1\r\n`;
  assert.equal((await raw(relay.port, get("/ws", { lines: upgrade }))).status, 431);
});

onBothListeners("a WebSocket handshake that is malformed is refused", async ({ relay }) => {
  const shake = (key: string): string =>
    `GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Protocol: sotto.v1\r\n${key}\r\n`;
  const { status } = await raw(relay.port, shake("Sec-WebSocket-Version: 13\r\n"));
  assert.equal(status, 400);
  const client = await SocketClient.open(relay.url);
  await client.close();
});

onBothListeners("another protocol that is offered is not taken up", async ({ relay }) => {
  const lines = "Host: x\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
  const { status, text } = await raw(
    relay.port,
    `GET /health HTTP/1.1\r\n${lines}Connection: Upgrade, HTTP2-Settings, close\r\n\r\n`,
  );
  assert.equal(status, 200);
  assert.match(text, /"status":"healthy"/);
});

onBothListeners("denied addresses are told so, at every path", async ({ base, relay }) => {
  for (const path of ["/", "/health", "/nothing", "/ws"]) {
    const response = await fetch(`${base}${path}`);
    assert.deepEqual([response.status, (await response.json()).error.code], [403, "banned"], path);
  }
  await assert.rejects(SocketClient.connect(relay.url));
}, { deny: ["127.0.0.0/8"] });

onBothListeners("a ban of the operator's holds before the upgrade", async ({ base, relay }) => {
  assert.equal((await (await fetch(`${base}/health`)).json()).status, "healthy");
  relay.relay.bans.add("127.0.0.1", {});
  const response = await fetch(`${base}/health`);
  assert.deepEqual([response.status, (await response.json()).error.code], [403, "banned"]);
  await assert.rejects(SocketClient.connect(relay.url));
});

onBothListeners("listed pages of other origins may read and connect, others not", async ({ base, relay }) => {
  const ask = async (origin: string): Promise<string | null> => {
    const response = await fetch(`${base}/health`, { headers: { origin } });
    await response.body?.cancel();
    return response.headers.get("access-control-allow-origin");
  };
  assert.equal(await ask("https://chat.example"), "https://chat.example");
  assert.equal(await ask("https://evil.example"), null);
  const shake = async (origin: string): Promise<number> => {
    const connection = await Deno.connect({ port: relay.port });
    await connection.write(
      new TextEncoder().encode(
        `GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: ${origin}\r\n` +
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
          "Sec-WebSocket-Protocol: sotto.v1\r\n\r\n",
      ),
    );
    const buffer = new Uint8Array(12);
    await connection.read(buffer);
    connection.close();
    return Number(new TextDecoder().decode(buffer).slice(9));
  };
  assert.equal(await shake("https://chat.example"), 101);
  assert.equal(await shake("http://x"), 101, "a page of the relay's own");
  assert.equal(await shake("https://evil.example"), 403);
}, { origins: ["https://chat.example"] });
