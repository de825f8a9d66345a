/** Passwords that a relay can check without keeping them. @module */
import { deriveScramKeys, type ScramVerifier, wipeScramKeys } from "../crypto/scram_keys.ts";
import { type Password, preparePassword } from "../crypto/scram_prepare.ts";
import { hmac, sameBytes, sha256, stretch } from "./hashing.ts";

/** Iterations of PBKDF2 for the relay's own password (OWASP 2023). */
export const PASSWORD_ITERATIONS = 600_000;
const SALT_BYTES = 16;

/** Passwords hashed at the same time: the threads that do it are few, and are needed elsewhere. */
const MOST_AT_ONCE = 2;
/** Those that wait for their turn. */
const MOST_WAITING = 32;

/** Settings of a new verifier. */
export interface VerifierOptions {
  /** Iterations of PBKDF2. @default 600,000 */
  iterations?: number;
  /** Salt. @default 16 random bytes */
  salt?: Uint8Array;
}

/**
 * What SCRAM stores of a password (RFC 5802 §3). Takes some 300 ms, off the main thread, and leaves no copy of a password
 * that comes as bytes.
 */
export async function makeVerifier(
  password: Password,
  options: VerifierOptions = {},
): Promise<ScramVerifier> {
  const { iterations = PASSWORD_ITERATIONS } = options;
  const salt = options.salt ?? crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const prepared = preparePassword(password);
  try {
    const salted = await stretch(prepared, { salt, iterations });
    const clientKey = hmac(salted, "Client Key");
    const verifier = {
      salt,
      iterations,
      storedKey: sha256(clientKey),
      serverKey: hmac(salted, "Server Key"),
    };
    for (const secret of [salted, clientKey]) secret.fill(0);
    return verifier;
  } finally {
    prepared.fill(0);
  }
}

/** The relay's password: it is not here, only what SCRAM stores of it. */
export class PasswordVerifier implements ScramVerifier {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;

  /** A verifier made before. */
  constructor({ salt, iterations, storedKey, serverKey }: ScramVerifier) {
    this.salt = salt;
    this.iterations = iterations;
    this.storedKey = storedKey;
    this.serverKey = serverKey;
  }

  /** Makes one. @throws {CryptoError} `bad_code` for a password that cannot be one. */
  static async create(password: Password, options?: VerifierOptions): Promise<PasswordVerifier> {
    return new PasswordVerifier(await makeVerifier(password, options));
  }

  /** Whether this is the password. Hashes it, whatever it is; without a throttle. */
  check(password: string): Promise<boolean> {
    return checkPassword(password, this);
  }
}

/** Whether this is the password of a verifier. */
export async function checkPassword(password: string, verifier: ScramVerifier): Promise<boolean> {
  const { salt, iterations, storedKey } = verifier;
  try {
    // By WebCrypto, which is fast: whoever sends a password itself has left copies of it here already.
    const keys = await deriveScramKeys(password, { salt, iterations });
    const same = sameBytes(keys.storedKey, storedKey);
    wipeScramKeys(keys);
    return same;
  } catch {
    return false; // no password could be like this
  }
}

/** Lets few hash at a time, the others wait, and too many are turned away. */
export class HashGate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** True when `run` would turn somebody away. */
  get full(): boolean {
    return this.#waiting.length >= MOST_WAITING;
  }

  /** Runs `hash` when it is its turn; `undefined` when too many wait. */
  async run<T>(hash: () => Promise<T>): Promise<T | undefined> {
    if (this.full) return undefined;
    if (this.#running >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await hash();
    } finally {
      const next = this.#waiting.shift(); // which takes over the place
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
