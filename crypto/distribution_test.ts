import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bundle, signBundle } from "./bundle.ts";
import { type Bytes, concat, fromUtf8, randomBytes, toHex, u32, utf8 } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import {
  MAX_RECIPIENTS,
  openDistribution,
  parseDistribution,
  type Recipient,
  sealDistributions,
} from "./distribution.ts";
import { CryptoError } from "./errors.ts";
import { Identity, Verifier } from "./identity.ts";
import { encodeParts, hashParts } from "./hash.ts";
import { KemKeys, openKem } from "./kem.ts";
import { openFrame, sealFrame } from "./seal.ts";
import { type ChainStart, ReceivingChain, SendingChain } from "./sender_chain.ts";

interface Member {
  identity: Identity;
  keys: KemKeys;
  bundle: Bundle;
  recipient: Recipient;
}

async function newMember(keyNumber: number): Promise<Member> {
  const [identity, keys] = await Promise.all([Identity.generate(), KemKeys.generate()]);
  const bundle = await signBundle(identity, keys, { keyNumber, nickname: "ada" });
  return {
    identity,
    keys,
    bundle,
    recipient: { memberId: identity.memberId, bundle, addHash: randomBytes(32) },
  };
}

const room = randomBytes(16);
const [author, anna, boris] = await Promise.all([newMember(0), newMember(3), newMember(70_000)]);
const verifier = await Verifier.import(author.identity.publicKey);
const head = { number: 9, hash: randomBytes(32), lamport: 21 };
const previous = { chainId: randomBytes(16), finalCounter: 12 };

/** A distribution of a chain with one message used, as its parts travel. */
async function distribute(): Promise<{ sender: SendingChain; payloads: [Bytes, Bytes] }> {
  const sender = SendingChain.create();
  sender.take();
  const options = { room, start: sender.start(), previous, head };
  const { common, parts } = await sealDistributions(author.identity, options, [
    anna.recipient,
    boris.recipient,
  ]);
  const [first, second] = parts as [Bytes, Bytes];
  return { sender, payloads: [concat(common, first), concat(common, second)] };
}

const open = (payload: Uint8Array, { identity, keys, bundle }: Member, where = room): Promise<ChainStart> =>
  openDistribution(parseDistribution(payload), {
    room: where,
    me: identity.memberId,
    keys,
    bundleHash: bundle.hash,
    verifier,
  });

/** Takes `common` apart, lets `change` have its fields, and puts it together again. */
function rewrite(payload: Uint8Array, change: (fields: unknown[]) => void): Bytes {
  const length = new DataView(payload.buffer, payload.byteOffset).getUint32(2);
  const fields = [...decodeCbor(payload.subarray(6, 6 + length), { maxBytes: 50_000 }) as []];
  change(fields);
  const body = encodeCbor(fields);
  return concat(payload.subarray(0, 2), u32(body.length), body, payload.subarray(6 + length));
}

const codeIs = (...codes: string[]) => (error: unknown): boolean =>
  error instanceof CryptoError && codes.includes(error.code);

Deno.test("every recipient of a distribution gets the author's chain", async () => {
  const { sender, payloads } = await distribute();
  const place = { room, member: author.identity.memberId };
  const frame = await sealFrame(sender, place, utf8("hello"));
  for (const [i, member] of [anna, boris].entries()) {
    const payload = payloads[i] as Bytes;
    const parsed = parseDistribution(payload);
    assert.deepEqual(parsed.author, author.identity.memberId);
    assert.deepEqual(parsed.chainId, sender.chainId);
    assert.equal(parsed.startCounter, 1);
    assert.deepEqual(parsed.previous, previous);
    assert.deepEqual(parsed.head, head);
    assert.equal(parsed.index, i);
    assert.equal(parsed.keyNumber, member.bundle.keyNumber);
    assert.deepEqual(parsed.addHash, member.recipient.addHash);
    const chain = new ReceivingChain(await open(payload, member));
    assert.equal(fromUtf8(await openFrame(chain, place, frame)), "hello");
    assert.deepEqual(chain.sideKey, sender.sideKey);
  }
});

Deno.test("a distribution has the hashes, the signature and the seal of the specification", async () => {
  const { sender, payloads: [payload] } = await distribute();
  const { addHash, keyNumber, blob, hashes, signed, signature, ephemeral } = parseDistribution(payload);
  const me = anna.identity.memberId;
  const entry = hashParts("sotto/v1/dist-entry", me, addHash, u32(keyNumber), blob);
  assert.deepEqual(hashes.slice(0, 32), entry);
  assert.ok(await verifier.verify(signature, "sotto/v1/distribution", room, signed));
  const aad = encodeParts("sotto/v1/dist-aad", sender.chainId, u32(1));
  const bundleHash = anna.bundle.hash;
  const ctx = { room, sender: author.identity.memberId, recipient: me, bundleHash, purpose: "distribution" };
  const { chainKey, sideKey } = sender.start();
  assert.deepEqual(await openKem(anna.keys, ephemeral, blob, ctx, aad), concat(chainKey, sideKey));
});

Deno.test("no member can distribute in another's name, whoever checks it", async () => {
  const { payloads: [payload] } = await distribute();
  const parsed = parseDistribution(payload);
  const signature = await boris.identity.sign("sotto/v1/distribution", room, parsed.signed);
  const opening = openDistribution({ ...parsed, signature }, {
    room,
    me: anna.identity.memberId,
    keys: anna.keys,
    bundleHash: anna.bundle.hash,
    verifier: await Verifier.import(boris.identity.publicKey),
  });
  await assert.rejects(opening, codeIs("bad_signature"));
});

Deno.test("a first chain has no previous one", async () => {
  const options = { room, start: SendingChain.create().start(), head };
  const { common, parts } = await sealDistributions(author.identity, options, [anna.recipient]);
  const parsed = parseDistribution(concat(common, ...parts));
  assert.equal(parsed.previous, undefined);
  assert.equal(parsed.startCounter, 0);
});

Deno.test("a relay cannot change any byte of a distribution", async () => {
  const { payloads: [payload] } = await distribute();
  for (let at = 0; at < payload.length; at++) {
    const forged = payload.slice();
    forged[at] = (forged[at] as number) ^ (1 << (at % 8));
    const opening = Promise.try(() => open(forged, anna));
    await assert.rejects(opening, codeIs("decode", "bad_signature", "open_failed"), `byte ${at}`);
  }
  await open(payload, anna);
});

Deno.test("a member cannot use another's part, nor a part with another distribution", async () => {
  const [one, two] = [await distribute(), await distribute()];
  await assert.rejects(open(one.payloads[0], boris), codeIs("bad_signature"));
  const part = (payload: Bytes) => payload.subarray(payload.length - (2 + 4 + 32 + 1088 + 16 + 64));
  const common = (payload: Bytes) => payload.subarray(0, payload.length - part(payload).length);
  const mixed = concat(common(two.payloads[0]), part(one.payloads[0]));
  await assert.rejects(open(mixed, anna), codeIs("bad_signature"));
  const elsewhere = part(one.payloads[0]).slice();
  elsewhere[1] = 1; // boris's place in the list
  await assert.rejects(open(concat(common(one.payloads[0]), elsewhere), anna), codeIs("bad_signature"));
  elsewhere[1] = 2; // nobody's
  await assert.rejects(open(concat(common(one.payloads[0]), elsewhere), anna), codeIs("bad_signature"));
});

Deno.test("a distribution is worth nothing in another room, by another author or for other keys", async () => {
  const { payloads: [payload] } = await distribute();
  await assert.rejects(open(payload, anna, randomBytes(16)), codeIs("bad_signature"));
  const parsed = parseDistribution(payload);
  const mine = { room, me: anna.identity.memberId, keys: anna.keys, bundleHash: anna.bundle.hash, verifier };
  const other = await Verifier.import(boris.identity.publicKey);
  await assert.rejects(openDistribution(parsed, { ...mine, verifier: other }), codeIs("bad_signature"));
  const claimed = { ...parsed, author: boris.identity.memberId };
  await assert.rejects(openDistribution(claimed, { ...mine, verifier: other }), codeIs("bad_signature"));
  const keys = await KemKeys.generate();
  await assert.rejects(openDistribution(parsed, { ...mine, keys }), codeIs("open_failed"));
  await assert.rejects(
    openDistribution(parsed, { ...mine, bundleHash: boris.bundle.hash }),
    codeIs("open_failed"),
  );
  keys.dispose();
  await assert.rejects(openDistribution(parsed, { ...mine, keys }), codeIs("disposed"));
});

Deno.test("sealDistributions() wipes no start that is not its own and bounds its recipients", async () => {
  const start = SendingChain.create().start();
  const before = toHex(start.chainKey);
  await sealDistributions(author.identity, { room, start, head }, [anna.recipient]);
  assert.equal(toHex(start.chainKey), before);
  const crowd = Array.from({ length: MAX_RECIPIENTS + 1 }, () => anna.recipient);
  await assert.rejects(sealDistributions(author.identity, { room, start, head }, crowd), codeIs("limit"));
  const broken = { ...anna.recipient, bundle: { ...anna.bundle, ecdhKey: new Uint8Array(65).fill(4) } };
  await assert.rejects(
    sealDistributions(author.identity, { room, start, head }, [broken]),
    codeIs("bad_key"),
  );
});

Deno.test("parseDistribution() ignores what a later version appends, and refuses what is out of bounds", async () => {
  const { payloads: [payload] } = await distribute();
  await open(rewrite(payload, (fields) => fields.push("new")), anna);
  const bad: [string, (fields: unknown[]) => void][] = [
    ["counter", (fields) => fields[2] = 1025],
    ["previous counter", (fields) => fields[4] = 1025],
    ["half a previous id", (fields) => fields[3] = new Uint8Array(8)],
    ["a counter of no chain", (fields) => fields[3] = new Uint8Array(0)],
    ["half a hash", (fields) => fields[9] = new Uint8Array(40)],
    ["too many hashes", (fields) => fields[9] = new Uint8Array(32 * 1025)],
    ["no signature", (fields) => fields.pop()],
  ];
  for (const [name, change] of bad) {
    assert.throws(() => parseDistribution(rewrite(payload, change)), codeIs("decode"), name);
  }
  const long = concat(payload, new Uint8Array(1025));
  assert.throws(() => parseDistribution(long), codeIs("decode"));
});

Deno.test("parseDistribution() is total", async () => {
  const { payloads: [payload] } = await distribute();
  const spliced = fc.tuple(fc.nat(600), fc.uint8Array({ maxLength: 40 }), fc.nat(60)).map(
    ([at, bytes, skip]) => concat(payload.subarray(0, at), bytes, payload.subarray(at + skip)),
  );
  const junk = fc.uint8Array({ maxLength: 1500, minLength: 0 });
  const headed = junk.map((bytes) => concat(Uint8Array.of(1, 2), bytes));
  fc.assert(
    fc.property(fc.oneof(junk, headed, spliced), (bytes) => {
      try {
        parseDistribution(bytes);
      } catch (error) {
        assert.ok(codeIs("decode")(error));
      }
    }),
    { numRuns: 2000 },
  );
});
