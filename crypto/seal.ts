/**
 * Sealed frames: what an author says to the room, under one step of its sender chain (SPEC, "Sealed frames").
 *
 * ```
 * SEALED = [1, 1] chainId(16) counter(u32) commitment(32) AES-256-GCM(pad(plaintext))
 * AAD    = ENC("sotto/v1/sealed", [1, 1], room, member, chainId, counter)
 * ```
 *
 * @module
 */

import { type Bytes, concat, equalBytes, u32, wipe } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { encodeParts } from "./hash.ts";
import { MAX_PADDED, MIN_PADDED, pad, unpad } from "./padding.ts";
import type { ChainStep, ReceivingChain, SendingChain } from "./sender_chain.ts";
import { GCM_TAG_BYTES, openAesGcm, sealAesGcm } from "./webcrypto.ts";

const KIND = Uint8Array.of(1, 1);
const HEADER_BYTES = 2 + 16 + 4 + 32;

/** Where a frame belongs; authenticated, never sent. */
export interface SealPlace {
  /** The room's id, 16 bytes. */
  room: Uint8Array;
  /** The author's member id, 16 bytes. */
  member: Uint8Array;
}

/** A sealed frame, taken apart. Copies. */
export interface SealedHeader {
  /** The chain it was sealed with. */
  chainId: Bytes;
  /** Its place in that chain. */
  counter: number;
  /** The commitment to the key. */
  commitment: Bytes;
  /** Ciphertext and tag. */
  ciphertext: Bytes;
}

/** Settings of {@linkcode openFrame}. */
export interface OpenOptions {
  /**
   * Decides about the plaintext before the chain moves, for instance by verifying the signature inside. When
   * it throws, the open has failed and no state has changed. Without it, any member of the room can use up a
   * counter of another's chain, since all of them hold its keys.
   *
   * @default accepts everything
   */
  accept?: (plaintext: Bytes) => void | Promise<void>;
}

/**
 * Seals `plaintext` with the chain's next step. The step is taken before this returns its promise, so frames
 * have their counters in the order of the calls. A step is used once: to send again, send the same bytes.
 *
 * Rejects with `limit` (too long; no step is taken), `spent`, `disposed`.
 */
export async function sealFrame(
  chain: SendingChain,
  place: SealPlace,
  plaintext: Uint8Array,
): Promise<Bytes> {
  const padded = pad(plaintext);
  let step: ChainStep | undefined;
  try {
    step = chain.take();
    const header = concat(KIND, chain.chainId, u32(step.counter), step.commitment);
    const params = { key: step.key, nonce: step.nonce, aad: aadOf(place, chain.chainId, step.counter) };
    return concat(header, await sealAesGcm(params, padded));
  } finally {
    wipe(padded);
    if (step) wipe(step.key, step.nonce);
  }
}

/**
 * Takes the chain's next step for one frame that is sealed later: nothing of the chain is needed then.
 *
 * @returns Seals one plaintext as {@linkcode sealFrame} does, once, and wipes the step's key.
 */
export function sealLater(
  chain: SendingChain,
  place: SealPlace,
): (plaintext: Uint8Array) => Promise<Bytes> {
  const step = chain.take();
  const { key, nonce, counter, commitment } = step;
  const header = concat(KIND, chain.chainId, u32(counter), commitment);
  const aad = aadOf(place, chain.chainId, counter);
  return async (plaintext) => {
    const padded = pad(plaintext);
    try {
      return concat(header, await sealAesGcm({ key, nonce, aad }, padded));
    } finally {
      wipe(padded, key, nonce);
    }
  };
}

/**
 * Opens a frame. Opens of one chain run one after the other in the order of the calls, and a failed one
 * changes nothing.
 *
 * Rejects with `decode`, `replayed`, `too_far`, `open_failed`, `disposed`, or what `accept` throws.
 */
export async function openFrame(
  chain: ReceivingChain,
  place: SealPlace,
  payload: Uint8Array,
  { accept }: OpenOptions = {},
): Promise<Bytes> {
  const { chainId, counter, commitment, ciphertext } = readSealedHeader(payload);
  if (!equalBytes(chainId, chain.chainId)) throw new CryptoError("open_failed", "Cannot open: wrong chain");
  const aad = aadOf(place, chainId, counter);
  return await chain.inTurn(async () => {
    const step = chain.step(counter);
    const secrets: Bytes[] = [];
    try {
      if (!equalBytes(step.commitment, commitment)) {
        throw new CryptoError("open_failed", "Cannot open: the message is not authentic");
      }
      const padded = await openAesGcm({ key: step.key, nonce: step.nonce, aad }, ciphertext);
      secrets.push(padded);
      const plaintext = unpad(padded);
      secrets.push(plaintext);
      await accept?.(plaintext);
      step.commit();
      secrets.pop();
      return plaintext;
    } finally {
      step.discard();
      wipe(...secrets);
    }
  });
}

/** Takes a sealed frame apart without opening it; throws `decode`. */
export function readSealedHeader(payload: Uint8Array): SealedHeader {
  const sealed = payload.length - HEADER_BYTES - GCM_TAG_BYTES;
  if (payload[0] !== KIND[0] || payload[1] !== KIND[1] || sealed < MIN_PADDED || sealed > MAX_PADDED) {
    throw new CryptoError("decode", "Cannot read a sealed frame: it is malformed");
  }
  return {
    chainId: new Uint8Array(payload.subarray(2, 18)),
    counter: new DataView(payload.buffer, payload.byteOffset).getUint32(18),
    commitment: new Uint8Array(payload.subarray(22, HEADER_BYTES)),
    ciphertext: new Uint8Array(payload.subarray(HEADER_BYTES)),
  };
}

function aadOf({ room, member }: SealPlace, chainId: Bytes, counter: number): Bytes {
  return encodeParts("sotto/v1/sealed", KIND, room, member, chainId, u32(counter));
}
