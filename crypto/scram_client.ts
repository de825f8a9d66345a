/**
 * A client's side of one SCRAM-SHA-256 login (RFC 5802 §5, RFC 7677). The password never leaves it, and a server
 * that does not know the password's verifier is found out.
 *
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64 } from "./base64.ts";
import { type Bytes, equalBytes, randomBytes, wipe } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { type ScramKeys, wipeScramKeys } from "./scram_keys.ts";
import {
  buildClientFinal,
  buildClientFirst,
  clientFinalWithoutProof,
  parseServerFinal,
  parseServerFirst,
} from "./scram_messages.ts";
import { makeProof, type ScramHash, scramTranscript, signAsServer } from "./scram_proof.ts";

/** A client's hash. */
export const NOBLE_SCRAM_HASH: ScramHash = {
  hash: (data) => sha256(data),
  hmac: (key, data) => hmac(sha256, key, data),
};

/** Bytes of a client's nonce before they become text. */
const NONCE_BYTES = 18;

/** What a client logs in with. */
export interface ScramClientOptions {
  /** Name of the account; empty where the server's own password is meant. */
  name: string;
  /** Fewest and most iterations that are accepted. Nothing is derived outside of these. */
  iterations: { readonly min: number; readonly max: number };
  /** Keys of the password under this salt; the login wipes what it is given. */
  keys: (parameters: { salt: Bytes; iterations: number }) => Promise<ScramKeys>;
  /** Nonce. @default 18 random bytes as base64 */
  nonce?: string;
}

/** One login: {@linkcode ScramClient.first}, {@linkcode ScramClient.final}, {@linkcode ScramClient.verify}. */
export class ScramClient {
  /** The client's first message. */
  readonly first: string;
  readonly #bare: string;
  readonly #nonce: string;
  readonly #options: ScramClientOptions;
  #signature: Bytes | null = null;

  /** A login that has not begun. */
  constructor(options: ScramClientOptions) {
    this.#options = options;
    this.#nonce = options.nonce ?? toBase64(randomBytes(NONCE_BYTES));
    const { message, bare } = buildClientFirst({ name: options.name, nonce: this.#nonce });
    this.first = message;
    this.#bare = bare;
  }

  /**
   * The client's final message, on the server's first.
   *
   * @throws {CryptoError} `decode` for a message that is none or not an answer to ours; `limit` for iterations out
   * of bounds.
   */
  async final(serverFirst: string): Promise<string> {
    const { nonce, salt, iterations } = parseServerFirst(serverFirst);
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length) {
      throw new CryptoError("decode", "Cannot log in: the server's answer is not to this login");
    }
    const { min, max } = this.#options.iterations;
    if (iterations < min || iterations > max) {
      const why = iterations < min ? "too few to protect the password" : "too many";
      throw new CryptoError("limit", `Cannot log in: the server asks for ${iterations} iterations, ${why}`);
    }
    const keys = await this.#options.keys({ salt, iterations });
    try {
      const transcript = scramTranscript(this.#bare, serverFirst, clientFinalWithoutProof(nonce));
      this.#signature = signAsServer(keys.serverKey, transcript, NOBLE_SCRAM_HASH);
      return buildClientFinal({ nonce, proof: makeProof(keys, transcript, NOBLE_SCRAM_HASH) });
    } finally {
      wipeScramKeys(keys);
    }
  }

  /**
   * Checks the server's final message: returns only when the server knows the password's verifier.
   *
   * @throws {CryptoError} `bad_signature`, or `decode` for a message that is none.
   */
  verify(serverFinal: string): void {
    const final = parseServerFinal(serverFinal);
    const expected = this.#signature;
    this.#signature = null;
    const right = expected !== null && "signature" in final && equalBytes(final.signature, expected);
    if (expected !== null) wipe(expected);
    if (!right) {
      throw new CryptoError(
        "bad_signature",
        "Cannot log in: the server has not shown that it knows the password",
      );
    }
  }
}
