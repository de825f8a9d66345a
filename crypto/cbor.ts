/**
 * Deterministic CBOR (RFC 8949 §4.2.1) with a total decoder: any bytes give a value or `CryptoError("decode")`.
 *
 * Only unsigned and negative integers, byte strings, text, arrays, booleans and null are used. The library
 * encodes. The decoder is our own, as it is the first thing that meets what others send: one pass without
 * recursion, which bounds depth and item count, copies nothing, and takes only the shortest form of every head.
 * Since there are no maps and no floats, that is all there is to being deterministic.
 *
 * @module
 */
import { encode, rfc8949EncodeOptions } from "cborg";
import { type Bytes, fromUtf8, utf8 } from "./bytes.ts";
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

/** Decodes one deterministic item that fills all of `bytes`. Byte strings in it are views: read them by {@linkcode asBytes}. */
export function decodeCbor(bytes: Uint8Array, limits: CborLimits): CborValue {
  const { maxBytes, maxDepth = 8, maxItems = 65_536 } = limits;
  if (bytes.length > maxBytes) throw fail("it is too long");
  const outer: OpenArray[] = []; // those around the one that is being filled
  let open: OpenArray = { items: [], left: 1 };
  let at = 0;
  let count = 0;
  for (const whole = open.items;;) {
    while (open.left === 0) {
      const next = outer.pop();
      if (next !== undefined) open = next;
      else if (at === bytes.length) return whole[0] as CborValue;
      else throw fail("bytes follow its end");
    }
    open.left--;
    if (++count > maxItems) throw fail("it has too many items");
    const head = bytes[at++];
    if (head === undefined) throw fail("it is cut short");
    const major = head >> 5;
    let argument = head & 31;
    if (major === 7) {
      if (argument < 20 || argument > 22) throw fail("it holds a type that is not used here");
      open.items.push(argument === 22 ? null : argument === 21);
      continue;
    }
    if (argument > 23) {
      if (argument > 27) throw fail("it has an indefinite length");
      const width = 1 << (argument - 24);
      if (width > bytes.length - at) throw fail("it is cut short");
      argument = 0;
      for (const end = at + width; at < end; at++) argument = argument * 256 + (bytes[at] as number);
      if (argument < (width === 1 ? 24 : 2 ** (4 * width))) throw fail("it is not deterministic CBOR");
    }
    // -1 - argument is what a negative integer stands for.
    if (argument + (major === 1 ? 1 : 0) > Number.MAX_SAFE_INTEGER) throw fail("a number is too large");
    if (major === 0) open.items.push(argument);
    else if (major === 1) open.items.push(-1 - argument);
    else if (major > 4) throw fail("it holds a type that is not used here");
    else if (argument > bytes.length - at) throw fail("it is cut short");
    else if (major === 4) {
      outer.push(open);
      if (outer.length > maxDepth) throw fail("it is nested too deeply");
      const items: CborValue[] = [];
      open.items.push(items);
      open = { items, left: argument };
    } else {
      const string = bytes.subarray(at, at += argument);
      open.items.push(major === 2 ? string : textOf(string));
    }
  }
}

/** An array of which `left` items have not been read yet. */
interface OpenArray {
  items: CborValue[];
  left: number;
}

function textOf(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw fail("a text is not UTF-8", cause);
  }
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
  if (typeof value !== "string" || !fits(value, maxBytes)) throw shape("text");
  return value;
}

function fits(text: string, maxBytes: number): boolean {
  return 3 * text.length <= maxBytes || utf8(text).length <= maxBytes; // no UTF-16 unit takes more than three bytes
}

/** Reads `value` as a boolean. */
export function asBool(value: CborValue | undefined): boolean {
  if (typeof value !== "boolean") throw shape("a boolean");
  return value;
}

function shape(expected: string): CryptoError {
  return new CryptoError("decode", `Cannot decode a structure: expected ${expected}`);
}
