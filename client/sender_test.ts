import assert from "node:assert/strict";
import { toHex } from "../crypto/bytes.ts";
import { parseDistribution } from "../crypto/distribution.ts";
import type { Pack } from "../crypto/pack.ts";
import { MAX_CHAIN_MESSAGES } from "../crypto/sender_chain.ts";
import { refusalOf, turns } from "../tests/helpers.ts";
import { ADA, BOB, CAROL, onStage, ROTATE_MS, Stage } from "../tests/sender_stage.ts";
import { MAX_QUEUE } from "./sender.ts";

const kinds = (packs: Pack[]): number[] =>
  packs.flatMap((p) => p.contents.map(({ content }) => content.kind));
const numbers = (packs: Pack[]): number[] =>
  packs.flatMap((pack) => pack.contents.map(({ content }) => content.number));

Deno.test("Sender turns its chain once it is rotateMs old, before the next word and not for KEYS alone", () =>
  onStage(async (stage) => {
    await stage.flush(stage.text("one"));
    stage.clock.advance(ROTATE_MS - 1);
    await stage.flush(stage.text("two"));
    stage.clock.advance(1);
    await stage.flush(stage.sender.say({ kind: "keys", bundle: ADA.bundle.encoded }));
    await stage.flush(stage.text("three"));
    const [one, two, keys, three] = stage.positions;
    assert.ok(one && two && keys && three);
    assert.deepEqual([two.chain, keys.chain], [one.chain, one.chain]);
    assert.notEqual(three.chain, one.chain);
    assert.equal(three.counter, 0);
    assert.deepEqual(numbers(await stage.readBy(BOB)), [1, 2, 3, 4]);
  }));

Deno.test("Sender turns its chain after 1,024 packs", () =>
  onStage(async (stage) => {
    await stage.flush(stage.text("one"));
    const first = stage.sender.chains.chain;
    while (first?.spent === false) first.take();
    await stage.flush(stage.text("two"));
    const [one, two] = stage.positions;
    assert.notEqual(two?.chain, one?.chain);
    assert.equal(first?.counter, MAX_CHAIN_MESSAGES);
    assert.deepEqual(numbers(await stage.readBy(CAROL)), [1, 2]);
  }));

Deno.test("Sender: who is removed reads its own removal under the old chain, and is never given the next one", () =>
  onStage(async (stage) => {
    await stage.flush(stage.text("one"));
    stage.onSaid = (pack) => {
      if (kinds([pack])[0] === 35) stage.audience.delete(BOB.id);
    };
    const removing = stage.sender.say({ kind: "remove", target: BOB.id, cut: 0 });
    const after = stage.text("he is gone");
    await stage.flush(Promise.all([removing, after]));
    const [one, removal, last] = stage.positions;
    assert.equal(removal?.chain, one?.chain);
    assert.notEqual(last?.chain, one?.chain);
    assert.deepEqual(kinds(await stage.readBy(BOB)), [1, 35]);
    assert.deepEqual(kinds(await stage.readBy(CAROL)), [1, 35, 1]);
    for (const { kind, bytes, to } of stage.sent) {
      if (kind !== "table" || toHex(parseDistribution(bytes).chainId) !== last?.chain) continue;
      assert.deepEqual(to, [CAROL.id]);
    }
  }));

/** Bob goes in the middle of the next sealing of a chain to him; resolves with how much had been sent by then. */
function bobGoesMeanwhile(stage: Stage): Promise<number> {
  const { recipient } = stage;
  const gone = Promise.withResolvers<number>();
  let looks = 0;
  stage.recipient = (id) => {
    // The first look finds that he is owed the chain, the second takes his keys: sealing begins in the same turn.
    if (id === BOB.id && ++looks === 2) {
      queueMicrotask(() => {
        stage.audience.delete(BOB.id);
        gone.resolve(stage.sent.length);
      });
    }
    return recipient.call(stage, id);
  };
  return gone.promise;
}

Deno.test("Sender: somebody who goes while a chain is being sealed does not read what is said next", async () => {
  for (const before of [[], [1]]) {
    // With and without a chain before it: that is where both sealings are, the first one and the one of a turned chain.
    await onStage(async (stage) => {
      for (const _ of before) await stage.flush(stage.text("with bob"));
      stage.clock.advance(ROTATE_MS);
      const sent = stage.sent.length;
      const gone = bobGoesMeanwhile(stage);
      await stage.flush(stage.text("without bob"));
      assert.equal(await gone, sent, "he went before it was sealed");
      assert.ok(stage.sent.slice(sent).some(({ to }) => to.includes(BOB.id)), "it was sealed to him");
      assert.deepEqual(numbers(await stage.readBy(BOB)), before);
      assert.deepEqual(numbers(await stage.readBy(CAROL)), [...before, before.length + 1]);
    });
  }
});

Deno.test("Sender.hold() keeps back everything; what people say and all else are let go apart", () =>
  onStage(async (stage) => {
    stage.sender.hold();
    const text = stage.text("held");
    const nick = stage.sender.say({ kind: "nick", nick: "Ada" });
    await stage.flush(turns());
    assert.deepEqual(kinds(stage.packs), []);
    stage.sender.release();
    assert.equal(await stage.flush(text), 1);
    assert.deepEqual(kinds(stage.packs), [1]);
    stage.sender.releaseAll();
    assert.equal(await stage.flush(nick), 2);
    assert.deepEqual(kinds(stage.packs), [1, 42]);
  }));

Deno.test("Sender packs what is said at once: 256 contents at most, 200,000 bytes, statements alone and first", () =>
  onStage(async (stage) => {
    const saying = Array.from({ length: 300 }, (_, i) => stage.text(`${i}`));
    const topic = stage.sender.say({ kind: "topic", topic: "first" });
    const lock = stage.sender.say({ kind: "lock", locked: true });
    await stage.flush(Promise.all([...saying, topic, lock]));
    assert.deepEqual(stage.packs.map(({ contents }) => contents.length), [1, 1, 256, 44]);
    assert.deepEqual([await topic, await lock, await saying[0], await saying[299]], [1, 2, 3, 302]);
    assert.deepEqual(stage.handed, [[1, 1], [2, 2], [3, 258], [259, 302]]);
    await stage.flush(Promise.all([1, 2, 3, 4].map(() => stage.text("x".repeat(80_000)))));
    assert.deepEqual(stage.packs.slice(4).map(({ contents }) => contents.length), [2, 2]);
    assert.deepEqual(
      numbers(await stage.readBy(BOB)),
      Array.from({ length: 306 }, (_, i) => i + 1),
    );
  }));

Deno.test("Sender: a recipient whose key cannot be used goes without, the others do not", () =>
  onStage(async (stage) => {
    const { recipient } = stage;
    stage.recipient = (id) => {
      const found = recipient.call(stage, id);
      if (id !== BOB.id || found === undefined) return found;
      return { ...found, bundle: { ...found.bundle, ecdhKey: new Uint8Array(65).fill(4) } };
    };
    await stage.flush(stage.text("hello"));
    await stage.flush(stage.text("again"));
    assert.deepEqual(numbers(await stage.readBy(CAROL)), [1, 2]);
    assert.deepEqual(await stage.readBy(BOB), []);
    assert.equal(stage.sent.filter(({ kind }) => kind === "table").length, 1, "it is not tried at each word");
  }));

Deno.test("Sender: what is said while something is being sealed takes the next number and the next counter", () =>
  onStage(async (stage) => {
    const saying: Promise<number>[] = [];
    stage.onSaid = () => {
      if (saying.length < 12) saying.push(stage.text("meanwhile"));
    };
    saying.push(stage.text("first"));
    while (saying.length < 12) await stage.flush(Promise.all(saying));
    const given = await stage.flush(Promise.all(saying));
    assert.equal(new Set(given).size, 12);
    const taken = stage.positions.map(({ chain, counter }) => `${chain} ${counter}`);
    assert.equal(new Set(taken).size, taken.length);
    assert.equal(taken.length, 12, "each in a pack of its own");
    assert.deepEqual(numbers(await stage.readBy(BOB)), Array.from({ length: 12 }, (_, i) => i + 1));
  }));

Deno.test("Sender takes 20,000 contents that wait and refuses the next one", () =>
  onStage(async (stage) => {
    stage.sender.hold();
    const waiting = Promise.allSettled(Array.from({ length: MAX_QUEUE }, () => stage.text("x")));
    assert.match(await refusalOf(stage.text("too much")), /^too_much 1: Cannot send/);
    stage.sender.dispose();
    const outcomes = await waiting;
    assert.ok(outcomes.every((one) => one.status === "rejected" && one.reason.code === "ended"));
  }));

Deno.test("Sender: what fails before it is sealed takes no number, and the next word follows what was said", () =>
  onStage(async (stage) => {
    await stage.flush(stage.text("one"));
    stage.audience.delete(BOB.id); // so that there is a new chain to be handed out
    stage.failure = new Error("no room for it");
    await assert.rejects(stage.flush(stage.text("two")), /no room for it/);
    assert.equal(stage.sender.head.number, 1);
    assert.equal(await stage.flush(stage.text("two, again")), 2);
    assert.deepEqual(numbers(await stage.readBy(CAROL)), [1, 2]);
  }));

Deno.test("Sender: who goes while one of two chains is being sealed is still owed the other", () =>
  onStage(async (stage) => {
    stage.online.delete(BOB.id);
    await stage.flush(stage.text("one"));
    stage.clock.advance(ROTATE_MS);
    await stage.flush(stage.text("two"));
    stage.online.set(BOB.id, BOB);
    let asked = 0;
    const { recipient } = stage;
    stage.recipient = (id) => {
      if (id === BOB.id && ++asked > 3) stage.online.delete(BOB.id); // two looks at what is due, one for the first
      return recipient.call(stage, id);
    };
    stage.sender.introduce();
    while (asked <= 3) {
      stage.clock.advance(0);
      await turns(1);
    }
    stage.recipient = recipient;
    stage.online.set(BOB.id, BOB);
    await stage.flush(stage.text("three"));
    assert.deepEqual(numbers(await stage.readBy(BOB)), [1, 2, 3]);
  }));

Deno.test("Sender.dispose() refuses what waits and what comes later, and tells nobody anything more", async () => {
  const stage = new Stage();
  await stage.flush(stage.text("one"));
  const sent = stage.sent.length;
  const waiting = refusalOf(stage.text("never"));
  stage.sender.dispose();
  assert.match(await waiting, /^ended 1: Cannot send: the session has ended/);
  assert.match(await refusalOf(stage.text("late")), /^ended/);
  stage.sender.introduce();
  await stage.sender.renew();
  await turns(4);
  assert.equal(stage.sent.length, sent);
  assert.equal(stage.clock.waiting, 0);
  const later = new Stage();
  const { promise, resolve } = Promise.withResolvers<void>();
  later.gate = promise;
  const held = refusalOf(later.text("in the middle of it"));
  later.clock.advance(0);
  while (later.sent.length === 0) await turns(1);
  later.sender.dispose();
  resolve();
  assert.match(await held, /^ended/);
  assert.deepEqual(later.positions, []);
});
