/** What is known of a file before it is fetched, and the bounds of giving and getting one (SPEC §7.4). @module */
import { type Bytes, fromHex, toHex, utf8 } from "../crypto/bytes.ts";
import { asArray, asBytes, asText, asUint, type CborValue } from "../crypto/cbor.ts";
import { CryptoError } from "../crypto/errors.ts";

/** Bounds, each reached by a test; times in milliseconds. */
export const FILES = {
  /** Largest file, in bytes. */
  maxBytes: 4_294_967_296,
  /** Longest name, in bytes of UTF-8. */
  nameBytes: 255,
  /** Bytes of a part; the last one may be shorter. */
  partBytes: 65_536,
  /** Most parts that are asked for and have not come. */
  window: 8,
  /** Most files that one member offers at a time. */
  offers: 64,
  /** Most files that one member fetches at a time. */
  getting: 8,
  /** Most asks that wait, over all members. */
  asks: 512,
  /** Asks of one member that are heard at once. */
  askBurst: 256,
  /** Asks of one member that are heard per second thereafter. */
  asksPerSecond: 32,
  /** Bytes that are given at once; far below what a relay allows, so that words and keys never wait for files. */
  burst: 16_777_216,
  /** Bytes that are given per second thereafter, to all together. */
  bytesPerSecond: 1_048_576,
  /** Most parts after which it is waited until the relay has got those before; 1 on a slow line. */
  group: 4,
  /** A line is slow when what was given takes longer than this to get to the relay. */
  slowMs: 500,
  /** A file that takes longer than this to be read before it is offered is told of. */
  readingMs: 1_000,
  /** How long a part is waited for that cannot be read, while others wait too. */
  readMs: 2_000,
  /** How long nothing comes until it is asked for again. */
  quietMs: 10_000,
  /** How often it is asked for in vain, while whoever offers is there. */
  tries: 12,
} as const;

/** A file that somebody offers. */
export interface FileInfo {
  /** Its name, without a folder. Hostile until shown or used with care. */
  name: string;
  /** In bytes. */
  size: number;
  /** SHA-256 of all of it, 64 hexadecimal digits. */
  sha256: string;
}

/** Why `name` cannot be a file's, or `null`. */
export function badFileName(name: string): string | null {
  if (name === "" || name === "." || name === "..") return "it has no name";
  if (!name.isWellFormed()) return "its name is not valid Unicode";
  if (utf8(name).length > FILES.nameBytes) return `its name is longer than ${FILES.nameBytes} bytes`;
  // deno-lint-ignore no-control-regex
  if (/[/\\\u0000-\u001f\u007f-\u009f]/.test(name)) return "its name has a slash or control characters";
  return null;
}

/** How many parts a file of `size` bytes has. */
export function partsOf(size: number): number {
  return Math.ceil(size / FILES.partBytes);
}

/** How long part `index` of a file of `size` bytes is. */
export function partLength(size: number, index: number): number {
  return Math.max(0, Math.min(FILES.partBytes, size - index * FILES.partBytes));
}

/** The fields of an offer, for whatever carries it. */
export function fileFields({ name, size, sha256 }: FileInfo): CborValue[] {
  return [name, size, fromHex(sha256) as Bytes];
}

/** Reads the fields of an offer; total. */
export function asFile(fields: readonly (CborValue | undefined)[]): FileInfo {
  const f = asArray([...fields] as CborValue[], 3, 64);
  const name = asText(f[0], FILES.nameBytes);
  if (badFileName(name) !== null) {
    throw new CryptoError("decode", "Cannot decode an offer: its name is not one");
  }
  return { name, size: asUint(f[1], FILES.maxBytes), sha256: toHex(asBytes(f[2], { length: 32 })) };
}
