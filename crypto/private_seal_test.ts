import assert from "node:assert/strict";
import fc from "fast-check";
import { signBundle } from "./bundle.ts";
import { fromUtf8, randomBytes, toHex, utf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { Identity } from "./identity.ts";
import { KemKeys } from "./kem.ts";
import { MAX_PADDED } from "./padding.ts";
import { openPrivate, sealPrivate } from "./private_seal.ts";

const identity = await Identity.generate();
const keys = await KemKeys.generate();
const bundle = await signBundle(identity, keys, { keyNumber: 1, nickname: "anna" });
const ctx = { room: randomBytes(16), sender: randomBytes(16), purpose: "private" };
const mine = { ...ctx, me: identity.memberId };

Deno.test("sealPrivate() and openPrivate() round trip", async () => {
  const sealed = await sealPrivate(bundle, ctx, utf8("for you"));
  assert.equal(fromUtf8(await openPrivate(keys, bundle.hash, mine, sealed)), "for you");
});

Deno.test("sealPrivate() shows neither length nor recipient, and never repeats itself", async () => {
  const [short, long] = [
    await sealPrivate(bundle, ctx, utf8("a")),
    await sealPrivate(bundle, ctx, randomBytes(200)),
  ];
  assert.equal(short.length, 65 + 1088 + 16 + 256);
  assert.equal(long.length, short.length);
  assert.notEqual(toHex(short), toHex(await sealPrivate(bundle, ctx, utf8("a"))));
  for (const named of [bundle.memberId, bundle.ecdhKey, bundle.hash]) {
    assert.ok(!toHex(short).includes(toHex(named)));
  }
});

Deno.test("nobody can change a private seal, pass it on as another's or use it for something else", async () => {
  const sealed = await sealPrivate(bundle, ctx, utf8("for you"));
  for (let at = 0; at < sealed.length; at += 7) {
    const forged = sealed.slice();
    forged[at] = (forged[at] as number) ^ 1;
    await assert.rejects(openPrivate(keys, bundle.hash, mine, forged), { code: "open_failed" }, `byte ${at}`);
  }
  const changes = [
    { room: randomBytes(16) },
    { sender: randomBytes(16) },
    { me: randomBytes(16) },
    { purpose: "statements" },
  ];
  for (const change of changes) {
    const opening = openPrivate(keys, bundle.hash, { ...mine, ...change }, sealed);
    await assert.rejects(opening, { code: "open_failed" }, Object.keys(change).join());
  }
  await assert.rejects(openPrivate(keys, randomBytes(32), mine, sealed), { code: "open_failed" });
  await assert.rejects(openPrivate(await KemKeys.generate(), bundle.hash, mine, sealed), {
    code: "open_failed",
  });
});

Deno.test("sealPrivate() refuses what is too long and keys that are none", async () => {
  await assert.rejects(sealPrivate(bundle, ctx, new Uint8Array(MAX_PADDED)), { code: "limit" });
  const broken = { ...bundle, mlkemKey: new Uint8Array(1184).fill(255) };
  await assert.rejects(sealPrivate(broken, ctx, utf8("x")), { code: "bad_key" });
});

Deno.test("openPrivate() is total", async () => {
  const sealed = await sealPrivate(bundle, ctx, utf8("x"));
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.nat(sealed.length - 1).map((length) => sealed.slice(0, length)),
    fc.uint8Array({ minLength: sealed.length, maxLength: sealed.length + 50 }),
  );
  await fc.assert(fc.asyncProperty(junk, async (bytes) => {
    await assert.rejects(openPrivate(keys, bundle.hash, mine, bytes), CryptoError);
  }));
});
