import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, fromUtf8, randomBytes, toHex, utf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { ReceivingChain, SendingChain } from "./sender_chain.ts";
import { openSide, readSideChainId, sealSide } from "./side_seal.ts";

const place = { room: randomBytes(16), member: randomBytes(16) };
const sender = SendingChain.create();
const { chainId } = sender;
const { sideKey } = new ReceivingChain(sender.start());

Deno.test("sealSide() and openSide() round trip any number of times, each under its own nonce", async () => {
  const frames = await Promise.all(
    [1, 2].map(() => sealSide(sender.sideKey, chainId, place, utf8("typing"))),
  );
  const [first, second] = frames.map(toHex);
  assert.notEqual(first, second);
  for (const frame of frames) {
    assert.deepEqual(readSideChainId(frame), chainId);
    assert.equal(fromUtf8(await openSide(sideKey, chainId, place, frame)), "typing");
  }
  assert.equal(sender.counter, 0);
});

Deno.test("a relay cannot change, move or relabel a side frame", async () => {
  const frame = await sealSide(sender.sideKey, chainId, place, utf8("typing"));
  for (let at = 0; at < frame.length; at++) {
    const forged = frame.slice();
    forged[at] = (forged[at] as number) ^ 0x10;
    await assert.rejects(openSide(sideKey, chainId, place, forged), CryptoError, `byte ${at}`);
  }
  const room = { ...place, room: randomBytes(16) };
  const member = { ...place, member: randomBytes(16) };
  await assert.rejects(openSide(sideKey, chainId, room, frame), { code: "open_failed" });
  await assert.rejects(openSide(sideKey, chainId, member, frame), { code: "open_failed" });
  await assert.rejects(openSide(sideKey, randomBytes(16), place, frame), { code: "open_failed" });
});

Deno.test("openSide() is total", async () => {
  const head = concat(Uint8Array.of(1, 10), chainId);
  const junk = fc.uint8Array({ maxLength: 400 });
  await fc.assert(fc.asyncProperty(junk, fc.boolean(), async (bytes, headed) => {
    const payload = headed ? concat(head, bytes) : bytes;
    await assert.rejects(openSide(sideKey, chainId, place, payload), CryptoError);
  }));
});
