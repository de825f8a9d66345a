import assert from "node:assert/strict";
import { settle } from "../tests/settle.ts";
import { FakeClock } from "../tests/relay_helpers.ts";
import { CloseCode, decodeChallenge, decodeLoginAnswer, encodeLoginStep, WireError } from "../wire/mod.ts";
import {
  accountOf,
  FEW,
  logIn,
  register,
  said,
  scram,
  type Sender,
  sender,
  useToken,
} from "../tests/desk_helpers.ts";
import { AccessDesk, type AccessOptions } from "./access_desk.ts";
import { AccessTokens } from "./access_tokens.ts";
import { Accounts } from "./accounts.ts";
import type { AuditEvent } from "./audit.ts";
import { PasswordVerifier } from "./password.ts";
import type { DeskLogin } from "./desk_login.ts";

const HERE = "192.0.2.1";

class TestDesk {
  readonly clock = new FakeClock();
  readonly tokens = new AccessTokens({ now: () => this.clock.now() });
  readonly accounts = new Accounts();
  readonly events: AuditEvent[] = [];
  readonly desk: AccessDesk;

  private constructor(options: AccessOptions) {
    this.desk = new AccessDesk({
      tokens: this.tokens,
      accounts: this.accounts,
      accountIterations: FEW,
      clock: this.clock,
      audit: { record: (event) => this.events.push(event) },
      ...options,
    });
  }

  static async create(options: AccessOptions = {}): Promise<TestDesk> {
    const password = await PasswordVerifier.create("sesame", { iterations: FEW });
    return new TestDesk({ password, ...options });
  }

  /** A connection at the desk. */
  come(ip = HERE): { login: DeskLogin; send: Sender; closed: number[] } {
    const closed: number[] = [];
    const login = this.desk.begin({ ip, secure: true }, (code) => closed.push(code));
    return { login, send: sender(login, () => this.clock.now()), closed };
  }
}

Deno.test("a desk says which logins it takes", async () => {
  const flags = (desk: AccessDesk) =>
    Object.entries(decodeChallenge(desk.challenge)).filter(([, on]) => on).map(([name]) => name).join(" ");
  const { password, tokens, accounts } = {
    password: await PasswordVerifier.create("sesame", { iterations: FEW }),
    tokens: new AccessTokens(),
    accounts: new Accounts(),
  };
  assert.equal(new AccessDesk({}).challenge.length, 0);
  assert.equal(flags(new AccessDesk({ password, tokens })), "required password token");
  assert.equal(flags(new AccessDesk({ password, accounts })), "required password account register");
  assert.equal(flags(new AccessDesk({ accounts, registration: "closed" })), "account");
  assert.equal(
    flags(new AccessDesk({ password, tokens, accounts, accountOnly: true })),
    "required password token account register accountOnly",
  );
});

Deno.test("a desk lets in by the relay's password, by a token and by an account", async () => {
  const test = await TestDesk.create();
  test.accounts.add(await accountOf("alice", "wonder"));
  const { token, id } = test.desk.createToken({ name: "for bob", ttlMs: 1_000 });
  const ways: ((send: Sender) => Promise<string>)[] = [
    (send) => logIn(send, "", "sesame"),
    (send) => useToken(send, token),
    (send) => logIn(send, "Alice", "wonder"),
  ];
  for (const way of ways) {
    const { login, send } = test.come();
    assert.equal(login.admitted, false);
    assert.equal(await way(send), "ok");
    assert.equal(login.admitted, true);
    login.ended();
  }
  assert.deepEqual(test.events, [
    { type: "token_created", tokenId: id, name: "for bob" },
    { type: "login", method: "password", ip: HERE },
    { type: "login", method: "token", name: "for bob", tokenId: id, ip: HERE },
    { type: "login", method: "account", ip: HERE, name: "alice" },
  ]);
  assert.equal(test.clock.waiting, 0);
});

Deno.test("a login that fails does not admit, and the next one may", async () => {
  const test = await TestDesk.create();
  test.accounts.add(await accountOf("alice", "wonder"));
  const { login, send } = test.come();
  assert.equal(await logIn(send, "", "wrong"), "authFailed");
  assert.equal(await logIn(send, "alice", "sesame"), "authFailed");
  assert.equal(await useToken(send, "00000000-0000-4000-8000-000000000000"), "authFailed");
  assert.equal(login.admitted, false);
  assert.equal(await logIn(send, "", "sesame"), "ok");
  assert.equal(login.admitted, true);
  assert.deepEqual(test.events.slice(0, 3), [
    { type: "login_refused", method: "password", reason: "wrong", ip: HERE },
    { type: "login_refused", method: "account", reason: "wrong", ip: HERE, name: "alice" },
    { type: "login_refused", method: "token", reason: "wrong", ip: HERE },
  ]);
});

Deno.test("a name that is no account's does not get into the audit log", async () => {
  const test = await TestDesk.create();
  await logIn(test.come().send, "my-password-by-mistake", "x");
  assert.deepEqual(test.events, [{ type: "login_refused", method: "account", reason: "wrong", ip: HERE }]);
});

Deno.test("a desk is one exchange at a time, in order, and of limited length", async () => {
  const test = await TestDesk.create();
  const { send } = test.come();
  const password = (message: string) => encodeLoginStep({ method: "password", message });
  const client = scram("", "sesame");
  const first = await send(password(client.first));
  assert.ok("step" in first);
  const final = await client.final(decodeLoginAnswer(first.step).message);
  const another = scram("", "sesame");
  await send(password(another.first)); // the first exchange is void
  assert.equal(said(await send(password(final))), "authFailed");
  assert.equal(said(await send(password(final))), "authFailed", "nothing is pending");
  const late = scram("", "sesame");
  const begun = await send(password(late.first));
  assert.ok("step" in begun);
  test.clock.advance(60_001);
  assert.equal(
    said(await send(password(await late.final(decodeLoginAnswer(begun.step).message)))),
    "authFailed",
  );
  for (let i = 6; i < 32; i++) await send(password(client.first));
  const result = await send(password(client.first));
  const more = await send(password(client.first));
  assert.deepEqual([said(result), said(more), "close" in more && more.close], [
    "rateLimited",
    "rateLimited",
    true,
  ]);
});

Deno.test("what is no login is malformed", async () => {
  const test = await TestDesk.create();
  test.accounts.add(await accountOf("alice", "wonder"));
  const { login } = test.come();
  const messages = ["", "c=", "hello", "y,,n=,r=abc", "p=tls-exporter,,n=,r=abc", "n,,n=alice,r=abc"];
  for (const message of [...messages, `n,,n=,r=${"x".repeat(250)}`]) {
    const step = encodeLoginStep({ method: "password", message });
    if (message === "c=") assert.equal(said(await login.take(step, 0)), "authFailed");
    else assert.throws(() => login.take(step, 0), WireError, message);
  }
  for (const bytes of [[], [0], [9], [2, 0xff]]) {
    assert.throws(() => login.take(Uint8Array.from(bytes), 0), WireError);
  }
});

Deno.test("ways to log in that a relay does not have are named as such", async () => {
  const { password } = { password: await PasswordVerifier.create("sesame", { iterations: FEW }) };
  const login = new AccessDesk({ password }).begin({ ip: HERE, secure: true }, () => {});
  const send = sender(login);
  assert.equal(await logIn(send, "alice", "x"), "methodUnknown");
  assert.equal(await useToken(send, "00000000-0000-4000-8000-000000000000"), "methodUnknown");
  assert.equal(await register(send, "alice", "x"), "methodUnknown");
  login.ended();
});

Deno.test("registration is open, for the invited, or closed", async () => {
  for (
    const [registration, before, after] of [
      ["open", "ok", "ok"],
      ["invited", "registrationClosed", "ok"],
      ["closed", "registrationClosed", "registrationClosed"],
    ] as const
  ) {
    const test = await TestDesk.create({ registration });
    const stranger = test.come();
    assert.equal(await register(stranger.send, "stranger", "pw"), before, registration);
    assert.equal(stranger.login.admitted, before === "ok");
    const guest = test.come();
    await logIn(guest.send, "", "sesame");
    assert.equal(await register(guest.send, "Guest", "pw"), after, registration);
    assert.equal(test.accounts.get("guest")?.operator, after === "ok" ? false : undefined);
    if (after !== "ok") continue;
    assert.equal(await logIn(test.come().send, "guest", "pw"), "ok");
    assert.equal(await register(guest.send, "guest", "other"), "accountTaken");
    assert.equal(await register(guest.send, "../guest", "other"), "authFailed");
    assert.ok(test.events.some((event) => event.type === "account_registered" && event.name === "guest"));
  }
});

Deno.test("where an account is required, password and token only open registration", async () => {
  const test = await TestDesk.create({ accountOnly: true });
  const { token } = test.desk.createToken({ name: "bob", ttlMs: 1_000 });
  const bob = test.come();
  assert.equal(await useToken(bob.send, token), "ok");
  assert.equal(bob.login.admitted, false);
  assert.equal(await register(bob.send, "bob", "pw"), "ok");
  assert.equal(bob.login.admitted, true);
  const carol = test.come();
  assert.equal(await logIn(carol.send, "", "sesame"), "ok");
  assert.equal(carol.login.admitted, false);
});

Deno.test("registering is throttled, and finding out names by it costs", async () => {
  const test = await TestDesk.create({ registration: "open" });
  for (let i = 0; i < 5; i++) assert.equal(await register(test.come().send, `n${i}`, "pw"), "ok");
  assert.equal(await register(test.come().send, "n5", "pw"), "rateLimited");
  const { send } = test.come("198.51.100.1");
  for (let i = 0; i < 5; i++) assert.equal(await register(send, `n${i}`, "pw"), "accountTaken");
  assert.equal(await register(send, "n4", "pw"), "rateLimited");
});

Deno.test("revoking a token closes the connections that came in by it, and no others", async () => {
  const test = await TestDesk.create();
  const one = test.desk.createToken({ name: "one", ttlMs: 1_000 });
  const two = test.desk.createToken({ name: "two", ttlMs: 1_000 });
  const [a, b, c, gone] = [test.come(), test.come(), test.come(), test.come()];
  await useToken(a.send, one.token);
  await useToken(b.send, one.token);
  await useToken(c.send, two.token);
  await useToken(gone.send, one.token);
  gone.login.ended();
  assert.equal(test.desk.revokeToken(one.id), true);
  assert.deepEqual([a.closed, b.closed, c.closed, gone.closed], [
    [CloseCode.loggedOut],
    [CloseCode.loggedOut],
    [],
    [],
  ]);
  assert.deepEqual([a.login.admitted, c.login.admitted], [false, true]);
  assert.equal(test.desk.revokeToken(one.token), false);
  test.clock.advance(1_000); // expired: nobody new, but who is inside stays
  assert.equal(test.desk.activeTokens, 0);
  assert.deepEqual(c.closed, []);
  assert.deepEqual(test.events.at(-1), { type: "token_revoked", tokenId: one.id });
});

Deno.test("disabling, removing or resetting an account closes the connections that came in by it", async () => {
  for (const how of ["disable", "remove", "reset"] as const) {
    const test = await TestDesk.create();
    test.accounts.add(await accountOf("alice", "wonder"));
    test.accounts.add(await accountOf("bob", "builder"));
    const [alice, bob] = [test.come(), test.come()];
    await logIn(alice.send, "alice", "wonder");
    await logIn(bob.send, "bob", "builder");
    const other = await accountOf("x", "land");
    if (how === "disable") test.desk.disableAccount("alice", true);
    if (how === "remove") test.desk.removeAccount("alice");
    if (how === "reset") test.desk.resetAccount("alice", other);
    assert.deepEqual([alice.closed, bob.closed], [[CloseCode.loggedOut], []], how);
    assert.equal(await logIn(test.come().send, "alice", "wonder"), "authFailed");
    if (how === "reset") assert.equal(await logIn(test.come().send, "alice", "land"), "ok");
    if (how !== "disable") continue;
    test.desk.disableAccount("alice", false);
    assert.equal(await logIn(test.come().send, "alice", "wonder"), "ok");
    assert.equal(test.desk.disableAccount("nobody", true), false);
  }
});

Deno.test("an account that is disabled between the two steps of its login does not get in", async () => {
  const test = await TestDesk.create();
  test.accounts.add(await accountOf("alice", "wonder"));
  const { login, send } = test.come();
  const client = scram("alice", "wonder");
  const first = await send(encodeLoginStep({ method: "account", message: client.first }));
  assert.ok("step" in first);
  const message = await client.final(decodeLoginAnswer(first.step).message);
  test.desk.disableAccount("alice", true);
  assert.equal(said(await send(encodeLoginStep({ method: "account", message }))), "authFailed");
  assert.equal(login.admitted, false);
});

Deno.test("an operator is whoever knows the relay's password or an operator's account", async () => {
  const test = await TestDesk.create();
  test.accounts.add(await accountOf("root", "wonder", { operator: true }));
  test.accounts.add(await accountOf("alice", "land"));
  const check = (name: string, password: string, ip: string) => test.desk.checkAdmin({ name, password }, ip);
  assert.deepEqual(await check("", "sesame", HERE), { admitted: true, name: "" });
  assert.deepEqual(await check("Root", "wonder", HERE), { admitted: true, name: "root" });
  const no = { admitted: false, retryAfterMs: 0 };
  for (
    const [name, password] of [["", "x"], ["root", "sesame"], ["alice", "land"], ["nobody", "land"]] as const
  ) {
    assert.deepEqual(await check(name, password, HERE), no, name);
  }
  test.desk.disableAccount("root", true);
  assert.deepEqual(await check("root", "wonder", HERE), no);
  assert.deepEqual(
    await check("", "sesame", HERE),
    { admitted: false, retryAfterMs: 30_000 },
    "too many failed",
  );
  assert.deepEqual(await check("", "sesame", "198.51.100.1"), { admitted: true, name: "" });
  const many = await Promise.all(Array.from({ length: 20 }, () => check("", "guess", "198.51.100.2")));
  assert.equal(many.filter((result) => !result.admitted && result.retryAfterMs === 0).length, 5);
});

Deno.test("the relay's password can be changed while it runs", async () => {
  const test = await TestDesk.create();
  const inside = test.come();
  await logIn(inside.send, "", "sesame");
  test.desk.changePassword(await PasswordVerifier.create("simsala", { iterations: FEW }));
  assert.equal(await logIn(test.come().send, "", "sesame"), "authFailed");
  assert.equal(await logIn(test.come().send, "", "simsala"), "ok");
  assert.deepEqual(inside.closed, []);
});

Deno.test("a connection that never logs in is closed in time, one that has is not", async () => {
  const test = await TestDesk.create();
  const [idle, inside] = [test.come(), test.come()];
  await logIn(inside.send, "", "sesame");
  test.clock.advance(119_999);
  assert.deepEqual(idle.closed, []);
  test.clock.advance(1);
  assert.deepEqual([idle.closed, inside.closed], [[CloseCode.deadline], []]);
});

Deno.test("nobody registers the name that stands for the relay's own password", async () => {
  const accounts = new Accounts();
  const desk = new AccessDesk({ accounts, registration: "open" });
  const send = sender(desk.begin({ ip: "192.0.2.1", secure: true }, () => {}));
  assert.equal(await register(send, "Admin", "sesame"), "accountTaken");
  assert.equal(await register(send, "administrator", "sesame"), "ok");
  const keys = await accountOf("admin", "sesame");
  assert.throws(() => accounts.add(keys), RangeError);
});

Deno.test("an account is answered for once it is on the disk, and is none where it could not be written", async () => {
  const test = await TestDesk.create({ registration: "open" });
  const saves: ((saved: boolean) => void)[] = [];
  test.accounts.onChange = () => new Promise((resolve) => saves.push(resolve));
  const registers = async (name: string): Promise<{ said: Promise<string>; told: () => boolean }> => {
    let told = false;
    const { send } = test.come();
    const said = register(send, name, "pw").finally(() => told = true);
    for (const before = saves.length; saves.length === before;) await settle();
    return { said, told: () => told };
  };
  const ada = await registers("ada");
  await settle();
  assert.deepEqual([ada.told(), test.events], [false, []], "nothing is said while it is being written");
  assert.equal(await register(test.come().send, "ada", "other"), "accountTaken");
  saves[0]?.(true);
  assert.equal(await ada.said, "ok");
  assert.deepEqual(test.events, [{ type: "account_registered", name: "ada", ip: HERE }]);

  const bob = await registers("bob");
  saves[1]?.(false);
  assert.equal(await bob.said, "accountNotSaved");
  assert.equal(test.accounts.get("bob"), undefined, "a restart would have lost it");
  assert.equal(test.events.at(-1)?.reason, "unsaved");
  const again = await registers("bob");
  saves.at(-1)?.(true);
  assert.equal(await again.said, "ok", "the name is free for another try");

  const eve = await registers("eve");
  test.desk.removeAccount("eve"); // by an operator, meanwhile
  saves.at(-2)?.(true);
  assert.equal(await eve.said, "authFailed");
});

Deno.test("an expired token is revoked by its id while somebody is inside who came in by it", async () => {
  const test = await TestDesk.create();
  const { id, token } = test.desk.createToken({ name: "one", ttlMs: 1_000 });
  const [a, b] = [test.come(), test.come()];
  await useToken(a.send, token);
  test.clock.advance(1_000);
  assert.equal(test.desk.activeTokens, 0);
  assert.deepEqual(a.closed, []);
  assert.equal(test.desk.revokeToken("00000000"), false);
  assert.equal(test.desk.revokeToken(id.toUpperCase()), true);
  assert.deepEqual([a.closed, b.closed], [[CloseCode.loggedOut], []]);
  assert.deepEqual(test.events.at(-1), { type: "token_revoked", tokenId: id });
  a.login.ended();
  assert.equal(test.desk.revokeToken(id), false, "nobody is left");
});
