import assert from "node:assert/strict";
import type { Present } from "../crypto/present.ts";
import { MAX_GONE, Presence } from "./presence.ts";
import { idOf } from "./ids.ts";

const EPOCH = new Uint8Array(16).fill(9);

function claim(member: number, peerId: number, number: number, roomEpoch = EPOCH): Present {
  return {
    memberId: new Uint8Array(16).fill(member),
    peerId,
    number,
    roomEpoch,
    signature: new Uint8Array(64),
  };
}
const id = (member: number): string => idOf(new Uint8Array(16).fill(member));
const payload = new Uint8Array(1);

Deno.test("Presence knows where a member is, and follows it to a new connection", () => {
  const presence = new Presence(EPOCH);
  assert.ok(presence.learn(claim(1, 7, 1), payload));
  assert.equal(presence.peerOf(id(1)), 7);
  assert.equal(presence.memberOf(7), id(1));
  assert.ok(presence.learn(claim(1, 8, 2), payload));
  assert.equal(presence.memberOf(7), undefined);
  assert.equal(presence.peerOf(id(1)), 8);
});

Deno.test("Presence refuses an old claim and one of another room epoch", () => {
  const presence = new Presence(EPOCH);
  presence.learn(claim(1, 7, 2), payload);
  assert.equal(presence.learn(claim(1, 8, 2), payload), false);
  assert.equal(presence.learn(claim(1, 8, 1), payload), false);
  assert.equal(presence.learn(claim(1, 8, 3, new Uint8Array(16)), payload), false);
  assert.equal(presence.peerOf(id(1)), 7);
});

Deno.test("Presence forgets who is gone", () => {
  const presence = new Presence(EPOCH);
  presence.learn(claim(1, 7, 1), payload);
  presence.learn(claim(2, 8, 1), payload);
  assert.equal(presence.peerOut(7), id(1));
  assert.equal(presence.peerOut(7), undefined);
  assert.equal(presence.peerOf(id(1)), undefined);
  presence.forget(id(2));
  assert.equal(presence.memberOf(8), undefined);
});

Deno.test("Presence.hint() counts only while the member has not said where it is", () => {
  const presence = new Presence(EPOCH);
  assert.ok(presence.hint(id(1), 7));
  assert.equal(presence.hint(id(1), 8), false);
  assert.equal(presence.hint(id(2), 7), false);
  assert.ok(presence.learn(claim(1, 9, 1), payload));
  assert.equal(presence.peerOf(id(1)), 9);
});

Deno.test("Presence.reset() forgets all connections and takes words on the new epoch alone", () => {
  const other = new Uint8Array(16).fill(7);
  const presence = new Presence(EPOCH);
  presence.learn(claim(1, 7, 5), payload);
  presence.hint(id(2), 8);
  assert.deepEqual(presence.peers(), [7, 8]);
  presence.reset(other);
  assert.deepEqual([presence.peers(), presence.payloads()], [[], []]);
  assert.equal(presence.peerOf(id(1)), undefined);
  assert.equal(presence.memberOf(8), undefined);
  assert.equal(presence.learn(claim(1, 7, 6), payload), false, "the epoch before");
  assert.ok(presence.learn(claim(1, 3, 6, other), payload));
  assert.deepEqual(presence.peers(), [3]);
});

Deno.test("Presence.returns() tells who has come back, until it is forgotten", () => {
  const presence = new Presence(EPOCH);
  presence.learn(claim(1, 7, 1), payload);
  assert.equal(presence.returns(id(1)), 0);
  presence.learn(claim(1, 8, 2), payload);
  assert.equal(presence.returns(id(1)), 2);
  presence.reset(new Uint8Array(16));
  assert.equal(presence.returns(id(1)), 2, "also in another epoch");
  presence.forget(id(1));
  assert.equal(presence.returns(id(1)), 0);
});

Deno.test("Presence.learn(): a connection is one member's, whoever says so last", () => {
  const presence = new Presence(EPOCH);
  presence.learn(claim(1, 7, 1), payload);
  presence.learn(claim(2, 7, 1), payload);
  assert.equal(presence.memberOf(7), id(2));
  assert.equal(presence.peerOf(id(1)), undefined);
  assert.deepEqual([presence.peers(), presence.payloads().length], [[7], 1]);
});

Deno.test("Presence.learn(): what is passed on takes no connection from whoever has shown that it is its own", () => {
  for (const shows of ["word", "frame"]) {
    const presence = new Presence(EPOCH);
    if (shows === "word") presence.learn(claim(1, 7, 1), payload);
    else presence.hint(id(1), 7);
    assert.equal(presence.learn(claim(2, 7, 1), payload, { passedOn: true }), false);
    assert.deepEqual([presence.memberOf(7), presence.peerOf(id(2))], [id(1), undefined]);
    assert.ok(
      presence.learn(claim(2, 8, 1), payload, { passedOn: true }),
      "what it said there counts for nothing",
    );
  }
});

Deno.test("Presence.hint(): whoever speaks over a connection has it, whatever was passed on of another", () => {
  const presence = new Presence(EPOCH);
  presence.learn(claim(2, 7, 1), payload, { passedOn: true });
  assert.ok(presence.hint(id(1), 7));
  assert.deepEqual([presence.memberOf(7), presence.peerOf(id(1)), presence.peerOf(id(2))], [
    id(1),
    7,
    undefined,
  ]);
  assert.equal(presence.hint(id(2), 7), false);
  presence.learn(claim(3, 9, 1), payload, { passedOn: true });
  assert.equal(presence.hint(id(3), 9), false, "known");
  assert.equal(presence.hint(id(4), 9), false, "it has shown itself there");
});

Deno.test("Presence.peerIn(): a connection that is resumed is its member's again, unless it is elsewhere", () => {
  const presence = new Presence(EPOCH);
  presence.learn(claim(1, 7, 1), payload);
  assert.equal(presence.peerIn(7), undefined, "it never went");
  presence.peerOut(7);
  assert.equal(presence.peerIn(8), undefined);
  assert.equal(presence.peerIn(7), id(1));
  assert.equal(presence.peerOf(id(1)), 7);
  assert.equal(presence.payloads().length, 1);
  presence.peerOut(7);
  presence.learn(claim(1, 9, 2), payload);
  assert.equal(presence.peerIn(7), undefined, "it has said that it is elsewhere");
  assert.equal(presence.peerOf(id(1)), 9);
  presence.learn(claim(2, 5, 1), payload);
  presence.peerOut(5);
  presence.forget(id(2));
  assert.equal(presence.peerIn(5), undefined, "no longer a member");
  presence.peerOut(9);
  presence.reset(EPOCH);
  assert.equal(presence.peerIn(9), undefined);
});

Deno.test("Presence remembers 4,096 connections that are gone, and forgets those that went first", () => {
  const presence = new Presence(EPOCH);
  const idAt = (i: number): string => i.toString(16).padStart(32, "0");
  for (let i = 1; i <= MAX_GONE + 1; i++) {
    assert.ok(presence.hint(idAt(i), i));
    presence.peerOut(i);
  }
  assert.equal(presence.peerIn(1), undefined);
  assert.deepEqual([2, MAX_GONE + 1].map((i) => presence.peerIn(i)), [idAt(2), idAt(MAX_GONE + 1)]);
});
