import assert from "node:assert/strict";
import { maxBatchBytes } from "../wire/mod.ts";
import { TestRelay } from "../tests/relay_helpers.ts";
import { REST_MS } from "./outflow.ts";

Deno.test("sends arrive in the order of seq, own frames left out, with one ack a turn", () => {
  const test = new TestRelay();
  const [alice, bob, carol] = test.trio();
  alice.say(1, "a1");
  bob.say(1, "b1");
  alice.say(2, "a2");
  alice.say(3, "a3");
  assert.deepEqual(alice.told(), ["2:2 b1", "ack 3@4"]);
  assert.deepEqual(bob.told(), ["1:1 a1", "3:1 a2", "4:1 a3", "ack 1@2"]);
  assert.deepEqual(carol.told(), ["1:1 a1", "2:2 b1", "3:1 a2", "4:1 a3"]);
});

Deno.test("sends by table reach the peers named, in the order of everything else", () => {
  const test = new TestRelay();
  const [alice, bob, carol] = test.trio();
  alice.say(1, "before");
  alice.table(2, "common ", { 1: "self", 2: "bob", 77: "nobody" });
  alice.say(3, "after");
  assert.deepEqual(bob.told(), ["1:1 before", "2:1 common bob", "3:1 after"]);
  assert.deepEqual(carol.told(), ["1:1 before", "3:1 after"]);
  assert.deepEqual(alice.told(), ["ack 3@3"]);
});

Deno.test("sends that are droppable have no seq, no ack and no place in the ring", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  alice.say(0, "typing", true);
  alice.table(0, "to ", { 2: "bob" }, true);
  assert.deepEqual(alice.told(), []);
  assert.deepEqual(bob.told(), ["0:1 typing", "0:1 to bob"]);
  assert.equal(test.relay.stats().ringBytes, 0);
});

Deno.test("sends that are droppable are dropped for a congested reader alone, and beyond their allowance", () => {
  const test = new TestRelay({ maxBuffered: 1_000, droppableBurst: 2 });
  const [alice, bob, carol] = test.trio();
  bob.socket.bufferedAmount = 501;
  carol.say(1, new Uint8Array(66_000)); // enough for the buffer to be looked at
  test.clock.turn();
  bob.take();
  carol.take();
  alice.say(0, "typing", true);
  alice.say(1, "hello");
  alice.table(0, "to ", { 2: "bob", 3: "carol" }, true);
  assert.deepEqual(bob.told(), ["2:1 hello"]);
  assert.deepEqual(carol.told(), ["0:1 typing", "2:1 hello", "0:1 to carol"]);
  bob.socket.bufferedAmount = 0;
  alice.say(2, "again");
  bob.told();
  alice.say(0, "second", true);
  alice.say(0, "third", true);
  assert.deepEqual(bob.told(), ["0:1 second"]);
});

Deno.test("sends are taken once: repeats are acknowledged again with seq 0", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  alice.say(1, "one");
  alice.told();
  alice.say(1, "one");
  assert.deepEqual(alice.told(), ["ack 1@0"]);
  assert.deepEqual(bob.told(), ["1:1 one"]);
});

Deno.test("sends after a gap are refused with the number that is missing", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  alice.say(1, "one");
  alice.say(3, "three");
  alice.say(4, "four");
  assert.deepEqual(alice.told(), ["error 1107 for 2", "ack 1@1"], "told once for everything after the gap");
  alice.say(2, "two");
  alice.say(3, "three");
  assert.deepEqual(alice.told(), ["ack 3@3"]);
  assert.deepEqual(bob.told(), ["1:1 one", "2:1 two", "3:1 three"]);
});

Deno.test("sends beyond the rate are refused from one number on, with the time to wait, and none is lost", () => {
  const test = new TestRelay({ rateCount: 2, rateWindowMs: 10_000 });
  const [alice, bob] = test.trio();
  for (let i = 1; i <= 5; i++) alice.say(i, `${i}`);
  const [error, ack] = alice.take();
  assert.ok(error?.type === "error" && ack?.type === "ack");
  assert.deepEqual([error.code, error.sendId, error.retryAfterMs], [1106, 3, 5_000]);
  assert.match(error.sentence, /5 seconds/);
  assert.equal(ack.sendId, 2);
  test.clock.advance(5_000);
  for (let i = 3; i <= 5; i++) alice.say(i, `${i}`);
  assert.deepEqual(alice.told(), ["error 1106 for 4", "ack 3@3"]);
  test.clock.advance(5_000);
  alice.say(4, "4");
  assert.deepEqual(bob.told(), ["1:1 1", "2:1 2", "3:1 3", "4:1 4"]);
});

Deno.test("sends of one member do not use up the allowance of another", () => {
  const test = new TestRelay({ rateCount: 1 });
  const [alice, bob] = test.trio();
  alice.say(1, "a");
  alice.say(2, "a");
  bob.say(1, "b");
  assert.deepEqual(bob.told(), ["1:1 a", "ack 1@2"]);
});

Deno.test("sends larger than maxPayload are refused, and so are tables that could never go out", () => {
  const test = new TestRelay({ maxPayload: 100, tableBurstBytes: 218, tableBytesRate: 10 });
  const [alice, bob] = test.trio();
  alice.say(1, new Uint8Array(101));
  assert.deepEqual(alice.told(), ["error 1003 for 1"]);
  alice.say(0, new Uint8Array(101), true);
  assert.deepEqual(alice.told(), ["error 1003 for 0"]);
  alice.table(1, "x".repeat(60), { 2: "y".repeat(41) });
  assert.deepEqual(alice.told(), ["error 1003 for 1"]);
  alice.table(1, "x".repeat(95), { 2: "", 3: "" });
  assert.deepEqual(alice.told(), ["error 1003 for 1"], "224 bytes going out are over the burst");
  alice.table(1, "x".repeat(70), { 2: "", 3: "" });
  alice.table(2, "x".repeat(10), { 2: "", 3: "" });
  const [error] = alice.take();
  assert.ok(error?.type === "error");
  assert.deepEqual([error.code, error.sendId, error.retryAfterMs], [1106, 2, 1_000]);
  assert.equal(bob.told().length, 1);
});

Deno.test("sends by table that may be dropped leave half of the allowance to those that may not", () => {
  const test = new TestRelay({ maxPayload: 600, tableBurstBytes: 1_000, tableBytesRate: 10 });
  const [alice, bob] = test.trio();
  for (let i = 0; i < 20; i++) alice.table(0, "x".repeat(60), { 2: "" }, true);
  const dropped = 20 - bob.told().length;
  assert.ok(dropped > 12 && dropped < 20, `${dropped} dropped`);
  test.clock.advance(REST_MS);
  alice.table(1, "y".repeat(400), { 2: "" });
  assert.deepEqual(alice.told().filter((what) => what.startsWith("error")), []);
  assert.equal(bob.told().length, 1);
});

Deno.test("sends of a knocker go by table to members only, unnumbered, within its quota", () => {
  const test = new TestRelay({ knockerFrames: 3, knockerBytes: 1_000 });
  const [alice] = test.trio();
  const [dave, erin] = [test.client(), test.client()];
  dave.join(1);
  erin.join(1);
  dave.say(1, "let me in");
  dave.say(0, "typing", true);
  assert.deepEqual(dave.told(), ["error 1108 for 1", "error 1108 for 0"]);
  dave.table(1, "knock ", { 1: "alice", 5: "erin" });
  assert.deepEqual(dave.told(), ["ack 1@0"]);
  assert.deepEqual(alice.told(), ["0:4 knock alice"]);
  assert.deepEqual(erin.told(), []);
  assert.equal(test.relay.stats().ringBytes, 0);
  alice.table(1, "answer ", { 4: "dave" });
  assert.deepEqual(dave.told(), ["0:1 answer dave"]);
  assert.equal(test.relay.stats().ringBytes, 0, "what is for knockers alone is not kept");
  dave.table(2, "", { 1: "x".repeat(990) });
  assert.deepEqual(dave.told(), ["error 1109 for 2"]);
  dave.table(2, "", { 1: "a" });
  dave.table(3, "", { 1: "b" });
  dave.table(4, "", { 1: "c" });
  assert.deepEqual(dave.told(), ["error 1109 for 4", "ack 3@0"]);
});

Deno.test("sends go on in number after a knocker is admitted", () => {
  const test = new TestRelay();
  const [alice] = test.trio();
  const dave = test.client();
  dave.join(1);
  dave.table(1, "knock", { 1: "" });
  alice.send({ type: "admit", peerId: dave.peerId });
  dave.say(2, "hello");
  assert.deepEqual(dave.told().at(-1), "ack 2@1");
  assert.deepEqual(alice.told(), ["0:4 knock", "peer_in 4", "1:4 hello"]);
});

Deno.test("sends outside of rooms are refused", () => {
  const test = new TestRelay();
  const client = test.client();
  client.say(1, "anybody?");
  client.table(2, "", { 1: "anybody?" });
  assert.deepEqual(client.told(), ["error 1112 for 1", "error 1112 for 2"]);
});

Deno.test("sends of many bytes at once are refused with the time to wait, before readers could seem slow", () => {
  const test = new TestRelay({
    maxPayload: 1_000,
    rateBurstBytes: 2_500,
    rateCount: 60,
    rateWindowMs: 60_000,
  });
  const [alice, bob] = test.trio();
  for (let i = 1; i <= 3; i++) alice.say(i, new Uint8Array(1_000));
  const [error] = alice.take();
  assert.ok(error?.type === "error");
  assert.deepEqual([error.code, error.sendId, error.retryAfterMs], [1106, 3, 500]);
  test.clock.advance(500);
  alice.say(3, new Uint8Array(1_000));
  assert.equal(bob.take().length, 3);
});

Deno.test("sends that are long together go out in batches that a client takes", () => {
  const test = new TestRelay({ maxPayload: 1_000, rateBurstBytes: 1e9, rateCount: 1e6 });
  const [alice, bob, carol] = test.trio();
  for (let i = 1; i <= 200; i++) {
    (i % 3 === 0 ? bob : alice).say(
      i % 3 === 0 ? i / 3 : i - Math.floor(i / 3),
      new Uint8Array(1_000).fill(i),
    );
  }
  const seqs = [alice, bob, carol].map((client) =>
    client.take().flatMap((frame) => frame.type === "deliver" ? [frame.seq] : [])
  );
  const all = Array.from({ length: 200 }, (_, i) => i + 1);
  assert.deepEqual(seqs, [all.filter((seq) => seq % 3 === 0), all.filter((seq) => seq % 3 !== 0), all]);
  for (const { socket } of [alice, bob, carol]) {
    for (const batch of socket.sent) assert.ok(batch.length <= maxBatchBytes(1_000));
  }
});
