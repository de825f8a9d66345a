import assert from "node:assert/strict";
import { FakeClock, TestRelay } from "../tests/relay_helpers.ts";
import { CloseCode, ErrorCode } from "../wire/mod.ts";
import { Bans, MAX_BANS, MAX_VERDICTS } from "./bans.ts";

Deno.test("Bans.match() knows addresses and ranges, tells the reason, and forgets what has ended", () => {
  const clock = new FakeClock();
  const bans = new Bans({ clock });
  bans.add("192.0.2.0/24", { reason: "floods" });
  bans.add("2001:db8::/32", { forMs: 5_000 });
  assert.deepEqual(bans.match("192.0.2.77"), { cidr: "192.0.2.0/24", reason: "floods" });
  assert.deepEqual(bans.match("::ffff:192.0.2.77"), { cidr: "192.0.2.0/24", reason: "floods" });
  assert.equal(bans.blocked("192.0.3.77"), false);
  assert.equal(bans.blocked("2001:db8:1::1"), true);
  assert.deepEqual(bans.list()[1], { cidr: "2001:db8::/32", reason: "", leftMs: 5_000 });
  clock.advance(5_000);
  assert.equal(bans.blocked("2001:db8:1::1"), false);
  assert.equal(bans.size, 1);
  assert.equal(bans.remove("192.0.2.0/24"), true);
  assert.equal(bans.remove("192.0.2.0/24"), false);
  assert.equal(bans.blocked("192.0.2.77"), false);
});

Deno.test("Bans.add() refuses what is no range, everybody, too long a reason, and more bans than it holds", () => {
  const bans = new Bans({ clock: new FakeClock() });
  for (const bad of ["", "here", "192.0.2.1/33", "192.0.2.1/24", "0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96"]) {
    assert.throws(() => bans.add(bad), RangeError, bad);
  }
  assert.throws(() => bans.add("192.0.2.1", { reason: "x".repeat(201) }), /reason/);
  assert.throws(() => bans.add("192.0.2.1", { forMs: NaN }), /end/);
  for (let i = 0; i < MAX_BANS; i++) bans.add(`10.0.${i >> 8}.${i & 255}`);
  assert.throws(() => bans.add("192.0.2.1"), /already/);
  bans.add("10.0.0.0", { reason: "one that there is may be changed" });
});

Deno.test("Bans.match() remembers 4,096 verdicts, and gives the same ones when it begins anew", () => {
  const bans = new Bans({ clock: new FakeClock() });
  bans.add("10.0.0.0/24", { reason: "floods" });
  const address = (i: number): string => `10.0.${i >> 8}.${i & 255}`;
  for (let i = 0; i < MAX_VERDICTS; i++) assert.equal(bans.blocked(address(i)), i < 256);
  assert.equal(bans.remembered, MAX_VERDICTS);
  for (const i of [0, 255, 256, MAX_VERDICTS - 1]) assert.equal(bans.blocked(address(i)), i < 256);
  assert.equal(bans.remembered, MAX_VERDICTS, "who is known takes no further place");
  assert.equal(bans.blocked(address(MAX_VERDICTS)), false);
  assert.equal(bans.remembered, 1);
  for (let i = 0; i < 2 * MAX_VERDICTS; i++) {
    assert.equal(bans.blocked(address(i)), i < 256);
    assert.ok(bans.remembered <= MAX_VERDICTS);
  }
});

Deno.test("a ban ends the connections from its addresses, says so, and lets no further ones in", () => {
  const test = new TestRelay();
  const [alice] = test.trio();
  const mallory = test.client("198.51.100.9");
  mallory.join(1);
  test.relay.bans.add("198.51.100.0/24");
  assert.equal(mallory.socket.closed?.code, CloseCode.banned);
  assert.equal(alice.socket.closed, undefined);
  assert.equal(test.relay.stats().knockers, 0);
  const again = test.connect("198.51.100.10");
  assert.deepEqual(again.told(), [`error ${ErrorCode.banned} for 0`, `bye ${CloseCode.banned}`]);
  assert.equal(again.socket.closed?.code, CloseCode.banned);
  test.relay.bans.remove("198.51.100.0/24");
  assert.equal(test.client("198.51.100.10").socket.closed, undefined);
});
