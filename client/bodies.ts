/**
 * What each kind of content carries (SPEC §7): type, encoder and decoder of every body in one place.
 * Decoders are total: a body, or `CryptoError("decode")`.
 *
 * @module
 */
import {
  asArray,
  asBool,
  asBytes,
  asText,
  asUint,
  type CborValue,
  decodeCbor,
  encodeCbor,
} from "../crypto/cbor.ts";
import { ContentKind } from "../crypto/content.ts";
import type { Bytes } from "../crypto/bytes.ts";
import { CryptoError } from "../crypto/errors.ts";
import { checkNickname, MAX_NICKNAME_BYTES } from "../crypto/nickname.ts";
import { asFile, fileFields, type FileInfo } from "./file_info.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";

const MAX_BODY = 262_144;
/** Longest text of a message, in bytes, whatever a relay allows. */
export const MAX_TEXT = 131_072;
const MAX_TOPIC = 1_024;
const MAX_MEMBERS = 65_535;
/** Shortest time after which a message disappears, in milliseconds. */
export const MIN_TIMER_MS = 5_000;
/** Longest time after which a message disappears, in milliseconds. */
export const MAX_TIMER_MS = 604_800_000;

/** How long a message lives at those that honour it, in milliseconds; without it, as long as the session. */
interface Timed {
  expireMs?: number;
}

/** A decoded body; `kind` is the content kind it belongs to. */
export type Body =
  | { kind: "text"; text: string } & Timed
  | { kind: "action"; text: string } & Timed
  | { kind: "reply"; author: Id; number: number; text: string } & Timed
  | { kind: "edit"; number: number; text: string } & Timed
  | { kind: "delete"; number: number }
  | { kind: "reaction"; author: Id; number: number; emoji: string }
  | { kind: "private"; sealed: Bytes } & Timed
  | { kind: "fileOffer"; file: FileInfo } & Timed
  | { kind: "attempt"; doorId: Bytes; exchangeId: Bytes }
  | { kind: "attemptCleared"; number: number }
  | { kind: "doorSecrets"; doors: Bytes[] }
  | StatementBody;

/** Bodies of the contents that change the room. */
export type StatementBody =
  | { kind: "found"; bundle: Bytes; limit: number | null; topic: string; nonce: Bytes }
  | { kind: "add"; bundle: Bytes; doorId: Bytes; attempt: number }
  | { kind: "leave"; successor: Id | null }
  | { kind: "remove"; target: Id; cut: number }
  | { kind: "role"; target: Id; operator: boolean }
  | { kind: "lock"; locked: boolean }
  | { kind: "limit"; limit: number | null }
  | { kind: "topic"; topic: string }
  | { kind: "door"; commitments: Bytes[] }
  | { kind: "keys"; bundle: Bytes }
  | { kind: "nick"; nick: string }
  | { kind: "expire"; target: Id }
  | { kind: "return"; bundle: Bytes }
  | { kind: "timer"; ms: number | null }
  | { kind: "listed"; listed: boolean };

/** The content kind's number for a body. */
export function kindOf(body: Body): number {
  return ContentKind[body.kind];
}

/** Encodes `body` for the content that carries it. */
export function encodeBody(body: Body): Bytes {
  return encodeCbor(fields(body));
}

function fields(body: Body): CborValue {
  switch (body.kind) {
    case "text":
    case "action":
      return [body.text, ...timed(body)];
    case "reply":
      return [bytesOf(body.author), body.number, body.text, ...timed(body)];
    case "edit":
      return [body.number, body.text, ...timed(body)];
    case "delete":
    case "attemptCleared":
      return [body.number];
    case "reaction":
      return [bytesOf(body.author), body.number, body.emoji];
    case "private":
      return [body.sealed, ...timed(body)];
    case "fileOffer":
      return [...fileFields(body.file), ...timed(body)];
    case "attempt":
      return [body.doorId, body.exchangeId];
    case "doorSecrets":
      return [body.doors];
    case "found":
      return [body.bundle, body.limit, body.topic, body.nonce];
    case "add":
      return [body.bundle, body.doorId, body.attempt];
    case "leave":
      return [body.successor === null ? null : bytesOf(body.successor)];
    case "remove":
      return [bytesOf(body.target), body.cut];
    case "role":
      return [bytesOf(body.target), body.operator];
    case "lock":
      return [body.locked];
    case "limit":
      return [body.limit];
    case "topic":
      return [body.topic];
    case "door":
      return [body.commitments];
    case "keys":
    case "return":
      return [body.bundle];
    case "nick":
      return [body.nick];
    case "expire":
      return [bytesOf(body.target)];
    case "timer":
      return [body.ms];
    case "listed":
      return [body.listed];
  }
}

function timed({ expireMs }: Timed): number[] {
  return expireMs === undefined ? [] : [expireMs];
}

/** Decodes the body of a content of `kind`; `undefined` for a kind that this version does not know. */
export function decodeBody(kind: number, bytes: Uint8Array): Body | undefined {
  const name = names.get(kind);
  if (name === undefined) return undefined;
  const f = asArray(decodeCbor(bytes, { maxBytes: MAX_BODY, maxDepth: 3 }), 1, 64);
  switch (name) {
    case "text":
    case "action":
      return { kind: name, text: asText(f[0], MAX_TEXT), ...asTimed(f[1]) };
    case "reply":
      return {
        kind: name,
        author: asId(f[0]),
        number: asUint(f[1]),
        text: asText(f[2], MAX_TEXT),
        ...asTimed(f[3]),
      };
    case "edit":
      return { kind: name, number: asUint(f[0]), text: asText(f[1], MAX_TEXT), ...asTimed(f[2]) };
    case "delete":
    case "attemptCleared":
      return { kind: name, number: asUint(f[0]) };
    case "reaction":
      return { kind: name, author: asId(f[0]), number: asUint(f[1]), emoji: asText(f[2], 64) };
    case "private":
      return { kind: name, sealed: asBytes(f[0], { max: MAX_BODY }), ...asTimed(f[1]) };
    case "fileOffer":
      return { kind: name, file: asFile(f), ...asTimed(f[3]) };
    case "attempt":
      return { kind: name, doorId: asBytes(f[0], { length: 16 }), exchangeId: asBytes(f[1], { length: 16 }) };
    case "doorSecrets":
      return { kind: name, doors: asArray(f[0], 0, 8).map((door) => asBytes(door, { max: 1_024 })) };
    case "found":
      return {
        kind: name,
        bundle: asBytes(f[0], { max: 4_096 }),
        limit: asLimit(f[1]),
        topic: asText(f[2], MAX_TOPIC),
        nonce: asBytes(f[3], { length: 16 }),
      };
    case "add":
      return {
        kind: name,
        bundle: asBytes(f[0], { max: 4_096 }),
        doorId: asBytes(f[1], { length: 16 }),
        attempt: asUint(f[2]),
      };
    case "leave":
      return { kind: name, successor: f[0] === null ? null : asId(f[0]) };
    case "remove":
      return { kind: name, target: asId(f[0]), cut: asUint(f[1]) };
    case "role":
      return { kind: name, target: asId(f[0]), operator: asBool(f[1]) };
    case "lock":
      return { kind: name, locked: asBool(f[0]) };
    case "limit":
      return { kind: name, limit: asLimit(f[0]) };
    case "topic":
      return { kind: name, topic: asText(f[0], MAX_TOPIC) };
    case "door":
      return { kind: name, commitments: asArray(f[0], 0, 8).map((c) => asBytes(c, { length: 32 })) };
    case "keys":
    case "return":
      return { kind: name, bundle: asBytes(f[0], { max: 4_096 }) };
    case "nick":
      return { kind: name, nick: asNick(f[0]) };
    case "expire":
      return { kind: name, target: asId(f[0]) };
    case "timer":
      return { kind: name, ms: f[0] === null ? null : asTimer(f[0]) };
    case "listed":
      return { kind: name, listed: asBool(f[0]) };
    default:
      return undefined;
  }
}

const names = new Map<number, keyof typeof ContentKind>(
  Object.entries(ContentKind).map(([name, kind]) => [kind, name as keyof typeof ContentKind]),
);

function asId(value: CborValue | undefined): Id {
  return idOf(asBytes(value, { length: 16 }));
}

/** A nickname in canonical form: what is shown of a member is as safe as what its bundle may say. */
function asNick(value: CborValue | undefined): string {
  const nick = asText(value, MAX_NICKNAME_BYTES);
  try {
    if (checkNickname(nick) === nick) return nick;
  } catch (cause) {
    throw new CryptoError("decode", "Cannot decode a nickname: it is not allowed", { cause });
  }
  throw new CryptoError("decode", "Cannot decode a nickname: it is not in canonical form");
}

/** The time in a message, which may be missing. */
function asTimed(value: CborValue | undefined): Timed {
  return value === undefined || value === null ? {} : { expireMs: asTimer(value) };
}

function asTimer(value: CborValue | undefined): number {
  const ms = asUint(value, MAX_TIMER_MS);
  if (ms < MIN_TIMER_MS) throw new CryptoError("decode", "Cannot decode a timer: it is too short");
  return ms;
}

function asLimit(value: CborValue | undefined): number | null {
  if (value === null) return null;
  const limit = asUint(value, MAX_MEMBERS);
  if (limit === 0) throw new CryptoError("decode", "Cannot decode a limit: it is zero");
  return limit;
}
