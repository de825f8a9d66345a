import assert from "node:assert/strict";
import { LoginThrottle, NO_THROTTLE } from "./login_throttle.ts";

const HERE = "192.0.2.1";
const at = (i: number) => `198.51.${i >> 8}.${i & 255}`;

Deno.test("failed logins of an address cost, and come back with time", () => {
  const throttle = new LoginThrottle();
  for (let i = 0; i < 5; i++) {
    assert.equal(throttle.wait(undefined, HERE, 0), 0);
    throttle.failed(undefined, HERE, 0);
  }
  assert.equal(throttle.wait(undefined, HERE, 0), 30_000);
  assert.equal(throttle.wait("alice", HERE, 0), 30_000, "whatever it tries next");
  assert.equal(throttle.wait("alice", at(1), 0), 0, "but only there");
  assert.equal(throttle.wait(undefined, HERE, 29_000), 1_000);
  assert.equal(throttle.wait(undefined, HERE, 30_000), 0);
});

Deno.test("one network of IPv6 counts as one address of failed logins", () => {
  const throttle = new LoginThrottle();
  for (let i = 1; i <= 5; i++) throttle.failed(undefined, `2001:db8::${i}`, 0);
  assert.equal(throttle.wait(undefined, "2001:db8:0:0:ffff::1", 0), 30_000);
  assert.equal(throttle.wait(undefined, "2001:db8:0:1::1", 0), 0);
});

Deno.test("failed logins under a name cost wherever they come from, but not where its owner has logged in", () => {
  const throttle = new LoginThrottle();
  throttle.succeeded("alice", HERE, 0);
  for (let i = 0; i < 20; i++) throttle.failed("alice", at(i), 0);
  assert.equal(throttle.wait("alice", at(99), 0), 30_000);
  assert.equal(throttle.wait("alice", HERE, 0), 0);
  assert.equal(throttle.wait("bob", at(99), 0), 0);
  for (let i = 0; i < 100_000; i++) throttle.failed("alice", at(i % 50), 86_400_000);
  assert.ok(throttle.wait("alice", HERE, 86_400_000) > 0, "a day later that is forgotten");
});

Deno.test("a login that was counted before it succeeded is given back", () => {
  const throttle = new LoginThrottle();
  for (let i = 0; i < 50; i++) {
    throttle.failed("", HERE, 0);
    throttle.forgive("", HERE, 0);
  }
  assert.equal(throttle.wait("", HERE, 0), 0);
});

Deno.test("failed logins take bounded memory, which is given back", () => {
  const throttle = new LoginThrottle({ most: 100 });
  for (let i = 0; i < 10_000; i++) {
    throttle.failed(`name${i}`, at(i), 0);
    throttle.succeeded(`name${i}`, at(i), 0);
  }
  assert.ok(throttle.size <= 2 * 101 + 4_096, `${throttle.size}`);
  assert.ok(throttle.wait("name9999", at(9_999), 0) > 0, "whoever is one too many shares an allowance");
  assert.equal(throttle.wait("name1", at(1), 0), 0);
  throttle.failed("late", HERE, 86_400_000);
  throttle.succeeded("late", HERE, 86_400_000);
  assert.ok(throttle.size <= 3, `${throttle.size}`);
});

Deno.test("new accounts of an address have an allowance of their own", () => {
  const throttle = new LoginThrottle({ register: { burst: 2, everyMs: 1_000 } });
  assert.equal(throttle.registerWait(HERE, 0), 0);
  for (let i = 0; i < 2; i++) throttle.registered(HERE, 0);
  assert.equal(throttle.registerWait(HERE, 0), 1_000);
  assert.equal(throttle.wait(undefined, HERE, 0), 0);
});

Deno.test("the throttle of logins can be turned off for measuring", () => {
  const throttle = new LoginThrottle(NO_THROTTLE);
  for (let i = 0; i < 1_000; i++) throttle.failed("alice", HERE, i);
  assert.equal(throttle.wait("alice", HERE, 1_000), 0);
});
