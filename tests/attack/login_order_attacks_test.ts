/** What an attacker hopes for who says things to a relay with a password in an order that no client would. */
import assert from "node:assert/strict";
import { AccessDesk } from "../../relay/access_desk.ts";
import { AccessTokens } from "../../relay/access_tokens.ts";
import { Accounts } from "../../relay/accounts.ts";
import { Relay } from "../../relay/mod.ts";
import { makeVerifier } from "../../relay/password.ts";
import {
  type ClientFrame,
  CloseCode,
  decodeLoginAnswer,
  encodeLoginStep,
  errorName,
  type LoginStep,
  type RelayFrame,
} from "../../wire/mod.ts";
import { accountOf, FEW, scram } from "../desk_helpers.ts";
import { doorId, FakeClock, TestClient, type TestRelay } from "../relay_helpers.ts";

const PASSWORD = "sesame";
const JOIN: ClientFrame = { type: "join", doorId: doorId(1), mode: "any" };

/** A relay with a password, tokens and one account, alice. */
async function guarded(): Promise<{ test: TestRelay; desk: AccessDesk; tokens: AccessTokens }> {
  const clock = new FakeClock();
  const tokens = new AccessTokens({ now: () => clock.now() });
  const accounts = new Accounts([await accountOf("alice", "alice's own")]);
  const password = await makeVerifier(PASSWORD, { iterations: FEW });
  const desk = new AccessDesk({ password, tokens, accounts, accountIterations: FEW, clock });
  return { test: { clock, relay: new Relay({ access: desk, clock }) } as TestRelay, desk, tokens };
}

function hello(auth: Uint8Array = new Uint8Array(0)): ClientFrame {
  return { type: "hello", version: 1, auth };
}

function auth(step: LoginStep): ClientFrame {
  return { type: "auth", bytes: encodeLoginStep(step) };
}

/** What came, in short: refusals by name. */
function told(client: TestClient): string[] {
  return client.take().map((frame) => frame.type === "error" ? errorName(frame.code) ?? "?" : frame.type);
}

function message(frames: RelayFrame[]): string {
  const step = frames.find(({ type }) => type === "auth_step");
  assert.ok(step?.type === "auth_step");
  return decodeLoginAnswer(step.bytes).message;
}

Deno.test("whoever sends hello, a login and a join in one message gets in with the right token, and not with a wrong one", async () => {
  const { test, tokens } = await guarded();
  const { token } = tokens.create({ name: "bob", ttlMs: 60_000 });
  const right = new TestClient(test, "192.0.2.1");
  right.send(hello(), auth({ method: "token", token }), JOIN);
  assert.deepEqual(told(right), ["welcome", "auth_step", "joined"]);
  const inHello = new TestClient(test, "192.0.2.1");
  inHello.send(hello(encodeLoginStep({ method: "token", token })), JOIN);
  assert.deepEqual(told(inHello), ["welcome", "auth_step", "joined"]);
  const wrong = new TestClient(test, "192.0.2.2");
  const guess = encodeLoginStep({ method: "token", token: crypto.randomUUID() });
  wrong.send(hello(guess), JOIN, { type: "list" }, JOIN);
  assert.deepEqual(told(wrong), ["welcome", "authFailed", "authRequired", "authRequired", "authRequired"]);
  assert.equal(test.relay.stats().rooms, 1);
});

Deno.test("a join that comes before its login in the same message is not let in by it", async () => {
  const { test, tokens } = await guarded();
  const { token } = tokens.create({ name: "bob", ttlMs: 60_000 });
  const client = new TestClient(test, "192.0.2.1");
  client.send(hello(), JOIN, auth({ method: "token", token }));
  assert.deepEqual(told(client), ["welcome", "authRequired", "auth_step"]);
  assert.equal(test.relay.stats().rooms, 0);
});

Deno.test("a login before hello ends the connection, and so does a second hello", async () => {
  const { test, tokens } = await guarded();
  const { token } = tokens.create({ name: "bob", ttlMs: 60_000 });
  const early = new TestClient(test, "192.0.2.1");
  early.send(auth({ method: "token", token }), hello(), JOIN);
  assert.deepEqual(told(early), ["expectedHello", "bye"]);
  const twice = new TestClient(test, "192.0.2.1");
  twice.send(hello(), hello(encodeLoginStep({ method: "token", token })), JOIN);
  assert.deepEqual(told(twice), ["welcome", "malformed", "bye"]);
  assert.equal(test.relay.stats().rooms, 0);
  assert.equal(tokens.list()[0]?.uses, 0);
});

Deno.test("a proof for an account does not open the relay's door, nor one for the door an account", async () => {
  for (const [first, second] of [["account", "password"], ["password", "account"]] as const) {
    const { test } = await guarded();
    const client = new TestClient(test, "192.0.2.1");
    const name = first === "account" ? "alice" : "";
    const login = scram(name, first === "account" ? "alice's own" : PASSWORD);
    client.send(hello(), auth({ method: first, message: login.first }));
    const final = await login.final(message(client.take()));
    client.send(auth({ method: second, message: final }), auth({ method: first, message: final }), JOIN);
    assert.deepEqual(told(client), ["authFailed", "authFailed", "authRequired"], "one answer a challenge");
  }
});

Deno.test("two logins that are begun by turns do not finish each other", async () => {
  const { test } = await guarded();
  const client = new TestClient(test, "192.0.2.1");
  const [door, alice] = [scram("", PASSWORD), scram("alice", "a guess")];
  client.send(hello(), auth({ method: "account", message: alice.first }));
  const aliceFinal = await alice.final(message(client.take()));
  client.send(auth({ method: "password", message: door.first }));
  const doorFinal = await door.final(message(client.take()));
  client.send(
    auth({ method: "account", message: aliceFinal }),
    auth({ method: "password", message: doorFinal }),
  );
  assert.deepEqual(told(client), ["authFailed", "authFailed"]);
});

Deno.test("a place in a room cannot be taken up again by somebody who has its token and no login", async () => {
  const { test, tokens } = await guarded();
  const { token } = tokens.create({ name: "bob", ttlMs: 60_000 });
  const bob = new TestClient(test, "192.0.2.1");
  bob.send(hello(), auth({ method: "token", token }));
  bob.join(1);
  const { joined } = bob;
  assert.ok(joined);
  bob.cut();
  const thief = new TestClient(test, "192.0.2.66");
  thief.send(hello());
  thief.take();
  assert.deepEqual(thief.resume(joined, 0).map((frame) => frame.type === "error" && errorName(frame.code)), [
    "authRequired",
  ]);
  const back = new TestClient(test, "192.0.2.1");
  back.send(hello(), auth({ method: "token", token }));
  back.take();
  assert.deepEqual(back.resume(joined, 0).map(({ type }) => type), ["joined"]);
});

Deno.test("whose token is revoked is put out of the room and from its door, and keeps no place", async () => {
  const { test, tokens, desk } = await guarded();
  const [good, bad] = [0, 1].map((i) => tokens.create({ name: `n${i}`, ttlMs: 60_000 }));
  assert.ok(good && bad);
  const founder = new TestClient(test, "192.0.2.1");
  founder.send(hello(), auth({ method: "token", token: good.token }));
  founder.join(1);
  const [knocker, member] = [0, 1].map(() => {
    const client = new TestClient(test, "192.0.2.2");
    client.send(hello(), auth({ method: "token", token: bad.token }));
    client.take();
    client.join(1);
    return client;
  });
  assert.ok(knocker && member);
  founder.send({ type: "admit", peerId: member.peerId });
  test.clock.turn();
  assert.deepEqual([test.relay.stats().members, test.relay.stats().knockers], [2, 1]);
  assert.ok(desk.revokeToken(bad.id));
  for (const client of [knocker, member]) assert.equal(client.socket.closed?.code, CloseCode.loggedOut);
  assert.deepEqual([test.relay.stats().members, test.relay.stats().knockers], [1, 0]);
  assert.equal(founder.socket.closed, undefined);
  const again = new TestClient(test, "192.0.2.2");
  again.send(hello(), auth({ method: "token", token: bad.token }), JOIN);
  assert.deepEqual(told(again), ["welcome", "authFailed", "authRequired"]);
});

Deno.test("what is sent after a login is void is not taken, though it comes in the same message", async () => {
  const { test, tokens, desk } = await guarded();
  const { token, id } = tokens.create({ name: "bob", ttlMs: 60_000 });
  const client = new TestClient(test, "192.0.2.1");
  client.send(hello(), auth({ method: "token", token }));
  desk.revokeToken(id);
  client.send(JOIN, hello(), JOIN);
  assert.equal(test.relay.stats().rooms, 0);
  assert.equal(client.socket.closed?.code, CloseCode.loggedOut);
});
