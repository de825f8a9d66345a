/** The routes for operators, over real sockets on both listeners, with curl as a person uses it. */
import assert from "node:assert/strict";
import { openRelay } from "../../relay/mod.ts";
import { basic, type HttpStage, onBothListeners, PASSWORD, raw } from "../http_helpers.ts";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface Reply {
  status: number;
  headers: Headers;
  // deno-lint-ignore no-explicit-any
  body: any;
}

async function post(base: string, path: string, init: RequestInit): Promise<Reply> {
  const { status, headers, ...response } = await fetch(`${base}${path}`, { method: "POST", ...init })
    .then(async (answer) => ({ status: answer.status, headers: answer.headers, body: await answer.json() }));
  return { status, headers, body: response.body };
}

async function generate({ base }: HttpStage, fields: Record<string, unknown>, asJson = true): Promise<Reply> {
  const all = { admin_password: PASSWORD, ...fields };
  return await post(base, "/generate_token", {
    body: asJson ? JSON.stringify(all) : new URLSearchParams(all as Record<string, string>),
    ...(asJson ? { headers: { "content-type": "application/json" } } : {}),
  });
}

async function curl(...args: string[]): Promise<string> {
  const { stdout, success } = await new Deno.Command("curl", {
    args: ["--silent", "--show-error", "--max-time", "20", ...args],
  }).output();
  assert.ok(success);
  return new TextDecoder().decode(stdout);
}

onBothListeners("curl with a form makes a token as cmd-chat users know it", async ({ base, admin }) => {
  const answer = JSON.parse(
    await curl(
      "-X",
      "POST",
      `${base}/generate_token`,
      "--data-urlencode",
      `admin_password=${PASSWORD}`,
      "-d",
      "username=alice",
      "-d",
      "ttl=3600",
    ),
  );
  assert.deepEqual(Object.keys(answer), ["token", "id", "username", "expires_at", "ttl"]);
  assert.match(answer.token, UUID_V4);
  assert.deepEqual([answer.id, answer.username, answer.ttl], [answer.token.slice(0, 8), "alice", 3_600]);
  assert.equal(new Date(answer.expires_at).toISOString(), answer.expires_at);
  assert.equal(admin.tokens.get(answer.token)?.name, "alice");
});

onBothListeners(
  "curl with JSON, and with HTTP Basic, makes, lists and revokes tokens",
  async ({ base, admin }) => {
    const body = JSON.stringify({
      admin_password: PASSWORD,
      username: "bob",
      ttl: 60,
      ip: "192.0.2.7",
      uses: 1,
    });
    const made = JSON.parse(
      await curl(`${base}/generate_token`, "-H", "Content-Type: application/json", "-d", body),
    );
    const user = ["--user", `admin:${PASSWORD}`];
    const other = JSON.parse(await curl(...user, `${base}/generate_token`, "-d", "username=carol"));
    assert.equal(other.ttl, 86_400, "a day unless told otherwise");
    const listed = await curl(...user, `${base}/tokens`);
    assert.deepEqual(JSON.parse(listed).tokens[0], {
      id: made.id,
      username: "bob",
      created_at: "1970-01-01T00:00:00.000Z",
      expires_at: "1970-01-01T00:01:00.000Z",
      uses: 0,
      max_uses: 1,
      ip: "192.0.2.7",
    });
    for (const token of admin.tokens.keys()) assert.ok(!listed.includes(token), "the list holds no token");
    const revoke = async (field: string): Promise<string> =>
      (await curl(...user, "-w", " %{http_code}", `${base}/revoke_token`, "-d", field)).trim();
    assert.match(await revoke(`id=${made.id}`), /"revoked":true.* 200$/s);
    assert.match(await revoke(`token=${other.token}`), /"revoked":true.* 200$/s);
    assert.match(await revoke(`id=${made.id}`), /"unknown_token".* 404$/s);
    assert.equal(admin.size, 0);
  },
);

onBothListeners("wrong credentials of every kind get one and the same 401", async (stage) => {
  const { base } = stage;
  const bodies = new Set<string>();
  const form = { "content-type": "application/x-www-form-urlencoded" };
  for (
    const init of [
      {},
      { headers: form, body: "username=a" },
      { headers: form, body: "admin_password=wrong" },
      { headers: { "content-type": "application/json" }, body: '{"admin_password":7}' },
      { headers: basic("admin", "wrong") },
      { headers: basic("nobody", PASSWORD) },
      { headers: { authorization: "Basic %%%" } },
      { headers: { authorization: `Basic ${btoa("nocolon")}` } },
      { headers: { authorization: "Basic /w==" } },
      { headers: { authorization: "Bearer abc" } },
      { headers: { authorization: `Basic ${"A".repeat(8_000)}` } },
    ] satisfies RequestInit[]
  ) {
    const { status, headers, body } = await post(base, "/generate_token", init);
    assert.equal(status, 401);
    assert.match(headers.get("www-authenticate") ?? "", /^Basic realm=/);
    bodies.add(JSON.stringify(body));
  }
  assert.equal(bodies.size, 1);
});

onBothListeners("an operator's account does as well, by Basic", async ({ base, admin }) => {
  const { status } = await post(base, "/generate_token", {
    headers: basic("olga", PASSWORD),
    body: new URLSearchParams({ username: "alice" }),
  });
  assert.equal(status, 200);
  assert.deepEqual(admin.checks.map(({ name, ip }) => [name, ip]), [["olga", "127.0.0.1"]]);
});

onBothListeners("a field that is wrong is named", async (stage) => {
  const cases: [fields: Record<string, unknown>, named: RegExp][] = [
    ...[-1, 0, "1e99", 1e99, "abc", "", " 5", "0x10", 1.5, 31_536_001, null, true, [], "٣"].map(
      (ttl): [Record<string, unknown>, RegExp] => [{ username: "a", ttl }, /^ttl must be .* 31536000\.$/],
    ),
    ...["", " a", "a ", "a\nb", "a\u0000", "x".repeat(33), 7, null, "\u202ea"].map(
      (username): [Record<string, unknown>, RegExp] => [{ username }, /^username must be 1 to 32/],
    ),
    [{}, /^username/],
    ...["1.2.3", "10.0.0.0/8", "[::1]", "localhost", 5].map(
      (ip): [Record<string, unknown>, RegExp] => [{ username: "a", ip }, /^ip must be an IP address/],
    ),
    ...[0, 1_000_001, "x", -1].map(
      (uses): [Record<string, unknown>, RegExp] => [{ username: "a", uses }, /^uses must be .* 1000000\.$/],
    ),
    [{ username: "a", tll: 5 }, /^"tll" is not a field/],
    [{ username: "one too many" }, /there are enough\.$/],
  ];
  for (const [fields, named] of cases) {
    const { status, body } = await generate(stage, fields);
    assert.deepEqual([status, body.error?.code], [400, "bad_field"], JSON.stringify(fields));
    assert.match(body.error.message, named);
  }
  for (const ttl of ["-1", "1e99", "abc"]) {
    assert.equal((await generate(stage, { username: "a", ttl }, false)).status, 400, ttl);
  }
  assert.equal((await generate(stage, { username: "älice 🦊", ttl: 31_536_000 })).status, 200);
  for (const body of ["", "token=a&id=b", "name=x"]) {
    const answer = await post(stage.base, "/revoke_token", {
      headers: { ...basic("admin", PASSWORD), "content-type": "application/x-www-form-urlencoded" },
      body,
    });
    assert.equal(answer.status, 400, body);
  }
});

onBothListeners(
  "bodies that are too long, of another kind, or broken are refused",
  async ({ base, admin }) => {
    const send = async (type: string, body: BodyInit): Promise<number> =>
      (await post(base, "/generate_token", { headers: { "content-type": type }, body })).status;
    assert.equal(await send("application/json", "{"), 400);
    assert.equal(await send("multipart/form-data; boundary=x", "--x--"), 415);
    assert.equal(await send("application/x-www-form-urlencoded", `a=${"x".repeat(20_000)}`), 413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 20; i++) controller.enqueue(new Uint8Array(1_000).fill(97));
        controller.close();
      },
    });
    assert.equal(await send("application/x-www-form-urlencoded", chunks), 413);
    assert.equal(admin.checks.length, 0, "nothing of it was taken for a password");
  },
);

onBothListeners("a body that does not come is cut", async ({ relay }) => {
  const { status, text } = await raw(
    relay.port,
    "POST /generate_token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  );
  assert.equal(status, 408);
  assert.match(text, /"too_slow"/);
}, { bodyTimeoutMs: 50 });

for (const listener of ["deno", "node"] as const) {
  Deno.test(`${listener} listener: without an admin password the routes say what to do`, async () => {
    const relay = await openRelay({ port: 0, listener });
    const { status, body } = await post(`http://127.0.0.1:${relay.port}`, "/generate_token", {});
    await relay.close();
    assert.deepEqual([status, body.error.code], [403, "no_admin_password"]);
    assert.match(body.error.message, /--password or ADMIN_PASSWORD/);
  });
}

onBothListeners("passwords are taken only over TLS or from this machine", async (stage) => {
  const { base, admin } = stage;
  const make = (headers: Record<string, string>): Promise<Reply> =>
    post(base, "/generate_token", {
      headers: { ...headers, ...basic("admin", PASSWORD) },
      body: new URLSearchParams({ username: "alice" }),
    });
  const plain = await make({ "x-forwarded-for": "198.51.100.7" });
  assert.deepEqual([plain.status, plain.body.error.code], [403, "not_encrypted"]);
  assert.equal(admin.checks.length, 0, "the password was not even looked at");
  const secure = await make({ "x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https" });
  assert.equal(secure.status, 200);
  assert.deepEqual(admin.checks, [{ name: "admin", ip: "198.51.100.7" }]);
}, { trustProxy: ["127.0.0.1"] });
