import assert from "node:assert/strict";
import { doorId, inShort, type TestClient, TestRelay } from "../tests/relay_helpers.ts";
import { CloseCode, ErrorCode } from "../wire/mod.ts";
import { UNHEARD_MS } from "./room.ts";

Deno.test("Lobby founds a room for the first at a door and lets the next one knock", () => {
  const test = new TestRelay();
  const [alice, bob] = [test.client(), test.client()];
  assert.deepEqual(alice.join(1).map(inShort), ["joined 1@0 member created complete []"]);
  assert.deepEqual(bob.join(1).map(inShort), ["joined 2@0 complete [1]"]);
  assert.deepEqual(alice.told(), [], "members are not told of knockers");
  assert.deepEqual(bob.joined?.roomEpoch, alice.joined?.roomEpoch);
});

Deno.test("Lobby decides mustBeNew and mustExist for one of two at the same time", () => {
  const test = new TestRelay();
  const [alice, bob, carol] = [test.client(), test.client(), test.client()];
  carol.send({ type: "join", doorId: doorId(1), mode: "mustExist" });
  alice.send({ type: "join", doorId: doorId(1), mode: "mustBeNew" });
  bob.send({ type: "join", doorId: doorId(1), mode: "mustBeNew" });
  assert.deepEqual(carol.told(), ["error 1101 for 0"]);
  assert.deepEqual(alice.told(), ["joined 1@0 member created complete []"]);
  assert.deepEqual(bob.told(), ["error 1102 for 0"]);
  assert.deepEqual(bob.join(1, "mustExist").map(inShort), ["joined 2@0 complete [1]"]);
});

Deno.test("Lobby lets a connection be in one room at a time, and in another after leave", () => {
  const test = new TestRelay();
  const alice = test.client();
  alice.join(1);
  assert.deepEqual(alice.join(2).map(inShort), ["error 1112 for 0"]);
  alice.send({ type: "leave" });
  assert.deepEqual(alice.join(2).map(inShort), ["joined 1@0 member created complete []"]);
});

Deno.test("Lobby makes a member of a knocker that any member admits", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  const dave = test.client();
  dave.join(1);
  alice.say(1, "before");
  test.clock.turn();
  bob.send({ type: "admit", peerId: dave.peerId });
  alice.say(2, "after");
  assert.deepEqual(dave.told(), ["admitted", "2:1 after"]);
  assert.deepEqual(bob.told(), ["1:1 before", "peer_in 4", "2:1 after"]);
  assert.deepEqual(alice.told(), ["ack 1@1", "peer_in 4", "ack 2@2"]);
});

Deno.test("Lobby tells the admitted who came and went while they knocked", () => {
  const test = new TestRelay();
  const [alice, bob] = test.trio();
  const [dave, erin] = [test.client(), test.client()];
  dave.join(1);
  erin.join(1);
  assert.deepEqual(dave.joined?.peers, [1, 2, 3]);
  bob.send({ type: "leave" });
  alice.send({ type: "admit", peerId: erin.peerId });
  alice.send({ type: "admit", peerId: dave.peerId });
  assert.deepEqual(dave.told(), ["admitted", "peer_out 2 lost", "peer_in 5"]);
});

Deno.test("Lobby lets only members admit, and passes over peers that are gone", () => {
  const test = new TestRelay();
  const [alice] = test.trio();
  const [dave, erin] = [test.client(), test.client()];
  dave.join(1);
  erin.join(1);
  erin.send({ type: "admit", peerId: dave.peerId });
  assert.deepEqual(erin.told(), ["error 1108 for 0"]);
  dave.cut();
  alice.send({ type: "admit", peerId: dave.peerId }, { type: "admit", peerId: 99 });
  assert.deepEqual(alice.told(), []);
  assert.equal(test.relay.stats().members, 3);
});

Deno.test("Lobby refuses at the caps on rooms, members and knockers", () => {
  const test = new TestRelay({ maxRooms: 1, maxMembers: 2, maxKnockers: 1 });
  const [alice, bob] = [test.client(), test.client()];
  alice.join(1);
  assert.deepEqual(bob.join(2).map(inShort), ["error 1105 for 0"]);
  bob.join(1);
  assert.deepEqual(test.client().join(1).map(inShort), ["error 1106 for 0"], "somebody is knocking");
  alice.send({ type: "admit", peerId: bob.peerId });
  const [full] = test.client().join(1);
  assert.equal(full !== undefined && inShort(full), "error 1104 for 0");
});

Deno.test("Lobby refuses to admit beyond maxMembers", () => {
  const test = new TestRelay({ maxMembers: 2 });
  const [alice, bob, carol] = [test.client(), test.client(), test.client()];
  alice.join(1);
  bob.join(1);
  carol.join(1);
  alice.send({ type: "admit", peerId: 2 }, { type: "admit", peerId: 3 });
  assert.deepEqual(alice.told(), ["peer_in 2", "error 1104 for 0"]);
});

Deno.test("Lobby opens and closes doors of a room", () => {
  const test = new TestRelay({ maxDoors: 2 });
  const [alice, bob] = [test.client(), test.client()];
  alice.join(1);
  bob.join(9);
  alice.send({ type: "door", action: "add", doorId: doorId(2) });
  alice.send({ type: "door", action: "add", doorId: doorId(2) });
  assert.deepEqual(alice.told(), [], "adding one's own door again changes nothing");
  alice.send({ type: "door", action: "add", doorId: doorId(3) });
  assert.deepEqual(alice.told(), ["error 1110 for 0"]);
  bob.send({ type: "door", action: "drop", doorId: doorId(2) });
  assert.equal(test.relay.stats().doors, 3, "a door of another room stays");
  alice.send({ type: "door", action: "drop", doorId: doorId(1) });
  bob.send({ type: "door", action: "add", doorId: doorId(2) });
  assert.deepEqual(bob.told(), ["error 1103 for 0"]);
  const carol = test.client();
  assert.deepEqual(carol.join(1, "mustExist").map(inShort), ["error 1101 for 0"]);
  assert.deepEqual(carol.join(2).map(inShort), ["joined 2@0 complete [1]"]);
  carol.send({ type: "door", action: "add", doorId: doorId(4) });
  assert.deepEqual(carol.told(), ["error 1108 for 0"]);
});

Deno.test("Lobby slows down who looks for doors, and then even for those that exist", () => {
  const test = new TestRelay({ probeBurst: 5, probeRate: 2 });
  test.client("192.0.2.1").join(1);
  const scanner = test.client("192.0.2.2");
  for (let door = 100; door < 105; door++) scanner.join(door, "mustExist");
  for (const door of [1, 200]) {
    const [error] = scanner.join(door, "mustExist");
    assert.ok(error?.type === "error");
    assert.deepEqual([error.code, error.retryAfterMs], [1106, 500]);
  }
  assert.deepEqual(test.client("192.0.2.3").join(1).map(inShort), ["joined 2@0 complete [1]"]);
  test.clock.advance(500);
  assert.deepEqual(scanner.join(1, "mustExist").map(inShort), ["joined 3@0 complete [1]"]);
});

Deno.test("Lobby slows down who looks for doors by adding them", () => {
  const test = new TestRelay({ probeBurst: 2, probeRate: 1 });
  test.client("192.0.2.1").join(1);
  const alice = test.client("192.0.2.2");
  alice.join(2);
  alice.send({ type: "door", action: "add", doorId: doorId(1) });
  alice.send({ type: "door", action: "add", doorId: doorId(1) });
  assert.deepEqual(alice.told(), ["error 1103 for 0", "error 1106 for 0"]);
});

Deno.test("Lobby charges void tokens to their connection, not to the joins of their address", () => {
  const test = new TestRelay({ probeBurst: 1, probeRate: 1, controlBurst: 3, controlRate: 1 });
  const resume = {
    type: "resume",
    token: new Uint8Array(32),
    roomEpoch: new Uint8Array(16),
    lastSeq: 0,
  } as const;
  for (let i = 0; i < 200; i++) {
    const returning = test.client();
    returning.send(resume);
    assert.deepEqual(returning.told(), ["error 1111 for 0"]);
  }
  assert.deepEqual(test.client().join(1).map(inShort), ["joined 1@0 member created complete []"]);
  const guesser = test.client();
  for (let i = 0; i < 4; i++) guesser.send(resume);
  assert.deepEqual(guesser.told().at(-1), "error 1106 for 0");
});

Deno.test("Lobby lets a room die with its last member, and tells those who knock", () => {
  const test = new TestRelay();
  const [alice, bob] = [test.client(), test.client()];
  alice.join(1);
  alice.send({ type: "door", action: "add", doorId: doorId(2) });
  bob.join(1);
  alice.say(1, "to nobody");
  alice.send({ type: "leave" });
  assert.deepEqual(bob.told(), ["error 1101 for 0"]);
  const { rooms, members, knockers, doors, tokens, ringBytes } = test.relay.stats();
  assert.deepEqual([rooms, members, knockers, doors, tokens, ringBytes], [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(bob.join(1).map(inShort), ["joined 1@0 member created complete []"]);
});

Deno.test("Lobby shows a knocker out that nobody lets in", () => {
  const test = new TestRelay({ heartbeatTimeoutMs: 600_000 });
  const [alice, bob] = [test.client(), test.client()];
  alice.join(1);
  alice.send({ type: "admit", peerId: 9 }); // it is there
  bob.join(1);
  test.clock.advance(61_000);
  assert.deepEqual(bob.told(), ["error 1109 for 0"]);
  assert.equal(test.relay.stats().knockers, 0);
  assert.deepEqual(bob.join(1).map(inShort), ["joined 3@0 complete [1]"], "and it may knock again");
});

Deno.test("Lobby tells a room who left and who was lost", () => {
  const test = new TestRelay();
  const [alice, bob, carol] = test.trio();
  bob.send({ type: "leave" });
  carol.cut();
  assert.deepEqual(alice.told(), ["peer_out 2 left", "peer_out 3 lost"]);
});

Deno.test("Lobby gives a place up when its resume window ends, without a second peer_out", () => {
  const test = new TestRelay({ heartbeatTimeoutMs: 600_000 });
  const [alice, bob] = test.trio();
  bob.cut();
  alice.told();
  assert.equal(test.relay.stats().members, 3);
  test.clock.advance(61_000);
  assert.deepEqual(alice.told(), []);
  assert.equal(test.relay.stats().members, 2);
});

Deno.test("Lobby lets the next one found a room whose founder is gone and never said a thing in it", () => {
  const test = new TestRelay();
  const [alice, bob, carol] = [test.client(), test.client(), test.client()];
  alice.join(1);
  alice.socket.onClose?.();
  assert.deepEqual(
    bob.join(1, "mustExist").map(inShort),
    ["joined 2@0 complete []"],
    "it may still come back",
  );
  assert.deepEqual(carol.join(1).map(inShort), ["joined 1@0 member created complete []"]);
  assert.deepEqual(bob.told(), [`error ${ErrorCode.noSuchDoor} for 0`]);
  const back = test.client();
  assert.ok(alice.joined);
  assert.deepEqual(back.resume(alice.joined, 0).map(inShort), [`error ${ErrorCode.badToken} for 0`]);
  assert.deepEqual(back.join(1).map(inShort), ["joined 2@0 complete [1]"]);
});

Deno.test("Lobby lets the next one found a room whose founder has said nothing in it for 5 s, pings apart", () => {
  const test = new TestRelay();
  const alice = test.client();
  alice.join(1);
  test.clock.advance(UNHEARD_MS - 1);
  alice.send({ type: "ping", opaque: 1 });
  assert.deepEqual(test.client().join(1).map(inShort), ["joined 2@0 complete [1]"]);
  test.clock.advance(1);
  assert.deepEqual(test.client().join(1).map(inShort), ["joined 1@0 member created complete []"]);
  assert.equal(alice.socket.closed?.code, CloseCode.deadline, "and it is told to come again");
});

Deno.test("Lobby lets nobody found a room anew whose founder has said anything in it, or to which others came", () => {
  for (
    const act of [
      (alice: TestClient) => alice.say(1, "anything", true),
      (alice: TestClient) => alice.send({ type: "door", action: "add", doorId: doorId(2) }),
    ]
  ) {
    const test = new TestRelay();
    const alice = test.client();
    alice.join(1);
    act(alice);
    test.clock.advance(2 * UNHEARD_MS);
    assert.deepEqual(test.client().join(1).map(inShort), ["joined 2@0 complete [1]"]);
    alice.socket.onClose?.();
    assert.deepEqual(test.client().join(1).map(inShort).at(-1), "joined 3@0 complete []");
  }
});
