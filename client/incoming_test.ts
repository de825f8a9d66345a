import assert from "node:assert/strict";
import { type Bundle, signBundle } from "../crypto/bundle.ts";
import { type Bytes, concat, toHex } from "../crypto/bytes.ts";
import { encodeCbor } from "../crypto/cbor.ts";
import { encodeContent } from "../crypto/content.ts";
import { sealDistributions } from "../crypto/distribution.ts";
import { Identity } from "../crypto/identity.ts";
import { KemKeys } from "../crypto/kem.ts";
import { decodePack, type Pack, signPack } from "../crypto/pack.ts";
import { encodePresent } from "../crypto/present.ts";
import { sealPrivate } from "../crypto/private_seal.ts";
import { sealFrame } from "../crypto/seal.ts";
import { SendingChain } from "../crypto/sender_chain.ts";
import { sealSide } from "../crypto/side_seal.ts";
import { Author } from "../tests/client_helpers.ts";
import { FakeClock } from "../tests/helpers.ts";
import { type Body, encodeBody, kindOf } from "./bodies.ts";
import { BUFFER_LIMITS } from "./buffer.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";
import { Incoming, MANY_CHAINS, MAX_PEER_BYTES, MAX_WAITING } from "./incoming.ts";
import { encodeNoChain, encodePresents, PayloadKind } from "./payload.ts";
import { encodeAway, encodeHave, encodeTyping, SideKind, signSide } from "./side.ts";
import { MAX_MET, VerifierCache } from "./verifier_cache.ts";

const ROOM: Bytes = new Uint8Array(16).fill(1);
const [ADA, BOB, CAROL] = await Promise.all([
  Author.create("ada"),
  Author.create("bob"),
  Author.create("carol"),
]);
const KEM = await KemKeys.generate();
const HAVE = { number: 1, hash: "", digest: new Uint8Array(32), full: false, entries: [] };

/** What Bob hears; Ada is behind peer 1, Carol behind peer 2. */
class Ear {
  readonly clock = new FakeClock();
  readonly members = new Set<Id>([ADA.id, BOB.id]);
  readonly told: string[] = [];
  /** The number of the last `present` that is known. */
  known = 0;
  readonly verifiers = new VerifierCache();
  readonly incoming: Incoming;
  readonly chain = SendingChain.create();
  /** How long an ask for a file takes to be read. */
  reading: Promise<void> = Promise.resolve();

  constructor() {
    for (const { bundle } of [ADA, BOB]) this.verifiers.learn(bundle);
    const tell = (what: string): void => void this.told.push(what);
    this.incoming = new Incoming({
      me: BOB.id,
      roomId: ROOM,
      foundHash: new Uint8Array(32),
      clock: this.clock,
      keys: BOB.keys,
      verifiers: this.verifiers,
      isMember: (id) => this.members.has(id),
      memberOf: (peerId) => [ADA.id, CAROL.id][peerId - 1],
      isPresentNews: ({ number }) => number > this.known,
      present: ({ peerId }) => tell(`present ${peerId}`),
      outsider: ({ peerId }) => tell(`outsider ${peerId}`),
      comingBack: ({ peerId }) => tell(`coming back ${peerId}`),
      heard: () => {},
      fileAsk: () => this.reading,
      filePart: () => Promise.resolve(),
      repairAsk: (from) => Promise.resolve(tell(`repair ask ${from}`)),
      repair: () => Promise.resolve(tell("repair")),
      olderRoom: () => tell("older room"),
      outsiderKeys: (_bundle, from) => tell(`keys of an outsider ${from}`),
      staleKeys: (_author, from) => tell(`stale keys ${from}`),
      distribution: (_author, _addHash, { follows }) => tell(follows ? "chain again" : "chain"),
      pack: (pack, statements) => tell(`pack ${pack.contents.length} ${statements.size}`),
      hearsay: ({ body }) => tell(`hearsay ${body.kind}`),
      have: (_from, { number }) => tell(`have ${number}`),
      typing: (_from, on) => tell(`typing ${on}`),
      away: (_from, { away, text }) => tell(`away ${away} ${text}`),
      noChain: (from) => tell(`no chain ${from}`),
      knock: (from) => Promise.resolve(tell(`knock ${from}`)),
      lateAnswer: (from) => tell(`late answer ${from}`),
      askForChain: (from) => tell(`ask ${from}`),
      rejected: (reason, author) => tell(`${reason} ${author === undefined ? "?" : "ada carol"}`),
    });
  }

  async hear(from: number, ...payloads: Uint8Array[]): Promise<string[]> {
    for (const payload of payloads) this.incoming.receive({ from, payload });
    await this.incoming.settled();
    return this.told.splice(0);
  }

  async distribution(author = ADA, keyNumber?: number): Promise<Bytes> {
    const bundle = keyNumber === undefined ? BOB.bundle : { ...BOB.bundle, keyNumber };
    const head = { number: 0, hash: new Uint8Array(32), lamport: 0 };
    const recipient = { memberId: bytesOf(BOB.id), bundle, addHash: new Uint8Array(32) };
    const options = { room: ROOM, start: this.chain.start(), head };
    const { common, parts } = await sealDistributions(author.identity, options, [recipient]);
    return concat(common, parts[0] ?? assert.fail("no part"));
  }

  seal(pack: Pack, author = ADA): Promise<Bytes> {
    return sealFrame(this.chain, { room: ROOM, member: author.identity.memberId }, pack.encoded);
  }

  async side(
    number: number,
    kind: number = SideKind.have,
    by = ADA,
    payload = encodeHave(HAVE),
  ): Promise<Bytes> {
    const side = await signSide(by.identity, ROOM, { kind, number, payload });
    const place = { room: ROOM, member: ADA.identity.memberId };
    return await sealSide(this.chain.sideKey, this.chain.chainId, place, side);
  }

  async statements(packs: Uint8Array[], to = BOB, from = ADA): Promise<Bytes> {
    const sender = from.identity.memberId;
    const context = { room: ROOM, sender, purpose: "statements" };
    const sealed = await sealPrivate(to.bundle, context, encodeCbor(packs));
    return concat(Uint8Array.of(1, PayloadKind.statements), sender, sealed);
  }
}

const text = (): Promise<Pack> => ADA.says(ROOM, { kind: "text", text: "hi" });
const REJECTED = (reason: string): string[] => [`${reason} ada carol`];

Deno.test("Incoming drops what goes beyond 8 MiB of one peer, and says so; others are heard", async () => {
  const ear = new Ear();
  const knock = (bytes: number): Uint8Array => {
    const payload = new Uint8Array(bytes);
    payload.set([1, PayloadKind.knock]);
    return payload;
  };
  const half = MAX_PEER_BYTES / 2;
  ear.incoming.receive({ from: 1, payload: knock(half) });
  ear.incoming.receive({ from: 1, payload: knock(half) });
  ear.incoming.receive({ from: 1, payload: knock(2) });
  assert.deepEqual(await ear.hear(2, knock(2)), ["overflow ada carol", "knock 1", "knock 2", "knock 1"]);
  assert.deepEqual(await ear.hear(1, knock(half)), ["knock 1"], "there is room again");
});

Deno.test("Incoming says for how long the oldest that has come lies unread, and when all of one peer has been read", async () => {
  const ear = new Ear();
  const { incoming, clock } = ear;
  assert.deepEqual([incoming.unreadMs, incoming.unreadOf(1)], [0, null]);
  const knock = Uint8Array.of(1, PayloadKind.knock);
  const { promise, resolve } = Promise.withResolvers<void>();
  ear.reading = promise;
  incoming.receive({ from: 1, payload: Uint8Array.of(1, PayloadKind.fileAsk) });
  clock.advance(1_000);
  incoming.receive({ from: 2, payload: knock });
  clock.advance(500);
  assert.equal(incoming.unreadMs, 1_500);
  await incoming.unreadOf(2);
  assert.deepEqual([incoming.unreadOf(2), incoming.unreadMs], [null, 1_500], "it was quicker");
  incoming.receive({ from: 2, payload: knock });
  resolve();
  await incoming.unreadOf(1);
  assert.equal(incoming.unreadOf(1), null);
  await incoming.settled();
  assert.equal(incoming.unreadMs, 0);
});

Deno.test("Incoming drops what goes beyond 64 MiB or 65,536 frames of all peers together, and has room again", async () => {
  const ear = new Ear();
  const knock = Uint8Array.of(1, PayloadKind.knock);
  const large = new Uint8Array(MAX_PEER_BYTES);
  large.set(knock);
  const peers = MAX_WAITING.bytes / MAX_PEER_BYTES;
  for (let from = 1; from <= peers; from++) ear.incoming.receive({ from, payload: large });
  assert.equal((await ear.hear(peers + 1, knock)).filter((told) => told.startsWith("overflow")).length, 1);
  assert.deepEqual(await ear.hear(peers + 1, knock), [`knock ${peers + 1}`]);
  for (let i = 0; i < MAX_WAITING.frames; i++) {
    ear.incoming.receive({ from: 3 + (i & 1023), payload: knock.subarray(0, i & 1) });
  }
  assert.equal((await ear.hear(9_999, knock)).filter((told) => told.startsWith("overflow")).length, 1);
  assert.deepEqual(await ear.hear(9_999, knock), ["knock 9999"]);
});

Deno.test("Incoming hands on what is said in a join: to the sponsor, and late answers to who came in", async () => {
  const ear = new Ear();
  const of = (kind: number): Uint8Array => Uint8Array.of(1, kind, ...new Uint8Array(16));
  const { knock, prove, failed, withdraw, answer, welcome } = PayloadKind;
  for (const kind of [knock, prove, failed, withdraw]) {
    assert.deepEqual(await ear.hear(1, of(kind)), ["knock 1"]);
  }
  assert.deepEqual(await ear.hear(2, of(answer), of(welcome)), ["late answer 2"]);
});

Deno.test("Incoming ignores payloads of unknown kinds and versions", async () => {
  const ear = new Ear();
  const odd = [[], [1], [1, 99, 1], [2, 1, 1], [0, 0]];
  assert.deepEqual(await ear.hear(1, ...odd.map((bytes) => Uint8Array.from(bytes))), []);
  assert.deepEqual(await ear.hear(1, Uint8Array.of(1, PayloadKind.sealed)), REJECTED("malformed"));
  assert.deepEqual(await ear.hear(1, Uint8Array.of(1, PayloadKind.noChain, 1)), REJECTED("malformed"));
  assert.deepEqual(await ear.hear(3, encodeNoChain(ROOM)), ["no chain 3"]);
});

Deno.test("Incoming says whose words came again, also over a connection of which nobody knows whose it is any more", async () => {
  const ear = new Ear();
  await ear.hear(1, await ear.distribution());
  const frame = await ear.seal(await text());
  const side = await ear.side(1);
  await ear.hear(1, frame, side);
  const told = await ear.hear(9, frame, side);
  assert.deepEqual(told.filter((what) => what.startsWith("replayed")), [
    ...REJECTED("replayed"),
    ...REJECTED("replayed"),
  ]);
});

Deno.test("Incoming holds what comes before its chain, asks once, and reads it in order when the chain comes", async () => {
  const ear = new Ear();
  const given = await ear.distribution();
  const frames = [await ear.seal(await text()), await ear.seal(await text())];
  assert.deepEqual(await ear.hear(1, ...frames), ["ask 1"]);
  assert.deepEqual(await ear.hear(1, given), ["chain", "pack 1 0", "pack 1 0"]);
  assert.deepEqual(await ear.hear(1, given, ...frames), [
    "chain again",
    ...REJECTED("replayed"),
    ...REJECTED("replayed"),
  ]);
  const stranger = SendingChain.create();
  const place = { room: ROOM, member: ADA.identity.memberId };
  const unread = await sealFrame(stranger, place, (await text()).encoded);
  await ear.hear(1, ...Array.from({ length: BUFFER_LIMITS.framesPerPeer }, () => unread));
  assert.deepEqual(await ear.hear(1, unread), [], "what is missing is asked for when its chain has come");
  const another = await sealFrame(SendingChain.create(), place, (await text()).encoded);
  assert.deepEqual(await ear.hear(1, another), [], "nor is it news when somebody turns its keys meanwhile");
});

Deno.test("Incoming says that it was too much when one peer fills what is held with more chains than anybody has", async () => {
  const ear = new Ear();
  const place = { room: ROOM, member: ADA.identity.memberId };
  const strange = async (): Promise<Uint8Array> =>
    await sealFrame(SendingChain.create(), place, (await text()).encoded);
  const unread = await strange();
  await ear.hear(1, ...Array.from({ length: BUFFER_LIMITS.framesPerPeer - MANY_CHAINS }, () => unread));
  for (let i = 0; i < MANY_CHAINS; i++) await ear.hear(1, await strange());
  assert.deepEqual(await ear.hear(1, unread), [], "of one that is held already nothing is said");
  assert.deepEqual(await ear.hear(1, await strange()), REJECTED("overflow"));
  assert.deepEqual(await ear.hear(2, await strange()), ["ask 2"], "another's place is its own");
});

Deno.test("Incoming takes nothing that its author did not sign, whoever holds the chain", async () => {
  const ear = new Ear();
  assert.deepEqual(await ear.hear(1, await ear.distribution()), ["chain"]);
  const pack = await CAROL.says(ROOM, { kind: "text", text: "as Ada" });
  assert.deepEqual(await ear.hear(1, await ear.seal(pack)), REJECTED("tampered"));
  const { contents, signature } = await text();
  const unsigned = decodePack(
    encodeCbor([
      ADA.identity.memberId,
      contents.map(({ bytes }) => bytes),
      signature.map((byte) => byte ^ 1),
    ]),
  );
  assert.deepEqual(await ear.hear(1, await ear.seal(unsigned)), REJECTED("tampered"));
  assert.deepEqual(await ear.hear(1, await ear.side(1, SideKind.have, CAROL)), REJECTED("tampered"));
});

Deno.test("Incoming waits with a chain and a PRESENT until their author is a member, and forgets who goes", async () => {
  const ear = new Ear();
  const claim = { room: ROOM, peerId: 2, roomEpoch: new Uint8Array(16), number: 1 };
  const here = await encodePresent(CAROL.identity, claim);
  const given = await ear.distribution(CAROL);
  assert.deepEqual(await ear.hear(2, here, given), []);
  ear.members.add(CAROL.id);
  ear.verifiers.learn(CAROL.bundle);
  ear.incoming.memberKnown(CAROL.id);
  assert.deepEqual(await ear.hear(2), ["present 2", "chain"]);
  assert.deepEqual(await ear.hear(1, here), REJECTED("tampered"), "another connection than it says");
  const elsewhere = await encodePresent(CAROL.identity, { ...claim, room: new Uint8Array(16) });
  assert.deepEqual(await ear.hear(2, elsewhere), REJECTED("tampered"));
  ear.incoming.drop(CAROL.id);
  assert.deepEqual(ear.incoming.chains.all(ear.chain.chainId), []);
});

Deno.test("Incoming reads a chain and a PRESENT whenever in its reading their author becomes a member", async () => {
  const claim = { room: ROOM, peerId: 2, roomEpoch: new Uint8Array(16), number: 1 };
  const here = await encodePresent(CAROL.identity, claim);
  const payloads = [here, encodePresents([here]), await new Ear().distribution(CAROL)];
  for (const [i, payload] of payloads.entries()) {
    for (let microtasks = 0; microtasks < 24; microtasks++) {
      const ear = new Ear();
      ear.incoming.receive({ from: 2, payload });
      for (let n = 0; n < microtasks; n++) await Promise.resolve();
      ear.members.add(CAROL.id);
      ear.verifiers.learn(CAROL.bundle);
      ear.incoming.memberKnown(CAROL.id);
      assert.deepEqual(
        await ear.hear(2),
        [i === 2 ? "chain" : "present 2"],
        `after ${microtasks} microtasks`,
      );
    }
  }
});

Deno.test("Incoming takes from PRESENTS that are passed on what is news and signed, and lets the rest be", async () => {
  const ear = new Ear();
  const claim = { room: ROOM, peerId: 1, roomEpoch: new Uint8Array(16) };
  const [first, second] = await Promise.all(
    [1, 2].map((number) => encodePresent(ADA.identity, { ...claim, number })),
  ) as [Bytes, Bytes];
  const forged = second.with(-1, (second.at(-1) ?? 0) ^ 1) as Bytes;
  assert.deepEqual(await ear.hear(2, encodePresents([first])), ["present 1"]);
  ear.known = 1;
  assert.deepEqual(await ear.hear(2, encodePresents([first, forged])), []);
  assert.deepEqual(await ear.hear(2, encodePresents([first, second])), ["present 1"]);
  // Of somebody that is no member any more it is news where it is.
  ear.known = 9;
  ear.verifiers.learn(CAROL.bundle);
  const hers = await encodePresent(CAROL.identity, { ...claim, peerId: 2, number: 1 });
  assert.deepEqual(await ear.hear(1, encodePresents([hers])), ["outsider 2"]);
});

Deno.test("Incoming holds of one that passes on whose they are that nobody has heard of no more than of any other", async () => {
  const ear = new Ear();
  const { identity } = CAROL;
  const real = await encodePresent(identity, { room: ROOM, peerId: 7, roomEpoch: ROOM, number: 1 });
  const made = Array.from({ length: 2 * BUFFER_LIMITS.frames }, (_, i) => {
    const payload = concat(real);
    new DataView(payload.buffer).setUint32(2, i + 1); // somebody else
    new DataView(payload.buffer).setUint32(18, 100_000 + i); // and somewhere else
    return payload;
  });
  await ear.hear(1, encodePresents(made));
  await ear.hear(7, real);
  ear.verifiers.learn(CAROL.bundle);
  ear.members.add(CAROL.id);
  ear.incoming.memberKnown(CAROL.id);
  await ear.incoming.settled();
  assert.deepEqual(ear.told, ["present 7"]);
});

Deno.test("Incoming tells where somebody is connected that is no longer a member, as far as it has signed that", async () => {
  const ear = new Ear();
  ear.verifiers.learn(CAROL.bundle);
  const claim = { room: ROOM, peerId: 2, roomEpoch: new Uint8Array(16), number: 1 };
  assert.deepEqual(await ear.hear(2, await encodePresent(CAROL.identity, claim)), ["outsider 2"]);
  const elsewhere = { ...claim, room: new Uint8Array(16) };
  assert.deepEqual(await ear.hear(2, await encodePresent(CAROL.identity, elsewhere)), []);
});

Deno.test("Incoming tells who seals a chain to keys of ours that are gone", async () => {
  const ear = new Ear();
  assert.deepEqual(await ear.hear(1, await ear.distribution(ADA, 77)), ["stale keys 1"]);
});

Deno.test("Incoming takes a side frame once, asks for a chain that it does not know, and ignores unknown kinds", async () => {
  const ear = new Ear();
  const early = await ear.side(1);
  assert.deepEqual(await ear.hear(1, early), ["ask 1"]);
  await ear.hear(1, await ear.distribution());
  const [two, three] = [await ear.side(2), await ear.side(3, 900)];
  assert.deepEqual(await ear.hear(1, two, three), ["have 1"]);
  assert.deepEqual(await ear.hear(1, two), REJECTED("replayed"));
  assert.deepEqual(await ear.hear(1, early), REJECTED("replayed"));
});

Deno.test("Incoming hears who types and who is away, each once, and only as its author signed it", async () => {
  const ear = new Ear();
  await ear.hear(1, await ear.distribution());
  const on = await ear.side(1, SideKind.typing, ADA, encodeTyping(true));
  const away = await ear.side(2, SideKind.away, ADA, encodeAway({ away: true, text: "lunch" }));
  assert.deepEqual(await ear.hear(1, on, away), ["typing true", "away true lunch"]);
  assert.deepEqual(await ear.hear(1, on), REJECTED("replayed"));
  const forged = await ear.side(3, SideKind.typing, CAROL, encodeTyping(true));
  assert.deepEqual(await ear.hear(1, forged), REJECTED("tampered"));
  const torn = await ear.side(4, SideKind.away, ADA, encodeTyping(true));
  assert.deepEqual(await ear.hear(1, torn), REJECTED("malformed"));
});

Deno.test("Incoming hears statements that a member passes on, and none that are sealed to others or unsigned", async () => {
  const ear = new Ear();
  const topic = await ADA.says(ROOM, { kind: "topic", topic: "x" });
  assert.deepEqual(await ear.hear(1, await ear.statements([topic.encoded])), ["hearsay topic"]);
  const others = await ear.hear(1, await ear.statements([topic.encoded], CAROL));
  assert.ok(others.every((what) => !what.startsWith("hearsay")));
  assert.deepEqual(await ear.hear(2, await ear.statements([topic.encoded], BOB, CAROL)), [], "no member");
  const elsewhere = await ADA.says(new Uint8Array(16), { kind: "topic", topic: "x" });
  assert.deepEqual(await ear.hear(1, await ear.statements([elsewhere.encoded])), REJECTED("tampered"));
  const words = await ear.statements([(await text()).encoded]);
  assert.deepEqual(await ear.hear(1, words), REJECTED("tampered"));
});

Deno.test("Incoming.dispose() hears nothing any more, what was on its way included", async () => {
  const ear = new Ear();
  const given = await ear.distribution();
  const frame = await ear.seal(await text());
  await ear.hear(1, given);
  ear.incoming.receive({ from: 1, payload: frame });
  ear.incoming.dispose();
  assert.deepEqual(await ear.hear(1, frame, Uint8Array.of(1, 1)), []);
  assert.equal(toHex(ear.chain.chainId).length, 32);
});

Deno.test("Incoming learns no keys from what nobody has signed, and 1,024 at most of whoever counts for nothing", async () => {
  const ear = new Ear();
  const before = ear.verifiers.size;
  const { pack, bundle } = await passingBy();
  const unsigned = encodeCbor([pack.author, pack.contents.map(({ bytes }) => bytes), new Uint8Array(64)]);
  assert.deepEqual(await ear.hear(1, await ear.statements([unsigned])), REJECTED("tampered"));
  assert.equal(ear.verifiers.size, before);
  assert.equal(ear.verifiers.get(idOf(bundle.memberId)), undefined);
  // A member passes on what people said that it has made up, more than anybody would.
  for (let i = 0; i < MAX_MET - 2; i++) {
    ear.verifiers.meet({ ...bundle, memberId: new Uint8Array(new Uint32Array([9, i, 9, 9]).buffer) });
  }
  const made = await Promise.all([1, 2, 3, 4, 5].map(passingBy));
  const heard = await ear.hear(1, await ear.statements(made.map(({ pack }) => pack.encoded)));
  assert.equal(heard.length, made.length);
  assert.equal(ear.verifiers.size, before + MAX_MET);
  // All others are heard as ever, and a newcomer is met.
  ear.members.add(CAROL.id);
  const keys: Body = { kind: "keys", bundle: CAROL.bundle.encoded };
  const hers = (await CAROL.says(ROOM, keys)).encoded;
  assert.deepEqual(await ear.hear(1, await ear.statements([hers])), ["hearsay keys"]);
  assert.deepEqual(await ear.hear(2, await ear.distribution(CAROL)), ["chain"]);
});

/** What somebody has signed whom nobody knows: its keys. */
async function passingBy(): Promise<{ pack: Pack; bundle: Bundle }> {
  const identity = await Identity.generate();
  const bundle = await signBundle(identity, KEM, { keyNumber: 1, nickname: "nobody" });
  const body: Body = { kind: "keys", bundle: bundle.encoded };
  const content = { number: 1, kind: kindOf(body), lamport: 1, prevHash: new Uint8Array(32), deps: [] };
  const bytes = encodeContent({ ...content, body: encodeBody(body) });
  return { pack: decodePack(await signPack(identity, ROOM, [bytes])), bundle };
}
