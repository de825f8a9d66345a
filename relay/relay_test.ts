import assert from "node:assert/strict";
import { Relay } from "./mod.ts";
import { FakeClock, FakeSocket, inShort, TestRelay } from "../tests/relay_helpers.ts";

Deno.test("Relay serves nobody beyond maxConnections, says why, and serves again when one has gone", () => {
  const test = new TestRelay({ maxConnections: 2 });
  const [first] = [test.client(), test.client()];
  const third = test.connect();
  assert.deepEqual(third.told(), ["error 1105 for 0", "bye 4011"]);
  assert.equal(third.socket.closed?.code, 4011);
  third.cut();
  first.cut();
  assert.deepEqual(test.client().socket.closed, undefined);
});

Deno.test("Relay is overloaded when refused connections pile up", () => {
  const test = new TestRelay({ maxConnections: 4 });
  for (let i = 0; i < 4; i++) test.connect();
  assert.equal(test.relay.overloaded, false);
  const refused = test.connect();
  assert.equal(test.relay.overloaded, true);
  refused.cut();
  assert.equal(test.relay.overloaded, false);
});

Deno.test("Relay limits connections of one address, and others are served", () => {
  const test = new TestRelay({ maxConnectionsPerIp: 3 });
  for (let i = 0; i < 3; i++) test.client("198.51.100.7");
  const fourth = test.connect("198.51.100.7");
  const [error] = fourth.take();
  assert.equal(error?.type === "error" && error.code === 1106 && error.retryAfterMs > 0, true);
  assert.equal(fourth.socket.closed?.code, 4009);
  assert.equal(test.client("198.51.100.8").socket.closed, undefined);
});

Deno.test("Relay limits new connections per second of one address", () => {
  const test = new TestRelay({ connectBurst: 2, connectRate: 1 });
  test.client().cut();
  test.client().cut();
  assert.equal(test.connect().socket.closed?.code, 4009);
  test.clock.advance(1_000);
  assert.equal(test.connect().socket.closed, undefined);
});

Deno.test("Relay lets 300 clients of one address in at once by default", () => {
  const test = new TestRelay();
  for (let i = 0; i < 300; i++) assert.equal(test.client("127.0.0.1").socket.closed, undefined);
});

Deno.test("Relay refuses an address with many stalled connections", () => {
  const test = new TestRelay({ maxBuffered: 1_000 });
  const members = test.room(10);
  for (const member of members.slice(2)) member.socket.bufferedAmount = 2_000;
  members[0]?.say(1, new Uint8Array(70_000));
  test.clock.turn();
  for (const member of members.slice(2)) assert.equal(member.socket.closed?.code, 4008);
  assert.equal(test.connect().socket.closed?.code, 4009);
  members[2]?.cut();
  assert.equal(test.connect().socket.closed, undefined);
});

Deno.test("Relay.close() says goodbye to everybody, forgets everything and leaves no timer", async () => {
  const test = new TestRelay();
  const [alice, bob, carol] = test.trio();
  const knocker = test.client();
  knocker.join(1);
  alice.say(1, "last words");
  const closed = test.relay.close();
  assert.deepEqual(bob.arrived().map(inShort), ["1:1 last words", "bye 4010"]);
  for (const client of [alice, bob, carol, knocker]) {
    assert.equal(client.socket.closed?.code, 4010);
    client.cut();
  }
  await closed;
  assert.equal(test.clock.waiting, 0);
  assert.deepEqual(test.relay.stats(), {
    connections: 0,
    rooms: 0,
    members: 0,
    knockers: 0,
    doors: 0,
    tokens: 0,
    ringBytes: 0,
    addresses: 1,
  });
  assert.equal(test.connect().socket.closed?.code, 4010);
  assert.equal(test.relay.overloaded, true);
});

Deno.test("Relay.close() does not wait longer than its grace for those that do not hang up", async () => {
  const test = new TestRelay();
  test.client();
  const closed = test.relay.close();
  test.clock.advance(1_000);
  await closed;
  await test.relay.close();
  assert.equal(test.clock.waiting, 0);
});

Deno.test("Relay gives back what 10,000 rooms took", () => {
  const test = new TestRelay({ probeBurst: 1e6, foundBurst: 1e6, connectBurst: 1e6 });
  for (let i = 0; i < 10_000; i++) {
    const client = test.client(`10.0.${i >> 8}.${i & 255}`);
    client.join(i);
    client.say(1, "hello");
    if (i % 2 === 0) client.send({ type: "leave" });
    client.cut();
  }
  assert.equal(test.relay.stats().rooms, 5_000);
  test.clock.advance(120_000);
  const { addresses, ...rest } = test.relay.stats();
  assert.deepEqual(rest, {
    connections: 0,
    rooms: 0,
    members: 0,
    knockers: 0,
    doors: 0,
    tokens: 0,
    ringBytes: 0,
  });
  assert.equal(addresses, 0);
  assert.equal(test.clock.waiting, 0, "an empty relay does not even sweep");
});

Deno.test("Relay works with the machine's own clock and random bytes", async () => {
  const relay = new Relay();
  const socket = new FakeSocket();
  relay.accept(socket, { ip: "192.0.2.1" });
  const closed = relay.close();
  socket.onClose?.();
  await closed;
  assert.equal(socket.closed?.code, 4010);
  assert.equal(relay.limits.maxPayload, 1_048_576);
});

Deno.test("FakeClock runs timers in order", () => {
  const clock = new FakeClock();
  const seen: number[] = [];
  clock.setTimer(() => seen.push(2), 20);
  clock.setTimer(() => seen.push(1), 10);
  clock.advance(15);
  assert.deepEqual(seen, [1]);
  clock.advance(5);
  assert.deepEqual(seen, [1, 2]);
});
