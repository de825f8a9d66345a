import assert from "node:assert/strict";
import { concat } from "./bytes.ts";
import type { CryptoErrorCode } from "./errors.ts";
import {
  answered,
  bundle,
  door,
  flip,
  identity,
  is,
  proven,
  sponsoring,
  wrongDoor,
} from "./_join_fixture.ts";
import { JoinerExchange, readExchangeId, readKnockHeader, SponsorExchange } from "./join_handshake.ts";
import { Spake2 } from "./spake2.ts";

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
  const cases: [number, CryptoErrorCode][] = [
    [1, "decode"],
    [2, "decode"], // another exchange
    [18, "wrong_code"], // confirmation
    [50, "open_failed"],
    [1500, "open_failed"],
  ];
  for (const [at, code] of cases) {
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
