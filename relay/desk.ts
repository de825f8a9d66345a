/** What all logins of a relay share: what they are checked against. @module */
import type { ScramVerifier } from "../crypto/scram_keys.ts";
import type { ErrorName, LoginStep } from "../wire/mod.ts";
import type { AccessTokens } from "./access_tokens.ts";
import { accountName, type Accounts, areAccountKeys, RESERVED_NAMES } from "./accounts.ts";
import type { Audit } from "./audit.ts";
import { hmac } from "./hashing.ts";
import type { LoginThrottle } from "./login_throttle.ts";

/** Who may register: everybody, those who have come in by password or token, or nobody. */
export type Registration = "open" | "invited" | "closed";

/** Something that a password opens, or seems to. */
export interface Door {
  /** The account's name; `""` is the relay's password. */
  name: string;
  /** Whether there is such an account. */
  known: boolean;
  /** What a proof is checked against; where there is nothing to open, nothing fits it. */
  verifier: ScramVerifier;
  /** Whether it is still what it was when this was made. */
  stands(): boolean;
}

/** How a registration ended. */
export type Registered = Made | { refused: ErrorName; sentence?: string };

/** An account that was made. */
export interface Made {
  name: string;
  /** Whether it gets to the disk; undefined where nothing saves it. */
  saved: Promise<boolean> | undefined;
  /** Whether it is still as it was made. */
  stands: () => boolean;
}

/** What {@linkcode Desk} is made of. */
export interface DeskParts {
  password: ScramVerifier | undefined;
  tokens: AccessTokens | undefined;
  accounts: Accounts | undefined;
  /** 32 bytes; makes the salts of accounts that do not exist. */
  secret: Uint8Array;
  /** What accounts that do not exist say of their iterations. */
  accountIterations: number;
  registration: Registration;
  accountOnly: boolean;
  throttle: LoginThrottle;
  audit: Audit;
  random: (length: number) => Uint8Array;
  /** Today, as `2026-11-21`. */
  today: () => string;
}

/** Length of the salt of an account, and so of one that does not exist. */
const SALT_BYTES = 16;

/** What logins are checked against. It knows nothing of connections. */
export class Desk {
  /** Password of the relay, as SCRAM stores it. */
  password: ScramVerifier | undefined;
  readonly throttle: LoginThrottle;
  readonly audit: Audit;
  readonly random: (length: number) => Uint8Array;
  readonly registration: Registration;
  readonly accountOnly: boolean;
  readonly required: boolean;
  readonly #parts: DeskParts;
  readonly #nobody: { storedKey: Uint8Array; serverKey: Uint8Array };

  /** A desk. */
  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.password = parts.password;
    this.throttle = parts.throttle;
    this.audit = parts.audit;
    this.random = parts.random;
    this.registration = parts.registration;
    this.accountOnly = parts.accountOnly;
    this.required = parts.password !== undefined || parts.accountOnly;
    this.#nobody = { storedKey: parts.random(32), serverKey: parts.random(32) };
  }

  /** All tokens; to be asked only where tokens are offered. */
  get tokens(): AccessTokens {
    if (this.#parts.tokens === undefined) throw new RangeError("Cannot use a token: this relay has none");
    return this.#parts.tokens;
  }

  /** Whether there is this way to log in. */
  offers(method: LoginStep["method"]): boolean {
    switch (method) {
      case "password":
        return this.password !== undefined;
      case "token":
        return this.#parts.tokens !== undefined;
      case "account":
      case "register":
        return this.#parts.accounts !== undefined;
    }
  }

  /** What the relay's password opens. */
  ownDoor(): Door {
    const { password } = this;
    const verifier = password ?? this.#fake("");
    return {
      name: "",
      known: true,
      verifier,
      stands: () => password !== undefined && password === this.password,
    };
  }

  /** What the password of an account opens. A name that nobody has looks and costs the same as any other. */
  door(text: string): Door {
    const name = accountName(text) ?? text.slice(0, 64);
    const { accounts } = this.#parts;
    const account = accounts?.get(name);
    const fake = this.#fake(name);
    const stands = (): boolean =>
      account !== undefined && !account.disabled && accounts?.get(name) === account;
    const verifier = account === undefined
      ? fake
      : account.disabled
      ? { ...fake, salt: account.salt, iterations: account.iterations }
      : account;
    return { name, known: account !== undefined, verifier, stands };
  }

  /** Makes an account. */
  register(step: ScramVerifier & { name: string }): Registered {
    const { accounts, today } = this.#parts;
    const name = accountName(step.name);
    if (name === undefined) {
      const sentence =
        "An account's name has 1 to 32 of a-z, 0-9, dot, dash and underscore, and begins with " +
        "a letter or a digit; choose another one.";
      return { refused: "authFailed", sentence };
    }
    const { salt, iterations, storedKey, serverKey } = step;
    const keys = { salt, iterations, storedKey, serverKey };
    if (!areAccountKeys(keys)) {
      const sentence =
        "This relay does not take an account whose password is hashed like this; update the client.";
      return { refused: "authFailed", sentence };
    }
    if (accounts === undefined) return { refused: "methodUnknown" };
    if (accounts.get(name) !== undefined || RESERVED_NAMES.includes(name)) return { refused: "accountTaken" };
    if (accounts.full) {
      const sentence = "This relay has as many accounts as it may have; ask its operator.";
      return { refused: "registrationClosed", sentence };
    }
    accounts.add({ name, ...keys, disabled: false, operator: false, created: today() });
    const made = accounts.get(name);
    return { name, saved: accounts.saving, stands: () => made !== undefined && accounts.get(name) === made };
  }

  /** Takes an account back that could not be saved: nobody has been told that there is one. */
  withdraw(name: string): void {
    this.#parts.accounts?.remove(name);
  }

  /** What SCRAM would store of an account that does not exist: the same for a name each time. */
  #fake(name: string): ScramVerifier {
    const { secret, accountIterations } = this.#parts;
    const salt = hmac(secret, name).subarray(0, SALT_BYTES);
    return { salt, iterations: accountIterations, ...this.#nobody };
  }
}
