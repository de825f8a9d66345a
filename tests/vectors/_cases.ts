/** What a case is, and fixed inputs that many cases share. @module */
import { type Bytes, toHex } from "../../crypto/bytes.ts";
import type { Fields } from "./_operations.ts";

/** One vector before its output is known. `error` is what a negative one must end in. */
export interface Case {
  /** What it shows; a negative one is named for its one fault. */
  name: string;
  operation: string;
  input: Fields;
  /** `CryptoError <code>` or `WireError <code>`. */
  error?: string;
}

/** A file of vectors. */
export interface CaseFile {
  about: string;
  cases: Case[];
}

/** A positive case. */
export function good(name: string, operation: string, input: Fields): Case {
  return { name, operation, input };
}

/** A negative case. */
export function bad(name: string, operation: string, input: Fields, error: string): Case {
  return { name, operation, input, error };
}

/** `length` bytes that count up from `first`. */
export function count(first: number, length: number): Bytes {
  return Uint8Array.from({ length }, (_, i) => first + i);
}

/** Hexadecimal of {@linkcode count}. */
export function hex(first: number, length: number): string {
  return toHex(count(first, length));
}

/** `bytes` with bit 0 of the byte at `at` (from the end where negative) flipped. */
export function flipped(bytes: Uint8Array, at: number): Bytes {
  const out = new Uint8Array(bytes);
  const index = at < 0 ? out.length + at : at;
  out[index] = (out[index] as number) ^ 1;
  return out;
}

/** The room of all cases. */
export const ROOM: Bytes = count(0x10, 16);
