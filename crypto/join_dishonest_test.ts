import assert from "node:assert/strict";
import { signBundle } from "./bundle.ts";
import { type Bytes, concat, randomBytes, utf8 } from "./bytes.ts";
import { encodeCbor } from "./cbor.ts";
import type { CryptoErrorCode } from "./errors.ts";
import { Identity } from "./identity.ts";
import { bundle, door, flip, identity, is, kem, roomId, sponsorId, sponsoring } from "./_join_fixture.ts";
import { JoinerExchange, SponsorExchange } from "./join_handshake.ts";
import { deriveJoinKeys, JOIN_PROOF_LABEL, joinCommitment, joinIdentities, joinNonce } from "./join_keys.ts";
import {
  decodeAnswer,
  decodeKnock,
  decodeProve,
  encodeAnswer,
  encodeKnock,
  encodeVersions,
  joinHeader,
  JoinKind,
} from "./join_payloads.ts";
import { pad } from "./padding.ts";
import { Spake2 } from "./spake2.ts";
import { decapsulateMlkem, encapsulateMlkem, generateMlkem, sealAesGcm } from "./webcrypto.ts";

/** A joiner that knows the code but lies about itself: `make` gives what it seals in its PROVE. */
async function dishonest(make: (nonce: Bytes, transcriptHash: Bytes) => Promise<Bytes>): Promise<unknown> {
  const mlkem = await generateMlkem();
  const pake = Spake2.start("A", door.w);
  const nonce = randomBytes(16);
  const knock = {
    exchangeId: randomBytes(16),
    doorId: door.doorId,
    commitA: joinCommitment(identity.memberId, nonce),
    shareA: pake.share,
    mlkemKey: mlkem.publicKey,
    versions: encodeVersions(0),
  };
  const sponsor = await SponsorExchange.answer(encodeKnock(knock), sponsoring);
  const answer = decodeAnswer(sponsor.answer);
  const keys = pake.finish(answer.shareB, joinIdentities(knock, answer));
  const secret = await decapsulateMlkem(mlkem.privateKey, answer.mlkemCiphertext);
  const { toSponsor } = deriveJoinKeys(keys, secret, roomId);
  const aad = concat(joinHeader(JoinKind.prove, knock.exchangeId), keys.confirmA);
  const proof = pad(await make(nonce, keys.transcriptHash));
  const payload = concat(aad, await sealAesGcm({ key: toSponsor, nonce: joinNonce(0), aad }, proof));
  assert.deepEqual(decodeProve(payload).confirmA, keys.confirmA);
  try {
    return await sponsor.readProve(payload);
  } catch (error) {
    await assert.rejects(sponsor.sealWelcome(utf8("x"), { type: "welcome" }), is("wrong_code"));
    return error;
  }
}

Deno.test("knowing the code is not enough: every part of the proof is checked", async () => {
  const sign = (hash: Bytes) => identity.sign(JOIN_PROOF_LABEL, hash);
  const other = await Identity.generate();
  const otherBundle = await signBundle(other, kem, { keyNumber: 1, nickname: "ada" });
  const badKem = { ecdhKey: kem.ecdhKey, mlkemKey: new Uint8Array(1184).fill(255) };
  const unusable = await signBundle(identity, badKem, { keyNumber: 1, nickname: "ada" });
  const offCurve = await signBundle(identity, {
    ...kem,
    mlkemKey: kem.mlkemKey,
    ecdhKey: flip(kem.ecdhKey, 9),
  }, {
    keyNumber: 1,
    nickname: "ada",
  });
  const unsigned = encodeCbor([bundle.encoded.slice(4, -66), new Uint8Array(64)]);

  const honest = await dishonest(async (nonce, hash) =>
    encodeCbor([bundle.encoded, nonce, await sign(hash)])
  );
  assert.deepEqual(honest, bundle);
  type Lie = [CryptoErrorCode, (nonce: Bytes, hash: Bytes) => Promise<Bytes>];
  const lies: Lie[] = [
    ["bad_signature", async (nonce) => encodeCbor([bundle.encoded, nonce, await sign(randomBytes(32))])],
    ["bad_signature", async (_, hash) => encodeCbor([bundle.encoded, randomBytes(16), await sign(hash)])],
    [
      "bad_signature",
      async (nonce, hash) =>
        encodeCbor([otherBundle.encoded, nonce, await other.sign(JOIN_PROOF_LABEL, hash)]),
    ],
    [
      "bad_signature",
      async (nonce, hash) => encodeCbor([bundle.encoded, nonce, await other.sign("x", hash)]),
    ],
    ["bad_signature", async (nonce, hash) => encodeCbor([unsigned, nonce, await sign(hash)])],
    ["bad_key", async (nonce, hash) => encodeCbor([unusable.encoded, nonce, await sign(hash)])],
    ["bad_key", async (nonce, hash) => encodeCbor([offCurve.encoded, nonce, await sign(hash)])],
    ["decode", (nonce) => Promise.resolve(encodeCbor([bundle.encoded, nonce]))],
    ["decode", (nonce) => Promise.resolve(encodeCbor([utf8("x"), nonce, new Uint8Array(64)]))],
    ["decode", () => Promise.resolve(randomBytes(50))],
    ["decode", () => Promise.resolve(new Uint8Array())],
  ];
  for (const [index, [code, make]] of lies.entries()) {
    const error = await dishonest(make);
    assert.ok(is(code)(error), `lie ${index}: ${error}`);
  }
});

Deno.test("a sponsor cannot answer as one member and welcome as another", async () => {
  const welcomeFrom = async (committed: Uint8Array, opened: Uint8Array, head = [1, 0]) => {
    const joiner = await JoinerExchange.start(door, identity);
    const knock = decodeKnock(joiner.knock);
    const pake = Spake2.start("B", door.w);
    const { ciphertext: mlkemCiphertext, secret } = await encapsulateMlkem(knock.mlkemKey);
    const nonce = randomBytes(16);
    const commitB = joinCommitment(committed, nonce);
    const reply = { roomId, commitB, mlkemCiphertext, versions: encodeVersions(0) };
    const keys = pake.finish(knock.shareA, joinIdentities(knock, reply));
    const { exchangeId } = knock;
    const answer = encodeAnswer({ ...reply, exchangeId, shareB: pake.share, confirmB: keys.confirmB });
    const { toJoiner } = deriveJoinKeys(keys, secret, roomId);
    await joiner.readAnswer(answer, { bundle });
    const aad = concat(joinHeader(JoinKind.welcome, exchangeId), Uint8Array.of(0, 0));
    const plaintext = concat(Uint8Array.from(head), opened, nonce, utf8("hello"));
    return joiner.readWelcome(
      concat(aad, await sealAesGcm({ key: toJoiner, nonce: joinNonce(0), aad }, plaintext)),
    );
  };
  const other = new Uint8Array(16).fill(8);
  assert.deepEqual((await welcomeFrom(other, other)).sponsor, other);
  await assert.rejects(welcomeFrom(other, sponsorId), is("open_failed"));
  await assert.rejects(welcomeFrom(other, other, [2, 0]), is("decode"));
  await assert.rejects(welcomeFrom(other, other, [0, 2]), is("decode"));
  await assert.rejects(welcomeFrom(other, new Uint8Array(), [0]), is("decode"));
});
