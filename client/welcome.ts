/** What a sponsor tells a newcomer once it is in (SPEC §5.3). @module */
import { asArray, asBytes, asUint, decodeCbor, encodeCbor } from "../crypto/cbor.ts";
import type { Bytes } from "../crypto/bytes.ts";
import { padmeLength } from "../crypto/padding.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";

/** Longest welcome in bytes. */
export const MAX_WELCOME: number = 16 * 1_048_576;

/** A newcomer's first view of the room: its sponsor's. */
export interface WelcomeContent {
  /** Signed packs of all statements, FOUND first. */
  packs: Bytes[];
  /** `present` payloads of the members that are connected. */
  presents: Bytes[];
  /** How far each author had come; hints only, an author's own distribution decides. */
  vector: { id: Id; number: number; lamport: number }[];
  /** Encoded doors with their secrets, so that the newcomer can sponsor. */
  doors: Bytes[];
  /** Wrong guesses so far, by door. */
  guesses: { doorId: Bytes; count: number }[];
}

/** Encodes a welcome, filled up so that its length tells little (Padmé); a decoder passes over the filling. */
export function encodeWelcome(welcome: WelcomeContent): Bytes {
  const fields = [
    welcome.packs,
    welcome.presents,
    welcome.vector.map(({ id, number, lamport }) => [bytesOf(id), number, lamport]),
    welcome.doors,
    welcome.guesses.map(({ doorId, count }) => [doorId, count]),
  ];
  const length = encodeCbor([...fields, new Uint8Array(0)]).length;
  return encodeCbor([...fields, new Uint8Array(padmeLength(length) - length)]);
}

/** Decodes a welcome; total. */
export function decodeWelcome(bytes: Uint8Array): WelcomeContent {
  const f = asArray(decodeCbor(bytes, { maxBytes: MAX_WELCOME, maxDepth: 4, maxItems: 500_000 }), 5, 16);
  return {
    packs: asArray(f[0], 1, 65_536).map((pack) => asBytes(pack, { max: 524_288 })),
    presents: asArray(f[1], 0, 4_096).map((p) => asBytes(p, { max: 256 })),
    vector: asArray(f[2], 0, 65_536).map((entry) => {
      const e = asArray(entry, 3, 16);
      return { id: idOf(asBytes(e[0], { length: 16 })), number: asUint(e[1]), lamport: asUint(e[2]) };
    }),
    doors: asArray(f[3], 0, 8).map((door) => asBytes(door, { max: 1_024 })),
    guesses: asArray(f[4], 0, 64).map((entry) => {
      const e = asArray(entry, 2, 16);
      return { doorId: asBytes(e[0], { length: 16 }), count: asUint(e[1]) };
    }),
  };
}

/** What a sponsor answers somebody who knows the code and may not come in all the same. */
export type Refusal = "room_full" | "locked" | "nick_taken" | "bad_nick" | "door_turned";

const REFUSALS: readonly Refusal[] = ["room_full", "locked", "nick_taken", "bad_nick", "door_turned"];

/** Encodes a refusal. */
export function encodeRefusal(refusal: Refusal): Bytes {
  return Uint8Array.of(REFUSALS.indexOf(refusal) + 1);
}

/** Decodes a refusal; what a later version may add reads as a locked room. */
export function decodeRefusal(bytes: Uint8Array): Refusal {
  return REFUSALS[(bytes[0] ?? 0) - 1] ?? "locked";
}
