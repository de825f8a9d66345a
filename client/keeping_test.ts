import assert from "node:assert/strict";
import { Identity } from "../crypto/identity.ts";
import { SendingChain } from "../crypto/sender_chain.ts";
import { FakeClock } from "../tests/helpers.ts";
import { BUFFER_LIMITS, FrameBuffer } from "./buffer.ts";
import { ChainsIn, MAX_CHAINS, MAX_SEEN } from "./chains_in.ts";
import { ChainsOut, MAX_OWED } from "./chains_out.ts";
import { History, MAX_CHARACTERS, MAX_MESSAGES } from "./history.ts";
import { bytesOf, idOf, messageId, parseMessageId } from "./ids.ts";
import { KEEP_KEYS_MS, KeyRing, MAX_GENERATIONS } from "./key_ring.ts";
import { Receipts } from "./receipts.ts";
import { Timers } from "./timers.ts";
import { TokenBucket } from "./token_bucket.ts";

const A = "aa".repeat(16);
const B = "bb".repeat(16);
const HEAD = { number: 0, hash: "", lamport: 0 };

Deno.test("FrameBuffer keeps to its bounds, one peer's and all together, and gives back in order", () => {
  const buffer = new FrameBuffer();
  const payload = Uint8Array.of(1);
  for (let i = 0; i < BUFFER_LIMITS.framesPerPeer; i++) {
    assert.equal(buffer.hold(i % 2 === 0 ? "a" : "b", { from: 1, payload, at: i }), true);
  }
  assert.equal(buffer.hold("c", { from: 1, payload, at: 300 }), false, "one peer has its share");
  assert.equal(
    buffer.hold("c", { from: 2, payload: new Uint8Array(BUFFER_LIMITS.bytesPerPeer + 1), at: 300 }),
    false,
  );
  assert.deepEqual(buffer.take("a").slice(0, 3).map(({ at }) => at), [0, 2, 4]);
  assert.deepEqual([buffer.size, buffer.has("a"), buffer.has("b"), buffer.take("a").length], [
    128,
    false,
    true,
    0,
  ]);
  buffer.clear();
  for (let i = 0; i < BUFFER_LIMITS.frames; i++) buffer.hold(`k${i}`, { from: i, payload, at: 0 });
  assert.equal(buffer.hold("last", { from: 9_999, payload, at: 1 }), false);
  assert.equal(
    buffer.hold("last", { from: 9_999, payload, at: BUFFER_LIMITS.ms + 1 }),
    true,
    "the old are gone",
  );
  assert.equal(buffer.size, 1);
  buffer.clear();
  for (let i = 0; i < 4; i++) {
    buffer.hold("big", { from: i, payload: new Uint8Array(BUFFER_LIMITS.bytesPerPeer), at: 0 });
  }
  assert.equal(buffer.hold("big", { from: 9, payload, at: 0 }), false, "bytes are counted too");
});

Deno.test("ChainsIn keeps three chains an author, and one that was known changes nothing", () => {
  const chains = new ChainsIn();
  const sending = Array.from({ length: MAX_CHAINS + 1 }, () => SendingChain.create());
  const [first] = sending;
  assert.ok(first);
  for (const chain of sending) assert.equal(chains.add(A, chain.start()), true);
  assert.equal(chains.get(first.chainId), undefined);
  assert.equal(chains.add(A, first.start()), false, "an old distribution played again");
  assert.equal(chains.knew(A), true);
  assert.equal(chains.knew(B), false);
  for (const chain of sending.slice(1)) assert.equal(chains.get(chain.chainId)?.author, A);
  for (let i = 0; i < MAX_SEEN; i++) chains.add(A, SendingChain.create().start());
  const start = first.start();
  chains.add(B, start);
  assert.ok(start.chainKey.every((byte) => byte === 0), "what is handed over is wiped");
  chains.dispose();
  assert.equal(chains.get(first.chainId), undefined);
});

Deno.test("ChainsOut owes a chain from where a member came in, and three at most", () => {
  const chains = new ChainsOut();
  chains.entitle([A], HEAD);
  assert.deepEqual(chains.due(() => true), [], "there is no chain yet");
  for (let i = 0; i < MAX_OWED + 2; i++) {
    chains.rotate(i);
    chains.entitle([A], HEAD);
  }
  assert.equal(chains.due((id) => id === A).length, MAX_OWED);
  assert.equal(chains.due(() => false).length, 0);
  const [due] = chains.due(() => true);
  assert.ok(due);
  chains.settle(due.grant, due.ids);
  assert.equal(chains.due(() => true).length, MAX_OWED - 1);
  chains.revoke(A);
  assert.equal(chains.due(() => true).length, 0);
  assert.equal(chains.since, MAX_OWED + 1);
  chains.dispose();
  assert.equal(chains.chain, null);
});

Deno.test("ChainsOut does not fit once somebody that holds the chain may not read, though it asked again", () => {
  const chains = new ChainsOut();
  assert.equal(chains.fits(new Set()), false);
  chains.rotate(0);
  chains.entitle([A, B], HEAD);
  assert.equal(chains.fits(new Set([A, B])), true);
  assert.equal(chains.fits(new Set([A])), false);
  for (const { grant, ids } of chains.due(() => true)) chains.settle(grant, ids);
  chains.again(B);
  chains.again("cc".repeat(16));
  assert.equal(chains.fits(new Set([A])), false, "it may be lying");
  chains.entitle([A, B], HEAD);
  assert.deepEqual(chains.due(() => true).map(({ ids }) => ids), [[B]]);
  assert.equal(chains.holds(B), true);
  while (chains.chain?.spent === false) chains.chain.take();
  assert.equal(chains.fits(new Set([A, B])), false, "1,024 messages");
  chains.dispose();
});

Deno.test("KeyRing keeps earlier keys for a while after their last use, four generations at most", async () => {
  const clock = new FakeClock();
  const identity = await Identity.generate();
  const ring = await KeyRing.create(identity, { nick: "ada", clock });
  ring.adopt(await ring.make("ada"));
  assert.deepEqual(ring.all.map(({ bundle }) => bundle.keyNumber), [2, 1]);
  clock.advance(KEEP_KEYS_MS - 1);
  assert.equal(ring.find(1)?.bundle.keyNumber, 1);
  clock.advance(KEEP_KEYS_MS - 1);
  ring.expire();
  assert.equal(ring.all.length, 2);
  clock.advance(1);
  ring.expire();
  assert.deepEqual(ring.all.map(({ bundle }) => bundle.keyNumber), [2]);
  assert.equal(ring.find(1), undefined);
  for (let i = 0; i < MAX_GENERATIONS + 1; i++) ring.adopt(await ring.make("ada"));
  assert.equal(ring.all.length, MAX_GENERATIONS);
  ring.dispose();
  assert.throws(() => ring.current, TypeError);
  identity.dispose();
});

Deno.test("History keeps what it can, edits, deletes and finds", () => {
  const history = new History();
  for (let i = 1; i <= MAX_MESSAGES + 2; i++) history.add({ author: A, number: i, kind: "text", text: "x" });
  assert.equal(history.get(messageId(A, 2)), undefined);
  assert.equal(history.edit(messageId(A, 3), "y"), true);
  assert.equal(history.edit(messageId(A, 1), "y"), false);
  assert.equal(history.last(({ text }) => text === "y"), messageId(A, 3));
  assert.equal(history.delete(messageId(A, 3)), true);
  assert.equal(history.delete(messageId(A, 3)), false);
  const long = "x".repeat(MAX_CHARACTERS);
  history.add({ author: B, number: 1, kind: "text", text: long });
  assert.equal(history.get(messageId(A, 9)), undefined, "characters are counted too");
  history.clear();
  assert.equal(history.last(() => true), undefined);
});

Deno.test("Receipts tells sent when the relay took it and delivered when a member has it, once each", () => {
  const told: string[] = [];
  const receipts = new Receipts(A, (event) => {
    if (event.type === "sent") told.push(`sent ${parseMessageId(event.id)?.number} ${event.ref}`);
    if (event.type === "delivered") told.push(`delivered ${parseMessageId(event.id)?.number}`);
  });
  receipts.startAt(B, 1);
  for (const number of [1, 2, 3]) receipts.follow(number, `r${number}`);
  receipts.handed(2, 10);
  receipts.handed(3, 11);
  assert.equal(receipts.allTaken, false);
  receipts.acked(9);
  receipts.acked(10);
  assert.deepEqual(told.splice(0), ["sent 1 r1", "sent 2 r2"]);
  receipts.acked(11);
  receipts.acked(11);
  assert.deepEqual(told.splice(0), ["sent 3 r3"]);
  assert.equal(receipts.allTaken, true);
  receipts.covered(B, 2);
  receipts.covered(B, 2);
  receipts.covered(B, 1);
  receipts.covered(B, 3);
  assert.deepEqual(told, ["delivered 2", "delivered 3"], "not what was said before it came");
});

Deno.test("Receipts.forget(): who has a message that has disappeared is not told, whether it was sent is", () => {
  const told: string[] = [];
  const receipts = new Receipts(A, (event) => {
    if (event.type === "sent" || event.type === "delivered") {
      told.push(`${event.type} ${parseMessageId(event.id)?.number}`);
    }
  });
  for (const number of [1, 2, 3]) receipts.follow(number, null);
  for (const number of [2, 2, 9]) receipts.forget(number);
  receipts.handed(3, 10);
  assert.equal(receipts.untaken, 3);
  receipts.acked(10);
  receipts.covered(B, 3);
  assert.deepEqual(told, ["sent 1", "sent 2", "sent 3", "delivered 1", "delivered 3"]);
});

Deno.test("Timers end together, tell so, and run no more", () => {
  const clock = new FakeClock();
  const timers = new Timers(clock);
  const ran: string[] = [];
  timers.after(10, () => ran.push("a"), () => ran.push("a ended"));
  const stop = timers.after(10, () => ran.push("b"));
  timers.every(4, () => ran.push("e"));
  stop();
  clock.advance(9);
  assert.deepEqual(ran.splice(0), ["e", "e"]);
  timers.dispose();
  assert.deepEqual(ran.splice(0), ["a ended"]);
  timers.after(1, () => ran.push("late"), () => ran.push("too late"))();
  clock.advance(100);
  assert.deepEqual(ran, ["too late"]);
  assert.equal(clock.waiting, 0);
});

Deno.test("TokenBucket gives its burst, then as it refills, also when the clock goes back", () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, { capacity: 2, perMs: 0.01 });
  assert.deepEqual([bucket.take(), bucket.take(), bucket.take()], [true, true, false]);
  assert.equal(bucket.wait(), 100);
  clock.advance(99);
  assert.equal(bucket.take(), false);
  clock.advance(1);
  assert.equal(bucket.wait(), 0);
  assert.equal(bucket.take(), true);
  clock.advance(10_000);
  assert.deepEqual([bucket.take(), bucket.take(), bucket.take()], [true, true, false]);
});

Deno.test("ids: round trips, and undefined for what is none", () => {
  assert.equal(idOf(bytesOf(A)), A);
  assert.throws(() => bytesOf("xyz"), TypeError);
  assert.deepEqual(parseMessageId(messageId(A, 12)), { author: A, number: 12 });
  for (const text of ["", A, `${A}-0`, `${A}-1x`, `${A.toUpperCase()}-1`, `${A}-12345678901234567`]) {
    assert.equal(parseMessageId(text), undefined);
  }
});
