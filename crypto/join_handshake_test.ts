import assert from "node:assert/strict";
import fc from "fast-check";
import { signBundle } from "./bundle.ts";
import { type Bytes, concat, randomBytes, utf8 } from "./bytes.ts";
import { encodeCbor } from "./cbor.ts";
import type { Door } from "./doors.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import { Identity } from "./identity.ts";
import { deriveJoinKeys, JOIN_PROOF_LABEL, joinCommitment, joinIdentities, joinNonce } from "./join_keys.ts";
import {
  decodeRefused,
  encodeFailed,
  encodeRefused,
  JoinerExchange,
  readExchangeId,
  readKnockHeader,
  SponsorExchange,
  WELCOME_CHUNK_BYTES,
} from "./join_handshake.ts";
import {
  decodeAnswer,
  decodeProve,
  encodeKnock,
  encodeVersions,
  joinHeader,
  JoinKind,
} from "./join_payloads.ts";
import { KemKeys } from "./kem.ts";
import { Spake2 } from "./spake2.ts";
import { decapsulateMlkem, encapsulateMlkem, generateMlkem, sealAesGcm } from "./webcrypto.ts";

const is = (code: CryptoErrorCode) => (error: unknown) => error instanceof CryptoError && error.code === code;
const roomId = new Uint8Array(16).fill(1);
const sponsorId = new Uint8Array(16).fill(2);
const door: Door = {
  kind: "named",
  doorId: new Uint8Array(16).fill(3),
  w: new Uint8Array(32).fill(4),
  label: "lobby",
};
const wrongDoor: Door = { ...door, w: new Uint8Array(32).fill(5) };
const identity = await Identity.generate();
const kem = await KemKeys.generate();
const bundle = await signBundle(identity, kem, { keyNumber: 1, nickname: "ada" });
const sponsoring = { door, roomId, memberId: sponsorId };

async function answered() {
  const joiner = await JoinerExchange.start(door, identity);
  const sponsor = await SponsorExchange.answer(joiner.knock, sponsoring);
  return { joiner, sponsor };
}

async function proven() {
  const { joiner, sponsor } = await answered();
  const { prove } = await joiner.readAnswer(sponsor.answer, { bundle });
  await sponsor.readProve(prove);
  return { joiner, sponsor };
}

function flip(bytes: Uint8Array, at: number): Bytes {
  const out = bytes.slice() as Bytes;
  out[at] = (out[at] as number) ^ 1;
  return out;
}

Deno.test("a joiner with the code comes in and both sides know whom they met", async () => {
  const { joiner, sponsor } = await answered();
  assert.deepEqual(readKnockHeader(joiner.knock), { exchangeId: joiner.exchangeId, doorId: door.doorId });
  assert.deepEqual([sponsor.exchangeId, sponsor.doorId], [joiner.exchangeId, door.doorId]);
  const { prove, roomId: told } = await joiner.readAnswer(sponsor.answer, { bundle, expectedRoomId: roomId });
  assert.deepEqual(told, roomId);
  assert.deepEqual(await sponsor.readProve(prove), bundle);
  const [welcome] = await sponsor.sealWelcome(utf8("hello"), { type: "welcome" });
  assert.ok(welcome);
  const chunk = await joiner.readWelcome(welcome);
  assert.deepEqual(chunk, {
    index: 0,
    last: true,
    type: "welcome",
    bytes: utf8("hello"),
    sponsor: sponsorId,
  });
  for (const payload of [joiner.knock, sponsor.answer, prove, welcome, encodeFailed(joiner.exchangeId)]) {
    assert.deepEqual(readExchangeId(payload), joiner.exchangeId);
  }
});

Deno.test("a welcome of any length arrives in chunks, and the sponsor may say more", async () => {
  const { joiner, sponsor } = await proven();
  const message = concat(randomBytes(60_000), randomBytes(60_000), utf8("end"));
  const chunks = await sponsor.sealWelcome(message, { type: "welcome" });
  const more = await sponsor.sealWelcome(new Uint8Array(), { type: "refusal" });
  assert.deepEqual([chunks.length, more.length], [3, 1]);
  assert.ok(chunks.every((chunk) => chunk.length <= WELCOME_CHUNK_BYTES + 36));
  const read = await Promise.all([...chunks, ...more].map((chunk) => joiner.readWelcome(chunk)));
  assert.deepEqual(concat(...read.slice(0, 3).map((chunk) => chunk.bytes)), message);
  assert.deepEqual(read.map(({ index, last, type }) => [index, last, type]), [
    [0, false, "welcome"],
    [1, false, "welcome"],
    [2, true, "welcome"],
    [3, true, "refusal"],
  ]);
});

Deno.test("a joiner with another code learns so from the answer, and proves nothing", async () => {
  const joiner = await JoinerExchange.start(wrongDoor, identity);
  const sponsor = await SponsorExchange.answer(joiner.knock, sponsoring);
  await assert.rejects(joiner.readAnswer(sponsor.answer, { bundle }), is("wrong_code"));
  await assert.rejects(joiner.readAnswer(sponsor.answer, { bundle }), is("spent"));
});

Deno.test("an attacker gets one guess of an answer", async () => {
  const { joiner, sponsor } = await answered();
  const { prove } = await joiner.readAnswer(sponsor.answer, { bundle });
  await assert.rejects(sponsor.readProve(flip(prove, 18)), is("wrong_code"));
  await assert.rejects(sponsor.readProve(prove), is("spent"));
  await assert.rejects(sponsor.sealWelcome(utf8("x"), { type: "welcome" }), is("wrong_code"));
});

Deno.test("a sponsor cannot be made to welcome before a proof", async () => {
  const { joiner, sponsor } = await answered();
  await assert.rejects(sponsor.sealWelcome(utf8("x"), { type: "welcome" }), is("wrong_code"));
  await assert.rejects(joiner.readWelcome(joinHeader(JoinKind.welcome, joiner.exchangeId)), is("decode"));
  const early = concat(joinHeader(JoinKind.welcome, joiner.exchangeId), new Uint8Array(40));
  await assert.rejects(joiner.readWelcome(early), is("open_failed"));
});

Deno.test("a relay cannot lead an invited joiner into another room", async () => {
  const { joiner, sponsor } = await answered();
  const expectedRoomId = new Uint8Array(16).fill(9);
  await assert.rejects(joiner.readAnswer(sponsor.answer, { bundle, expectedRoomId }), is("wrong_code"));
  const forged = sponsor.answer.slice();
  forged.set(expectedRoomId, 18);
  await assert.rejects(joiner.readAnswer(forged, { bundle, expectedRoomId }), is("wrong_code"));
});

Deno.test("a relay cannot change a byte of a KNOCK", async () => {
  // exchangeId, commitment, ML-KEM key, version, features: bound by the transcript, found by the joiner.
  for (const at of [2, 40, 140, 1317, 1318]) {
    const joiner = await JoinerExchange.start(door, identity);
    const sponsor = await SponsorExchange.answer(flip(joiner.knock, at), sponsoring);
    const answer = sponsor.answer.slice();
    answer.set(joiner.exchangeId, 2);
    await assert.rejects(joiner.readAnswer(answer, { bundle }), is("wrong_code"), `byte ${at}`);
  }
  const { knock } = await JoinerExchange.start(door, identity);
  assert.equal(knock.length, 1319);
  const mlkem = knock.slice().fill(255, 131, 1315);
  await assert.rejects(SponsorExchange.answer(mlkem, sponsoring), is("bad_key"));
  for (const at of [66, 100]) {
    await assert.rejects(SponsorExchange.answer(flip(knock, at), sponsoring), is("bad_key"));
  }
  for (const at of [0, 1, 20]) {
    await assert.rejects(SponsorExchange.answer(flip(knock, at), sponsoring), is("decode"));
  }
});

Deno.test("a relay cannot change a byte of an ANSWER", async () => {
  const cases: [number, CryptoErrorCode][] = [
    [0, "decode"],
    [1, "decode"],
    [2, "decode"], // another exchange
    [18, "wrong_code"], // roomId
    [40, "wrong_code"], // commitment
    [66, "bad_key"], // share: no longer an uncompressed point
    [100, "bad_key"], // share: off the curve
    [500, "wrong_code"], // ML-KEM ciphertext
    [1230, "wrong_code"], // confirmation
    [1254, "wrong_code"], // features
  ];
  for (const [at, code] of cases) {
    const { joiner, sponsor } = await answered();
    assert.equal(sponsor.answer.length, 1255);
    await assert.rejects(joiner.readAnswer(flip(sponsor.answer, at), { bundle }), is(code), `byte ${at}`);
  }
});

Deno.test("a relay cannot swap the share of either side or send ours back", async () => {
  const { joiner, sponsor } = await answered();
  const reflected = sponsor.answer.slice();
  reflected.set(joiner.knock.subarray(66, 131), 66);
  await assert.rejects(joiner.readAnswer(reflected, { bundle }), is("bad_key"));
  const again = await answered();
  const swapped = again.sponsor.answer.slice();
  swapped.set(Spake2.start("B", wrongDoor.w).share, 66);
  await assert.rejects(again.joiner.readAnswer(swapped, { bundle }), is("wrong_code"));
});

Deno.test("a relay cannot change a byte of a PROVE", async () => {
  const cases: [number, CryptoErrorCode][] = [[1, "decode"], [2, "decode"], [18, "wrong_code"], [
    50,
    "open_failed",
  ]];
  for (const [at, code] of [...cases, [1500, "open_failed"] as const]) {
    const { joiner, sponsor } = await answered();
    const { prove } = await joiner.readAnswer(sponsor.answer, { bundle });
    await assert.rejects(sponsor.readProve(flip(prove, at)), is(code), `byte ${at}`);
    if (code === "decode") assert.deepEqual(await sponsor.readProve(prove), bundle);
    else await assert.rejects(sponsor.readProve(prove), is("spent"));
  }
});

Deno.test("a relay cannot change, repeat, reorder or drop a part of a WELCOME", async () => {
  const { joiner, sponsor } = await proven();
  const [first, second] = await sponsor.sealWelcome(new Uint8Array(70_000), { type: "welcome" });
  assert.ok(first && second);
  await assert.rejects(joiner.readWelcome(second), is("too_far"));
  for (const at of [20, 1000, first.length - 1]) {
    await assert.rejects(joiner.readWelcome(flip(first, at)), is("open_failed"));
  }
  for (const at of [0, 1, 2]) await assert.rejects(joiner.readWelcome(flip(first, at)), is("decode"));
  const renamed = second.slice();
  renamed.set([0, 0], 18);
  await assert.rejects(joiner.readWelcome(renamed), is("open_failed"));
  assert.equal((await joiner.readWelcome(first)).index, 0);
  await assert.rejects(joiner.readWelcome(first), is("replayed"));
  assert.equal((await joiner.readWelcome(second)).last, true);
});

Deno.test("payloads cut short or grown are refused as malformed and leave the exchange alive", async () => {
  const { joiner, sponsor } = await answered();
  const cuts = (bytes: Uint8Array) => [
    ...[0, 1, 2, 17, 18, 60, bytes.length - 1].map((length) => bytes.subarray(0, length)),
    concat(bytes, Uint8Array.of(0)),
  ];
  for (const cut of cuts(joiner.knock)) {
    await assert.rejects(SponsorExchange.answer(cut, sponsoring), is("decode"));
    assert.throws(() => readKnockHeader(cut), is("decode"));
  }
  for (const cut of cuts(sponsor.answer)) {
    await assert.rejects(joiner.readAnswer(cut, { bundle }), is("decode"));
  }
  const { prove } = await joiner.readAnswer(sponsor.answer, { bundle });
  for (const length of [0, 2, 18, 49]) {
    await assert.rejects(sponsor.readProve(prove.subarray(0, length)), is("decode"));
  }
  await assert.rejects(sponsor.readProve(concat(prove, new Uint8Array(5000))), is("decode"));
  assert.deepEqual(await sponsor.readProve(prove), bundle);
  for (const cut of [prove.subarray(0, 10), Uint8Array.of(2, 3), Uint8Array.of(1, 8), new Uint8Array()]) {
    assert.throws(() => readExchangeId(cut), is("decode"));
  }
});

Deno.test("single-use steps are spent, and everything is gone after dispose()", async () => {
  const { joiner, sponsor } = await answered();
  const { prove } = await joiner.readAnswer(sponsor.answer, { bundle });
  await assert.rejects(joiner.readAnswer(sponsor.answer, { bundle }), is("spent"));
  const both = await Promise.allSettled([sponsor.readProve(prove), sponsor.readProve(prove)]);
  assert.deepEqual(both.map((one) => one.status), ["fulfilled", "rejected"]);
  await assert.rejects(sponsor.readProve(prove), is("spent"));
  const [welcome] = await sponsor.sealWelcome(utf8("x"), { type: "welcome" });
  sponsor.dispose();
  joiner.dispose();
  await assert.rejects(sponsor.sealWelcome(utf8("x"), { type: "welcome" }), is("disposed"));
  await assert.rejects(sponsor.readProve(prove), is("disposed"));
  await assert.rejects(joiner.readAnswer(sponsor.answer, { bundle }), is("disposed"));
  await assert.rejects(joiner.readWelcome(welcome ?? new Uint8Array()), is("disposed"));
});

Deno.test("dispose() while something is under way wins", async () => {
  const { joiner, sponsor } = await answered();
  const reading = joiner.readAnswer(sponsor.answer, { bundle });
  joiner.dispose();
  await assert.rejects(reading, is("disposed"));
  const second = await answered();
  const { prove } = await second.joiner.readAnswer(second.sponsor.answer, { bundle });
  const proving = second.sponsor.readProve(prove);
  second.sponsor.dispose();
  await assert.rejects(proving, is("disposed"));
});

Deno.test("readAnswer() refuses to prove with another identity's bundle", async () => {
  const { joiner, sponsor } = await answered();
  const other = await signBundle(await Identity.generate(), kem, { keyNumber: 1, nickname: "eve" });
  await assert.rejects(joiner.readAnswer(sponsor.answer, { bundle: other }), is("bad_key"));
});

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
  const proof = await make(nonce, keys.transcriptHash);
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

Deno.test("REFUSED round-trips and is total", () => {
  fc.assert(fc.property(fc.nat(255), fc.nat(0xffff_ffff), (code, retryAfter) => {
    const refused = { exchangeId: randomBytes(16), code, retryAfter };
    assert.deepEqual(decodeRefused(encodeRefused(refused)), refused);
    assert.throws(() => decodeRefused(encodeRefused(refused).subarray(0, 22)), is("decode"));
    assert.throws(() => decodeRefused(encodeFailed(refused.exchangeId)), is("decode"));
  }));
});

Deno.test("every reader of a join is total", async () => {
  const { joiner, sponsor } = await answered();
  const junk = fc.tuple(fc.nat(14), fc.uint8Array({ maxLength: 1400 })).map(([kind, bytes]) =>
    concat(Uint8Array.of(1, kind), bytes)
  );
  await fc.assert(fc.asyncProperty(junk, async (payload) => {
    for (const read of [decodeRefused, readKnockHeader, readExchangeId]) {
      try {
        read(payload);
      } catch (error) {
        assert.ok(is("decode")(error), String(error));
      }
    }
    await assert.rejects(SponsorExchange.answer(payload, sponsoring), CryptoError);
    await assert.rejects(joiner.readAnswer(payload, { bundle }), CryptoError);
    await assert.rejects(sponsor.readProve(payload), CryptoError);
    await assert.rejects(joiner.readWelcome(payload), CryptoError);
  }));
});
