import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { type Bytes, toHex, utf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { type ChainStart, MAX_CHAIN_MESSAGES, ReceivingChain, SendingChain } from "./sender_chain.ts";
import { SkippedKeys } from "./skipped_keys.ts";

const counting = (length: number): Bytes => Uint8Array.from({ length }, (_, i) => i);
const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** HKDF-Expand (RFC 5869 §2.3) over another implementation of HMAC, info = ENC(label). */
function expand(key: Uint8Array, label: string, length: number): Bytes {
  const info = new Uint8Array([0, 0, 0, label.length, ...utf8(label)]);
  let out: number[] = [];
  let block: Uint8Array = new Uint8Array(0);
  for (let n = 1; out.length < length; n++) {
    block = createHmac("sha256", key).update(block).update(info).update(Uint8Array.of(n)).digest();
    out = [...out, ...block];
  }
  return Uint8Array.from(out.slice(0, length));
}

/** Commits or discards a step and returns its key as hex. */
function use(chain: ReceivingChain, counter: number, commit = true): string {
  const step = chain.step(counter);
  const key = toHex(step.key);
  if (commit) step.commit();
  else step.discard();
  return key;
}

Deno.test("SendingChain.take() follows the ratchet of the specification", () => {
  const chain = SendingChain.create(counting);
  const seed = counting(32);
  let chainKey = expand(seed, "sotto/v1/chain-root", 32);
  assert.equal(toHex(chain.start().chainKey), toHex(chainKey));
  assert.equal(toHex(chain.sideKey), toHex(expand(seed, "sotto/v1/side-key", 32)));
  for (let counter = 0; counter < 3; counter++) {
    const okm = expand(chainKey, "sotto/v1/chain-step", 108);
    const step = chain.take();
    assert.equal(step.counter, counter);
    assert.equal(toHex(step.key), toHex(okm.slice(32, 64)));
    assert.equal(toHex(step.nonce), toHex(okm.slice(64, 76)));
    assert.equal(toHex(step.commitment), toHex(okm.slice(76)));
    chainKey = okm.slice(0, 32);
    assert.equal(toHex(chain.start().chainKey), toHex(chainKey));
  }
});

Deno.test("SendingChain.take() never gives one counter or key twice, and ends at its bound", () => {
  const chain = SendingChain.create();
  const keys = new Set<string>();
  for (let counter = 0; counter < MAX_CHAIN_MESSAGES; counter++) {
    assert.equal(chain.spent, false);
    const step = chain.take();
    assert.equal(step.counter, counter);
    keys.add(toHex(step.key)).add(toHex(step.commitment));
  }
  assert.equal(keys.size, 2 * MAX_CHAIN_MESSAGES);
  assert.equal(chain.spent, true);
  assert.throws(() => chain.take(), { code: "spent" });
  assert.equal(chain.counter, MAX_CHAIN_MESSAGES);
});

Deno.test("SendingChain.create() makes independent chains", () => {
  const [a, b] = [SendingChain.create().start(), SendingChain.create().start()];
  assert.notEqual(toHex(a.chainId), toHex(b.chainId));
  assert.notEqual(toHex(a.chainKey), toHex(b.chainKey));
  assert.notEqual(toHex(a.sideKey), toHex(b.sideKey));
});

Deno.test("SendingChain.create() wipes its seed", () => {
  const given: Bytes[] = [];
  const chain = SendingChain.create((length) => {
    given.push(counting(length));
    return given.at(-1) as Bytes;
  });
  assert.deepEqual(given.filter((bytes) => bytes.length === 32).map(isZero), [true]);
  assert.deepEqual(chain.chainId, counting(16));
});

Deno.test("SendingChain.start() is a copy, and dispose() wipes the chain", () => {
  const chain = SendingChain.create();
  const sideKey = chain.sideKey;
  const start = chain.start();
  start.chainKey.fill(0);
  assert.equal(isZero(chain.start().chainKey), false);
  chain.dispose();
  assert.ok(isZero(sideKey));
  for (const act of [() => chain.take(), () => chain.start(), () => chain.sideKey]) {
    assert.throws(act, { code: "disposed" });
  }
});

Deno.test("ReceivingChain opens each counter exactly once, whatever the order, losses and failures", () => {
  const delivery = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()), { maxLength: 120 });
  fc.assert(fc.property(fc.integer({ min: 0, max: 10 }), delivery, (startAt, deliveries) => {
    const sender = SendingChain.create();
    for (let i = 0; i < startAt; i++) sender.take();
    const store = new SkippedKeys();
    const chain = new ReceivingChain(sender.start(), store);
    const keys = Array.from({ length: 41 - startAt }, () => toHex(sender.take().key));
    const opened = new Set<number>();
    for (const [counter, succeeds] of deliveries) {
      if (counter < startAt || opened.has(counter)) {
        assert.throws(() => chain.step(counter), { code: "replayed" });
        continue;
      }
      assert.equal(use(chain, counter, succeeds), keys[counter - startAt]);
      if (succeeds) opened.add(counter);
      const next = Math.max(startAt, ...[...opened].map((n) => n + 1));
      assert.equal(chain.counter, next);
      assert.equal(store.size, next - startAt - opened.size);
    }
  }));
});

Deno.test("ReceivingChain.step() refuses what is beyond its chain and changes nothing", () => {
  const sender = SendingChain.create();
  const store = new SkippedKeys(8);
  const chain = new ReceivingChain(sender.start(), store);
  for (const counter of [9, MAX_CHAIN_MESSAGES, 2 ** 32 - 1]) {
    assert.throws(() => chain.step(counter), { code: "too_far" });
  }
  assert.equal(chain.counter, 0);
  assert.equal(use(chain, 8).length, 64);
  assert.equal(store.size, 8);
  const whole = new ReceivingChain(sender.start());
  assert.throws(() => whole.step(MAX_CHAIN_MESSAGES), { code: "too_far" });
  use(whole, MAX_CHAIN_MESSAGES - 1);
  assert.equal(use(whole, 0), toHex(sender.take().key));
});

Deno.test("ReceivingChain.step() lends one step at a time", () => {
  const chain = new ReceivingChain(SendingChain.create().start());
  const step = chain.step(0);
  assert.throws(() => chain.step(1), { code: "spent" });
  step.commit();
  assert.throws(() => step.commit(), { code: "spent" });
  step.discard();
  assert.equal(chain.counter, 1);
  assert.ok(isZero(step.key) && isZero(step.nonce));
});

Deno.test("SkippedKeys keeps the newest keys of all chains and wipes the oldest", () => {
  const store = new SkippedKeys(10);
  const [a, b] = [SendingChain.create(), SendingChain.create()];
  const first = new ReceivingChain(a.start(), store);
  const second = new ReceivingChain(b.start(), store);
  use(first, 6); // skips 0 to 5 of a
  use(second, 8); // skips 0 to 7 of b: four too many
  assert.equal(store.size, 10);
  for (const lost of [0, 1, 2, 3]) assert.throws(() => first.step(lost), { code: "replayed" });
  use(first, 4);
  use(second, 0);
  assert.equal(store.size, 8);
  first.dispose();
  assert.equal(store.size, 7);
  use(second, 7);
  assert.equal(store.size, 6);
});

Deno.test("SkippedKeys wipes what it drops", () => {
  const store = new SkippedKeys(1);
  const sender = SendingChain.create();
  const [old, young] = [sender.take(), sender.take()];
  const owner = new Map();
  store.add(old, owner);
  store.add(young, owner);
  assert.ok(isZero(old.key) && isZero(old.nonce) && isZero(old.commitment));
  assert.deepEqual([...owner.keys()], [1]);
  store.dropAll(owner);
  assert.ok(isZero(young.key));
  assert.equal(store.size, 0);
});

Deno.test("ReceivingChain copies its start, and dispose() leaves nothing to use", () => {
  const sender = SendingChain.create();
  const start: ChainStart = sender.start();
  const store = new SkippedKeys();
  const chain = new ReceivingChain(start, store);
  start.chainKey.fill(0);
  start.sideKey.fill(0);
  assert.equal(toHex(chain.sideKey), toHex(sender.sideKey));
  assert.equal(use(chain, 0, false), toHex(sender.take().key));
  const { sideKey } = chain;
  const pending = chain.step(3);
  chain.dispose();
  assert.ok(isZero(sideKey));
  assert.throws(() => pending.commit(), { code: "disposed" });
  assert.ok(isZero(pending.key));
  assert.equal(store.size, 0);
  assert.throws(() => chain.step(0), { code: "disposed" });
  assert.throws(() => chain.sideKey, { code: "disposed" });
});

Deno.test("ReceivingChain.inTurn() runs one piece of work after the other, failures included", async () => {
  const chain = new ReceivingChain(SendingChain.create().start());
  const gate = Promise.withResolvers<void>();
  const order: string[] = [];
  const first = chain.inTurn(async () => {
    order.push("first");
    await gate.promise;
    order.push("first ends");
    throw new CryptoError("open_failed", "Cannot open: a test");
  });
  const second = chain.inTurn(() => Promise.resolve(order.push("second")));
  gate.resolve();
  await assert.rejects(first, { code: "open_failed" });
  await second;
  assert.deepEqual(order, ["first", "first ends", "second"]);
});
