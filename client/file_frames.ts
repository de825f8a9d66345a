/**
 * Asking for parts of a file, and the parts (SPEC §7.4): signed by whoever says it, sealed to the one it is for.
 *
 * ```
 * FILE_ASK  = [1, 19] sender(16) private("file-ask", CBOR [body, signature])
 * FILE_PART = [1, 20] sender(16) private("file-part", CBOR [body, signature])
 * ask       = CBOR [number, sha256(32), from, count]     count 0: all has come, and is what was offered
 * part      = CBOR [number, index, bytes or null]        null: it cannot be given any more
 * ```
 *
 * @module
 */
import type { Bundle } from "../crypto/bundle.ts";
import { type Bytes, concat, fromHex, toHex } from "../crypto/bytes.ts";
import { asArray, asBytes, asUint, type CborValue, decodeCbor, encodeCbor } from "../crypto/cbor.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { Identity, Verifier } from "../crypto/identity.ts";
import { openPrivate, privateSealBytes, sealPrivate } from "../crypto/private_seal.ts";
import { FILES, partsOf } from "./file_info.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";
import type { KeyRing } from "./key_ring.ts";
import { payloadId, PayloadKind } from "./payload.ts";

/** Asks for parts of the file that the receiver offered under `number`. */
export interface FileAsk {
  number: number;
  /** Whoever knows it has read the offer. */
  sha256: string;
  from: number;
  /** Parts from `from` on; 0 says that all has come. */
  count: number;
}

/** One part, or that there are none any more. */
export interface FilePart {
  number: number;
  index: number;
  bytes: Bytes | null;
}

const MAX_PART = partsOf(FILES.maxBytes);
const MAX_FRAME = FILES.partBytes + 512;
/** What is around the bytes of a part: its number and index, the signature, and how long each of them is. */
const AROUND = 96;

interface Form {
  kind: number;
  purpose: string;
  label: string;
}

const ASK: Form = { kind: PayloadKind.fileAsk, purpose: "file-ask", label: "sotto/v1/file-ask" };
const PART: Form = { kind: PayloadKind.filePart, purpose: "file-part", label: "sotto/v1/file-part" };

/** What sealing needs. */
export interface FileSealer {
  room: Bytes;
  identity: Identity;
  to: Bundle;
}

/** What opening needs. */
export interface FileOpener {
  room: Bytes;
  me: Id;
  keys: KeyRing;
  verifier: (id: Id) => Promise<Verifier> | undefined;
}

/** Signs and seals an ask. */
export function sealFileAsk({ number, sha256, from, count }: FileAsk, sealer: FileSealer): Promise<Bytes> {
  return seal(ASK, [number, fromHex(sha256) as Bytes, from, count], sealer);
}

/** Opens an ask and verifies who asks; rejects with a `CryptoError`. */
export async function openFileAsk(payload: Uint8Array, opener: FileOpener): Promise<FileAsk & { by: Id }> {
  const { by, fields } = await open(ASK, payload, opener);
  return {
    by,
    number: asUint(fields[0]),
    sha256: toHex(asBytes(fields[1], { length: 32 })),
    from: asUint(fields[2], MAX_PART),
    count: asUint(fields[3], FILES.window),
  };
}

/** Signs and seals a part. */
export function sealFilePart({ number, index, bytes }: FilePart, sealer: FileSealer): Promise<Bytes> {
  return seal(PART, [number, index, bytes], sealer);
}

/** Opens a part and verifies who gives it; rejects with a `CryptoError`. */
export async function openFilePart(payload: Uint8Array, opener: FileOpener): Promise<FilePart & { by: Id }> {
  const { by, fields } = await open(PART, payload, opener);
  return {
    by,
    number: asUint(fields[0]),
    index: asUint(fields[1], MAX_PART),
    bytes: fields[2] === null ? null : asBytes(fields[2], { max: FILES.partBytes }),
  };
}

/** How long the frame is, at most, that carries a part of `bytes` bytes. */
export function partFrameBytes(bytes: number): number {
  return 18 + privateSealBytes(bytes + AROUND);
}

async function seal(form: Form, fields: CborValue[], { room, identity, to }: FileSealer): Promise<Bytes> {
  const body = encodeCbor(fields);
  const me = identity.memberId;
  const signature = await identity.sign(form.label, room, me, to.memberId, body);
  const context = { room, sender: me, purpose: form.purpose };
  const sealed = await sealPrivate(to, context, encodeCbor([body, signature]));
  return concat(Uint8Array.of(1, form.kind), me, sealed);
}

async function open(
  form: Form,
  payload: Uint8Array,
  { room, me, keys, verifier }: FileOpener,
): Promise<{ by: Id; fields: readonly CborValue[] }> {
  const sender = payloadId(payload);
  const plaintext = await openAny(form, sender, concat(payload.subarray(18)), { room, me, keys });
  const outer = asArray(decodeCbor(plaintext, { maxBytes: MAX_FRAME, maxDepth: 1 }), 2, 16);
  const body = asBytes(outer[0], { max: MAX_FRAME });
  const signature = asBytes(outer[1], { length: 64 });
  const by = idOf(sender);
  const known = await verifier(by)?.catch(() => undefined);
  if (!(await known?.verify(signature, form.label, room, sender, bytesOf(me), body))) {
    throw new CryptoError("bad_signature", "Cannot accept a part of a file: who gave it did not sign it");
  }
  return { by, fields: asArray(decodeCbor(body, { maxBytes: MAX_FRAME, maxDepth: 1 }), 3, 16) };
}

/** Tries all own keys: nothing outside the seal says for which it is. */
async function openAny(
  { purpose }: Form,
  sender: Bytes,
  sealed: Bytes,
  { room, me, keys }: Omit<FileOpener, "verifier">,
): Promise<Bytes> {
  for (const { keys: own, bundle } of [...keys.all]) {
    const context = { room, sender, me: bytesOf(me), purpose };
    const opened = await openPrivate(own, bundle.hash, context, sealed).catch(() => undefined);
    if (opened !== undefined) return opened;
  }
  throw new CryptoError("open_failed", "Cannot open: it is not sealed to us");
}
