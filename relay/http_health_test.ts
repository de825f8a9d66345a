import assert from "node:assert/strict";
import { TestRelay } from "../tests/relay_helpers.ts";
import { type Health, health } from "./http_health.ts";

function look({ relay, clock }: TestRelay, draining = false): Health {
  return health({
    relay,
    tokens: () => 0,
    draining: () => draining,
    now: () => clock.now(),
    startedAt: 0,
    version: undefined,
  });
}

Deno.test("health() calls a relay healthy whose rings are full", () => {
  const test = new TestRelay({ ringTotalBytes: 10_000, rateCount: 1e6 });
  const [alice] = test.trio();
  for (let i = 1; i <= 100; i++) {
    alice.say(i, new Uint8Array(1_000));
    test.clock.turn();
  }
  assert.ok(test.relay.stats().ringBytes > 9_000);
  assert.equal(look(test).status, "healthy");
});

Deno.test("health() counts members that are connected, not places that are kept for others", () => {
  const test = new TestRelay();
  const [, bob] = test.trio();
  bob.cut();
  assert.equal(test.relay.stats().members, 3);
  assert.equal(look(test).active_users, 2);
});

Deno.test("health() names what is nearly used up, and draining before that", () => {
  const test = new TestRelay({ maxConnections: 4 });
  for (let i = 0; i < 4; i++) test.client();
  assert.deepEqual([look(test).status, look(test).reason], ["degraded", "connections"]);
  assert.equal(look(test, true).reason, "draining");
});
