/** Reads statements out of contents, and verifies what they carry (SPEC §8). @module */
import { type Bundle, decodeBundle, verifyBundle } from "../crypto/bundle.ts";
import { toHex } from "../crypto/bytes.ts";
import { isStatement } from "../crypto/content.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { PackedContent } from "../crypto/pack.ts";
import { type Body, decodeBody, type StatementBody } from "./bodies.ts";
import { type Id, idOf } from "./ids.ts";
import type { Statement } from "./room_state.ts";

/** Reads a statement out of a content; `null` when its body or bundle is not what it should be. */
export function readStatement(author: Id, item: PackedContent): Statement | null {
  let body: Body | undefined;
  let bundle: Bundle | null = null;
  try {
    body = decodeBody(item.content.kind, item.content.body);
    if (body !== undefined && "bundle" in body) bundle = decodeBundle(body.bundle);
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
  if (body === undefined || !isStatement(item.content.kind)) return null;
  const { number, lamport } = item.content;
  return { author, number, lamport, hash: toHex(item.hash), body: body as StatementBody, bundle };
}

/** Reads a statement and verifies the bundle that it carries; `null` when either is bad. */
export async function verifyStatement(author: Id, item: PackedContent): Promise<Statement | null> {
  const statement = readStatement(author, item);
  if (statement === null || statement.bundle === null) return statement;
  const own = statement.body.kind !== "add";
  if (own && idOf(statement.bundle.memberId) !== author) return null;
  try {
    await verifyBundle(statement.bundle);
    return statement;
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
