import assert from "node:assert/strict";
import fc from "fast-check";
import { CloseCode, encodeClientFrame, packBatch } from "../wire/mod.ts";
import { doorId, FakeSocket, TestRelay } from "../tests/relay_helpers.ts";
import { Relay } from "./relay.ts";

const HELLO = { type: "hello", version: 1, auth: new Uint8Array(0) } as const;

Deno.test("Connection welcomes with its limits", () => {
  const client = new TestRelay({ rateCount: 7 }).connect();
  client.send(HELLO);
  const [welcome] = client.take();
  assert.ok(welcome?.type === "welcome");
  assert.deepEqual(
    [welcome.version, welcome.maxPayload, welcome.maxMessage, welcome.rateCount, welcome.rateWindowMs],
    [1, 1_048_576, 10_240, 7, 60_000],
  );
  assert.deepEqual([welcome.heartbeatIntervalMs, welcome.heartbeatTimeoutMs], [30_000, 60_000]);
  assert.deepEqual([welcome.nonce.length, welcome.challenge.length], [16, 0]);
});

Deno.test("Connection refuses another version of the protocol", () => {
  const client = new TestRelay().connect();
  client.send({ ...HELLO, version: 2 }, { type: "ping", opaque: 1 });
  assert.deepEqual(client.told(), ["error 1001 for 0", "bye 4001"]);
  assert.equal(client.socket.closed?.code, CloseCode.version);
});

Deno.test("Connection wants hello first, and once", () => {
  const test = new TestRelay();
  const [early, twice, login] = [test.connect(), test.client(), test.client()];
  early.send({ type: "join", doorId: doorId(1), mode: "any" });
  assert.deepEqual(early.told(), ["error 1004 for 0", "bye 4002"]);
  twice.send(HELLO);
  assert.deepEqual(twice.told(), ["error 1002 for 0", "bye 4002"]);
  login.send({ type: "auth", bytes: new Uint8Array(3) });
  assert.deepEqual(login.told(), ["error 1207 for 0"], "there is nothing to log in to");
});

Deno.test("Connection answers pings in the order of everything else", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  alice.say(1, "one");
  bob.send({ type: "ping", opaque: 4_294_967_295 });
  alice.say(2, "two");
  assert.deepEqual(bob.told(), ["1:1 one", "pong 4294967295", "2:1 two"]);
});

for (
  const [wish, bytes] of Object.entries({
    "text": undefined,
    "nothing": new Uint8Array(0),
    "half a length": new Uint8Array(3),
    "a frame longer than its batch": new Uint8Array([0, 0, 0, 9, 7]),
    "an empty frame": new Uint8Array(4),
    "an unknown frame": new Uint8Array([0, 0, 0, 1, 0x7f]),
    "a frame of the relay's": new Uint8Array([0, 0, 0, 1, 0x8a]),
    "bytes after a frame": new Uint8Array([0, 0, 0, 2, 6, 0]),
  })
) {
  Deno.test(`Connection closes for ${wish}, and nobody else notices but by peer_out`, () => {
    const test = new TestRelay();
    const [alice, bob, carol] = test.trio();
    alice.say(1, "before");
    bob.raw(bytes);
    alice.say(2, "after");
    bob.say(1, "not read any more");
    assert.deepEqual(bob.told(), ["1:1 before", "error 1002 for 0", "bye 4002"]);
    assert.equal(bob.socket.closed?.code, CloseCode.malformed);
    assert.deepEqual(carol.told(), ["1:1 before", "peer_out 2 closed", "2:1 after"]);
    assert.deepEqual(alice.told(), ["peer_out 2 closed", "ack 2@2"]);
  });
}

Deno.test("Connection closes for batches that are too large or have too many frames", () => {
  const test = new TestRelay();
  const [large, many] = [test.client(), test.client()];
  large.raw(new Uint8Array(10 << 20));
  assert.deepEqual(large.told(), ["error 1003 for 0", "bye 4003"]);
  many.raw(packBatch(new Array(4_097).fill(encodeClientFrame({ type: "leave" }))));
  assert.deepEqual(many.told(), ["error 1003 for 0", "bye 4003"]);
});

Deno.test("Connection survives any bytes: the room goes on", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 20 }), (messages) => {
    const test = new TestRelay();
    const [alice, bob, carol] = test.trio();
    for (const bytes of messages) {
      bob.raw(bytes);
      bob.raw(packBatch([bytes.length === 0 ? new Uint8Array(1) : bytes]));
    }
    bob.cut();
    alice.take();
    carol.take();
    alice.say(1, "still here");
    assert.match(carol.told().join(), /^\d+:1 still here$/);
  }));
});

Deno.test("Connection must say hello within 10 seconds", () => {
  const test = new TestRelay();
  const [silent, quick] = [test.connect(), test.client()];
  test.clock.advance(9_000);
  assert.equal(silent.socket.closed?.code, undefined);
  test.clock.advance(2_000);
  assert.equal(silent.socket.closed?.code, CloseCode.deadline);
  assert.equal(quick.socket.closed, undefined);
});

Deno.test("Connection is closed when silent for the heartbeat timeout, and its place stays", () => {
  const test = new TestRelay();
  const [alice, bob, carol] = test.trio();
  for (let seconds = 0; seconds < 70; seconds += 10) {
    alice.send({ type: "ping", opaque: seconds });
    carol.say(seconds / 10 + 1, "talking is a sign of life as well");
    test.clock.advance(10_000);
  }
  assert.equal(bob.socket.closed?.code, CloseCode.deadline);
  assert.ok(alice.told().includes("peer_out 2 lost"));
  assert.equal(alice.socket.closed, undefined);
  assert.equal(carol.socket.closed, undefined);
  assert.equal(test.relay.stats().members, 3);
});

Deno.test("Connection that reads too slowly is closed, and the others get everything at once", () => {
  const test = new TestRelay();
  const [alice, bob, carol] = test.trio();
  bob.socket.bufferedAmount = 8_388_609;
  alice.say(1, new Uint8Array(100_000));
  assert.equal(carol.take().length, 1);
  assert.equal(bob.socket.closed?.code, CloseCode.tooSlow);
  assert.deepEqual(carol.told(), ["peer_out 2 lost"]);
  alice.say(2, "next");
  test.clock.turn();
  assert.equal(bob.socket.sent.length, bob.socket.handed.length);
  assert.deepEqual(carol.told(), ["2:1 next"]);
  const back = test.client();
  assert.ok(bob.joined);
  back.resume(bob.joined, 1);
  assert.equal(back.joined?.complete, true, "and it is fed from the ring when it comes back");
});

Deno.test("Connection limits frames other than sends", () => {
  const test = new TestRelay({ controlBurst: 4, controlRate: 1 });
  const client = test.client();
  for (let i = 1; i <= 5; i++) client.send({ type: "ping", opaque: i });
  assert.deepEqual(client.told(), ["pong 1", "pong 2", "pong 3", "pong 4", "error 1106 for 0"]);
  test.clock.advance(1_000);
  client.send({ type: "ping", opaque: 6 });
  assert.deepEqual(client.told(), ["pong 6"]);
});

Deno.test("Connection refuses what needs a room outside of rooms", () => {
  const client = new TestRelay().client();
  client.send({ type: "leave" }, { type: "admit", peerId: 1 }, {
    type: "door",
    action: "add",
    doorId: doorId(1),
  });
  assert.deepEqual(client.told(), ["error 1112 for 0", "error 1112 for 0", "error 1112 for 0"]);
});

Deno.test("Connection keeps a bug of the relay's own to one connection", async () => {
  let broken = true;
  const relay = new Relay({
    random: (length) => {
      if (broken) throw new Error("no randomness");
      return new Uint8Array(length);
    },
  });
  const [first, second] = [new FakeSocket(), new FakeSocket()];
  relay.accept(first, { ip: "192.0.2.1" });
  relay.accept(second, { ip: "192.0.2.1" });
  first.onMessage?.(packBatch([encodeClientFrame(HELLO)]));
  broken = false;
  second.onMessage?.(packBatch([encodeClientFrame(HELLO)]));
  assert.deepEqual([first.closed?.code, second.closed], [CloseCode.refused, undefined]);
  const closed = relay.close();
  for (const socket of [first, second]) socket.onClose?.();
  await closed;
});

Deno.test("Connection gives sockets that retain bytes one copy for all", () => {
  const test = new TestRelay();
  const members = test.room(4);
  for (const member of members) member.socket.retains = true;
  members[0]?.say(1, "for all");
  test.clock.turn();
  const [, second, third, fourth] = members.map((member) => member.socket.handed.at(-1));
  assert.ok(second !== undefined && second === third && third === fourth);
  members[0]?.say(2, "and again");
  test.clock.turn();
  assert.deepEqual(members[1]?.socket.sent.at(-2), second, "not overwritten by the next turn");
});

Deno.test("Connection sends the same bytes to all that do not retain them", () => {
  const test = new TestRelay();
  const members = test.room(4);
  members[0]?.say(1, "for all");
  test.clock.turn();
  const [, second, third] = members.map((member) => member.socket.handed.at(-1));
  assert.ok(second !== undefined && second === third);
});
