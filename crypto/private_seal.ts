/**
 * Bytes for one member: private messages, and what a sponsor hands on (SPEC, "Private seals").
 *
 * ```
 * PRIVATE = ephemeral(65) ‖ KEM seal of pad(plaintext)
 * ```
 *
 * Nothing in it names the recipient, and room, sender, recipient and purpose are bound into the key: it
 * cannot be passed on as somebody else's or for something else. It is not signed; what carries it is.
 *
 * @module
 */
import type { Bundle } from "./bundle.ts";
import { type Bytes, concat, wipe } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { KEM_OVERHEAD, type KemKeys, KemSender, openKem } from "./kem.ts";
import { MAX_PADDED, MIN_PADDED, pad, paddedLength, unpad } from "./padding.ts";
import { P256_PUBLIC_BYTES } from "./webcrypto.ts";

/** What a private seal is bound to. */
export interface PrivateContext {
  /** The room's id. */
  room: Uint8Array;
  /** Member id of the one who seals. */
  sender: Uint8Array;
  /** What the plaintext is for. */
  purpose: string;
}

/** Seals `plaintext` to the member of `to`. Rejects with `limit` (too long) or `bad_key`. */
export async function sealPrivate(
  to: Bundle,
  { room, sender, purpose }: PrivateContext,
  plaintext: Uint8Array,
): Promise<Bytes> {
  const padded = pad(plaintext);
  const kem = await KemSender.create();
  try {
    const ctx = { room, sender, recipient: to.memberId, bundleHash: to.hash, purpose };
    return concat(kem.ephemeral, await kem.seal(to, ctx, padded));
  } finally {
    kem.dispose();
    wipe(padded);
  }
}

/** How long the private seal of `length` bytes is. */
export function privateSealBytes(length: number): number {
  return P256_PUBLIC_BYTES + KEM_OVERHEAD + paddedLength(length);
}

/**
 * Opens a private seal for `me` with the keys of the bundle whose hash is `bundleHash`. Rejects with
 * `open_failed` when it is for somebody else or changed, `decode` when it is no private seal, `disposed`.
 */
export async function openPrivate(
  keys: KemKeys,
  bundleHash: Uint8Array,
  { room, sender, me, purpose }: PrivateContext & { me: Uint8Array },
  bytes: Uint8Array,
): Promise<Bytes> {
  const sealed = bytes.length - P256_PUBLIC_BYTES - KEM_OVERHEAD;
  if (sealed < MIN_PADDED || sealed > MAX_PADDED) {
    throw new CryptoError("decode", "Cannot read a private seal: it has the wrong length");
  }
  const ephemeral = concat(bytes.subarray(0, P256_PUBLIC_BYTES));
  const blob = concat(bytes.subarray(P256_PUBLIC_BYTES));
  const padded = await openKem(keys, ephemeral, blob, { room, sender, recipient: me, bundleHash, purpose });
  try {
    return unpad(padded);
  } finally {
    wipe(padded);
  }
}
