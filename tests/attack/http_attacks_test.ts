/** What somebody on the network, or a page in somebody's browser, would like to get from the HTTP routes. */
import assert from "node:assert/strict";
import { basic, onBothListeners, PASSWORD, raw, statusOf } from "../http_helpers.ts";
import { SocketClient } from "../relay_sockets.ts";

async function guess(
  base: string,
  password: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const response = await fetch(`${base}/generate_token`, {
    method: "POST",
    headers,
    body: new URLSearchParams({ admin_password: password, username: "mallory" }),
  });
  await response.body?.cancel();
  return response;
}

onBothListeners("nobody can guess the admin password in a row", async ({ base, admin }) => {
  const answers: Response[] = [];
  for (let i = 0; i < 4; i++) answers.push(await guess(base, `guess ${i}`));
  assert.deepEqual(answers.map(({ status }) => status), [401, 401, 401, 429]);
  assert.equal(answers[3]?.headers.get("retry-after"), "13");
  assert.equal((await guess(base, PASSWORD)).status, 429, "the right one must wait as well");
  assert.equal(await statusOf(`${base}/health`), 200);
  assert.equal(admin.size, 0);
});

onBothListeners("a forged X-Forwarded-For buys no fresh guesses", async ({ base, admin }) => {
  for (let i = 0; i < 4; i++) {
    const forged = { "x-forwarded-for": `198.51.100.${i}`, "x-forwarded-proto": "https" };
    const { status } = await guess(base, `guess ${i}`, forged);
    assert.equal(status, 403, "somebody passes it on who is not trusted");
  }
  assert.equal(admin.checks.length, 0);
});

onBothListeners(
  "what a guesser writes into X-Forwarded-For itself does not count",
  async ({ base, admin }) => {
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) {
      // The proxy appends the address that it sees.
      const passedOn = { "x-forwarded-for": `203.0.113.${i}, 198.51.100.7`, "x-forwarded-proto": "https" };
      statuses.push((await guess(base, `guess ${i}`, passedOn)).status);
    }
    assert.deepEqual(statuses, [401, 401, 401, 429]);
    assert.ok(admin.checks.every(({ ip }) => ip === "198.51.100.7"));
  },
  { trustProxy: ["127.0.0.1"] },
);

onBothListeners("a forged X-Forwarded-For does not get around a ban", async ({ base }) => {
  for (const name of ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip"]) {
    const response = await fetch(`${base}/health`, { headers: { [name]: "198.51.100.7" } });
    await response.body?.cancel();
    assert.equal(response.status, 403, name);
  }
}, { deny: ["127.0.0.1"] });

onBothListeners(
  "a page of a foreign origin cannot post in somebody's name, nor read",
  async ({ base, admin }) => {
    for (
      const origin of ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example"]
    ) {
      for (const path of ["/generate_token", "/revoke_token"]) {
        const response = await fetch(`${base}${path}`, {
          method: "POST",
          headers: { origin, ...basic("admin", PASSWORD) },
          body: new URLSearchParams({ username: "mallory" }),
        });
        assert.deepEqual([response.status, (await response.json()).error.code], [403, "foreign_origin"]);
        assert.equal(response.headers.get("access-control-allow-origin"), null);
      }
      const preflight = await fetch(`${base}/generate_token`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
      assert.equal(preflight.headers.get("access-control-allow-origin"), null);
      const read = await fetch(`${base}/tokens`, { headers: { origin, ...basic("admin", PASSWORD) } });
      await read.body?.cancel();
      assert.equal(read.headers.get("access-control-allow-origin"), null);
    }
    assert.equal(admin.size, 0);
  },
);

onBothListeners("no trick with paths reaches the tokens or the metrics", async ({ relay, admin }) => {
  const { authorization } = basic("admin", PASSWORD);
  const tricks = (name: string): string[] => [
    `//${name}`,
    `///${name}`,
    `/./${name}`,
    `/x/../${name}`,
    `/../${name}`,
    `/%2e%2e/${name}`,
    `/%2E/${name}`,
    `/..;/${name}`,
    `/${name}/`,
    `/${name};x=1`,
    `/${name}%20`,
    `/${name}%00`,
    `/${name}.`,
    `/${name}%2f`,
    `/%${name.charCodeAt(0).toString(16)}${name.slice(1)}`,
    `/\\${name}`,
    `/${name.toUpperCase()}`,
    `http://x/${name}x`,
    `http://evil.example/${name}`,
    `x/${name}`,
  ];
  for (const [method, name] of [["POST", "generate_token"], ["GET", "metrics"], ["GET", "tokens"]] as const) {
    for (const target of tricks(name)) {
      const body = method === "POST" ? "username=mallory" : "";
      const { status, text } = await raw(
        relay.port,
        `${method} ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n` +
          `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
      assert.ok([400, 404].includes(status), `${target}: ${status}`);
      assert.ok(!text.includes("figure"), target);
    }
  }
  assert.deepEqual([admin.size, admin.checks.length], [0, 0]);
}, { metrics: () => "figure 1\n" });

onBothListeners("a second request smuggled in a body is never answered", async ({ relay, admin }) => {
  const inner = `POST /generate_token HTTP/1.1\r\nHost: x\r\nAuthorization: ${
    basic("admin", PASSWORD).authorization
  }\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\nusername=m`;
  for (
    const lines of [
      `Content-Length: ${inner.length}\r\nTransfer-Encoding: chunked\r\n`,
      `Transfer-Encoding: chunked\r\nContent-Length: ${inner.length}\r\n`,
      `Content-Length: 0\r\nContent-Length: ${inner.length}\r\n`,
      `Content-Length: 0, ${inner.length}\r\n`,
      `Transfer-Encoding:\tchunked\r\nTransfer-Encoding: identity\r\n`,
    ]
  ) {
    const { answers } = await raw(
      relay.port,
      `POST /revoke_token HTTP/1.1\r\nHost: x\r\n${lines}\r\n${inner}`,
    );
    assert.ok(answers <= 1, lines);
  }
  // One that is refused for its size leaves no part of it behind as a request.
  const long =
    `POST /revoke_token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n`;
  const { status, answers } = await raw(relay.port, `${long}${inner}`);
  assert.deepEqual([status, answers], [413, 1]);
  assert.equal(admin.size, 0);
});

onBothListeners("slow bodies are cut and hold up nobody", async ({ relay, base }) => {
  const slow = Array.from({ length: 50 }, () =>
    raw(
      relay.port,
      "POST /generate_token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{",
    ));
  const client = await SocketClient.open(relay.url);
  assert.equal((await (await fetch(`${base}/health`)).json()).status, "healthy");
  await client.close();
  for (const { status } of await Promise.all(slow)) assert.equal(status, 408);
}, { bodyTimeoutMs: 300 });

onBothListeners("an answer says nothing of the password that was sent", async ({ relay }) => {
  const secret = "hunter2hunter2";
  const requests = [
    `admin_password=${secret}&username=a`,
    `admin_password=${secret}&admin_password=${secret}`,
    `{"admin_password":"${secret}"`,
    `${secret}=1`,
  ];
  for (const body of requests) {
    for (const type of ["application/x-www-form-urlencoded", "application/json", "text/plain"]) {
      const { text } = await raw(
        relay.port,
        `POST /generate_token HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
      assert.ok(!text.includes(secret), text);
      assert.ok(!/\bat .*\.ts|node_modules|Error:/.test(text), text);
    }
  }
});
