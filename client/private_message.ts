/**
 * What one member says to another alone (SPEC §7.1): sealed to the one that it is for, and nothing outside the seal says for whom.
 *
 * ```
 * private = seal("message", CBOR [recipient memberId(16), text, file?])
 * ```
 *
 * @module
 */
import type { Bytes } from "../crypto/bytes.ts";
import { asArray, asBytes, asText, decodeCbor, encodeCbor } from "../crypto/cbor.ts";
import { openPrivate, sealPrivate } from "../crypto/private_seal.ts";
import { MAX_TEXT } from "./bodies.ts";
import { asFile, fileFields, type FileInfo } from "./file_info.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";
import type { KeyRing } from "./key_ring.ts";
import type { Member } from "./room_state.ts";

const PURPOSE = "message";
const MAX_BYTES = 262_144;

/** A text for one alone, or a file that is offered to one alone: then the text is its name. */
export interface PrivateMessage {
  text: string;
  file?: FileInfo;
}

/** Seals a message of `me` to a member; rejects when that one's keys cannot be used. */
export async function sealMessage(
  { text, file }: PrivateMessage,
  { room, me, to }: { room: Uint8Array; me: Id; to: Pick<Member, "id" | "bundle"> },
): Promise<Bytes> {
  const plaintext = encodeCbor([bytesOf(to.id), text, ...(file === undefined ? [] : [fileFields(file)])]);
  return await sealPrivate(to.bundle, { room, sender: bytesOf(me), purpose: PURPOSE }, plaintext);
}

/** Opens what `author` has sealed; undefined where it is not for us, or no message. */
export async function openMessage(
  sealed: Uint8Array,
  { room, me, author, keys }: { room: Uint8Array; me: Id; author: Id; keys: KeyRing },
): Promise<PrivateMessage | undefined> {
  for (const { keys: own, bundle } of [...keys.all]) {
    const context = { room, sender: bytesOf(author), me: bytesOf(me), purpose: PURPOSE };
    const opened = await openPrivate(own, bundle.hash, context, sealed).catch(() => undefined);
    if (opened !== undefined) return read(opened, me);
  }
  return undefined;
}

/** Sealed to us and still not a message: there is nothing to show. */
function read(opened: Uint8Array, me: Id): PrivateMessage | undefined {
  try {
    const f = asArray(decodeCbor(opened, { maxBytes: MAX_BYTES, maxDepth: 2 }), 2, 16);
    if (idOf(asBytes(f[0], { length: 16 })) !== me) return undefined;
    const text = asText(f[1], MAX_TEXT);
    return f[2] === undefined || f[2] === null ? { text } : { text, file: asFile(asArray(f[2], 3, 16)) };
  } catch {
    return undefined;
  }
}
