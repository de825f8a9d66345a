/** Logins by themselves, each over a short connection of its own: is it right, and a new account. @module */
import { randomBytes } from "../crypto/bytes.ts";
import { deriveScramKeys, wipeScramKeys } from "../crypto/scram_keys.ts";
import { type Challenge, decodeChallenge, type LoginStep } from "../wire/login.ts";
import { CONNECTION_LIMITS } from "./connection.ts";
import { ClientError, type LoginMethod } from "./errors.ts";
import type { SessionEvent } from "./events.ts";
import { greetAnd, type Welcome } from "./greeting.ts";
import { logIn, type LoginUse, notProven, prove, step, warnOfRecorders } from "./logging_in.ts";
import { type AccountLogin, LoginBook, readNewAccount } from "./login.ts";
import type { Clock, Connect, LoginOptions, PinOptions } from "./options.ts";
import { platformClock, platformConnect } from "./platform.ts";
import { unreachable } from "./refusals.ts";
import type { Talk } from "./talk.ts";

/** Iterations of PBKDF2 of a new account (OWASP's figure of 2023 for SHA-256). */
const NEW_ITERATIONS = 600_000;

/** What a short connection needs; options of a session will do. */
export interface AccountOptions extends LoginOptions, PinOptions {
  /** Opens sockets. @default the platform's WebSocket */
  connect?: Connect;
  /** Time. @default the platform's */
  clock?: Clock;
  /** Receives notices. */
  onEvent?: (event: SessionEvent) => void;
  /** Aborts. */
  signal?: AbortSignal;
}

/**
 * Logs in and goes again.
 *
 * @returns How; `undefined` where the relay asks for no login and nothing fits.
 * @throws {ClientError} `auth_failed`, `auth_required`, `relay_not_proven`, `method_unknown` where it has no logins.
 */
export async function checkLogin(relay: string, options: AccountOptions): Promise<LoginMethod | undefined> {
  return await LoginBook.using(options.login, async (book) => {
    let method: LoginMethod | undefined;
    await briefly(relay, options, async (talk, { challenge }) => {
      if (challenge.length === 0) throw noLogins("log in");
      method = await logIn(talk, decodeChallenge(challenge), useOf(book, options));
    });
    return method;
  });
}

/**
 * Makes an account: what the relay gets can check its password and does not hold it. Where the relay asks for it,
 * its password or a token is proven first.
 *
 * @throws {ClientError} `account_taken`, `registration_closed`, `auth_failed`, `auth_required`, `bad_login`.
 */
export async function registerAccount(
  relay: string,
  account: AccountLogin,
  options: AccountOptions & { iterations?: number },
): Promise<void> {
  const { name, password } = readNewAccount(account);
  const { iterations = NEW_ITERATIONS } = options;
  const salt = randomBytes(16);
  // Before the relay's patience begins to run.
  const keys = await deriveScramKeys(password, { salt, iterations });
  try {
    const { storedKey, serverKey } = keys;
    const registration = { method: "register", name, iterations, salt, storedKey, serverKey } as const;
    await LoginBook.using(options.login, (book) =>
      briefly(relay, options, async (talk, { challenge }) => {
        await register(talk, decodeChallenge(challenge), { registration, use: useOf(book, options) });
      }));
  } finally {
    wipeScramKeys(keys);
  }
}

async function register(
  talk: Talk,
  challenge: Challenge,
  { registration, use }: { registration: LoginStep; use: LoginUse },
): Promise<void> {
  if (!challenge.account) throw noLogins("register");
  if (!challenge.register) {
    throw new ClientError("registration_closed", "Cannot register: this relay takes no new accounts");
  }
  const method = use.book.chooseToRegister(challenge);
  if (method !== undefined) await prove(talk, method, use);
  warnOfRecorders(talk.url, use);
  if (!(await step(talk, registration)).done) throw notProven("it does not say that there is an account now");
}

function useOf(book: LoginBook, { insecureToken, onEvent }: AccountOptions): LoginUse {
  return { book, insecureToken, onEvent };
}

async function briefly(
  relay: string,
  { connect = platformConnect, clock = platformClock, certHash, signal: stop }: AccountOptions,
  work: (talk: Talk, welcome: Welcome) => Promise<void>,
): Promise<void> {
  const deadline = new AbortController();
  const timer = clock.setTimer(
    () => deadline.abort(unreachable(relay, "it did not answer within 9 s")),
    CONNECTION_LIMITS.answerMs,
  );
  const signal = stop === undefined ? deadline.signal : AbortSignal.any([deadline.signal, stop]);
  try {
    const socket = await connect(relay, { signal, ...(certHash && { certHash }) });
    await greetAnd(socket, { url: relay, signal }, work);
    socket.onMessage = () => {};
    socket.onClose = () => {};
    socket.close();
  } finally {
    clock.clearTimer(timer);
  }
}

function noLogins(doWhat: string): ClientError {
  return new ClientError(
    "method_unknown",
    `Cannot ${doWhat}: this relay has no accounts or passwords of its own`,
  );
}
