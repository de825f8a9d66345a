import assert from "node:assert/strict";
import { FakeClock, refusalOf } from "../tests/helpers.ts";
import { asks, LoginRelay, verifierOf } from "../tests/login_relay.ts";
import { ErrorCode } from "../wire/mod.ts";
import { type AccountOptions, checkLogin, registerAccount } from "./accounts.ts";
import { Connection } from "./connection.ts";
import { ClientError } from "./errors.ts";
import { isPrivateWay } from "./logging_in.ts";
import { LoginBook, type Logins, MAX_KEYS } from "./login.ts";

const URL_THERE = "wss://relay.test/ws";
const PLAIN = "ws://relay.test/ws";
const TOKEN = "3f2b9c1e-7d4a-4c58-9e21-0a6f5b8d1c73";
const MIN = { iterations: 10_000 };

/** A book that counts what it derives. */
class CountingBook extends LoginBook {
  derived = 0;
  override keys(...given: Parameters<LoginBook["keys"]>): ReturnType<LoginBook["keys"]> {
    this.derived++;
    return super.keys(...given);
  }
}

function optionsOf(
  relay: LoginRelay,
  login: Logins | LoginBook,
  more: Partial<AccountOptions> = {},
): AccountOptions {
  return { connect: relay.connect, clock: new FakeClock(), login, ...more };
}

const check = (relay: LoginRelay, login: Logins | LoginBook, url = URL_THERE): Promise<string> =>
  refusalOf(checkLogin(url, optionsOf(relay, login)));

async function withPassword(password = "open sesame"): Promise<LoginRelay> {
  const relay = new LoginRelay();
  relay.password = await verifierOf(password);
  return relay;
}

Deno.test("the right password of a relay lets in, and never crosses the wire", async () => {
  const relay = await withPassword();
  assert.equal(await checkLogin(URL_THERE, optionsOf(relay, { password: "open sesame" })), "password");
  assert.deepEqual(relay.steps.map(({ method }) => method), ["password", "password"]);
  assert.ok(!JSON.stringify(relay.steps).includes("sesame"));
  assert.equal(relay.sockets[0]?.closed, true);
});

Deno.test("a wrong password is refused in one sentence that does not repeat it", async () => {
  const relay = await withPassword();
  assert.equal(
    await check(relay, { password: "open barley" }),
    "auth_failed 1: Cannot log in: the relay says that this is not its password",
  );
});

Deno.test("an account, a token and a password are tried in this order, as far as the relay takes them", async () => {
  const relay = await withPassword("p");
  relay.accounts.set("ada", await verifierOf("a"));
  relay.tokens.add(TOKEN);
  const all: Logins = { password: "p", token: TOKEN, account: { name: " ADA ", password: "a" } };
  const used = async (...ways: Parameters<typeof asks>): Promise<string | undefined> => {
    relay.challenge = asks("required", ...ways);
    return await checkLogin(URL_THERE, optionsOf(relay, all));
  };
  assert.equal(await used("password", "token", "account"), "account");
  assert.equal(await used("password", "token"), "token");
  assert.equal(await used("password"), "password");
  assert.equal(await used("password", "account", "accountOnly"), "account");
});

Deno.test("where nothing fits the ways in are named", async () => {
  const relay = await withPassword();
  relay.challenge = asks("required", "password", "token", "account");
  const error = await checkLogin(URL_THERE, optionsOf(relay, {})).catch((error) => error);
  assert.ok(error instanceof ClientError);
  assert.deepEqual([error.code, error.status, error.methods], ["auth_required", 1, [
    "password",
    "token",
    "account",
  ]]);
  assert.match(error.message, /only those who log in with its password, an access token or an account$/);
  relay.challenge = asks("required", "password", "account", "accountOnly");
  assert.match(
    await check(relay, { password: "open sesame" }),
    /^account_required 1: .*only those who have an acc/,
  );
  assert.deepEqual(relay.steps, [], "nothing was tried");
});

Deno.test("a relay that asks for nothing is used as it is, and is sent no login", async () => {
  const relay = new LoginRelay();
  relay.challenge = asks();
  const options = { connect: relay.connect, clock: new FakeClock(), login: { password: "p", token: TOKEN } };
  const connection = await Connection.open(URL_THERE, options);
  connection.end(new ClientError("closed", "x"));
  assert.deepEqual(relay.heard.map(({ type }) => type), ["hello"]);
  assert.match(await check(relay, { password: "p" }), /^method_unknown 1/);
});

Deno.test("a relay that only offers a login is used without one, too", async () => {
  const relay = await withPassword();
  relay.challenge = asks("account");
  assert.equal(await checkLogin(URL_THERE, optionsOf(relay, { password: "open sesame" })), undefined);
});

Deno.test("a token goes to another machine only with TLS, unless it is allowed", async () => {
  const relay = new LoginRelay();
  relay.challenge = asks("required", "token");
  relay.tokens.add(TOKEN);
  assert.match(await check(relay, { token: TOKEN }, PLAIN), /^insecure_token 2: .*without TLS/);
  assert.deepEqual(relay.steps, []);
  for (const url of [URL_THERE, "ws://127.0.0.1:4443/ws", "ws://localhost/ws", "ws://[::1]:4443/ws"]) {
    assert.equal(await checkLogin(url, optionsOf(relay, { token: TOKEN })), "token", url);
  }
  const allowed = optionsOf(relay, { token: TOKEN.toUpperCase() }, { insecureToken: true });
  assert.equal(await checkLogin(PLAIN, allowed), "token");
  assert.match(
    await check(relay, { token: crypto.randomUUID() }),
    /^auth_failed 1: .*expired or been revoked/,
  );
});

Deno.test("isPrivateWay() trusts TLS and this machine alone", () => {
  for (const url of ["wss://a.b/ws", "ws://127.9.9.9/ws", "ws://sub.localhost:1/ws", "ws://LOCALHOST/ws"]) {
    assert.ok(isPrivateWay(url), url);
  }
  for (
    const url of [
      "ws://192.168.1.1/ws",
      "ws://localhost.example/ws",
      "ws://127.0.0.1.example/ws",
      "ws://127.0.0.1@evil.example/ws",
      "ws://[::2]/ws",
      "ws://0.0.0.0/ws",
    ]
  ) assert.ok(!isPrivateWay(url), url);
});

Deno.test("a password without TLS is used with one warning, not one for each connection", async () => {
  const relay = await withPassword();
  const notices: string[] = [];
  const book = new LoginBook({ password: "open sesame" });
  const onEvent = (event: { type: string; code?: string | null }): void =>
    void notices.push(`${event.type} ${event.code}`);
  await checkLogin(URL_THERE, optionsOf(relay, book, { onEvent }));
  assert.deepEqual(notices, []);
  for (let i = 0; i < 3; i++) await checkLogin(PLAIN, optionsOf(relay, book, { onEvent }));
  assert.deepEqual(notices, ["notice login_without_tls"]);
});

Deno.test("LoginBook derives keys once, gives copies, and wipes what it keeps", async () => {
  const book = new LoginBook({ password: "p" });
  const salt = new Uint8Array(16);
  const first = await book.keys("p", { salt, ...MIN });
  const before = first.clientKey.slice();
  first.clientKey.fill(0);
  const second = await book.keys("p", { salt, ...MIN });
  assert.deepEqual(second.clientKey, before);
  const waiting = book.keys("p", { salt: new Uint8Array(8), ...MIN });
  book.wipe();
  assert.notDeepEqual((await waiting).clientKey, new Uint8Array(32), "who waits gets them all the same");
  assert.deepEqual((await book.keys("p", { salt, ...MIN })).clientKey, before);
  book.wipe();
});

Deno.test("LoginBook keeps four sets of keys", async () => {
  const book = new LoginBook({ password: "p" });
  for (let i = 0; i < MAX_KEYS + 2; i++) {
    await book.keys("p", { salt: new Uint8Array(16).fill(i), ...MIN });
    assert.equal(book.kept, Math.min(i + 1, MAX_KEYS));
  }
  book.wipe();
  assert.equal(book.kept, 0);
});

Deno.test("LoginBook refuses what cannot be a login, without repeating it", () => {
  for (
    const logins of [
      { token: "0123" },
      { token: `${TOKEN}0` },
      { password: "" },
      { password: "sec\u0007ret" },
      { account: { name: "a b", password: "secret" } },
      { account: { name: "", password: "secret" } },
      { account: { name: "x".repeat(33), password: "secret" } },
      { account: { name: "ada", password: "" } },
    ] as Logins[]
  ) {
    assert.throws(() => new LoginBook(logins), (error) => {
      assert.ok(error instanceof ClientError && error.code === "bad_login" && error.status === 2);
      return !/secret|0123|sec/.test(error.message.replace("00000000-0000-4000-8000-000000000000", ""));
    });
  }
});

Deno.test("registerAccount() gives the relay what checks the password, and the account lets in", async () => {
  const relay = await withPassword();
  relay.challenge = asks("required", "password", "account", "register");
  const options = { ...optionsOf(relay, { password: "open sesame" }), ...MIN };
  await registerAccount(URL_THERE, { name: "Ada", password: "ada's own" }, options);
  assert.deepEqual(relay.steps.map(({ method }) => method), ["password", "password", "register"]);
  assert.deepEqual([...relay.accounts.keys()], ["ada"]);
  assert.equal(await check(relay, { account: { name: "ada", password: "ada's own" } }), "not refused");
  assert.match(
    await check(relay, { account: { name: "ada", password: "another" } }),
    /^auth_failed 1: .*or its pass/,
  );
  assert.match(
    await refusalOf(registerAccount(URL_THERE, { name: "ada", password: "ada's own" }, options)),
    /^account_taken 1: .*choose another/,
  );
});

Deno.test("registerAccount() says when a relay takes no accounts, or no new ones, or not this name", async () => {
  const relay = await withPassword();
  const register = (name = "ada"): Promise<string> =>
    refusalOf(
      registerAccount(URL_THERE, { name, password: "ada's own" }, { ...optionsOf(relay, {}), ...MIN }),
    );
  assert.match(await register(), /^method_unknown 1/);
  relay.challenge = asks("required", "password", "account");
  assert.match(await register(), /^registration_closed 1/);
  assert.match(await register("Ada Lovelace"), /^bad_login 2: .*1 to 32 letters/);
  relay.challenge = asks("required", "password", "account", "register");
  relay.refusing = { code: ErrorCode.registrationClosed, retryAfterMs: 0 };
  assert.match(await register(), /^registration_closed 1/);
});

Deno.test("a login that the relay leaves unanswered ends after 9 s, and one that is aborted at once", async () => {
  const relay = await withPassword();
  relay.lieInScram = (message, done) => ({ message: done ? "" : message, done });
  relay.lie = (frame) => frame.type === "auth_step" ? { type: "pong", opaque: 0 } : frame;
  const clock = new FakeClock();
  const slow = refusalOf(checkLogin(URL_THERE, optionsOf(relay, { password: "p" }, { clock })));
  await clock.pass(9_000);
  assert.match(await slow, /^unreachable 3: .*within 9 s/);
  const stop = new AbortController();
  const aborted = refusalOf(
    checkLogin(URL_THERE, optionsOf(relay, { password: "p" }, { clock, signal: stop.signal })),
  );
  stop.abort(new ClientError("aborted", "stopped"));
  assert.match(await aborted, /^aborted/);
  assert.equal(clock.waiting, 0);
});

Deno.test("a relay that lies while logging in is not believed", async () => {
  const lies: Record<string, LoginRelay["lieInScram"]> = {
    "a foreign signature": (message, done) => ({
      message: done ? `v=${btoa("\0".repeat(32))}` : message,
      done,
    }),
    "no signature": (message, done) => ({ message: done ? "" : message, done }),
    "an error as success": (message, done) => ({ message: done ? "e=other-error" : message, done }),
    "done at once": () => ({ message: "", done: true }),
    "never done": (message) => ({ message, done: false }),
    "a nonce cut short": (message, done) => ({
      message: done ? message : message.replace(/r=(.{5}).*,s=/, "r=$1,s="),
      done,
    }),
    "a nonce of its own": (message, done) => ({
      message: done ? message : message.replace(/r=.*,s=/, "r=abc,s="),
      done,
    }),
    "few iterations": (message, done) => ({
      message: done ? message : message.replace(/i=\d+/, "i=4096"),
      done,
    }),
    "many iterations": (message, done) => ({
      message: done ? message : message.replace(/i=\d+/, "i=1000001"),
      done,
    }),
    "an extension": (message, done) => ({ message: done ? message : `m=x,${message}`, done }),
    "noise": () => ({ message: "\u{1f525}", done: false }),
  };
  const relay = await withPassword();
  for (const [name, lie] of Object.entries(lies)) {
    relay.lieInScram = lie;
    const book = new CountingBook({ password: "open sesame" });
    assert.match(await check(relay, book), /^relay_not_proven 1: Cannot log in to this relay/, name);
    if (name.includes("iterations") || name.includes("nonce")) assert.equal(book.derived, 0, name);
  }
});

Deno.test("registerAccount() refuses a password of fewer than 8 characters before it asks the relay", async () => {
  const relay = new LoginRelay();
  relay.challenge = asks("account", "register");
  const register = (password: string): Promise<string> =>
    refusalOf(registerAccount(URL_THERE, { name: "ada", password }, { ...optionsOf(relay, {}), ...MIN }));
  assert.equal(
    await register("hunter2"),
    "bad_login 2: Cannot register: the password has fewer than 8 characters; take a longer one, such as four words",
  );
  assert.equal(await register(""), "bad_login 2: Cannot register: the password is empty");
  assert.deepEqual(relay.steps, []);
});
