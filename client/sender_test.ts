import assert from "node:assert/strict";
import { concat, toHex } from "../crypto/bytes.ts";
import { openDistribution, parseDistribution } from "../crypto/distribution.ts";
import { Verifier } from "../crypto/identity.ts";
import { decodePack, type Pack } from "../crypto/pack.ts";
import { openFrame, readSealedHeader } from "../crypto/seal.ts";
import { MAX_CHAIN_MESSAGES, ReceivingChain } from "../crypto/sender_chain.ts";
import { Author } from "../tests/client_helpers.ts";
import { FakeClock, refusalOf, turns } from "../tests/helpers.ts";
import { bytesOf, type Id } from "./ids.ts";
import type { RelayLink } from "./link.ts";
import { MAX_QUEUE, type Recipient, Sender } from "./sender.ts";

const ROOM = new Uint8Array(16).fill(9);
const ROTATE_MS = 600_000;
const [ADA, BOB, CAROL] = await Promise.all([
  Author.create("ada"),
  Author.create("bob"),
  Author.create("carol"),
]);

/** A room of which Ada is the voice; what she sends is opened as its recipients would. */
class Stage {
  readonly clock = new FakeClock();
  readonly audience = new Set<Id>([BOB.id, CAROL.id]);
  readonly online = new Map<Id, Author>([[BOB.id, BOB], [CAROL.id, CAROL]]);
  readonly packs: Pack[] = [];
  readonly handed: [number, number][] = [];
  readonly sent: { kind: "table" | "room"; bytes: Uint8Array; to: Id[] }[] = [];
  /** Done as each pack takes effect. */
  onSaid: (pack: Pack) => void = () => {};
  /** Waited for before each slot. */
  gate: Promise<void> = Promise.resolve();
  /** Thrown by the link at the next table. */
  failure: Error | null = null;
  readonly #chains = new Map<Id, Map<string, ReceivingChain>>();

  readonly link = {
    slot: () => this.gate,
    send: (bytes: Uint8Array) => this.sent.push({ kind: "room", bytes, to: [] }),
    sendTable: (common: Uint8Array, parts: { peerId: number; bytes: Uint8Array }[]) => {
      const { failure } = this;
      this.failure = null;
      if (failure !== null) throw failure;
      const to = parts.map(({ peerId }) => [BOB, CAROL][peerId - 1]?.id ?? "");
      for (const { bytes } of parts) this.sent.push({ kind: "table", bytes: concat(common, bytes), to });
    },
  } as unknown as RelayLink;

  readonly sender = new Sender({
    identity: ADA.identity,
    roomId: ROOM,
    link: this.link,
    clock: this.clock,
    rotateMs: ROTATE_MS,
    audience: () => new Set(this.audience),
    recipient: (id) => this.recipient(id),
    vector: () => new Map(),
    lamport: () => 0,
    said: (pack) => {
      this.packs.push(pack);
      this.onSaid(pack);
    },
    handed: ({ first, last }) => this.handed.push([first, last]),
  }, { number: 0, hash: "", lamport: 0 });

  recipient(id: Id): Recipient | undefined {
    const who = this.online.get(id);
    if (who === undefined) return undefined;
    return { id, peerId: who === BOB ? 1 : 2, bundle: who.bundle, addHash: "ab".repeat(32) };
  }

  text(text: string): Promise<number> {
    return this.sender.say({ kind: "text", text });
  }

  /** Lets what is being sealed come out. */
  async flush<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const done = work.finally(() => over = true);
    done.catch(() => {});
    while (!over) {
      this.clock.advance(0);
      await turns(1);
    }
    return await done;
  }

  /** Packs that `who` can read, of all frames to the room. */
  async readBy(who: Author): Promise<Pack[]> {
    const chains = this.#chains.get(who.id) ?? new Map<string, ReceivingChain>();
    this.#chains.set(who.id, chains);
    const verifier = await Verifier.import(ADA.bundle.identityKey);
    const read: Pack[] = [];
    for (const { kind, bytes, to } of this.sent) {
      if (kind === "table" && to.includes(who.id)) {
        const parsed = parseDistribution(bytes);
        const { keys, bundle } = who.keys.current;
        const own = { me: bytesOf(who.id), keys, bundleHash: bundle.hash };
        const start = await openDistribution(parsed, { room: ROOM, verifier, ...own }).catch(() => null);
        if (start === null || chains.has(toHex(start.chainId))) continue;
        chains.set(toHex(start.chainId), new ReceivingChain(start));
      } else if (kind === "room") {
        const chain = chains.get(toHex(readSealedHeader(bytes).chainId));
        if (chain === undefined) continue;
        const place = { room: ROOM, member: bytesOf(ADA.id) };
        const opened = await openFrame(chain, place, bytes).catch(() => null);
        if (opened !== null) read.push(decodePack(opened));
      }
    }
    return read;
  }

  /** Chain and counter of each frame to the room. */
  get positions(): { chain: string; counter: number }[] {
    return this.sent.filter(({ kind }) => kind === "room").map(({ bytes }) => {
      const { chainId, counter } = readSealedHeader(bytes);
      return { chain: toHex(chainId), counter };
    });
  }
}

async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = new Stage();
  try {
    await play(stage);
  } finally {
    stage.sender.dispose();
    await turns(2);
  }
}

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

Deno.test("Sender: somebody who goes while a chain is being sealed does not read what is said next", () =>
  onStage(async (stage) => {
    const saying = stage.text("without bob");
    stage.clock.advance(0);
    await turns(1);
    stage.audience.delete(BOB.id);
    await stage.flush(saying);
    assert.deepEqual(await stage.readBy(BOB), []);
    assert.deepEqual(numbers(await stage.readBy(CAROL)), [1]);
  }));

Deno.test("Sender.hold() keeps back what people say, and neither statements nor bookkeeping", () =>
  onStage(async (stage) => {
    stage.sender.hold();
    const text = stage.text("held");
    await stage.flush(stage.sender.say({ kind: "nick", nick: "Ada" }));
    await stage.flush(stage.sender.say({ kind: "attemptCleared", number: 9 }));
    assert.deepEqual(kinds(stage.packs), [42, 50]);
    stage.sender.release();
    assert.equal(await stage.flush(text), 3);
    assert.deepEqual(kinds(stage.packs), [42, 50, 1]);
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
    const saying = Array.from({ length: 12 }, async (_, i) => {
      for (let turn = 0; turn < i; turn++) await turns(1);
      return await stage.text(`${i}`);
    });
    const given = await stage.flush(Promise.all(saying));
    assert.equal(new Set(given).size, 12);
    const taken = stage.positions.map(({ chain, counter }) => `${chain} ${counter}`);
    assert.equal(new Set(taken).size, taken.length);
    assert.ok(taken.length > 1, "not all in one pack");
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
