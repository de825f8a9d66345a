import assert from "node:assert/strict";
import { keptBy } from "../tests/desk_helpers.ts";
import { FakeClock } from "../tests/relay_helpers.ts";
import { AccessTokens, MAX_TOKENS, TOKEN_SWEEP_MS } from "./access_tokens.ts";

const HERE = "192.0.2.1";
const THERE = "198.51.100.7";

function desk() {
  const time = { now: 1_000 };
  return { time, tokens: new AccessTokens({ now: () => time.now }) };
}

Deno.test("an access token is a UUID v4 that lets somebody in until it ends", () => {
  const { time, tokens } = desk();
  const { token, id, expiresAt } = tokens.create({ name: "alice", ttlMs: 60_000 });
  assert.match(token, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.match(id, /^[0-9a-f]{8}$/);
  assert.equal(expiresAt, 61_000);
  const use = tokens.use(token.toUpperCase(), HERE);
  assert.deepEqual([use?.id, use?.name], [id, "alice"]);
  time.now = 60_999;
  assert.ok(tokens.use(token, THERE));
  assert.equal(tokens.list()[0]?.uses, 2);
  time.now = 61_000;
  assert.equal(tokens.use(token, HERE), undefined);
  assert.deepEqual([tokens.size, tokens.list()], [0, []]);
});

Deno.test("what the relay remembers of access tokens holds no token", () => {
  const { tokens } = desk();
  let made = { token: "", id: "" };
  const kept = keptBy(() => {
    made = tokens.create({ name: "alice", ttlMs: 60_000, ip: HERE, uses: 2 });
    tokens.use(made.token, HERE);
  }) + JSON.stringify(tokens.list());
  assert.ok(kept.includes(made.id) && kept.includes("alice"), "this is where it would be");
  for (const part of made.token.split("-").filter(({ length }) => length > 4)) {
    assert.equal(kept.includes(part), false);
  }
});

Deno.test("an access token that is bound to an address is useless elsewhere", () => {
  const { tokens } = desk();
  const { token } = tokens.create({ name: "alice", ttlMs: 1, ip: HERE });
  assert.equal(tokens.use(token, THERE), undefined);
  assert.ok(tokens.use(token, `::ffff:${HERE}`));
  const six = tokens.create({ name: "bob", ttlMs: 1, ip: "2001:db8:1:2::1" });
  assert.ok(
    tokens.use(six.token, "2001:db8:1:2:ffff::9"),
    "a machine changes the second half of its address",
  );
  assert.equal(tokens.use(six.token, "2001:db8:1:3::1"), undefined);
});

Deno.test("an access token for one use lets the same address come again, and nobody else", () => {
  const { time, tokens } = desk();
  const { token } = tokens.create({ name: "alice", ttlMs: 3_600_000, uses: 1 });
  const first = tokens.use(token, HERE);
  assert.ok(first);
  assert.equal(tokens.use(token, THERE), undefined);
  time.now += 1_800_000;
  const second = tokens.use(token, HERE); // the first has not been noticed to be gone
  assert.ok(second, "while it is there");
  first.ended();
  first.ended();
  second.ended();
  time.now += 59_999;
  const third = tokens.use(token, HERE);
  assert.ok(third, "within a minute");
  third.ended();
  time.now += 60_000;
  assert.equal(tokens.use(token, HERE), undefined, "after a minute");
  assert.deepEqual([tokens.list()[0]?.uses, tokens.list()[0]?.maxUses], [1, 1]);
});

Deno.test("an access token is revoked by itself or its id, once", () => {
  const { tokens } = desk();
  const revoked: string[] = [];
  tokens.onRevoked = (id) => revoked.push(id);
  const one = tokens.create({ name: "one", ttlMs: 1_000 });
  const two = tokens.create({ name: "two", ttlMs: 1_000 });
  assert.deepEqual([tokens.revoke(one.id), tokens.revoke(one.token), tokens.revoke("")], [
    true,
    false,
    false,
  ]);
  assert.deepEqual([tokens.revoke(two.token), tokens.revoke(two.id)], [true, false]);
  assert.deepEqual(revoked, [one.id, two.id]);
  assert.equal(tokens.use(one.token, HERE), undefined);
});

Deno.test("an access token that cannot be is refused with a sentence", () => {
  const { tokens } = desk();
  const wish = { name: "alice", ttlMs: 1_000 };
  for (const ttlMs of [0, -1, NaN, Infinity, 1e99]) {
    assert.throws(() => tokens.create({ ...wish, ttlMs }), /^RangeError: Cannot make a token: it must last/);
  }
  for (const uses of [0, -1, 1.5, NaN, 1e9]) {
    assert.throws(() => tokens.create({ ...wish, uses }), /its uses/);
  }
  for (const ip of ["", "here", "10.0.0.0/8"]) assert.throws(() => tokens.create({ ...wish, ip }), /no IP/);
  for (const name of ["", "a\nb", "x".repeat(65)]) {
    assert.throws(() => tokens.create({ ...wish, name }), /name/);
  }
  assert.equal(tokens.size, 0);
});

Deno.test("access tokens are bounded in number, and two never have the same id", () => {
  let count = 0;
  // Each UUID comes twice: the second time its id is taken already.
  const uuid = () => `00000000-0000-4000-8000-${String(count++ >> 1).padStart(12, "0")}` as const;
  const tokens = new AccessTokens({ now: () => 0, uuid });
  for (let i = 0; i < MAX_TOKENS; i++) tokens.create({ name: "many", ttlMs: 1_000 });
  assert.equal(new Set(tokens.list().map(({ id }) => id)).size, MAX_TOKENS);
  assert.throws(() => tokens.create({ name: "one more", ttlMs: 1_000 }), /revoke some/);
});

Deno.test("access tokens that have expired are swept though nobody asks for anything, and no others", () => {
  const clock = new FakeClock();
  const tokens = new AccessTokens({ now: () => clock.now() });
  const stop = tokens.keepSweeping(clock);
  for (const ttlMs of [1, TOKEN_SWEEP_MS, 5 * TOKEN_SWEEP_MS]) tokens.create({ name: "alice", ttlMs });
  clock.advance(2 * TOKEN_SWEEP_MS);
  assert.equal(tokens.sweep(), 0, "nothing is left to be swept");
  assert.equal(tokens.size, 1);
  stop();
  clock.advance(4 * TOKEN_SWEEP_MS);
  assert.equal(tokens.sweep(), 1, "what is stopped sweeps no more");
});
