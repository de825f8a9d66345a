/**
 * Contents: what one author says, one thing each, numbered 1, 2, 3… and chained by hash (SPEC, "Contents").
 *
 * (author, number) is what makes a content unique; `deps` says what its author had seen, so that readers can
 * deliver causally. A content is not signed by itself but in a pack: see `pack.ts`.
 *
 * @module
 */
import { type Bytes, compareBytes } from "./bytes.ts";
import { asArray, asBytes, asUint, type CborValue, decodeCbor, encodeCbor } from "./cbor.ts";
import { CryptoError } from "./errors.ts";
import { hashParts } from "./hash.ts";

/** Longest body in bytes. */
export const MAX_BODY_BYTES: number = 256 * 1024;
/** Most dependencies of one content. */
export const MAX_DEPENDENCIES = 1024;
/** Longest encoded content: the body, the dependencies and what later versions may add. */
export const MAX_CONTENT_BYTES: number = MAX_BODY_BYTES + 64 * 1024;

/** Numbers of the kinds that this version knows; others are kept, counted and ignored. */
export const ContentKind = {
  text: 1,
  action: 2,
  reply: 3,
  edit: 4,
  delete: 5,
  reaction: 6,
  private: 7,
  receipt: 8,
  fileOffer: 9,
  fileAccept: 10,
  fileReject: 11,
  fileChunk: 12,
  fileDone: 13,
  expireTimer: 14,
  away: 15,
  found: 32,
  add: 33,
  leave: 34,
  remove: 35,
  role: 36,
  lock: 37,
  limit: 38,
  topic: 39,
  door: 40,
  keys: 41,
  nick: 42,
  expire: 43,
  return: 44,
  timer: 45,
  listed: 46,
  attempt: 48,
  doorSecrets: 49,
  attemptCleared: 50,
} as const;

/** True when contents of `kind` are statements, which change the room; also for kinds not known yet. */
export function isStatement(kind: number): boolean {
  return kind >= 32 && kind <= 47;
}

/** Up to which of its contents an author had seen another member. */
export interface Dependency {
  /** 16 bytes. */
  memberId: Uint8Array;
  /** From 1. */
  number: number;
}

/** One thing that an author says. */
export interface Content {
  /** From 1, without gaps, over all of an author's contents. */
  number: number;
  /** One of {@linkcode ContentKind}, or a number up to 65,535 of a later version. */
  kind: number;
  /** Lamport time. */
  lamport: number;
  /** {@linkcode contentHash} of the author's content before; 32 zeros for number 1. */
  prevHash: Uint8Array;
  /** What has changed in the author's view since its last content, each member once. */
  deps: readonly Dependency[];
  /** What the kind says it is. */
  body: Uint8Array;
}

/** The hash by which the next content names this one. */
export function contentHash(bytes: Uint8Array): Bytes {
  return hashParts("sotto/v1/content", bytes);
}

/** Encodes a content, its dependencies sorted by member; throws `limit` for what a decoder would refuse. */
export function encodeContent(content: Content): Bytes {
  const deps = [...content.deps].sort((a, b) => compareBytes(a.memberId, b.memberId));
  const fields: CborValue = [
    content.number,
    content.kind,
    content.lamport,
    content.prevHash,
    deps.map(({ memberId, number }) => [memberId, number]),
    content.body,
  ];
  try {
    readContent(fields);
  } catch (cause) {
    throw new CryptoError("limit", "Cannot encode a content: a field is out of bounds", { cause });
  }
  return encodeCbor(fields);
}

/** Decodes a content. Copies; throws `decode`. */
export function decodeContent(bytes: Uint8Array): Content {
  return readContent(decodeCbor(bytes, { maxBytes: MAX_CONTENT_BYTES }));
}

function readContent(value: CborValue): Content {
  const [number, kind, lamport, prevHash, deps, body] = asArray(value, 6);
  const content: Content = {
    number: asUint(number),
    kind: asUint(kind, 0xffff),
    lamport: asUint(lamport),
    prevHash: asBytes(prevHash, { length: 32 }),
    deps: asArray(deps, 0, MAX_DEPENDENCIES).map(readDependency),
    body: asBytes(body, { max: MAX_BODY_BYTES }),
  };
  if (content.number < 1) throw malformed("numbers begin at 1");
  if (content.number === 1 && content.prevHash.some((byte) => byte !== 0)) {
    throw malformed("nothing comes before number 1");
  }
  content.deps.forEach(({ memberId }, i) => {
    const before = content.deps[i - 1];
    if (before && compareBytes(before.memberId, memberId) >= 0) {
      throw malformed("dependencies are not in order");
    }
  });
  return content;
}

function readDependency(value: CborValue): Dependency {
  const [memberId, number] = asArray(value, 2);
  const dependency = { memberId: asBytes(memberId, { length: 16 }), number: asUint(number) };
  if (dependency.number < 1) throw malformed("numbers begin at 1");
  return dependency;
}

function malformed(why: string): CryptoError {
  return new CryptoError("decode", `Cannot decode a content: ${why}`);
}
