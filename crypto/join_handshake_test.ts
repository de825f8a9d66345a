import assert from "node:assert/strict";
import fc from "fast-check";
import { signBundle } from "./bundle.ts";
import { concat, randomBytes, utf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { Identity } from "./identity.ts";
import {
  answered,
  bundle,
  door,
  flip,
  identity,
  is,
  kem,
  proven,
  roomId,
  sponsorId,
  sponsoring,
  wrongDoor,
} from "./_join_fixture.ts";
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
import { joinHeader, JoinKind } from "./join_payloads.ts";

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

Deno.test("a joiner that is in by another sponsor shows that it knows the code, and no more", async () => {
  const { joiner, sponsor } = await answered();
  const withdraw = joiner.withdraw(sponsor.answer, { expectedRoomId: roomId });
  assert.deepEqual([withdraw.length, readExchangeId(withdraw)], [50, joiner.exchangeId]);
  sponsor.readWithdraw(withdraw);
  assert.throws(() => sponsor.readWithdraw(withdraw), is("spent"));
  await assert.rejects(sponsor.sealWelcome(utf8("x"), { type: "welcome" }), is("wrong_code"));
  await assert.rejects(joiner.readAnswer(sponsor.answer, { bundle }), is("disposed"));
});

Deno.test("an attacker gets one guess of an answer by a WITHDRAW as well, and none by another exchange's", async () => {
  const { joiner, sponsor } = await answered();
  const other = await answered();
  const withdraw = joiner.withdraw(sponsor.answer);
  const borrowed = concat(joinHeader(JoinKind.withdraw, other.joiner.exchangeId), withdraw.subarray(18));
  assert.throws(() => other.sponsor.readWithdraw(withdraw), is("decode"), "it names its exchange");
  assert.throws(() => other.sponsor.readWithdraw(borrowed), is("wrong_code"));
  assert.throws(() => other.sponsor.readWithdraw(other.joiner.withdraw(other.sponsor.answer)), is("spent"));
  assert.throws(() => sponsor.readWithdraw(flip(withdraw, 20)), is("wrong_code"));
  assert.throws(() => sponsor.readWithdraw(withdraw), is("spent"));
});

Deno.test("a joiner withdraws from nobody that does not know its code, nor from another room than its invite's", async () => {
  const joiner = await JoinerExchange.start(wrongDoor, identity);
  const sponsor = await SponsorExchange.answer(joiner.knock, sponsoring);
  const expectedRoomId = new Uint8Array(16).fill(9);
  assert.throws(() => joiner.withdraw(sponsor.answer, { expectedRoomId }), is("wrong_code"));
  assert.throws(() => joiner.withdraw(sponsor.answer), is("wrong_code"));
  assert.throws(() => joiner.withdraw(sponsor.answer), is("spent"));
});

Deno.test("a sponsor cannot be made to welcome before a proof", async () => {
  const { joiner, sponsor } = await answered();
  await assert.rejects(sponsor.sealWelcome(utf8("x"), { type: "welcome" }), is("wrong_code"));
  await assert.rejects(joiner.readWelcome(joinHeader(JoinKind.welcome, joiner.exchangeId)), is("decode"));
  const early = concat(joinHeader(JoinKind.welcome, joiner.exchangeId), new Uint8Array(40));
  await assert.rejects(joiner.readWelcome(early), is("open_failed"));
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
  const junk = fc.tuple(fc.nat(22), fc.uint8Array({ maxLength: 1400 })).map(([kind, bytes]) =>
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
    assert.throws(() => joiner.withdraw(payload), CryptoError);
    await assert.rejects(sponsor.readProve(payload), CryptoError);
    assert.throws(() => sponsor.readWithdraw(payload), CryptoError);
    await assert.rejects(joiner.readWelcome(payload), CryptoError);
  }));
});
