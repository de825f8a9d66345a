/**
 * Asking for what is missing, and the answer (SPEC §10.2): both sealed to the one they are for, the answer signed by
 * whoever gives it. What it holds is signed by its authors.
 *
 * ```
 * REPAIR_ASK = [1, 11] asker(16) private("repair-ask", CBOR [ask, wants, [[author, from, to], …]])
 * REPAIR     = [1, 16] sender(16) private("repair", CBOR [body, signature])
 * body       = CBOR [ask, [pack, …], [gone, …], vector or null, last]
 * gone       = [author, from, to, messages], or with true at its end what was never for whoever gives the answer; of
 *              its author what that one had no room for, and others may have
 * ```
 *
 * @module
 */
import type { Bundle } from "../crypto/bundle.ts";
import { type Bytes, concat, fromHex, toHex } from "../crypto/bytes.ts";
import { asArray, asBool, asBytes, asUint, decodeCbor, encodeCbor } from "../crypto/cbor.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { Identity, Verifier } from "../crypto/identity.ts";
import { openPrivate, sealPrivate } from "../crypto/private_seal.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";
import type { KeyRing } from "./key_ring.ts";
import { payloadId, PayloadKind } from "./payload.ts";

const LABEL = "sotto/v1/repair";

/** Bounds of asks and answers. */
export const REPAIR_LIMITS = {
  /** Most ranges of one ask. */
  ranges: 64,
  /** Most packs of one answer. */
  packs: 2_048,
  /** Most bytes of packs in one answer. */
  bytes: 262_144,
  /** Most entries of a vector. */
  entries: 1_024,
} as const;

/** Some numbers of one author. */
export interface Range {
  author: Id;
  from: number;
  to: number;
}

/** What a member wants. */
export interface RepairAsk {
  /** Tells asks apart. */
  ask: number;
  /** Also the whole vector of whoever answers, and who is where. */
  all: boolean;
  ranges: Range[];
}

/** Numbers that whoever answers does not have. */
export interface GoneRange extends Range {
  /** How many of them were messages, as far as it has seen them. */
  messages: number;
  /**
   * That it does not have them says nothing of the others: they were never for it, as it came later; or it is their
   * author, and had no room for them any more. @default false
   */
  notMine?: boolean;
}

/** One part of an answer. */
export interface RepairAnswer {
  ask: number;
  /** Signed packs. */
  packs: Bytes[];
  /** What is not to be had of whoever answers. */
  gone: GoneRange[];
  /** Everything that whoever answers has. */
  vector: { id: Id; number: number; hash: string }[] | null;
  /** Nothing more comes for this ask. */
  last: boolean;
}

/** What sealing and opening needs. */
export interface RepairSeal {
  room: Bytes;
  me: Id;
  keys: KeyRing;
}

/** Seals an ask to a member. */
export async function sealAsk(
  ask: RepairAsk,
  { room, me, to }: { room: Bytes; me: Id; to: Bundle },
): Promise<Bytes> {
  const plaintext = encodeCbor([ask.ask, ask.all, ask.ranges.map(encodeRange)]);
  const sealed = await sealPrivate(to, { room, sender: bytesOf(me), purpose: "repair-ask" }, plaintext);
  return concat(Uint8Array.of(1, PayloadKind.repairAsk), bytesOf(me), sealed);
}

/** Opens an ask; rejects with a `CryptoError`. */
export async function openAsk(payload: Uint8Array, seal: RepairSeal): Promise<RepairAsk & { from: Id }> {
  const from = payloadId(payload);
  const f = asArray(decodeCbor(await open(payload, from, "repair-ask", seal), { maxBytes: 65_536 }), 3, 16);
  return {
    from: idOf(from),
    ask: asUint(f[0]),
    all: asBool(f[1]),
    ranges: asArray(f[2], 0, REPAIR_LIMITS.ranges).map(decodeRange),
  };
}

/** Signs an answer and seals it to the asker. */
export async function sealAnswer(
  answer: RepairAnswer,
  { room, identity, to }: { room: Bytes; identity: Identity; to: Bundle },
): Promise<Bytes> {
  const body = encodeCbor([
    answer.ask,
    answer.packs,
    answer.gone.map((gone) => [
      ...encodeRange(gone),
      gone.messages,
      ...(gone.notMine === true ? [true] : []),
    ]),
    answer.vector?.map((
      { id, number, hash },
    ) => [bytesOf(id), number, hash === "" ? NO_HASH : fromHex(hash) as Bytes]) ?? null,
    answer.last,
  ]);
  const me = identity.memberId;
  const signature = await identity.sign(LABEL, room, me, to.memberId, body);
  const context = { room, sender: me, purpose: "repair" };
  const sealed = await sealPrivate(to, context, encodeCbor([body, signature]));
  return concat(Uint8Array.of(1, PayloadKind.repair), me, sealed);
}

/** Opens an answer and verifies who gives it; rejects with a `CryptoError`. */
export async function openAnswer(
  payload: Uint8Array,
  seal: RepairSeal,
  verifier: (id: Id) => Promise<Verifier> | undefined,
): Promise<RepairAnswer & { from: Id }> {
  const from = payloadId(payload);
  const opened = asArray(
    decodeCbor(await open(payload, from, "repair", seal), { maxBytes: 1_048_576, maxDepth: 1 }),
    2,
    16,
  );
  const body = asBytes(opened[0], { max: 1_048_576 });
  const signature = asBytes(opened[1], { length: 64 });
  const known = await verifier(idOf(from))?.catch(() => undefined);
  if (
    known === undefined || !(await known.verify(signature, LABEL, seal.room, from, bytesOf(seal.me), body))
  ) {
    throw new CryptoError("bad_signature", "Cannot accept an answer: who gave it did not sign it");
  }
  const f = asArray(decodeCbor(body, { maxBytes: 1_048_576, maxDepth: 3 }), 5, 16);
  return {
    from: idOf(from),
    ask: asUint(f[0]),
    packs: asArray(f[1], 0, REPAIR_LIMITS.packs).map((pack) => asBytes(pack, { max: 524_288 })),
    gone: asArray(f[2], 0, REPAIR_LIMITS.ranges).map(decodeGone),
    vector: f[3] === null ? null : asArray(f[3], 0, REPAIR_LIMITS.entries).map((item) => {
      const e = asArray(item, 3, 16);
      return {
        id: idOf(asBytes(e[0], { length: 16 })),
        number: asUint(e[1]),
        hash: toHex(asBytes(e[2], { length: 32 })),
      };
    }),
    last: asBool(f[4]),
  };
}

const NO_HASH = new Uint8Array(32);

function encodeRange({ author, from, to }: Range): (Bytes | number)[] {
  return [bytesOf(author), from, to];
}

function decodeRange(item: Parameters<typeof asArray>[0]): Range {
  const f = asArray(item, 3, 16);
  return { author: idOf(asBytes(f[0], { length: 16 })), from: asUint(f[1]), to: asUint(f[2]) };
}

function decodeGone(item: Parameters<typeof asArray>[0]): GoneRange {
  const f = asArray(item, 4, 16);
  const gone = { ...decodeRange(item), messages: asUint(f[3]) };
  return f.length > 4 && asBool(f[4]) ? { ...gone, notMine: true } : gone;
}

/** Tries all own keys: nothing outside the seal says for which it is. */
async function open(
  payload: Uint8Array,
  sender: Bytes,
  purpose: string,
  { room, me, keys }: RepairSeal,
): Promise<Bytes> {
  const sealed = concat(payload.subarray(18));
  for (const { keys: own, bundle } of [...keys.all]) {
    const context = { room, sender, me: bytesOf(me), purpose };
    const opened = await openPrivate(own, bundle.hash, context, sealed).catch(() => undefined);
    if (opened !== undefined) return opened;
  }
  throw new CryptoError("open_failed", "Cannot open: it is not sealed to us");
}
