/** The relay's side of SCRAM-SHA-256 (RFC 5802 §3, §5): it checks a proof against keys that cannot make one. @module */
import { Buffer } from "node:buffer";
import type { ScramVerifier } from "../crypto/scram_keys.ts";
import {
  buildServerFinal,
  buildServerFirst,
  type ClientFirst,
  parseClientFinal,
  SCRAM_LIMITS,
} from "../crypto/scram_messages.ts";
import { WireError } from "../wire/errors.ts";
import { hmac, sameBytes, sha256 } from "./hashing.ts";

/** Random bytes of the relay's part of a nonce. */
const NONCE_BYTES = 18;

/** One login under way: from what `parseClientFirst` gave to the client's final message. */
export class ScramExchange {
  /** The relay's first message. */
  readonly first: string;
  readonly #verifier: ScramVerifier;
  readonly #nonce: string;
  readonly #signed: string;

  /**
   * Answers with a fresh nonce, so that no recorded login fits again.
   *
   * @throws {WireError} `malformed` when the client's nonce leaves no room for it.
   */
  constructor(
    client: ClientFirst & { bare: string },
    verifier: ScramVerifier,
    random: (length: number) => Uint8Array,
  ) {
    const { salt, iterations } = verifier;
    this.#nonce = client.nonce + Buffer.from(random(NONCE_BYTES)).toString("base64");
    if (this.#nonce.length > SCRAM_LIMITS.nonce) {
      throw new WireError("malformed", "Cannot read a login: its nonce is too long");
    }
    this.#verifier = verifier;
    this.first = buildServerFirst({ nonce: this.#nonce, salt: Uint8Array.from(salt), iterations });
    this.#signed = `${client.bare},${this.first}`;
  }

  /**
   * The relay's final message if the proof is right, else `undefined`. Right or wrong, the same is computed.
   *
   * @throws {CryptoError} `decode`.
   */
  finish(clientFinal: string): string | undefined {
    const { nonce, proof, withoutProof } = parseClientFinal(clientFinal);
    const { storedKey, serverKey } = this.#verifier;
    const transcript = `${this.#signed},${withoutProof}`;
    const mask = hmac(storedKey, transcript);
    const proven = sameBytes(sha256(proof.map((byte, i) => byte ^ (mask[i] ?? 0))), storedKey);
    const signature = Uint8Array.from(hmac(serverKey, transcript));
    return proven && nonce === this.#nonce ? buildServerFinal({ signature }) : undefined;
  }
}
