/**
 * What both sides of a join derive from what they have seen (SPEC §5).
 *
 * @module
 */
import { type Bytes, concat, wipe } from "./bytes.ts";
import { encodeParts, hashParts } from "./hash.ts";
import { hkdf } from "./hkdf.ts";
import type { Answer, Knock } from "./join_payloads.ts";
import type { Spake2Identities, Spake2Keys } from "./spake2.ts";

/** Label of the joiner's signature over the transcript hash. */
export const JOIN_PROOF_LABEL = "sotto/v1/join-proof";

/** Keys of the two directions, 32 bytes each. Whoever holds them wipes them. */
export interface JoinKeys {
  /** Joiner to sponsor. */
  toSponsor: Bytes;
  /** Sponsor to joiner. */
  toJoiner: Bytes;
}

/** Binds an exchange to a member without telling the relay which: opened inside PROVE and WELCOME. */
export function joinCommitment(memberId: Uint8Array, nonce: Uint8Array): Bytes {
  return hashParts("sotto/v1/join-commit", memberId, nonce);
}

/** The identities for SPAKE2's transcript: everything of KNOCK and ANSWER that the shares do not cover. */
export function joinIdentities(
  knock: Omit<Knock, "shareA">,
  answer: Pick<Answer, "roomId" | "commitB" | "mlkemCiphertext" | "versions">,
): Spake2Identities {
  const { doorId, exchangeId, commitA, mlkemKey } = knock;
  return {
    idA: encodeParts("sotto/v1/join-a", answer.roomId, doorId, exchangeId, commitA, mlkemKey, knock.versions),
    idB: encodeParts("sotto/v1/join-b", answer.commitB, answer.mlkemCiphertext, answer.versions),
  };
}

/** The keys of both directions, from the PAKE and ML-KEM together. Wipes `mlkemSecret`. */
export function deriveJoinKeys(pake: Spake2Keys, mlkemSecret: Uint8Array, roomId: Uint8Array): JoinKeys {
  const ikm = concat(pake.ke, mlkemSecret);
  const info = encodeParts("sotto/v1/join-keys", roomId);
  const okm = hkdf(ikm, { salt: pake.transcriptHash, info, length: 64 });
  const keys = { toSponsor: okm.slice(0, 32), toJoiner: okm.slice(32) };
  wipe(ikm, okm, mlkemSecret);
  return keys;
}

/** Nonce of the `index`th text under one of the keys. */
export function joinNonce(index: number): Bytes {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(8, index);
  return nonce;
}
