/** What may be lost: `have`, typing and away, sealed under the chain's side key and signed by their author (SPEC §10). @module */
import { asArray, asBool, asBytes, asText, asUint, decodeCbor, encodeCbor } from "../crypto/cbor.ts";
import { type Bytes, compareBytes, fromHex, toHex, u32, u64 } from "../crypto/bytes.ts";
import { hashParts } from "../crypto/hash.ts";
import type { Identity, Verifier } from "../crypto/identity.ts";
import type { Head } from "./delivery.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";

const LABEL = "sotto/v1/side-frame";
const MAX_SIDE = 65_536;
/** Longest text of somebody who is away, in bytes of UTF-8. */
export const MAX_AWAY_TEXT = 200;

/** Kinds of side frames. */
export const SideKind = { have: 1, typing: 2, away: 3 } as const;

/** A side frame's content. */
export interface Side {
  kind: number;
  /** Rises with each of an author's side frames, so that an old one cannot be played again. */
  number: number;
  payload: Bytes;
  signature: Bytes;
}

/** Signs a side frame. */
export async function signSide(
  identity: Identity,
  room: Uint8Array,
  side: { kind: number; number: number; payload: Bytes },
): Promise<Bytes> {
  const signature = await identity.sign(LABEL, ...signed(room, identity.memberId, side));
  return encodeCbor([side.kind, side.number, side.payload, signature]);
}

/** Decodes a side frame; total. */
export function decodeSide(bytes: Uint8Array): Side {
  const f = asArray(decodeCbor(bytes, { maxBytes: MAX_SIDE, maxDepth: 2 }), 4, 16);
  return {
    kind: asUint(f[0], 65_535),
    number: asUint(f[1]),
    payload: asBytes(f[2], { max: MAX_SIDE }),
    signature: asBytes(f[3], { length: 64 }),
  };
}

/** Verifies who said it. */
export function verifySide(side: Side, room: Uint8Array, verifier: Verifier): Promise<boolean> {
  return verifier.verify(side.signature, LABEL, ...signed(room, verifier.memberId, side));
}

function signed(
  room: Uint8Array,
  author: Uint8Array,
  side: { kind: number; number: number; payload: Uint8Array },
): Uint8Array[] {
  return [room, author, u32(side.kind), u64(side.number), side.payload];
}

/** What a member has: its own head, a digest of all it has, and what changed of late. */
export interface Have {
  number: number;
  hash: string;
  digest: Bytes;
  /** True when `entries` is the whole vector. */
  full: boolean;
  entries: { id: Id; number: number; hash: string }[];
}

/** Digest over a whole vector, its author's own head included; who has said nothing stands in it with number 0. */
export function vectorDigest(vector: ReadonlyMap<Id, Pick<Head, "number" | "hash">>): Bytes {
  const entries = [...vector]
    .map(([id, head]) => ({ id: bytesOf(id), head }))
    .sort((a, b) => compareBytes(a.id, b.id));
  return hashParts(
    "sotto/v1/have",
    ...entries.flatMap(({ id, head }) => [id, u64(head.number), hashBytes(head.hash)]),
  );
}

/** Encodes a `have`. */
export function encodeHave(have: Have): Bytes {
  return encodeCbor([
    have.number,
    hashBytes(have.hash),
    have.digest,
    have.full,
    have.entries.map(({ id, number, hash }) => [bytesOf(id), number, hashBytes(hash)]),
  ]);
}

/** Decodes a `have`; total. */
export function decodeHave(bytes: Uint8Array): Have {
  const f = asArray(decodeCbor(bytes, { maxBytes: MAX_SIDE, maxDepth: 4 }), 5, 16);
  return {
    number: asUint(f[0]),
    hash: toHex(asBytes(f[1], { length: 32 })),
    digest: asBytes(f[2], { length: 32 }),
    full: asBool(f[3]),
    entries: asArray(f[4], 0, 1_024).map((entry) => {
      const e = asArray(entry, 3, 16);
      return {
        id: idOf(asBytes(e[0], { length: 16 })),
        number: asUint(e[1]),
        hash: toHex(asBytes(e[2], { length: 32 })),
      };
    }),
  };
}

/** Encodes whether one types. */
export function encodeTyping(on: boolean): Bytes {
  return encodeCbor([on]);
}

/** Decodes whether somebody types; total. */
export function decodeTyping(bytes: Uint8Array): boolean {
  return asBool(asArray(decodeCbor(bytes, { maxBytes: MAX_SIDE, maxDepth: 1 }), 1, 16)[0]);
}

/** Whether somebody says that it is away, and what about it; the text is empty when it is back. */
export interface AwayWord {
  away: boolean;
  text: string;
}

/** Encodes whether one is away. */
export function encodeAway({ away, text }: AwayWord): Bytes {
  return encodeCbor([away, text]);
}

/** Decodes whether somebody is away; total. */
export function decodeAway(bytes: Uint8Array): AwayWord {
  const f = asArray(decodeCbor(bytes, { maxBytes: MAX_SIDE, maxDepth: 1 }), 2, 16);
  const [away, text] = [asBool(f[0]), asText(f[1], MAX_AWAY_TEXT)];
  return { away, text: away ? text : "" };
}

function hashBytes(hash: string): Bytes {
  return hash === "" ? new Uint8Array(32) : fromHex(hash) as Bytes;
}
