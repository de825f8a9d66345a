/**
 * Distributions: how an author hands its sender chain to the members it trusts (SPEC, "Distributions").
 *
 * ```
 * payload   = common ‖ part                       as one recipient gets it
 * common    = [1, 2] u32 length ‖ CBOR [author(16), chainId(16), startCounter, previous chainId(16 or 0),
 *             previous finalCounter, headNumber, headHash(32), headLamport, ephemeral(65), hashes(32 each),
 *             signature(64)]
 * part      = u16 index ‖ u32 keyNumber ‖ addHash(32) ‖ blob
 * blob      = KEM seal of chainKey(32) ‖ sideKey(32), purpose "distribution",
 *             AAD ENC("sotto/v1/dist-aad", chainId, u32 startCounter)
 * hashes[i] = H("sotto/v1/dist-entry", recipient, addHash, u32 keyNumber, blob)
 * signature over ("sotto/v1/distribution", room, CBOR of the first ten fields)
 * ```
 *
 * One signature serves all recipients. Each checks that it covers its own part at its own index, so nobody
 * can be given another's part, another chain, or a part of an older distribution.
 *
 * @module
 */
import type { Bundle } from "./bundle.ts";
import { type Bytes, concat, equalBytes, u32, wipe } from "./bytes.ts";
import { asArray, asBytes, asUint, type CborValue, decodeCbor, encodeCbor } from "./cbor.ts";
import { CryptoError } from "./errors.ts";
import { encodeParts, hashParts } from "./hash.ts";
import { type Identity, SIGNATURE_BYTES, type Verifier } from "./identity.ts";
import { KEM_OVERHEAD, type KemContext, type KemKeys, KemSender, openKem } from "./kem.ts";
import { type ChainStart, MAX_CHAIN_MESSAGES } from "./sender_chain.ts";
import { P256_PUBLIC_BYTES } from "./webcrypto.ts";

/** Most recipients of one distribution. */
export const MAX_RECIPIENTS = 1024;

const KIND = Uint8Array.of(1, 2);
const LABEL = "sotto/v1/distribution";
const PURPOSE = "distribution";
const SIGNED_FIELDS = 10;
const MAX_COMMON = 32 * MAX_RECIPIENTS + 1024;
const PART_HEADER = 2 + 4 + 32;
const SECRETS = 64;
const MAX_BLOB = KEM_OVERHEAD + SECRETS + 1024; // what later versions may add

/** The chain that an author used before, and how far it went: its messages from there on do not exist. */
export interface PreviousChain {
  /** 16 bytes. */
  chainId: Uint8Array;
  /** One more than the counter of its last message. */
  finalCounter: number;
}

/** The author's last content before the distribution. */
export interface Head {
  /** 0 when it has said nothing. */
  number: number;
  /** 32 bytes; zeros when it has said nothing. */
  hash: Uint8Array;
  /** Lamport time. */
  lamport: number;
}

/** What {@linkcode sealDistributions} tells all recipients. */
export interface DistributionOptions {
  /** The room's id. */
  room: Uint8Array;
  /** The chain from where on the recipients may read. Not wiped here. */
  start: ChainStart;
  /** The chain before this one. @default none: this is the author's first chain */
  previous?: PreviousChain;
  /** Where the author stands. */
  head: Head;
}

/** One member that gets the chain. */
export interface Recipient {
  /** 16 bytes. */
  memberId: Uint8Array;
  /** Its latest bundle, verified and tried: an unusable key fails the whole distribution. */
  bundle: Bundle;
  /** Hash of the ADD that made it a member, 32 bytes. */
  addHash: Uint8Array;
}

/** A distribution as one recipient got it. Nothing in it is to be believed before it is opened. */
export interface ParsedDistribution {
  /** Member id of the author. */
  author: Bytes;
  /** The chain it hands out. */
  chainId: Bytes;
  /** From which message on. */
  startCounter: number;
  /** Absent for an author's first chain. */
  previous?: PreviousChain;
  /** Where the author stands. */
  head: Head;
  /** Number of the recipient's bundle that the part is sealed to. */
  keyNumber: number;
  /** The ADD by which the author knows the recipient. */
  addHash: Bytes;
  /** Place of the part in the list. */
  index: number;
  /** ECDH key of the seals. */
  ephemeral: Bytes;
  /** 32 bytes for each recipient. */
  hashes: Bytes;
  /** The sealed secrets. */
  blob: Bytes;
  /** What the signature covers, besides the room. */
  signed: Bytes;
  /** 64 bytes. */
  signature: Bytes;
}

/** What a recipient opens a distribution with. */
export interface OpenDistributionOptions {
  /** The room's id. */
  room: Uint8Array;
  /** The recipient's own member id. */
  me: Uint8Array;
  /** Its keys of the distribution's `keyNumber`. */
  keys: KemKeys;
  /** Hash of the bundle with these keys. */
  bundleHash: Uint8Array;
  /** The author's. */
  verifier: Verifier;
}

/**
 * Seals `start` for every recipient under one signature. `parts[i]` is for `recipients[i]`, to be sent behind
 * `common`. Rejects with `limit` (too many), `bad_key` (a recipient's key is unusable), `disposed`.
 */
export async function sealDistributions(
  identity: Identity,
  { room, start, previous, head }: DistributionOptions,
  recipients: readonly Recipient[],
): Promise<{ common: Bytes; parts: Bytes[] }> {
  if (recipients.length > MAX_RECIPIENTS) {
    throw new CryptoError("limit", "Cannot distribute a chain: there are too many recipients");
  }
  const sender = await KemSender.create();
  const secrets = concat(start.chainKey, start.sideKey);
  try {
    const aad = aadOf(start.chainId, start.counter);
    const entries = await Promise.all(recipients.map(async ({ memberId, bundle, addHash }) => {
      const ctx = contextOf(room, identity.memberId, memberId, bundle.hash);
      const blob = await sender.seal(bundle, ctx, secrets, aad);
      const { keyNumber } = bundle;
      return { keyNumber, addHash, blob, hash: entryHash(memberId, { addHash, keyNumber, blob }) };
    }));
    const fields: CborValue[] = [
      identity.memberId,
      start.chainId,
      start.counter,
      previous?.chainId ?? new Uint8Array(0),
      previous?.finalCounter ?? 0,
      head.number,
      head.hash,
      head.lamport,
      sender.ephemeral,
      concat(...entries.map(({ hash }) => hash)),
    ];
    const body = encodeCbor([...fields, await identity.sign(LABEL, room, encodeCbor(fields))]);
    const parts = entries.map(({ keyNumber, addHash, blob }, index) =>
      concat(Uint8Array.of(index >> 8, index), u32(keyNumber), addHash, blob)
    );
    return { common: concat(KIND, u32(body.length), body), parts };
  } finally {
    sender.dispose();
    wipe(secrets);
  }
}

/** Takes a distribution apart; throws `decode`. Copies, and checks neither signature nor hash. */
export function parseDistribution(payload: Uint8Array): ParsedDistribution {
  if (payload.length < 6 || payload[0] !== KIND[0] || payload[1] !== KIND[1]) {
    throw malformed("it is of another kind");
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const at = 6 + view.getUint32(2);
  const sealed = payload.length - at - PART_HEADER;
  if (sealed < KEM_OVERHEAD + SECRETS || sealed > MAX_BLOB) throw malformed("its part has the wrong length");
  const fields = asArray(
    decodeCbor(payload.subarray(6, at), { maxBytes: MAX_COMMON }),
    SIGNED_FIELDS + 1,
  );
  const previousId = asBytes(fields[3], { max: 16 });
  const finalCounter = asUint(fields[4], MAX_CHAIN_MESSAGES);
  const known = previousId.length === 16;
  if (!known && (previousId.length > 0 || finalCounter > 0)) {
    throw malformed("its previous chain has no name");
  }
  const hashes = asBytes(fields[9], { max: 32 * MAX_RECIPIENTS });
  if (hashes.length % 32 !== 0) throw malformed("its hashes have the wrong length");
  return {
    author: asBytes(fields[0], { length: 16 }),
    chainId: asBytes(fields[1], { length: 16 }),
    startCounter: asUint(fields[2], MAX_CHAIN_MESSAGES),
    ...(known ? { previous: { chainId: previousId, finalCounter } } : {}),
    head: {
      number: asUint(fields[5]),
      hash: asBytes(fields[6], { length: 32 }),
      lamport: asUint(fields[7]),
    },
    ephemeral: asBytes(fields[8], { length: P256_PUBLIC_BYTES }),
    hashes,
    signature: asBytes(fields[SIGNED_FIELDS], { length: SIGNATURE_BYTES }),
    signed: encodeCbor(fields.slice(0, SIGNED_FIELDS)),
    index: view.getUint16(at),
    keyNumber: view.getUint32(at + 2),
    addHash: concat(payload.subarray(at + 6, at + PART_HEADER)),
    blob: concat(payload.subarray(at + PART_HEADER)),
  };
}

/**
 * Checks that the author signed this part for `me` in `room`, and opens it. The caller wipes the result.
 * Rejects with `bad_signature`, `open_failed` or, if the keys have gone, `disposed`.
 */
export async function openDistribution(
  parsed: ParsedDistribution,
  { room, me, keys, bundleHash, verifier }: OpenDistributionOptions,
): Promise<ChainStart> {
  const { author, chainId, startCounter, index, hashes, blob } = parsed;
  const listed = hashes.subarray(32 * index, 32 * index + 32);
  const trusted = equalBytes(verifier.memberId, author) &&
    equalBytes(listed, entryHash(me, parsed)) &&
    await verifier.verify(parsed.signature, LABEL, room, parsed.signed);
  if (!trusted) {
    throw new CryptoError("bad_signature", "Cannot accept a sender chain: its author did not sign it for us");
  }
  const ctx = contextOf(room, author, me, bundleHash);
  const secrets = await openKem(keys, parsed.ephemeral, blob, ctx, aadOf(chainId, startCounter));
  try {
    return {
      chainId: concat(chainId),
      counter: startCounter,
      chainKey: secrets.slice(0, 32),
      sideKey: secrets.slice(32, SECRETS),
    };
  } finally {
    wipe(secrets);
  }
}

function entryHash(
  recipient: Uint8Array,
  { addHash, keyNumber, blob }: { addHash: Uint8Array; keyNumber: number; blob: Uint8Array },
): Bytes {
  return hashParts("sotto/v1/dist-entry", recipient, addHash, u32(keyNumber), blob);
}

function contextOf(
  room: Uint8Array,
  sender: Uint8Array,
  recipient: Uint8Array,
  bundleHash: Uint8Array,
): KemContext {
  return { room, sender, recipient, bundleHash, purpose: PURPOSE };
}

function aadOf(chainId: Uint8Array, startCounter: number): Bytes {
  return encodeParts("sotto/v1/dist-aad", chainId, u32(startCounter));
}

function malformed(why: string): CryptoError {
  return new CryptoError("decode", `Cannot decode a distribution: ${why}`);
}
