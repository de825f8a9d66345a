/**
 * Proofs and signatures of SCRAM-SHA-256 (RFC 5802 §3), the same for both sides. Hashing is an argument: a relay has
 * its platform's, a client has `@noble/hashes`.
 *
 * @module
 */
import { type Bytes, equalBytes, utf8, wipe } from "./bytes.ts";

/** SHA-256 and HMAC-SHA-256, synchronous. */
export interface ScramHash {
  /** SHA-256. */
  hash(data: Uint8Array): Uint8Array;
  /** HMAC with SHA-256. */
  hmac(key: Uint8Array, data: Uint8Array): Uint8Array;
}

/** What both sides sign: everything said so far, the proof apart. */
export function scramTranscript(clientFirstBare: string, serverFirst: string, withoutProof: string): Bytes {
  return utf8(`${clientFirstBare},${serverFirst},${withoutProof}`);
}

/** A client's proof over what was said. */
export function makeProof(
  { clientKey, storedKey }: { clientKey: Uint8Array; storedKey: Uint8Array },
  transcript: Uint8Array,
  { hmac }: ScramHash,
): Bytes {
  const signature = hmac(storedKey, transcript);
  return xor(clientKey, signature);
}

/** Whether a proof was made with the key that `storedKey` is the hash of. Time does not depend on the proof. */
export function checkProof(
  proof: Uint8Array,
  { storedKey, transcript }: { storedKey: Uint8Array; transcript: Uint8Array },
  { hash, hmac }: ScramHash,
): boolean {
  const clientKey = xor(proof, hmac(storedKey, transcript));
  const fits = equalBytes(hash(clientKey), storedKey);
  wipe(clientKey);
  return fits;
}

/** A server's signature over what was said: shows that it knows the verifier. */
export function signAsServer(serverKey: Uint8Array, transcript: Uint8Array, { hmac }: ScramHash): Bytes {
  return new Uint8Array(hmac(serverKey, transcript));
}

function xor(a: Uint8Array, b: Uint8Array): Bytes {
  return Uint8Array.from(a, (byte, i) => byte ^ (b[i] ?? 0));
}
