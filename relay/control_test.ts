import assert from "node:assert/strict";
import { CloseCode, ErrorCode } from "../wire/mod.ts";
import { inShort, TestRelay } from "../tests/relay_helpers.ts";
import { CLOSED_DOOR_MS } from "./closed_doors.ts";
import { REST_MS } from "./outflow.ts";

Deno.test("Control.closeRoom() tells everybody in the room and at its door, and touches no other room", () => {
  const test = new TestRelay();
  const inside = test.trio();
  const other = test.room(2, 2);
  const knocker = test.client();
  knocker.join(1);
  const { control } = test.relay;
  const [first] = control.rooms();
  assert.ok(first);
  assert.deepEqual([first.members, first.knockers], [3, 1]);
  assert.equal(control.closeRoom(first.id), true);
  for (const client of [...inside, knocker]) {
    assert.deepEqual(client.told(), [`error ${ErrorCode.roomClosed} for 0`, `bye ${CloseCode.roomClosed}`]);
    assert.equal(client.socket.closed?.code, CloseCode.roomClosed);
  }
  for (const client of other) assert.deepEqual(client.told(), []);
  assert.equal(control.rooms().length, 1);
  assert.equal(control.closeRoom(first.id), false, "once");
  assert.equal(test.relay.stats().tokens, 2);
});

Deno.test("Control.closeRoom() sends what was said before, and keeps the doors shut for ten minutes", () => {
  const test = new TestRelay({ heartbeatTimeoutMs: 1e9 });
  const [alice, bob] = test.trio();
  alice.say(1, "last words");
  const [room] = test.relay.control.rooms();
  test.relay.control.closeRoom(room?.id ?? "");
  assert.deepEqual(bob.told().slice(0, 2), ["1:1 last words", `error ${ErrorCode.roomClosed} for 0`]);
  const back = test.client();
  for (const mode of ["any", "mustBeNew", "mustExist"] as const) {
    assert.deepEqual(back.join(1, mode).map(inShort), [`error ${ErrorCode.roomClosed} for 0`]);
  }
  assert.ok(bob.joined);
  assert.deepEqual(back.resume(bob.joined, 0).map(inShort), [`error ${ErrorCode.badToken} for 0`]);
  const other = test.client();
  other.join(2);
  test.clock.advance(CLOSED_DOOR_MS - 1_000);
  assert.deepEqual(back.join(1).map(inShort), [`error ${ErrorCode.roomClosed} for 0`]);
  test.clock.advance(2_000);
  assert.deepEqual(back.join(1).map(inShort), ["joined 1@0 member created complete []"]);
});

Deno.test("Control.rooms() names rooms by ids that are the same each time and in no frame", () => {
  const test = new TestRelay();
  const [alice] = test.trio();
  test.room(2, 2);
  const ids = test.relay.control.rooms().map(({ id }) => id);
  assert.equal(new Set(ids).size, 2);
  assert.deepEqual(test.relay.control.rooms().map(({ id }) => id), ids);
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{12}$/);
    for (const batch of alice.socket.sent) assert.ok(!batch.toHex().includes(id));
  }
});

Deno.test("Control.cut() ends the connections picked, for good, and the others see them leave", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  const { control } = test.relay;
  const second = control.connections()[1];
  assert.ok(second?.member);
  assert.equal(control.cut(({ id }) => id === second.id), 1);
  assert.equal(bob.socket.closed?.code, CloseCode.cut);
  assert.deepEqual(alice.told(), ["peer_out 2 closed"]);
  assert.equal(control.cut(({ id }) => id === second.id), 0, "it is being closed already");
});

Deno.test("Control.drain() tells everybody, refuses new rooms, and lets people into rooms that there are", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  const fresh = test.client();
  test.relay.control.drain("We are moving; come back in a minute.");
  for (const client of [alice, bob, fresh]) {
    assert.deepEqual(client.take(), [
      { type: "tell", code: ErrorCode.draining, sentence: "We are moving; come back in a minute." },
    ]);
  }
  const [refused] = fresh.join(7);
  assert.ok(refused?.type === "error");
  assert.deepEqual([refused.code, refused.retryAfterMs], [ErrorCode.draining, 30_000]);
  assert.deepEqual(fresh.join(1).map(inShort), ["joined 4@0 complete [1,2,3]"]);
  bob.cut();
  const back = test.connect();
  back.send({ type: "hello", version: 1, auth: new Uint8Array(0) });
  assert.deepEqual(back.told(), ["welcome", "tell"], "newcomers are told as well");
  assert.ok(bob.joined);
  assert.deepEqual(back.resume(bob.joined, 0).map(inShort), ["joined 2@0 member complete [1,3]"]);
  assert.equal(test.relay.control.figures().draining, true);
  test.relay.control.undrain();
  assert.deepEqual(test.client().join(7).map(inShort), ["joined 1@0 member created complete []"]);
});

Deno.test("Control.figures() counts what was said and who got it, frame by frame", () => {
  const test = new TestRelay({ rateCount: 2, droppableBurst: 1, droppableRate: 0 });
  const [alice, bob] = test.trio();
  const before = test.relay.control.figures().totals;
  alice.say(1, "a");
  bob.say(1, "b");
  alice.say(2, "c");
  alice.table(3, "own", { 2: "x", 3: "y" });
  test.clock.turn();
  alice.say(0, "typing", true);
  alice.say(0, "typing", true);
  alice.say(4, "too many");
  test.clock.advance(REST_MS);
  const { totals, members, online, rooms } = test.relay.control.figures();
  assert.equal(totals.messages - before.messages, 5);
  assert.equal(totals.deliveries - before.deliveries, 2 + 2 + 2 + 2 + 2);
  assert.equal(totals.framesOut - before.framesOut, 10 + 3, "and three that acknowledge or refuse");
  assert.deepEqual([totals.drops.droppable, totals.drops.rateLimited], [1, 1]);
  assert.equal(totals.refusals.rateLimited, 1);
  assert.deepEqual([members, online, rooms.now], [3, 3, 1]);
  assert.equal(totals.latency.reduce((sum, count) => sum + count, 0) > 0, true);
});

Deno.test("Control.figures() names the limits that are nearly reached", () => {
  const test = new TestRelay({ maxConnections: 10, maxRooms: 2 });
  assert.deepEqual(test.relay.control.figures().near, []);
  test.room(9, 1);
  assert.deepEqual(test.relay.control.figures().near, ["connections"]);
  test.client().join(2);
  assert.deepEqual(test.relay.control.figures().near, ["connections", "rooms"]);
});
