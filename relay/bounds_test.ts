/** What a relay holds has caps; each is reached here, and by those who mean no good. */
import assert from "node:assert/strict";
import { type ClientFrame, CloseCode, maxBatchBytes } from "../wire/mod.ts";
import { doorId, FakeSocket, inShort, type TestClient, TestRelay } from "../tests/relay_helpers.ts";

const MEASURED_EVERY = 65_536;

/** A socket whose other end reads so many bytes a second. */
class SlowSocket extends FakeSocket {
  mostBuffered = 0;
  #perSecond: number;

  constructor(perSecond: number) {
    super();
    this.#perSecond = perSecond;
  }

  override send(bytes: Uint8Array): void {
    super.send(bytes);
    this.bufferedAmount += bytes.length;
    this.mostBuffered = Math.max(this.mostBuffered, this.bufferedAmount);
  }

  /** Time passes at the other end. */
  drain(ms: number): void {
    this.bufferedAmount = Math.max(0, this.bufferedAmount - ms * this.#perSecond / 1_000);
  }
}

/** Makes the socket of a client one that is read so slowly. */
function slowDown(client: TestClient, perSecond: number): SlowSocket {
  const slow = new SlowSocket(perSecond);
  client.socket.send = (bytes) => slow.send(bytes);
  Object.defineProperty(client.socket, "bufferedAmount", { get: () => slow.bufferedAmount });
  return slow;
}

for (const [reads, perSecond] of [["nothing", 0], ["1 KB/s", 1_024]] as const) {
  Deno.test(`a relay keeps at most maxBuffered for a reader of ${reads}, closes it, and delays nobody`, () => {
    const maxBuffered = 500_000;
    const test = new TestRelay({ maxBuffered, rateCount: 1e6, heartbeatTimeoutMs: 1e9 });
    const [alice, bob, carol] = test.trio();
    const slow = slowDown(bob, perSecond);
    const payload = new Uint8Array(10_000);
    for (let i = 1; i <= 600; i++) {
      alice.say(i, payload);
      assert.ok(carol.told().some((text) => text.startsWith(`${i}:1 `)), "in the turn in which it came");
      test.clock.advance(100);
      slow.drain(100);
    }
    assert.equal(bob.socket.closed?.code, CloseCode.tooSlow);
    assert.ok(slow.mostBuffered > maxBuffered, "the cap was reached");
    assert.ok(slow.mostBuffered <= maxBuffered + MEASURED_EVERY + maxBatchBytes(payload.length));
  });
}

Deno.test("a relay feeds a reader of 1 KB/s that is told less than that, and does not close it", () => {
  const test = new TestRelay({ maxBuffered: 500_000, rateCount: 1e6, heartbeatTimeoutMs: 1e9 });
  const [alice, bob] = test.trio();
  const slow = slowDown(bob, 1_024);
  for (let i = 1; i <= 600; i++) {
    alice.say(i, new Uint8Array(700));
    test.clock.advance(1_000);
    slow.drain(1_000);
  }
  assert.equal(bob.socket.closed, undefined);
  assert.equal(slow.sent.length, 600);
  assert.ok(slow.mostBuffered < 1_024);
});

Deno.test("a relay keeps no more in all rings than ringTotalBytes, however many rooms talk", () => {
  const test = new TestRelay({ ringTotalBytes: 10_000, probeBurst: 1e6 });
  for (let room = 0; room < 200; room++) {
    const client = test.client(`192.0.2.${room}`);
    client.join(room);
    client.say(1, new Uint8Array(300));
    assert.ok(test.relay.stats().ringBytes <= 10_000);
  }
  assert.equal(test.relay.stats().ringBytes, 9_900);
});

Deno.test("a relay keeps two tokens a place at most, however often somebody comes back", () => {
  const test = new TestRelay();
  const [alice] = test.trio();
  for (let i = 0; i < 100; i++) {
    const back = test.client();
    assert.ok(alice.joined);
    back.resume(alice.joined, 0);
    alice.joined = back.joined;
    assert.ok(test.relay.stats().tokens <= 2 * test.relay.stats().members);
  }
});

Deno.test("a relay counts lost members until their window ends, so that coming and going fills no room", () => {
  const test = new TestRelay({ maxMembers: 3, resumeWindowMs: 5_000, heartbeatTimeoutMs: 1e9 });
  const [alice, bob, carol] = test.trio();
  bob.cut();
  carol.cut();
  assert.deepEqual(test.client().join(1).map(inShort), ["error 1104 for 0"]);
  alice.take();
  test.clock.advance(7_000);
  assert.deepEqual(test.client().join(1).map(inShort), ["joined 4@0 complete [1]"]);
});

Deno.test("a relay shows knockers out after knockerMs, and has room for others", () => {
  const test = new TestRelay({ maxKnockers: 2, knockerMs: 4_000, heartbeatTimeoutMs: 1e9 });
  test.trio();
  const knockers = [test.client(), test.client()];
  for (const knocker of knockers) knocker.join(1);
  assert.deepEqual(test.client().join(1).map(inShort), ["error 1106 for 0"]);
  assert.equal(test.relay.stats().knockers, 2);
  test.clock.advance(6_000);
  assert.deepEqual(knockers.map((knocker) => knocker.told()), [["error 1109 for 0"], ["error 1109 for 0"]]);
  assert.equal(test.relay.stats().knockers, 0);
});

Deno.test("a relay answers floods of refusals and is left with nothing of them", () => {
  const test = new TestRelay({ maxDoors: 3, controlBurst: 10, controlRate: 0 });
  const [alice] = test.trio();
  const adds: ClientFrame[] = Array.from({ length: 4_096 }, (_, i) => {
    return { type: "door", action: "add", doorId: doorId(100 + i) };
  });
  alice.send(...adds);
  assert.equal(test.relay.stats().doors, 3);
  assert.equal(alice.told().filter((text) => text === "error 1106 for 0").length, 4_096 - 7);
  for (let batch = 0; batch < 20; batch++) {
    alice.send(...Array.from({ length: 4_096 }, (): ClientFrame => {
      return { type: "send", sendId: 9, droppable: false, payload: new Uint8Array(0) };
    }));
  }
  assert.deepEqual(alice.told(), ["error 1107 for 1"], "told once, not once for each");
});

Deno.test("a relay holds nothing when everybody has gone, whatever they were doing", () => {
  const test = new TestRelay({ probeBurst: 1e6, maxBuffered: 100_000 });
  for (let room = 1; room <= 50; room++) {
    const [first, second, third] = test.room(3, room);
    const knocker = test.client();
    knocker.join(room);
    first?.send({ type: "door", action: "add", doorId: doorId(1_000 + room) });
    first?.say(1, new Uint8Array(70_000));
    first?.table(2, "common", { 2: "own", 4: "knock" });
    if (second !== undefined) slowDown(second, 0).send(new Uint8Array(200_000));
    second?.say(1, "more");
    third?.send({ type: "leave" });
    for (const client of [first, second, third, knocker]) client?.cut();
  }
  test.clock.advance(200_000);
  const stats = test.relay.stats();
  assert.deepEqual(Object.values(stats), Object.values(stats).map(() => 0), JSON.stringify(stats));
  assert.equal(test.clock.waiting, 0);
});

Deno.test("a relay cuts off those who read the slowest when all together have too much unsent, and nobody else", () => {
  const test = new TestRelay({
    maxBuffered: 1e9,
    maxBufferedTotal: 1_000_000,
    rateCount: 1e6,
    heartbeatTimeoutMs: 1e9,
  });
  const [alice, bob, carol] = test.trio();
  const [, dave] = test.room(2, 2);
  assert.ok(dave);
  slowDown(bob, 0);
  const reads = slowDown(carol, 1e9);
  slowDown(dave, 0).send(new Uint8Array(500));
  let sent = 0;
  while (bob.socket.closed === undefined) {
    assert.ok(++sent < 100, "it is cut off in the end");
    alice.say(sent, new Uint8Array(70_000));
    test.clock.turn();
    reads.drain(100);
  }
  assert.equal(bob.socket.closed.code, CloseCode.tooSlow);
  for (const { socket } of [alice, carol, dave]) assert.equal(socket.closed, undefined);
  const { totals, bufferedBytes } = test.relay.control.figures();
  assert.ok(totals.drops.relayMemory >= 1);
  assert.ok(bufferedBytes.now >= 0);
});

Deno.test("a relay lets nobody further in while what is unsent is too much, and again when it has gone", () => {
  const test = new TestRelay({ maxBuffered: 100_000, maxBufferedTotal: 150_000, rateCount: 1e6 });
  const [alice, bob, carol] = test.trio();
  for (const client of [bob, carol]) slowDown(client, 0);
  for (let i = 1; i <= 3; i++) {
    alice.say(i, new Uint8Array(70_000));
    test.clock.turn();
  }
  assert.ok(bob.socket.closed && carol.socket.closed, "both were too slow, and have not gone");
  assert.equal(test.relay.overloaded, true);
  const refused = test.connect("198.51.100.1").take()[0];
  assert.ok(refused?.type === "error" && refused.retryAfterMs === 30_000);
  for (const client of [bob, carol]) client.cut();
  assert.equal(test.relay.overloaded, false);
  assert.equal(test.relay.control.figures().bufferedBytes.now, 0);
});

Deno.test("a relay limits the rooms that one address founds, and others found theirs", () => {
  const test = new TestRelay({ foundBurst: 3, foundRate: 0.1 });
  const clients = [1, 2, 3, 4].map(() => test.client("198.51.100.1"));
  const answers = clients.map((client, i) => client.join(i + 1)[0]);
  assert.deepEqual(answers.map((frame) => frame?.type), ["joined", "joined", "joined", "error"]);
  const refused = answers[3];
  assert.ok(refused?.type === "error");
  assert.equal(refused.retryAfterMs, 10_000);
  assert.equal(refused.sentence, "Too many new rooms from this address; try again in 10 seconds.");
  assert.equal(
    test.client("198.51.100.1").join(1)[0]?.type,
    "joined",
    "a room that there is can be knocked at",
  );
  assert.equal(test.client("198.51.100.2").join(4)[0]?.type, "joined");
});

Deno.test("a relay limits the knocks of one address, and others knock on", () => {
  const test = new TestRelay({ knockBurst: 2, knockRate: 0.5 });
  test.client("192.0.2.9").join(1);
  const knock = (ip: string) => test.client(ip).join(1)[0];
  assert.deepEqual([1, 2].map(() => knock("198.51.100.1")?.type), ["joined", "joined"]);
  const refused = knock("198.51.100.1");
  assert.ok(refused?.type === "error");
  assert.equal(refused.sentence, "Too many knocks from this address; try again in 2 seconds.");
  assert.equal(knock("198.51.100.2")?.type, "joined");
  assert.equal(test.client("198.51.100.1").join(2)[0]?.type, "joined", "rooms can be founded");
});

Deno.test("under five times the connections that a relay takes, those inside are served as ever and newcomers are told when to come back", () => {
  const test = new TestRelay({
    maxConnections: 20,
    maxConnectionsPerIp: 30,
    connectBurst: 30,
    connectRate: 1,
    rateCount: 1e6,
  });
  const members = test.room(20);
  const [alice, bob] = members;
  assert.ok(alice && bob);
  for (let i = 1; i <= 100; i++) {
    const newcomer = test.connect(i % 2 === 0 ? "192.0.2.1" : `198.51.100.${i}`);
    const refused = newcomer.arrived()[0] ?? newcomer.take()[0];
    assert.ok(refused?.type === "error" && refused.retryAfterMs > 0);
    assert.match(refused.sentence, /try again in \d+ seconds?\b/);
    assert.ok(newcomer.socket.closed);
    alice.say(i, "still here");
    assert.ok(bob.told().includes(`${i}:1 still here`), "in the turn in which it came");
    newcomer.cut();
  }
  for (const { socket } of members) assert.equal(socket.closed, undefined);
});
