/** A server's side of one SCRAM-SHA-256 login (RFC 5802 §5), synchronous and without state of its own. @module */
import { CryptoError } from "./errors.ts";
import type { ScramVerifier } from "./scram_keys.ts";
import {
  buildServerFinal,
  buildServerFirst,
  type ClientFirst,
  parseClientFinal,
  SCRAM_LIMITS,
} from "./scram_messages.ts";
import { checkProof, type ScramHash, scramTranscript, signAsServer } from "./scram_proof.ts";

/** What a server needs to go on from a client's first message. */
export interface ScramServerOptions {
  /** What is stored of the password; for an unknown name one that nobody has the password of. */
  verifier: ScramVerifier;
  /** The server's part of the nonce: at least 18 random bytes, as base64 or the like. */
  nonce: string;
  /** The platform's hash. */
  hash: ScramHash;
}

/** One login from the client's first message on. */
export class ScramServer {
  /** The server's first message. */
  readonly first: string;
  readonly #nonce: string;
  readonly #bare: string;
  readonly #options: ScramServerOptions;

  /** Goes on from what `parseClientFirst` gave. @throws {CryptoError} `decode` when the nonce leaves no room. */
  constructor({ nonce, bare }: ClientFirst & { bare: string }, options: ScramServerOptions) {
    this.#bare = bare;
    this.#options = options;
    this.#nonce = nonce + options.nonce;
    if (this.#nonce.length > SCRAM_LIMITS.nonce) {
      throw new CryptoError("decode", "Cannot read a login message: its nonce is too long");
    }
    const { salt, iterations } = options.verifier;
    this.first = buildServerFirst({ nonce: this.#nonce, salt: new Uint8Array(salt), iterations });
  }

  /**
   * Checks the client's final message.
   *
   * @returns The server's final message; `undefined` when the password was wrong.
   * @throws {CryptoError} `decode`.
   */
  check(clientFinal: string): string | undefined {
    const { nonce, proof, withoutProof } = parseClientFinal(clientFinal);
    const { verifier: { storedKey, serverKey }, hash } = this.#options;
    const transcript = scramTranscript(this.#bare, this.first, withoutProof);
    const fits = checkProof(proof, { storedKey, transcript }, hash);
    if (!fits || nonce !== this.#nonce) return undefined;
    return buildServerFinal({ signature: signAsServer(serverKey, transcript, hash) });
  }
}
