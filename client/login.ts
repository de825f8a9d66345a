/** What a user can log in to a relay with: its password, an access token, an account (SPEC, "Logging in"). @module */
import { wipe } from "../crypto/bytes.ts";
import { CryptoError } from "../crypto/errors.ts";
import { deriveScramKeys, type ScramKeys, wipeScramKeys } from "../crypto/scram_keys.ts";
import { checkNewPassword, preparePassword } from "../crypto/scram_prepare.ts";
import type { Challenge } from "../wire/login.ts";
import { ACCOUNT_NAME } from "../wire/login.ts";
import { ClientError, type LoginMethod } from "./errors.ts";

/** An account at a relay. */
export interface AccountLogin {
  /** Up to 32 characters: letters, digits, dot, hyphen, underscore. Case does not count. */
  name: string;
  /** Its password; it never crosses the wire. */
  password: string;
}

/** What to log in with. Of several, an account goes before a token, and a token before the password. */
export interface Logins {
  /** The relay's password; it never crosses the wire. */
  password?: string;
  /** An access token, which does. */
  token?: string;
  /** An account. */
  account?: AccountLogin;
}

/** Most sets of keys that are kept. */
export const MAX_KEYS = 4;

/**
 * Logins of one user, shared by all of their connections to a relay. The keys that were derived from a password are
 * kept, so that coming back costs no hashing, until {@linkcode LoginBook.wipe}.
 */
export class LoginBook {
  #logins: Logins = {};
  readonly #keys = new Map<string, Promise<ScramKeys>>();
  /** Set when the user has been told that the way to the relay is open to recorders. */
  warned = false;

  /** A book of checked logins. @throws {ClientError} `bad_login`, status 2. */
  constructor(logins: Logins = {}) {
    this.set(logins);
  }

  /** The book itself, or one of these logins. */
  static of(login: Logins | LoginBook | undefined): LoginBook {
    return login instanceof LoginBook ? login : new LoginBook(login);
  }

  /** Runs `work` with a book; one that is nobody else's is wiped afterwards. */
  static async using<T>(
    login: Logins | LoginBook | undefined,
    work: (book: LoginBook) => Promise<T>,
  ): Promise<T> {
    const book = LoginBook.of(login);
    try {
      return await work(book);
    } finally {
      if (book !== login) book.wipe();
    }
  }

  /** What there is to log in with. */
  get logins(): Readonly<Logins> {
    return this.#logins;
  }

  /** Replaces what there is to log in with, from the next connection on. @throws {ClientError} `bad_login`. */
  set(logins: Logins): void {
    const { password, token, account } = logins;
    if (password !== undefined) checkPassword(password);
    this.#logins = {
      ...(password === undefined ? {} : { password }),
      ...(token === undefined ? {} : { token: readToken(token) }),
      ...(account === undefined ? {} : { account: readAccount(account) }),
    };
    this.wipe();
  }

  /** How many sets of keys are kept. */
  get kept(): number {
    return this.#keys.size;
  }

  /** The way to take where a relay asks this. */
  choose(challenge: Challenge): LoginMethod | undefined {
    const taken = takenBy(challenge);
    return (["account", "token", "password"] as const).find((method) =>
      taken.includes(method) && this.#logins[method] !== undefined
    );
  }

  /** The way to show that one may register. */
  chooseToRegister(challenge: Challenge): "token" | "password" | undefined {
    return (["token", "password"] as const).find((method) =>
      challenge[method] && this.#logins[method] !== undefined
    );
  }

  /** Keys of a password under a salt; derived once. The caller wipes what it gets. */
  async keys(
    password: string,
    { salt, iterations }: { salt: Uint8Array; iterations: number },
  ): Promise<ScramKeys> {
    const key = `${iterations} ${salt.join(".")} ${password}`;
    let derived = this.#keys.get(key);
    if (derived === undefined) {
      derived = deriveScramKeys(password, { salt, iterations });
      this.#keys.set(key, derived);
      for (const old of [...this.#keys.keys()].slice(0, -MAX_KEYS)) this.#forget(old);
    }
    const { clientKey, storedKey, serverKey } = await derived;
    return { clientKey: clientKey.slice(), storedKey: storedKey.slice(), serverKey: serverKey.slice() };
  }

  /** Overwrites derived keys. The logins stay: whoever made the book lets go of it. */
  wipe(): void {
    for (const key of [...this.#keys.keys()]) this.#forget(key);
  }

  #forget(key: string): void {
    // Behind whoever waits for these keys.
    this.#keys.get(key)?.then(wipeScramKeys, () => {});
    this.#keys.delete(key);
  }
}

/** The ways to log in that a relay takes. */
export function takenBy(challenge: Challenge): LoginMethod[] {
  return (["password", "token", "account"] as const).filter((method) =>
    challenge[method] && (method === "account" || !challenge.accountOnly)
  );
}

/** An account with its name as the relay knows it. @throws {ClientError} `bad_login`, status 2. */
export function readAccount({ name, password }: AccountLogin): AccountLogin {
  const canonical = readName(name, "log in");
  checkPassword(password);
  return { name: canonical, password };
}

/** An account to be made. @throws {ClientError} `bad_login`, status 2. */
export function readNewAccount({ name, password }: AccountLogin): AccountLogin {
  const canonical = readName(name, "register");
  passing(() => checkNewPassword(password), "register");
  return { name: canonical, password };
}

function readName(name: string, toDo: string): string {
  const canonical = name.trim().toLowerCase();
  if (ACCOUNT_NAME.test(canonical)) return canonical;
  throw bad(
    "an account's name has 1 to 32 letters a-z, digits, dots, hyphens or underscores, and begins with " +
      "a letter or a digit",
    toDo,
  );
}

function readToken(text: string): string {
  const token = text.trim().toLowerCase();
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(token)) {
    throw bad(
      "this is not an access token; one has 36 characters, as 00000000-0000-4000-8000-000000000000",
      "log in",
    );
  }
  return token;
}

function checkPassword(password: string): void {
  passing(() => wipe(preparePassword(password)), "log in");
}

function passing(check: () => void, toDo: string): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw bad(error.message.replace(/^Cannot use this password: it /, "the password "), toDo);
  }
}

function bad(why: string, toDo: string): ClientError {
  return new ClientError("bad_login", `Cannot ${toDo}: ${why}`, { status: 2 });
}
