/** Passwords that a relay can check without keeping them. @module */
import { deriveScramKeys, type ScramVerifier, wipeScramKeys } from "../crypto/scram_keys.ts";
import { sameBytes } from "./hashing.ts";

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

/** What SCRAM stores of a password (RFC 5802 §3). Takes some 200 ms, off the main thread. */
export async function makeVerifier(password: string, options: VerifierOptions = {}): Promise<ScramVerifier> {
  const { iterations = PASSWORD_ITERATIONS } = options;
  const salt = options.salt ?? crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const keys = await deriveScramKeys(password, { salt, iterations });
  const { storedKey, serverKey } = keys;
  const verifier = { salt, iterations, storedKey: storedKey.slice(), serverKey: serverKey.slice() };
  wipeScramKeys(keys);
  return verifier;
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
  static async create(password: string, options?: VerifierOptions): Promise<PasswordVerifier> {
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
    const made = await makeVerifier(password, { salt, iterations });
    return sameBytes(made.storedKey, storedKey);
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
