import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, fromUtf8, randomBytes, u32, utf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { encodeParts } from "./hash.ts";
import { MAX_PADDED, pad } from "./padding.ts";
import { openFrame, readSealedHeader, sealFrame, type SealPlace } from "./seal.ts";
import { MAX_CHAIN_MESSAGES, ReceivingChain, SendingChain } from "./sender_chain.ts";
import { sealAesGcm } from "./webcrypto.ts";

const place: SealPlace = { room: randomBytes(16), member: randomBytes(16) };

function pair(): { sender: SendingChain; reader: ReceivingChain } {
  const sender = SendingChain.create();
  return { sender, reader: new ReceivingChain(sender.start()) };
}

const say = (sender: SendingChain, text: string) => sealFrame(sender, place, utf8(text));

Deno.test("sealFrame() and openFrame() round trip, and the header shows the counter", async () => {
  const { sender, reader } = pair();
  for (let i = 0; i < 3; i++) {
    const frame = await say(sender, `message ${i}`);
    assert.equal(frame.length, 2 + 16 + 4 + 32 + 256 + 16);
    assert.deepEqual(readSealedHeader(frame).chainId, sender.chainId);
    assert.equal(readSealedHeader(frame).counter, i);
    assert.equal(fromUtf8(await openFrame(reader, place, frame)), `message ${i}`);
  }
});

Deno.test("sealFrame() gives the bytes of the specification", async () => {
  const seeded = (length: number) => new Uint8Array(length).fill(5);
  const frame = await say(SendingChain.create(seeded), "hello");
  const { chainId, key, nonce, commitment } = { ...SendingChain.create(seeded).take(), chainId: seeded(16) };
  const { room, member } = place;
  const aad = encodeParts("sotto/v1/sealed", Uint8Array.of(1, 1), room, member, chainId, u32(0));
  const sealed = await sealAesGcm({ key, nonce, aad }, pad(utf8("hello")));
  assert.deepEqual(frame, concat(Uint8Array.of(1, 1), chainId, u32(0), commitment, sealed));
});

Deno.test("sealFrame() takes its step at the call: interleaved calls never share a counter", async () => {
  const { sender, reader } = pair();
  const sealing = Array.from({ length: 64 }, (_, i) => say(sender, `${i}`));
  assert.equal(sender.counter, 64);
  const frames = await Promise.all(sealing);
  frames.forEach((frame, i) => assert.equal(readSealedHeader(frame).counter, i));
  const commitments = frames.map((frame) => readSealedHeader(frame).commitment.join());
  assert.equal(new Set(commitments).size, 64);
  const texts = await Promise.all(frames.map((frame) => openFrame(reader, place, frame)));
  texts.forEach((text, i) => assert.equal(fromUtf8(text), `${i}`));
});

Deno.test("sealFrame() uses up no step for what is too long, and stops at the end of its chain", async () => {
  const { sender, reader } = pair();
  await assert.rejects(sealFrame(sender, place, new Uint8Array(MAX_PADDED)), { code: "limit" });
  assert.equal(sender.counter, 0);
  const longest = new Uint8Array(MAX_PADDED - 4).fill(9);
  assert.deepEqual(await openFrame(reader, place, await sealFrame(sender, place, longest)), longest);
  while (!sender.spent) sender.take();
  await assert.rejects(say(sender, "one more"), { code: "spent" });
  sender.dispose();
  await assert.rejects(say(sender, "one more"), { code: "disposed" });
});

Deno.test("openFrame() opens each frame exactly once, in any order with duplicates", async () => {
  const sender = SendingChain.create();
  const start = sender.start();
  const frames = await Promise.all(Array.from({ length: 12 }, (_, i) => say(sender, `${i}`)));
  const indexes = fc.array(fc.nat(frames.length - 1), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(indexes, async (order) => {
      const reader = new ReceivingChain(start);
      const results = await Promise.allSettled(
        order.map((i) => openFrame(reader, place, frames[i] ?? new Uint8Array())),
      );
      const seen = new Set<number>();
      results.forEach((result, at) => {
        const index = order[at] as number;
        if (seen.has(index)) {
          assert.ok(result.status === "rejected" && result.reason.code === "replayed");
        } else {
          assert.ok(result.status === "fulfilled");
          assert.equal(fromUtf8(result.value), `${index}`);
        }
        seen.add(index);
      });
    }),
    { numRuns: 50 },
  );
});

Deno.test("a relay cannot change any byte of a frame, and a failed open changes no state", async () => {
  const { sender, reader } = pair();
  await say(sender, "lost on its way");
  const frame = await say(sender, "unharmed");
  for (let at = 0; at < frame.length; at++) {
    const forged = frame.slice();
    forged[at] = (forged[at] as number) ^ (1 << (at % 8));
    await assert.rejects(openFrame(reader, place, forged), CryptoError, `byte ${at}`);
  }
  assert.equal(reader.counter, 0);
  assert.equal(fromUtf8(await openFrame(reader, place, frame)), "unharmed");
});

Deno.test("a relay cannot move a frame to another room, author, chain or counter", async () => {
  const { sender, reader } = pair();
  const frame = await say(sender, "here");
  await assert.rejects(openFrame(reader, { ...place, room: randomBytes(16) }, frame), {
    code: "open_failed",
  });
  await assert.rejects(openFrame(reader, { ...place, member: randomBytes(16) }, frame), {
    code: "open_failed",
  });
  await assert.rejects(openFrame(pair().reader, place, frame), { code: "open_failed" });
  const later = frame.slice();
  later[21] = 1;
  await assert.rejects(openFrame(reader, place, later), { code: "open_failed" });
  const beyond = frame.slice();
  new DataView(beyond.buffer).setUint32(18, MAX_CHAIN_MESSAGES);
  await assert.rejects(openFrame(reader, place, beyond), { code: "too_far" });
  await openFrame(reader, place, frame);
  await assert.rejects(openFrame(reader, place, frame), { code: "replayed" });
});

Deno.test("a member cannot use up a counter of another's chain", async () => {
  // Whoever can open a chain can seal with it: only the signature inside tells them apart.
  const seeded = (length: number) => new Uint8Array(length).fill(7);
  const [sender, thief] = [SendingChain.create(seeded), SendingChain.create(seeded)];
  const reader = new ReceivingChain(sender.start());
  const forged = await say(thief, "forged");
  const accept = (plaintext: Uint8Array): void => {
    if (fromUtf8(plaintext) === "forged") throw new CryptoError("bad_signature", "Cannot accept: a test");
  };
  await assert.rejects(openFrame(reader, place, forged, { accept }), { code: "bad_signature" });
  const real = await say(sender, "real");
  assert.equal(fromUtf8(await openFrame(reader, place, real, { accept })), "real");
});

Deno.test("openFrame() keeps nothing when its chain goes while it decides", async () => {
  const { sender, reader } = pair();
  const frame = await say(sender, "late");
  let seen: Uint8Array = new Uint8Array(0);
  const accept = (plaintext: Uint8Array): void => {
    seen = plaintext;
    reader.dispose();
  };
  await assert.rejects(openFrame(reader, place, frame, { accept }), { code: "disposed" });
  assert.deepEqual(seen, new Uint8Array(4));
  await assert.rejects(openFrame(reader, place, frame), { code: "disposed" });
});

Deno.test("openFrame() is total", async () => {
  const { sender, reader } = pair();
  const frame = await say(sender, "x");
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.nat(frame.length).map((length) => frame.slice(0, length)),
    fc.uint8Array({ maxLength: 400 }).map((tail) => concat(frame.subarray(0, 54), tail)),
  );
  await fc.assert(fc.asyncProperty(junk, async (bytes) => {
    if (bytes.length === frame.length) return;
    await assert.rejects(openFrame(reader, place, bytes), CryptoError);
  }));
  assert.equal(fromUtf8(await openFrame(reader, place, frame)), "x");
});
