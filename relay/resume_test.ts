import assert from "node:assert/strict";
import type { JoinedFrame } from "../wire/mod.ts";
import { inShort, type TestClient, TestRelay } from "../tests/relay_helpers.ts";
import { REST_MS } from "./outflow.ts";

function ticket(client: TestClient): JoinedFrame {
  assert.ok(client.joined !== undefined);
  return client.joined;
}

Deno.test("resume gives back the place and what was missed, in order", () => {
  const test = new TestRelay();
  const [alice, bob, carol] = test.trio();
  alice.say(1, "one");
  bob.say(1, "mine");
  test.clock.turn();
  bob.cut();
  alice.say(2, "two");
  alice.table(3, "key ", { 2: "for bob", 3: "for carol" });
  carol.table(1, "key ", { 1: "for alice" });
  alice.say(4, "three");
  alice.told();
  test.clock.advance(REST_MS);
  const back = test.client();
  assert.deepEqual(back.resume(ticket(bob), 2).map(inShort), [
    "joined 2@6 member complete [1,3]",
    "3:1 two",
    "4:1 key for bob",
    "6:1 three",
    "ack 1@0",
  ]);
  assert.deepEqual(alice.told(), ["peer_in 2"]);
  back.say(2, "here again");
  assert.deepEqual(back.told(), ["ack 2@7"]);
});

Deno.test("resume in the middle of a turn neither repeats nor loses", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  bob.cut();
  const back = test.client();
  alice.say(1, "one");
  back.send({ type: "resume", token: ticket(bob).token, roomEpoch: ticket(bob).roomEpoch, lastSeq: 0 });
  alice.say(2, "two");
  assert.deepEqual(back.told(), ["joined 2@1 member complete [1,3]", "1:1 one", "2:1 two"]);
});

Deno.test("resume says when the ring no longer holds everything", () => {
  const test = new TestRelay({ ringFrames: 2 });
  const [alice, bob] = test.trio();
  bob.cut();
  for (let i = 1; i <= 3; i++) alice.say(i, `${i}`);
  test.clock.turn();
  test.clock.advance(REST_MS);
  const back = test.client();
  assert.deepEqual(back.resume(ticket(bob), 0).map(inShort), ["joined 2@3 member [1,3]", "2:1 2", "3:1 3"]);
});

Deno.test("resume drops frames that were sent again, and acknowledges them", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  bob.say(1, "one");
  bob.say(2, "two");
  bob.cut(); // before the ack
  alice.told();
  const back = test.client();
  back.resume(ticket(bob), 0);
  back.say(1, "one");
  back.say(2, "two");
  back.say(3, "three");
  assert.deepEqual(back.told(), ["ack 3@3"]);
  assert.deepEqual(alice.told(), ["peer_in 2", "3:2 three"]);
});

Deno.test("resume closes the connection that it supersedes, without a word to the others", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  const back = test.client();
  back.resume(ticket(bob), 0);
  assert.deepEqual(bob.told(), ["bye 4005"]);
  assert.equal(bob.socket.closed?.code, 4005);
  bob.say(1, "too late");
  bob.cut();
  assert.deepEqual(alice.told(), []);
  assert.equal(test.relay.stats().members, 3);
});

Deno.test("resume rotates the token; the old one works until the first frame on the new connection", () => {
  const test = new TestRelay();
  const [, bob] = test.trio();
  const first = ticket(bob);
  bob.cut();
  const second = test.client();
  second.resume(first, 0);
  assert.notDeepEqual(second.joined?.token, first.token);
  second.cut(); // the answer was lost on the way
  const third = test.client();
  third.resume(first, 0);
  assert.equal(third.joined?.peerId, 2);
  assert.deepEqual(test.client().resume(ticket(second), 0).map(inShort), ["error 1111 for 0"]);
  third.send({ type: "ping", opaque: 1 });
  const thief = test.client();
  assert.deepEqual(thief.resume(first, 0).map(inShort), ["error 1111 for 0"]);
  assert.equal(test.relay.stats().tokens, 3);
  const fourth = test.client();
  fourth.resume(ticket(third), 0);
  assert.equal(fourth.joined?.peerId, 2);
});

Deno.test("resume that comes late takes nothing from a newer connection of the same member", () => {
  for (const cut of [false, true]) {
    const test = new TestRelay();
    const [alice, bob] = test.trio();
    const first = ticket(bob);
    bob.cut();
    const slow = test.client(); // what it sends is held up on the way, and its member gives it up
    const next = test.client();
    next.resume(first, 0);
    alice.told();
    if (cut) next.cut();
    assert.deepEqual(slow.resume(first, 0).map(inShort), ["error 1111 for 0"]);
    assert.deepEqual(alice.told(), cut ? ["peer_out 2 lost"] : []);
    const last = cut ? test.client() : next;
    if (cut) {
      assert.deepEqual(last.resume(ticket(next), 0).map(inShort), ["joined 2@0 member complete [1,3]"]);
    }
    alice.say(1, "for the one that is there");
    assert.deepEqual(last.told(), ["1:1 for the one that is there"]);
  }
});

Deno.test("resume refuses tokens of knockers, of other epochs and of places that are gone", () => {
  const test = new TestRelay({ heartbeatTimeoutMs: 600_000 });
  const [, bob, carol] = test.trio();
  const dave = test.client();
  dave.join(1);
  const client = test.client();
  assert.deepEqual(client.resume(ticket(dave), 0).map(inShort), ["error 1111 for 0"]);
  const otherEpoch = { ...ticket(bob), roomEpoch: new Uint8Array(16) };
  assert.deepEqual(client.resume(otherEpoch, 0).map(inShort), ["error 1111 for 0"]);
  carol.send({ type: "leave" });
  assert.deepEqual(client.resume(ticket(carol), 0).map(inShort), ["error 1111 for 0"]);
  bob.cut();
  test.clock.advance(61_000);
  assert.deepEqual(client.resume(ticket(bob), 0).map(inShort), ["error 1111 for 0"]);
});

Deno.test("resume is for connections outside of rooms", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  assert.deepEqual(alice.resume(ticket(bob), 0).map(inShort), ["error 1112 for 0"]);
});

Deno.test("resume gives the admitted nothing from before", () => {
  const test = new TestRelay();
  const [alice] = test.trio();
  const dave = test.client();
  dave.join(1);
  alice.say(1, "before");
  alice.send({ type: "admit", peerId: dave.peerId });
  alice.say(2, "after");
  test.clock.advance(REST_MS);
  dave.cut();
  const back = test.client();
  assert.deepEqual(back.resume(ticket(dave), 0).map(inShort), [
    "joined 4@2 member complete [1,2,3]",
    "2:1 after",
  ]);
});

Deno.test("resume keeps a room alive whose members are all lost for the moment", () => {
  const test = new TestRelay({ heartbeatTimeoutMs: 600_000 });
  const members = test.trio();
  for (const member of members) member.cut();
  test.clock.advance(50_000);
  const back = test.client();
  assert.deepEqual(back.resume(ticket(members[2]), 0).map(inShort), ["joined 3@0 member complete []"]);
  test.clock.advance(20_000);
  assert.deepEqual([test.relay.stats().rooms, test.relay.stats().members], [1, 1]);
});

Deno.test("resume renews no allowance: frames, bytes, droppable frames and tables go on from where they were", () => {
  const test = new TestRelay({
    maxPayload: 100,
    rateCount: 3,
    rateWindowMs: 30_000,
    rateBurstBytes: 150,
    droppableBurst: 1,
    droppableRate: 0,
    tableBurstBytes: 200,
    tableBytesRate: 10,
  });
  const [alice, bob, carol] = test.trio();
  const back = (): TestClient => {
    const client = test.client();
    client.resume(ticket(alice), 0);
    alice.joined = client.joined;
    return client;
  };
  alice.say(1, new Uint8Array(100));
  alice.say(0, "typing", true);
  alice.table(2, "x".repeat(83), { 2: "", 3: "" });
  bob.take();
  const second = back();
  second.say(3, new Uint8Array(100));
  assert.deepEqual(second.told(), ["error 1106 for 3"], "bytes");
  second.say(3, "b");
  second.say(0, "typing", true);
  second.table(4, "x", { 2: "" });
  assert.deepEqual(second.told(), ["error 1106 for 4", "ack 3@3"], "tables");
  const third = back();
  third.say(4, "c");
  third.say(5, "d");
  assert.deepEqual(third.told(), ["error 1106 for 5", "ack 4@4"], "frames");
  assert.deepEqual(carol.told().filter((text) => text === "0:1 typing").length, 1, "droppable frames");
});
