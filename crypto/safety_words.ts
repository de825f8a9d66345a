/**
 * Words that two people read to each other to be sure that no one stands between them: 12 words of the BIP-39
 * English list, 11 bits each, the leading 132 bits of a hash.
 *
 * An attacker has to find a key whose words match given ones, a second preimage of 132 bits; the order of the
 * fingerprints does not matter, so that both sides read the same.
 *
 * @module
 */
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { compareBytes } from "./bytes.ts";
import { hashParts } from "./hash.ts";

/** How many words. */
export const SAFETY_WORD_COUNT = 12;

/** The words for two members, by their fingerprints. */
export function pairWords(fingerprintA: Uint8Array, fingerprintB: Uint8Array): string[] {
  const sorted = [fingerprintA, fingerprintB].sort(compareBytes);
  return toWords(hashParts("sotto/v1/safety-pair", ...sorted));
}

/** The words for a whole room: the hash of its FOUND and the fingerprints of those present. */
export function roomWords(foundHash: Uint8Array, fingerprints: readonly Uint8Array[]): string[] {
  const sorted = [...fingerprints].sort(compareBytes);
  return toWords(hashParts("sotto/v1/safety-room", foundHash, ...sorted));
}

function toWords(hash: Uint8Array): string[] {
  const words: string[] = [];
  let pending = 0;
  let bits = 0;
  for (const byte of hash) {
    pending = (pending << 8) | byte;
    bits += 8;
    if (bits < 11) continue;
    bits -= 11;
    words.push(wordlist[pending >> bits] as string);
    pending &= (1 << bits) - 1;
    if (words.length === SAFETY_WORD_COUNT) break;
  }
  return words;
}
