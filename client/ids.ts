/** Member and message ids as strings, so that they can be keys of maps and fields of events. @module */
import { type Bytes, fromHex, toHex } from "../crypto/bytes.ts";

/** A member id: 16 bytes as 32 hexadecimal digits. */
export type Id = string;

/** The id of 16 (or any) bytes. */
export function idOf(bytes: Uint8Array): Id {
  return toHex(bytes);
}

/** The bytes of an id. */
export function bytesOf(id: Id): Bytes {
  const bytes = fromHex(id);
  if (bytes === undefined) throw new TypeError("Cannot read an id: it is not hexadecimal");
  return bytes;
}

/** The id of a message: who said it and under which number. */
export function messageId(author: Id, number: number): string {
  return `${author}-${number}`;
}

/** Reads a message id, or gives `undefined`. */
export function parseMessageId(text: string): { author: Id; number: number } | undefined {
  const match = /^([0-9a-f]{32})-([1-9][0-9]{0,15})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { author: match[1], number: Number(match[2]) };
}
