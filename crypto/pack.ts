/**
 * Packs: up to 256 consecutive contents of one author under one signature (SPEC, "Packs").
 *
 * ```
 * PACK      = CBOR [author(16), [content bytes, …], signature(64)]
 * signature over ("sotto/v1/pack", room, author, u64 first number, u32 count, SHA-256(ENC("", content bytes…)))
 * ```
 *
 * The signature covers the contents, not their packing: what a later version may append to the array is not
 * authenticated by it, and is left out when a pack is kept or passed on. A statement is always alone, so that it can be kept and shown to others by itself.
 *
 * @module
 */
import { type Bytes, concat, equalBytes, u32, u64 } from "./bytes.ts";
import { asArray, asBytes, decodeCbor, encodeCbor } from "./cbor.ts";
import { type Content, contentHash, decodeContent, isStatement, MAX_CONTENT_BYTES } from "./content.ts";
import { CryptoError } from "./errors.ts";
import { encodeParts, sha256, sha256Async } from "./hash.ts";
import { type Identity, SIGNATURE_BYTES, type Verifier } from "./identity.ts";

/** Longest pack in bytes. */
export const MAX_PACK_BYTES: number = 512 * 1024;
/** Most contents of one pack. */
export const MAX_PACK_CONTENTS = 256;

const LABEL = "sotto/v1/pack";

/** A content as it came in a pack. */
export interface PackedContent {
  /** Decoded. */
  content: Content;
  /** As its author encoded it. */
  bytes: Bytes;
  /** {@linkcode contentHash} of `bytes`. */
  hash: Bytes;
}

/** A decoded pack. Nothing in it is to be believed before {@linkcode verifyPack}. */
export interface Pack {
  /** Member id of the author, 16 bytes. */
  author: Bytes;
  /** One to 256, with consecutive numbers, each naming the hash of the one before. */
  contents: readonly PackedContent[];
  /** 64 bytes. */
  signature: Bytes;
  /** The three fields that are known, and nothing that came after them: what is kept and passed on. */
  encoded: Bytes;
}

/**
 * Signs encoded contents of `identity` as one pack of `room`. Rejects with `decode` unless they are
 * consecutive, chained by their hashes, and statements alone; with `limit` when they are too many or too long.
 */
export async function signPack(
  identity: Identity,
  room: Uint8Array,
  contents: readonly Uint8Array[],
): Promise<Bytes> {
  return (await makePack(identity, room, contents)).encoded;
}

/** As {@linkcode signPack}; gives the pack as {@linkcode decodePack} would read it. */
export async function makePack(
  identity: Identity,
  room: Uint8Array,
  contents: readonly Uint8Array[],
): Promise<Pack> {
  if (contents.length > MAX_PACK_CONTENTS) throw tooLarge();
  const packed = readContents(contents.map((bytes) => concat(bytes)));
  const signature = await identity.sign(LABEL, ...await signedParts(room, identity.memberId, packed));
  const pack = { author: concat(identity.memberId), contents: packed, signature };
  const encoded = encodePack(pack);
  if (encoded.length > MAX_PACK_BYTES) throw tooLarge();
  return { ...pack, encoded };
}

/** As {@linkcode makePack}, for one content: the key signs before this returns its promise, and may go then. */
export async function makePackAtOnce(
  identity: Identity,
  room: Uint8Array,
  content: Uint8Array,
): Promise<Pack> {
  const contents = readContents([concat(content)]);
  const digest = sha256(encodeParts("", content));
  const author = concat(identity.memberId);
  const first = u64(contents[0]?.content.number ?? 0);
  const signature = await identity.sign(LABEL, room, author, first, u32(1), digest);
  return { author, contents, signature, encoded: encodePack({ author, contents, signature }) };
}

/** Encodes a signed pack: there is one form of it. */
export function encodePack({ author, contents, signature }: Omit<Pack, "encoded">): Bytes {
  return encodeCbor([author, contents.map(({ bytes }) => bytes), signature]);
}

/** Decodes a pack and every content in it. Copies; throws `decode`. Checks no signature. */
export function decodePack(bytes: Uint8Array): Pack {
  const fields = asArray(decodeCbor(bytes, { maxBytes: MAX_PACK_BYTES }), 3);
  const [author, list, signature] = fields;
  const contents = asArray(list, 1, MAX_PACK_CONTENTS);
  const pack = {
    author: asBytes(author, { length: 16 }),
    contents: readContents(contents.map((item) => asBytes(item, { max: MAX_CONTENT_BYTES }))),
    signature: asBytes(signature, { length: SIGNATURE_BYTES }),
  };
  // With three fields these bytes are that one form already: the decoder takes no other.
  return { ...pack, encoded: fields.length === 3 ? concat(bytes) : encodePack(pack) };
}

/** True when `verifier` is the author's and the signature covers the pack's contents in `room`. */
export async function verifyPack(pack: Pack, room: Uint8Array, verifier: Verifier): Promise<boolean> {
  if (!equalBytes(verifier.memberId, pack.author)) return false;
  return await verifier.verify(pack.signature, LABEL, ...await signedParts(room, pack.author, pack.contents));
}

async function signedParts(
  room: Uint8Array,
  author: Uint8Array,
  contents: readonly PackedContent[],
): Promise<Uint8Array[]> {
  const digest = await sha256Async(encodeParts("", ...contents.map(({ bytes }) => bytes)));
  return [room, author, u64(contents[0]?.content.number ?? 0), u32(contents.length), digest];
}

function readContents(list: readonly Bytes[]): PackedContent[] {
  if (list.length === 0) throw malformed("it is empty");
  const out: PackedContent[] = [];
  for (const bytes of list) {
    const content = decodeContent(bytes);
    const before = out.at(-1);
    if (before) {
      if (content.number !== before.content.number + 1) throw malformed("its numbers are not consecutive");
      if (!equalBytes(content.prevHash, before.hash)) throw malformed("its contents are not chained");
    }
    if (list.length > 1 && isStatement(content.kind)) throw malformed("a statement is not alone");
    out.push({ content, bytes, hash: contentHash(bytes) });
  }
  return out;
}

function malformed(why: string): CryptoError {
  return new CryptoError("decode", `Cannot decode a pack: ${why}`);
}

function tooLarge(): CryptoError {
  return new CryptoError("limit", "Cannot sign a pack: it holds more than a pack may");
}
