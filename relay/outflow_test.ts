import assert from "node:assert/strict";
import { type TestClient, TestRelay } from "../tests/relay_helpers.ts";
import { BUSY_MESSAGES, NAP_MESSAGES, REST_MS } from "./outflow.ts";

/** Says `count` things in messages of their own; the turn goes on. */
function sayAll(client: TestClient, from: number, count: number): void {
  for (let i = 0; i < count; i++) client.say(from + i, `m${from + i}`);
}

Deno.test("Outflow sends at the end of each turn while the relay is not busy", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  for (let turn = 0; turn < 3; turn++) {
    sayAll(alice, 1 + 3 * turn, 3);
    test.clock.turn();
    assert.equal(bob.take().length, 3);
  }
});

Deno.test("Outflow gathers for four milliseconds after a turn of four messages, and packs them together", () => {
  assert.deepEqual([BUSY_MESSAGES, REST_MS], [4, 4]);
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  sayAll(alice, 1, 4);
  test.clock.turn();
  assert.equal(bob.take().length, 4, "the first turn is sent as ever");
  const before = bob.socket.sent.length;
  sayAll(alice, 5, 20);
  test.clock.advance(2);
  sayAll(alice, 25, 20);
  test.clock.turn();
  test.clock.advance(1);
  assert.equal(bob.socket.sent.length, before);
  test.clock.advance(1);
  assert.equal(bob.socket.sent.length, before + 1, "40 messages, one write");
  assert.deepEqual(bob.told(), Array.from({ length: 40 }, (_, i) => `${5 + i}:1 m${5 + i}`));
  assert.equal(alice.told().at(-1), "ack 44@44");
});

Deno.test("Outflow rests no longer than the relay is busy, and not at all for one who is alone", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  sayAll(alice, 1, 32);
  test.clock.turn();
  test.clock.advance(REST_MS);
  bob.take();
  sayAll(alice, 33, 1);
  test.clock.turn();
  assert.deepEqual(bob.told(), ["33:1 m33"], "the rest was over");
  sayAll(alice, 34, 32);
  test.clock.turn();
  sayAll(alice, 66, 1);
  test.clock.advance(REST_MS);
  bob.take();
  sayAll(alice, 67, 1);
  test.clock.turn();
  assert.deepEqual(bob.told(), ["67:1 m67"], "a rest with little in it is followed by none");
});

Deno.test("Outflow does not gather where what goes out together is long already", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  for (let i = 1; i <= 32; i++) alice.say(i, new Uint8Array(400));
  test.clock.turn();
  bob.take();
  sayAll(alice, 33, 1);
  test.clock.turn();
  assert.deepEqual(bob.told(), ["33:1 m33"]);
});

Deno.test("Outflow leaves no timer behind when the relay closes while it gathers", async () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  sayAll(alice, 1, 32);
  test.clock.turn();
  bob.take();
  sayAll(alice, 33, 1);
  const closed = test.relay.close();
  assert.deepEqual(bob.told().slice(0, 1), ["33:1 m33"], "nothing taken is kept back");
  for (const { socket } of [alice, bob]) socket.onClose?.();
  test.clock.advance(1_000);
  await closed;
  assert.equal(test.clock.waiting, 0);
});

Deno.test("Outflow stops a thread of its own after a turn of 32 messages, once everything is sent, and then gathers no more", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  const naps: [ms: number, sent: number][] = [];
  test.clock.nap = (ms) => void naps.push([ms, bob.arrived().length]);
  sayAll(alice, 1, NAP_MESSAGES - 1);
  test.clock.turn();
  test.clock.advance(REST_MS);
  bob.take();
  assert.deepEqual(naps, [], "one less is gathered by a timer");
  sayAll(alice, 32, NAP_MESSAGES);
  test.clock.turn();
  assert.deepEqual(naps, [[REST_MS, NAP_MESSAGES]]);
  sayAll(alice, 64, 1);
  test.clock.turn();
  assert.deepEqual(bob.told(), ["64:1 m64"]);
  assert.equal(naps.length, 1);
});

Deno.test("Outflow never stops a thread for what goes out long, nor one that it shares", () => {
  const test = new TestRelay();
  const [alice] = test.trio();
  const naps: number[] = [];
  test.clock.nap = (ms) => void naps.push(ms);
  for (let i = 1; i <= 32; i++) alice.say(i, new Uint8Array(400));
  test.clock.turn();
  assert.deepEqual(naps, []);
  test.clock.nap = undefined;
  sayAll(alice, 33, 2 * NAP_MESSAGES);
  test.clock.turn();
  assert.deepEqual(alice.told().at(-1), "ack 96@96");
  sayAll(alice, 97, 1);
  test.clock.turn();
  test.clock.advance(REST_MS - 1);
  assert.equal(alice.arrived().length, 0, "it gathers by a timer");
  test.clock.advance(1);
  assert.deepEqual(alice.told(), ["ack 97@97"]);
});
