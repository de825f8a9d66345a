/** A passphrase that is kept only as its Argon2id hash, with a brake on wrong tries. @module */
import { type Bytes, equalBytes, utf8 } from "../../crypto/bytes.ts";

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** So many wrong tries are free. */
const FREE_TRIES = 3;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;

/** What it works with. */
export interface PassphraseOptions {
  /** Time in milliseconds. */
  now: () => number;
  /** @default `crypto.getRandomValues` */
  random?: (length: number) => Bytes;
  /** Slow hash of a secret with a salt. @default Argon2id, 64 MiB and 3 passes */
  hash?: (secret: Uint8Array, salt: Uint8Array) => Promise<Bytes>;
}

/** What became of a try. `waitMs`: it did not count, since it came too soon. */
export type TryResult = { right: true; wrongBefore: number } | {
  right: false;
  waitMs: number;
  counted: boolean;
};

/** One passphrase, or none yet. */
export class Passphrase {
  readonly #options: Required<PassphraseOptions>;
  #kept: { salt: Bytes; hash: Bytes } | null = null;
  #wrong = 0;
  #until = 0;
  #busy = false;

  /** Knows none. */
  constructor(options: PassphraseOptions) {
    this.#options = {
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      hash: async (secret, salt) => {
        const { argon2id } = await import("../../crypto/argon2.ts");
        return await argon2id(secret, salt, HASH_BYTES);
      },
      ...options,
    };
  }

  /** Whether there is one. */
  get known(): boolean {
    return this.#kept !== null;
  }

  /** Whether a try is being looked at. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Wrong tries since the last right one. */
  get wrong(): number {
    return this.#wrong;
  }

  /** Keeps the hash of a passphrase in place of the one before. */
  async set(text: string): Promise<void> {
    const salt = this.#options.random(SALT_BYTES);
    const hash = await this.#hash(text, salt);
    this.#kept?.hash.fill(0);
    this.#kept = { salt, hash };
    this.#wrong = this.#until = 0;
  }

  /** Compares. After a few wrong tries each next one has to wait twice as long, up to five minutes. */
  async try(text: string): Promise<TryResult> {
    const kept = this.#kept;
    const waitMs = this.#until - this.#options.now();
    if (kept === null || this.#busy || waitMs > 0) {
      return { right: false, waitMs: Math.max(0, waitMs), counted: false };
    }
    this.#busy = true;
    try {
      const hash = await this.#hash(text, kept.salt);
      const right = equalBytes(hash, kept.hash);
      hash.fill(0);
      if (!right) return { right: false, waitMs: this.#missed(), counted: true };
      const wrongBefore = this.#wrong;
      this.#wrong = this.#until = 0;
      return { right: true, wrongBefore };
    } finally {
      this.#busy = false;
    }
  }

  /** Forgets it. */
  wipe(): void {
    this.#kept?.hash.fill(0);
    this.#kept = null;
  }

  #missed(): number {
    this.#wrong++;
    if (this.#wrong < FREE_TRIES) return 0;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, this.#wrong - FREE_TRIES));
    this.#until = this.#options.now() + wait;
    return wait;
  }

  /** The same for however the keyboard composes its letters. */
  async #hash(text: string, salt: Bytes): Promise<Bytes> {
    const secret = utf8(text.normalize("NFC").toWellFormed());
    try {
      return await this.#options.hash(secret, salt);
    } finally {
      secret.fill(0);
    }
  }
}
