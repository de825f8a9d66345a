/** Sealing and opening: messages one by one and in bursts, and a chain for all of a large room. @module */
import { signBundle } from "../crypto/bundle.ts";
import { concat, randomBytes } from "../crypto/bytes.ts";
import { openDistribution, parseDistribution, sealDistributions } from "../crypto/distribution.ts";
import { Identity, Verifier } from "../crypto/identity.ts";
import { KemKeys } from "../crypto/kem.ts";
import { contentHash, ContentKind, encodeContent } from "../crypto/content.ts";
import { decodePack, signPack, verifyPack } from "../crypto/pack.ts";
import { openFrame, sealFrame } from "../crypto/seal.ts";
import { ReceivingChain, SendingChain } from "../crypto/sender_chain.ts";
import { encodeBody } from "../client/bodies.ts";
import { median, type Report } from "./report.ts";

/** Length of a message's text in bytes. */
const TEXT_BYTES = 200;
/** Contents under one seal and one signature in a burst. */
const BURST = 256;
const TIMES = 7;
/** All others in a room of 200. */
const OTHERS = 199;

/** Messages a second, the whole way: content, signature, seal, open, verification. */
export async function benchCrypto(report: Report): Promise<void> {
  await messagesPerSecond(1, 100); // warm
  await messagesPerSecond(BURST, 2);
  const singles: number[] = [];
  const bursts: number[] = [];
  // By turns, so that whatever else the machine does slows both.
  for (let i = 0; i < TIMES; i++) {
    singles.push(await messagesPerSecond(1, 200));
    bursts.push(await messagesPerSecond(BURST, 15));
  }
  report.figure("crypto/seal_open_one_by_one", median(singles), "messages/s");
  report.figure("crypto/seal_open_burst", median(bursts), "messages/s");
  report.figure("crypto/burst_ratio", median(bursts.map((burst, i) => burst / (singles[i] ?? NaN))), "x");
  await benchDistribution(report);
}

/** What a fresh chain for a room of 200 costs its author, and each reader. */
async function benchDistribution(report: Report): Promise<void> {
  const room = randomBytes(16);
  const author = await Identity.generate();
  const verifier = await Verifier.import(author.publicKey);
  const readers = await Promise.all(Array.from({ length: OTHERS }, async (_, i) => {
    const [identity, keys] = await Promise.all([Identity.generate(), KemKeys.generate()]);
    const bundle = await signBundle(identity, keys, { keyNumber: 0, nickname: `m${i}` });
    return { memberId: identity.memberId, keys, bundle, addHash: randomBytes(32) };
  }));
  const seal: number[] = [];
  const open: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const start = SendingChain.create().start();
    const head = { number: 1, hash: randomBytes(32), lamport: 1 };
    let began = performance.now();
    const { common, parts } = await sealDistributions(author, { room, start, head }, readers);
    seal.push(performance.now() - began);
    const payloads = parts.map((part) => concat(common, part));
    began = performance.now();
    for (const [j, { memberId, keys, bundle }] of readers.entries()) {
      const parsed = parseDistribution(payloads[j] ?? new Uint8Array());
      await openDistribution(parsed, { room, me: memberId, keys, bundleHash: bundle.hash, verifier });
    }
    open.push((performance.now() - began) / OTHERS);
  }
  report.figure("crypto/seal_chain_for_199", median(seal), "ms");
  report.figure("crypto/open_chain", median(open), "ms");
}

async function messagesPerSecond(size: number, frames: number): Promise<number> {
  const identity = await Identity.generate();
  const room = crypto.getRandomValues(new Uint8Array(16));
  const sending = SendingChain.create();
  const receiving = new ReceivingChain(sending.start());
  const place = { room, member: identity.memberId };
  const verifier = await Verifier.import(identity.publicKey);
  let number = 0;
  let prevHash: Uint8Array = new Uint8Array(32);
  const began = performance.now();
  for (let i = 0; i < frames; i++) {
    const contents = Array.from({ length: size }, () => {
      const bytes = encodeContent({
        number: ++number,
        kind: ContentKind.text,
        lamport: number,
        prevHash: new Uint8Array(prevHash),
        deps: [],
        body: encodeBody({ kind: "text", text: "x".repeat(TEXT_BYTES) }),
      });
      prevHash = contentHash(bytes);
      return bytes;
    });
    const frame = await sealFrame(sending, place, await signPack(identity, room, contents));
    let read = 0;
    await openFrame(receiving, place, frame, {
      accept: async (plaintext) => {
        const pack = decodePack(plaintext);
        if (!await verifyPack(pack, room, verifier)) throw new Error("the signature does not verify");
        read = pack.contents.length;
      },
    });
    if (read !== size) throw new Error("a message is missing");
  }
  const seconds = (performance.now() - began) / 1_000;
  sending.dispose();
  receiving.dispose();
  identity.dispose();
  return frames * size / seconds;
}
