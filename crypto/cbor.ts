/**
 * Deterministic CBOR (RFC 8949 §4.2.1) with a total decoder: any bytes give a value or `CryptoError("decode")`.
 *
 * Only unsigned and negative integers, byte strings, text, arrays, booleans and null are used. The decoder
 * walks the bytes once without recursion to bound depth and item count, lets the library decode, and
 * encodes again: what does not come out the same was not deterministic.
 *
 * @module
 */
import { decode, encode, rfc8949EncodeOptions, type Token, Tokenizer, Type } from "cborg";
import { type Bytes, equalBytes, fromUtf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

/** What a structure of this protocol may hold. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[];

/** Bounds for {@linkcode decodeCbor}. */
export interface CborLimits {
  /** Longest accepted input in bytes. */
  maxBytes: number;
  /** Deepest nesting of arrays. @default 8 */
  maxDepth?: number;
  /** Most items of any kind. @default 65536 */
  maxItems?: number;
}

/** Encodes `value` deterministically. */
export function encodeCbor(value: CborValue): Bytes {
  // The library returns a Node `Buffer` where there is one, whose `slice` is a view: hence the copy.
  return new Uint8Array(encode(value, rfc8949EncodeOptions));
}

/** Decodes one deterministic item that fills all of `bytes`. */
export function decodeCbor(bytes: Uint8Array, limits: CborLimits): CborValue {
  const { maxBytes, maxDepth = 8, maxItems = 65_536 } = limits;
  if (bytes.length > maxBytes) throw fail("it is too long");
  scan(bytes, maxDepth, maxItems);
  let value: CborValue;
  let again: Uint8Array;
  try {
    const tokenizer = new ExactTextTokenizer(bytes, DECODE_OPTIONS);
    value = decode(bytes, { ...DECODE_OPTIONS, tokenizer }) as CborValue;
    again = encode(value, rfc8949EncodeOptions);
  } catch (cause) {
    throw fail("it is not CBOR", cause);
  }
  if (!equalBytes(bytes, again)) throw fail("it is not deterministic CBOR");
  return value;
}

const DECODE_OPTIONS = { strict: true, allowUndefined: false, allowBigInt: false, retainStringBytes: true };

/** The library's own text decoding drops a leading byte order mark, which a person may well have pasted. */
class ExactTextTokenizer extends Tokenizer {
  override next(): Token {
    const token = super.next();
    if (token.type === Type.string && token.byteValue !== undefined) token.value = fromUtf8(token.byteValue);
    return token;
  }
}

/** Walks the heads of all items; refuses types outside {@linkcode CborValue}, depth and count. */
function scan(bytes: Uint8Array, maxDepth: number, maxItems: number): void {
  const open: number[] = [1]; // items still expected, one entry per open array
  let at = 0;
  let items = 0;
  while (open.length > 0) {
    const left = open[open.length - 1] as number;
    if (left === 0) {
      open.pop();
      continue;
    }
    open[open.length - 1] = left - 1;
    if (++items > maxItems) throw fail("it has too many items");
    const head = bytes[at++];
    if (head === undefined) throw fail("it is cut short");
    const major = head >> 5;
    const info = head & 31;
    if (major === 7) {
      if (info < 20 || info > 22) throw fail("it holds a type that is not used here");
      continue;
    }
    if (info > 27) throw fail("it has an indefinite length");
    const width = info < 24 ? 0 : 1 << (info - 24);
    let argument = info;
    if (width > 0) {
      argument = 0;
      for (let i = 0; i < width; i++) {
        const byte = bytes[at++];
        if (byte === undefined) throw fail("it is cut short");
        argument = argument * 256 + byte;
      }
    }
    if (argument > Number.MAX_SAFE_INTEGER) throw fail("a number is too large");
    if (major === 2 || major === 3) {
      at += argument;
      if (at > bytes.length) throw fail("it is cut short");
    } else if (major === 4) {
      if (open.length > maxDepth) throw fail("it is nested too deeply");
      if (argument > bytes.length - at) throw fail("it is cut short");
      open.push(argument);
    } else if (major > 4) {
      throw fail("it holds a type that is not used here");
    }
  }
  if (at !== bytes.length) throw fail("bytes follow its end");
}

function fail(why: string, cause?: unknown): CryptoError {
  return new CryptoError("decode", `Cannot decode CBOR: ${why}`, cause === undefined ? undefined : { cause });
}

/** Reads `value` as an array of at least `atLeast` items; further items are for later versions. */
export function asArray(value: CborValue | undefined, atLeast = 0, atMost = 65_536): readonly CborValue[] {
  if (!Array.isArray(value) || value.length < atLeast || value.length > atMost) throw shape("an array");
  return value;
}

/** A copy of `value` as bytes: of exactly `length`, or of at most `max`. */
export function asBytes(
  value: CborValue | undefined,
  size: { length: number } | { max: number },
): Bytes {
  const fits = value instanceof Uint8Array &&
    ("length" in size ? value.length === size.length : value.length <= size.max);
  if (!fits) throw shape("a byte string of the right length");
  return new Uint8Array(value);
}

/** Reads `value` as an integer from 0 to `max`. */
export function asUint(value: CborValue | undefined, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > max) {
    throw shape("a whole number in range");
  }
  return value;
}

/** Reads `value` as text of at most `maxBytes` bytes of UTF-8. */
export function asText(value: CborValue | undefined, maxBytes: number): string {
  if (typeof value !== "string" || new TextEncoder().encode(value).length > maxBytes) throw shape("text");
  return value;
}

/** Reads `value` as a boolean. */
export function asBool(value: CborValue | undefined): boolean {
  if (typeof value !== "boolean") throw shape("a boolean");
  return value;
}

function shape(expected: string): CryptoError {
  return new CryptoError("decode", `Cannot decode a structure: expected ${expected}`);
}
