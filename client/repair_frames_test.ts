import assert from "node:assert/strict";
import { concat } from "../crypto/bytes.ts";
import { encodeCbor } from "../crypto/cbor.ts";
import { CryptoError } from "../crypto/errors.ts";
import { Verifier } from "../crypto/identity.ts";
import { sealPrivate } from "../crypto/private_seal.ts";
import { Author } from "../tests/client_helpers.ts";
import type { Id } from "./ids.ts";
import { PayloadKind, payloadKind } from "./payload.ts";
import {
  openAnswer,
  openAsk,
  REPAIR_LIMITS,
  type RepairAnswer,
  type RepairAsk,
  type RepairSeal,
  sealAnswer,
  sealAsk,
} from "./repair_frames.ts";

const ROOM = new Uint8Array(16).fill(9);
const OTHER_ROOM = new Uint8Array(16).fill(8);
const [ADA, BOB, EVE] = await Promise.all(["ada", "bob", "eve"].map((nick) => Author.create(nick)));
if (ADA === undefined || BOB === undefined || EVE === undefined) throw new Error("unreachable");

const sealOf = (who: Author, room = ROOM): RepairSeal => ({ room, me: who.id, keys: who.keys });
const verifier = (id: Id): Promise<Verifier> | undefined => {
  const who = [ADA, BOB, EVE].find((one) => one.id === id);
  return who === undefined ? undefined : Verifier.import(who.bundle.identityKey);
};
const open = (payload: Uint8Array, who = ADA): Promise<RepairAnswer & { from: Id }> =>
  openAnswer(payload, sealOf(who), verifier);

const ASK: RepairAsk = { ask: 7, all: true, ranges: [{ author: EVE.id, from: 3, to: 9 }] };
const ANSWER: RepairAnswer = {
  ask: 7,
  packs: [Uint8Array.of(1, 2), new Uint8Array(300)],
  gone: [{ author: EVE.id, from: 3, to: 5, messages: 2 }],
  vector: [{ id: EVE.id, number: 9, hash: "ab".repeat(32) }],
  last: true,
};
const code = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof CryptoError, String(error));
    return error.code;
  }
  return "opened";
};

/** Swaps the sender's id in front of the seal. */
function as(sender: Author, payload: Uint8Array): Uint8Array {
  return concat(payload.subarray(0, 2), sender.identity.memberId, payload.subarray(18));
}

Deno.test("sealAsk() and openAsk() go round, for the one asked alone, and in its room", async () => {
  const sealed = await sealAsk(ASK, { room: ROOM, me: ADA.id, to: BOB.bundle });
  assert.equal(payloadKind(sealed), PayloadKind.repairAsk);
  assert.deepEqual(await openAsk(sealed, sealOf(BOB)), { ...ASK, from: ADA.id });
  assert.equal(await code(openAsk(sealed, sealOf(EVE))), "open_failed");
  assert.equal(await code(openAsk(sealed, sealOf(BOB, OTHER_ROOM))), "open_failed");
  assert.equal(await code(openAsk(as(EVE, sealed), sealOf(BOB))), "open_failed", "nor in another's name");
});

Deno.test("openAsk() tries earlier keys too, as long as they are kept", async () => {
  const bob = await Author.create("bob");
  const sealed = await sealAsk(ASK, { room: ROOM, me: ADA.id, to: bob.bundle });
  bob.keys.adopt(await bob.keys.make("bob"));
  assert.equal((await openAsk(sealed, sealOf(bob))).ask, 7);
  bob.dispose();
  assert.equal(await code(openAsk(sealed, sealOf(bob))), "open_failed");
});

Deno.test("sealAnswer() and openAnswer() go round, with a vector or without", async () => {
  const notMine = { author: EVE.id, from: 1, to: 3, messages: 0, notMine: true };
  const others = [{ ...ANSWER, vector: null, packs: [], gone: [], last: false }, {
    ...ANSWER,
    gone: [notMine],
  }];
  for (const answer of [ANSWER, ...others]) {
    const sealed = await sealAnswer(answer, { room: ROOM, identity: BOB.identity, to: ADA.bundle });
    assert.equal(payloadKind(sealed), PayloadKind.repair);
    assert.deepEqual(await open(sealed), { ...answer, from: BOB.id });
  }
  const empty = { ...ANSWER, vector: [{ id: EVE.id, number: 1, hash: "" }] };
  const opened = await open(await sealAnswer(empty, { room: ROOM, identity: BOB.identity, to: ADA.bundle }));
  assert.deepEqual(opened.vector, [{ id: EVE.id, number: 1, hash: "0".repeat(64) }], "no hash is none");
});

Deno.test("openAnswer() refuses what is for somebody else, of another room, or in another's name", async () => {
  const sealed = await sealAnswer(ANSWER, { room: ROOM, identity: BOB.identity, to: ADA.bundle });
  assert.equal(await code(open(sealed, EVE)), "open_failed");
  assert.equal(await code(openAnswer(sealed, sealOf(ADA, OTHER_ROOM), verifier)), "open_failed");
  assert.equal(await code(open(as(EVE, sealed))), "open_failed");
  assert.equal(await code(openAnswer(sealed, sealOf(ADA), () => undefined)), "bad_signature");
  assert.equal(
    await code(openAnswer(sealed, sealOf(ADA), () => Promise.reject(new Error("bad key")))),
    "bad_signature",
  );
});

Deno.test("openAnswer() refuses what its sender did not sign, and what it signed for another", async () => {
  const sealBody = async (opened: unknown[]): Promise<Uint8Array> => {
    const context = { room: ROOM, sender: BOB.identity.memberId, purpose: "repair" };
    const bytes = encodeCbor(opened as Parameters<typeof encodeCbor>[0]);
    const sealed = await sealPrivate(ADA.bundle, context, bytes);
    return concat(Uint8Array.of(1, PayloadKind.repair), BOB.identity.memberId, sealed);
  };
  const body = encodeCbor([7, [], [], null, true]);
  const sign = (room: Uint8Array, me: Author, to: Author): Promise<Uint8Array> =>
    me.identity.sign("sotto/v1/repair", room, BOB.identity.memberId, to.identity.memberId, body);
  assert.equal(await code(open(await sealBody([body, await sign(ROOM, BOB, ADA)]))), "opened");
  for (
    const signature of [
      await sign(ROOM, EVE, ADA),
      await sign(OTHER_ROOM, BOB, ADA),
      await sign(ROOM, BOB, EVE),
      new Uint8Array(64),
    ]
  ) assert.equal(await code(open(await sealBody([body, signature]))), "bad_signature");
  const tampered = encodeCbor([8, [], [], null, true]);
  assert.equal(await code(open(await sealBody([tampered, await sign(ROOM, BOB, ADA)]))), "bad_signature");
  assert.equal(await code(open(await sealBody([body]))), "decode");
  assert.equal(await code(open(await sealBody([body, new Uint8Array(63)]))), "decode");
});

Deno.test("An ask and an answer hold no more than their limits", async () => {
  const range = { author: EVE.id, from: 1, to: 1 };
  const { ranges, packs, entries } = REPAIR_LIMITS;
  const ask = async (count: number): Promise<string> => {
    const many = { ...ASK, ranges: Array.from({ length: count }, () => range) };
    return code(openAsk(await sealAsk(many, { room: ROOM, me: ADA.id, to: BOB.bundle }), sealOf(BOB)));
  };
  assert.deepEqual([await ask(ranges), await ask(ranges + 1)], ["opened", "decode"]);
  const answer = async (change: Partial<RepairAnswer>): Promise<string> => {
    const many = { ...ANSWER, ...change };
    return code(open(await sealAnswer(many, { room: ROOM, identity: BOB.identity, to: ADA.bundle })));
  };
  const filled = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
  const gone = { ...range, messages: 1 };
  const entry = { id: EVE.id, number: 1, hash: "" };
  for (
    const [most, more] of [
      [{ gone: filled(ranges, gone) }, { gone: filled(ranges + 1, gone) }],
      [{ packs: filled(packs, Uint8Array.of(1)) }, { packs: filled(packs + 1, Uint8Array.of(1)) }],
      [{ vector: filled(entries, entry) }, { vector: filled(entries + 1, entry) }],
    ] as [Partial<RepairAnswer>, Partial<RepairAnswer>][]
  ) assert.deepEqual([await answer(most), await answer(more)], ["opened", "decode"]);
});

Deno.test("The largest part that is ever made can be sealed and opened", async () => {
  const filled = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
  const largest: RepairAnswer = {
    ask: 2 ** 40,
    packs: [new Uint8Array(512 * 1024)],
    gone: filled(REPAIR_LIMITS.ranges, { author: EVE.id, from: 2 ** 40, to: 2 ** 41, messages: 2 ** 40 }),
    vector: filled(REPAIR_LIMITS.entries, { id: EVE.id, number: 2 ** 40, hash: "cd".repeat(32) }),
    last: false,
  };
  const sealed = await sealAnswer(largest, { room: ROOM, identity: BOB.identity, to: ADA.bundle });
  assert.deepEqual(await open(sealed), { ...largest, from: BOB.id });
});
