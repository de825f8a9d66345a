import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bytes, concat, randomBytes, toHex, u32, u64 } from "./bytes.ts";
import { encodeCbor } from "./cbor.ts";
import {
  type Content,
  contentHash,
  ContentKind,
  decodeContent,
  encodeContent,
  MAX_BODY_BYTES,
} from "./content.ts";
import { CryptoError } from "./errors.ts";
import { encodeParts, sha256 } from "./hash.ts";
import { Identity, Verifier } from "./identity.ts";
import { decodePack, MAX_PACK_CONTENTS, signPack, verifyPack } from "./pack.ts";
import { openFrame, sealFrame } from "./seal.ts";
import { ReceivingChain, SendingChain } from "./sender_chain.ts";

const room = randomBytes(16);
const author = await Identity.generate();
const verifier = await Verifier.import(author.publicKey);

/** One author's contents with these bodies, from number `first` on. */
function write(bodies: readonly Uint8Array[], first = 1, kind: number = ContentKind.text): Bytes[] {
  let prevHash: Bytes = new Uint8Array(32).fill(first === 1 ? 0 : 8);
  return bodies.map((body, i) => {
    const content: Content = { number: first + i, kind, lamport: i, prevHash, deps: [], body };
    const bytes = encodeContent(content);
    prevHash = contentHash(bytes);
    return bytes;
  });
}

const bodies = (count: number): Bytes[] => Array.from({ length: count }, (_, i) => Uint8Array.of(i));
const isDecode = (error: unknown): boolean => error instanceof CryptoError && error.code === "decode";

Deno.test("signPack() and decodePack() round trip", async () => {
  const texts = fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 2 ** 40 }), async (texts, first) => {
      const contents = write(texts, first);
      const encoded = await signPack(author, room, contents);
      const pack = decodePack(encoded);
      assert.deepEqual(pack.encoded, encoded);
      assert.deepEqual(pack.author, author.memberId);
      assert.deepEqual(pack.contents.map(({ bytes }) => toHex(bytes)), contents.map(toHex));
      assert.deepEqual(pack.contents.map(({ content }) => toHex(content.body)), texts.map(toHex));
      assert.deepEqual(
        pack.contents.map(({ hash }) => toHex(hash)),
        contents.map((c) => toHex(contentHash(c))),
      );
      assert.equal(pack.contents[0]?.content.number, first);
      assert.equal(await verifyPack(pack, room, verifier), true);
    }),
    { numRuns: 30 },
  );
});

Deno.test("nobody can change any bit of a pack, move it to another room or claim it", async () => {
  const encoded = await signPack(author, room, write(bodies(3)));
  for (let bit = 0; bit < encoded.length * 8; bit++) {
    const forged = encoded.slice();
    forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7));
    let pack;
    try {
      pack = decodePack(forged);
    } catch (error) {
      assert.ok(isDecode(error));
      continue;
    }
    assert.equal(await verifyPack(pack, room, verifier), false, `bit ${bit}`);
  }
  const pack = decodePack(encoded);
  assert.equal(await verifyPack(pack, randomBytes(16), verifier), false);
  const other = await Identity.generate();
  const otherVerifier = await Verifier.import(other.publicKey);
  assert.equal(await verifyPack(pack, room, otherVerifier), false);
  assert.equal(await verifyPack({ ...pack, author: other.memberId }, room, otherVerifier), false);
});

Deno.test("a pack is signed as the specification says, and nobody can sign one in another's name", async () => {
  const contents = write(bodies(2), 300);
  const digest = sha256(encodeParts("", ...contents));
  const parts = (memberId: Bytes) => [room, memberId, u64(300), u32(2), digest];
  const { signature } = decodePack(await signPack(author, room, contents));
  assert.ok(await verifier.verify(signature, "sotto/v1/pack", ...parts(author.memberId)));
  const other = await Identity.generate();
  const forged = await other.sign("sotto/v1/pack", ...parts(author.memberId));
  const pack = decodePack(encodeCbor([author.memberId, contents, forged]));
  assert.equal(await verifyPack(pack, room, await Verifier.import(other.publicKey)), false);
});

Deno.test("nobody can drop, add or join contents of signed packs", async () => {
  const contents = write(bodies(4));
  const { signature } = decodePack(await signPack(author, room, contents));
  for (const part of [contents.slice(0, 3), contents.slice(1), contents.slice(0, 1)]) {
    const forged = decodePack(encodeCbor([author.memberId, part, signature]));
    assert.equal(await verifyPack(forged, room, verifier), false);
  }
});

Deno.test("decodePack() and signPack() refuse gaps, broken chains, statements in company and nothing", async () => {
  const [a, b, c] = write(bodies(3)) as [Bytes, Bytes, Bytes];
  const [other] = write([randomBytes(4)]) as [Bytes];
  const [kick] = write(bodies(1), 1, ContentKind.remove) as [Bytes];
  const afterKick = encodeContent({
    number: 2,
    kind: ContentKind.text,
    lamport: 2,
    prevHash: contentHash(kick),
    deps: [],
    body: new Uint8Array(0),
  });
  const skipping = encodeContent({ ...decodeContent(b), number: 3 });
  const wrong = {
    gap: [a, c],
    skipping: [a, skipping],
    order: [b, a],
    twice: [a, a],
    chain: [other, b],
    company: [kick, afterKick],
    none: [],
  };
  for (const [name, contents] of Object.entries(wrong)) {
    const pack = encodeCbor([author.memberId, contents, new Uint8Array(64)]);
    assert.throws(() => decodePack(pack), isDecode, name);
    await assert.rejects(signPack(author, room, contents), isDecode, name);
  }
  assert.equal(decodePack(await signPack(author, room, [kick])).contents.length, 1);
});

Deno.test("decodePack() leaves out what follows the signature, which nobody has signed", async () => {
  const contents = write(bodies(3));
  const encoded = await signPack(author, room, contents);
  const { signature } = decodePack(encoded);
  for (const more of [[0], [new Uint8Array(400_000)], [["a later version's"], null]]) {
    const longer = encodeCbor([author.memberId, contents, signature, ...more]);
    const pack = decodePack(longer);
    assert.deepEqual(pack.encoded, encoded);
    assert.equal(await verifyPack(pack, room, verifier), true);
  }
});

Deno.test("signPack() stops at 256 contents and 512 KiB", async () => {
  const full = write(bodies(MAX_PACK_CONTENTS));
  assert.equal(decodePack(await signPack(author, room, full)).contents.length, MAX_PACK_CONTENTS);
  await assert.rejects(signPack(author, room, write(bodies(257))), { code: "limit" });
  await assert.rejects(signPack(author, room, write([1, 2].map(() => new Uint8Array(MAX_BODY_BYTES)))), {
    code: "limit",
  });
  const long = encodeCbor([author.memberId, write(bodies(257)), new Uint8Array(64)]);
  assert.throws(() => decodePack(long), isDecode);
});

Deno.test("decodePack() is total", async () => {
  const encoded = await signPack(author, room, write(bodies(2)));
  const spliced = fc.tuple(fc.nat(encoded.length), fc.uint8Array({ maxLength: 40 }), fc.nat(60)).map(
    ([at, bytes, skip]) => concat(encoded.subarray(0, at), bytes, encoded.subarray(at + skip)),
  );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), spliced), (bytes) => {
      try {
        assert.deepEqual(decodePack(bytes).encoded, bytes);
      } catch (error) {
        assert.ok(isDecode(error));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("decodePack() of the costliest pack stays under half a second", () => {
  // As many dependencies as fit: the smallest items that a content may hold.
  const deps = Array.from({ length: 1024 }, (_, i) => {
    const memberId = new Uint8Array(16);
    new DataView(memberId.buffer).setUint32(0, i);
    return { memberId, number: 1 };
  });
  const contents: Bytes[] = [];
  let prevHash: Bytes = new Uint8Array(32);
  for (let number = 1; number <= 25; number++) {
    contents.push(encodeContent({ number, kind: 1, lamport: 0, prevHash, deps, body: new Uint8Array(0) }));
    prevHash = contentHash(contents.at(-1) as Bytes);
  }
  const encoded = encodeCbor([author.memberId, contents, new Uint8Array(64)]);
  assert.ok(encoded.length > 450_000);
  const spent = [1, 2, 3].map(() => {
    const before = performance.now();
    assert.equal(decodePack(encoded).contents.length, 25);
    return performance.now() - before;
  });
  assert.ok(Math.min(...spent) < 500, `took ${spent.map((ms) => ms.toFixed(0)).join(", ")} ms`);
});

Deno.test("a packed burst costs less than a tenth of its messages one by one", async () => {
  const contents = write(bodies(MAX_PACK_CONTENTS));
  const sender = SendingChain.create();
  const reader = new ReceivingChain(sender.start());
  const place = { room, member: author.memberId };
  const trip = async (part: Bytes[]): Promise<void> => {
    const frame = await sealFrame(sender, place, await signPack(author, room, part));
    const pack = decodePack(await openFrame(reader, place, frame));
    assert.equal(await verifyPack(pack, room, verifier), true);
  };
  const time = async (work: () => Promise<void>): Promise<number> => {
    const before = performance.now();
    await work();
    return performance.now() - before;
  };
  const single = async (): Promise<void> => {
    for (const content of contents) await trip([content]);
  };
  await trip(contents); // warms up
  const oneByOne = Math.min(await time(single), await time(single));
  const packs: number[] = [];
  while (packs.length < 10) packs.push(await time(() => trip(contents))); // so short that others get in between
  const packed = Math.min(...packs);
  assert.ok(packed * 10 < oneByOne, `${packed.toFixed(1)} ms packed, ${oneByOne.toFixed(1)} ms one by one`);
});
