import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bytes, equalBytes, randomBytes, utf8 } from "./bytes.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import { KEM_OVERHEAD, type KemContext, KemKeys, KemSender, openKem, tryKemPublic } from "./kem.ts";

const is = (code: CryptoErrorCode) => (error: unknown) => error instanceof CryptoError && error.code === code;
const ctx: KemContext = {
  room: new Uint8Array(16).fill(1),
  sender: new Uint8Array(16).fill(2),
  recipient: new Uint8Array(16).fill(3),
  bundleHash: new Uint8Array(32).fill(4),
  purpose: "test",
};

function flip(bytes: Uint8Array, at: number): Bytes {
  const out = bytes.slice() as Bytes;
  out[at] = (out[at] as number) ^ 1;
  return out;
}

Deno.test("openKem() opens what KemSender.seal() sealed", async () => {
  const keys = await KemKeys.generate();
  const sender = await KemSender.create();
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 20 }),
      async (text, aad) => {
        const blob = await sender.seal(keys, ctx, text, aad);
        assert.equal(blob.length, text.length + KEM_OVERHEAD);
        assert.ok(equalBytes(await openKem(keys, sender.ephemeral, blob, ctx, aad), text));
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("KemSender.seal() encapsulates anew each time", async () => {
  const keys = await KemKeys.generate();
  const sender = await KemSender.create();
  const [a, b] = [await sender.seal(keys, ctx, utf8("x")), await sender.seal(keys, ctx, utf8("x"))];
  assert.equal(equalBytes(a.subarray(0, 1088), b.subarray(0, 1088)), false);
});

Deno.test("openKem() binds every field of its context, the ephemeral key and the AAD", async () => {
  const keys = await KemKeys.generate();
  const sender = await KemSender.create();
  const other = await KemSender.create();
  const blob = await sender.seal(keys, ctx, utf8("secret"), utf8("aad"));
  const changes: Partial<KemContext>[] = [
    { room: randomBytes(16) },
    { sender: ctx.recipient, recipient: ctx.sender },
    { recipient: randomBytes(16) },
    { bundleHash: randomBytes(32) },
    { purpose: "test2" },
  ];
  for (const change of changes) {
    const wrong = { ...ctx, ...change };
    await assert.rejects(openKem(keys, sender.ephemeral, blob, wrong, utf8("aad")), is("open_failed"));
  }
  await assert.rejects(openKem(keys, other.ephemeral, blob, ctx, utf8("aad")), is("open_failed"));
  await assert.rejects(openKem(keys, sender.ephemeral, blob, ctx), is("open_failed"));
  await assert.rejects(
    openKem(await KemKeys.generate(), sender.ephemeral, blob, ctx, utf8("aad")),
    is("open_failed"),
  );
});

Deno.test("openKem() fails as open_failed for changed, cut and random bytes", async () => {
  const keys = await KemKeys.generate();
  const sender = await KemSender.create();
  const blob = await sender.seal(keys, ctx, utf8("secret"));
  for (const at of [0, 500, 1087, 1088, blob.length - 1]) {
    await assert.rejects(openKem(keys, sender.ephemeral, flip(blob, at), ctx), is("open_failed"));
  }
  for (const length of [0, 1, 1087, 1088, 1103, blob.length - 1]) {
    await assert.rejects(openKem(keys, sender.ephemeral, blob.subarray(0, length), ctx), is("open_failed"));
  }
  for (const bad of [flip(sender.ephemeral, 40), Uint8Array.of(0), new Uint8Array(65), new Uint8Array()]) {
    await assert.rejects(openKem(keys, bad, blob, ctx), is("open_failed"));
  }
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 1500 }),
      fc.uint8Array({ maxLength: 70 }),
      async (junk, key) => {
        await assert.rejects(openKem(keys, key, junk, ctx), is("open_failed"));
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("KemKeys and KemSender are disposed after dispose()", async () => {
  const keys = await KemKeys.generate();
  const sender = await KemSender.create();
  const blob = await sender.seal(keys, ctx, utf8("secret"));
  sender.dispose();
  await assert.rejects(sender.seal(keys, ctx, utf8("more")), is("disposed"));
  keys.dispose();
  await assert.rejects(openKem(keys, sender.ephemeral, blob, ctx), is("disposed"));
  await assert.rejects(keys.decapsulate(blob.subarray(0, 1088)), is("disposed"));
});

Deno.test("tryKemPublic() takes good keys and refuses bad ones", async () => {
  const keys = await KemKeys.generate();
  await tryKemPublic(keys);
  const { ecdhKey, mlkemKey } = keys;
  for (const bad of [flip(ecdhKey, 40), Uint8Array.of(0), new Uint8Array(65), ecdhKey.slice(0, 33)]) {
    await assert.rejects(tryKemPublic({ ecdhKey: bad, mlkemKey }), is("bad_key"));
  }
  const badMlkem = [
    new Uint8Array(1184).fill(255),
    mlkemKey.slice(1),
    new Uint8Array(1185),
    new Uint8Array(),
  ];
  for (const bad of badMlkem) {
    await assert.rejects(tryKemPublic({ ecdhKey, mlkemKey: bad }), is("bad_key"));
    await assert.rejects(
      (await KemSender.create()).seal({ ecdhKey, mlkemKey: bad }, ctx, utf8("x")),
      is("bad_key"),
    );
  }
});
