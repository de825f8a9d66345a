/**
 * Logging in to a relay (SPEC, "Logging in"): what crosses the wire is a SCRAM proof or a token. A relay that does
 * not know the password cannot make us believe that it does.
 *
 * @module
 */
import { CryptoError } from "../crypto/errors.ts";
import { ScramClient } from "../crypto/scram_client.ts";
import { WireError } from "../wire/errors.ts";
import {
  type Challenge,
  decodeLoginAnswer,
  encodeLoginStep,
  type LoginAnswer,
  type LoginStep,
  SCRAM_ITERATIONS,
} from "../wire/login.ts";
import { ClientError, type LoginMethod } from "./errors.ts";
import type { SessionEvent } from "./events.ts";
import { type LoginBook, takenBy } from "./login.ts";
import type { Talk } from "./talk.ts";

/** What to log in with, and whom to tell. */
export interface LoginUse {
  book: LoginBook;
  /** Sends a token over a connection without TLS, to another machine too. */
  insecureToken?: boolean | undefined;
  onEvent?: ((event: SessionEvent) => void) | undefined;
}

const TAKES: Readonly<Record<LoginMethod, string>> = {
  password: "its password",
  token: "an access token",
  account: "an account",
};

const REFUSED: Readonly<Record<LoginMethod, string>> = {
  password: "this is not its password",
  token: "it does not know this token; it may have expired or been revoked",
  account: "the account's name or its password is wrong",
};

/** Logs in as the challenge allows. Resolves without doing so where none is asked for and nothing fits. */
export async function logIn(
  talk: Talk,
  challenge: Challenge,
  use: LoginUse,
): Promise<LoginMethod | undefined> {
  const method = use.book.choose(challenge);
  if (method !== undefined) await prove(talk, method, use);
  else if (challenge.required) throw nothingFits(challenge);
  return method;
}

/** Proves one login. */
export async function prove(talk: Talk, method: LoginMethod, use: LoginUse): Promise<void> {
  const { token, password, account } = use.book.logins;
  try {
    if (method === "token") return await sendToken(talk, token ?? "", use);
    warnOfRecorders(talk.url, use);
    const name = method === "account" ? account?.name ?? "" : "";
    await scram(
      talk,
      { method, name, password: (method === "account" ? account?.password : password) ?? "" },
      use,
    );
  } catch (error) {
    if (error instanceof ClientError && error.code === "auth_failed") {
      throw new ClientError("auth_failed", `Cannot log in: the relay says that ${REFUSED[method]}`, {
        cause: error,
        retryAfterMs: error.retryAfterMs,
      });
    }
    throw error;
  }
}

async function sendToken(talk: Talk, token: string, { insecureToken = false }: LoginUse): Promise<void> {
  if (!isPrivateWay(talk.url) && !insecureToken) {
    throw new ClientError(
      "insecure_token",
      "Cannot log in: without TLS whoever listens on the way would have the token. Use a wss:// relay, or allow it",
      { status: 2 },
    );
  }
  if (!(await step(talk, { method: "token", token })).done) throw notProven("it gave no answer to the token");
}

async function scram(
  talk: Talk,
  { method, name, password }: { method: "password" | "account"; name: string; password: string },
  { book }: LoginUse,
): Promise<void> {
  const client = new ScramClient({
    name,
    iterations: SCRAM_ITERATIONS,
    keys: (parameters) => book.keys(password, parameters),
  });
  try {
    const first = await step(talk, { method, message: client.first });
    if (first.done) throw notProven("it has not shown that it knows the password");
    const last = await step(talk, { method, message: await client.final(first.message) });
    client.verify(last.message);
    if (!last.done) throw notProven("it does not come to an end");
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw notProven(
      error.code === "bad_signature"
        ? "it has not shown that it knows the password, so it may not be the relay it pretends to be"
        : error.message.replace(/^Cannot [^:]*: /, ""),
      error,
    );
  }
}

/** One step and its answer. */
export async function step(talk: Talk, next: LoginStep): Promise<LoginAnswer> {
  talk.say({ type: "auth", bytes: encodeLoginStep(next) });
  const { bytes } = await talk.hear("auth_step");
  try {
    return decodeLoginAnswer(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw notProven("its answer cannot be read", error);
  }
}

/** Whoever records a login without TLS can try passwords against it; said once. */
export function warnOfRecorders(url: string, { book, onEvent }: LoginUse): void {
  if (isPrivateWay(url) || book.warned || onEvent === undefined) return;
  book.warned = true;
  const message =
    "There is no TLS to this relay: whoever records this login can guess the password offline, as " +
    "fast as they like. Use a wss:// relay, or a long random password that is used nowhere else";
  onEvent({ type: "notice", code: "login_without_tls", message });
}

/** The error for a relay that asks for more than there is. */
export function nothingFits(challenge: Challenge): ClientError {
  const methods = takenBy(challenge);
  const [code, asks] = challenge.accountOnly
    ? ["account_required", "only those who have an account"] as const
    : [
      "auth_required",
      `only those who log in with ${orList(methods.map((method) => TAKES[method]))}`,
    ] as const;
  return new ClientError(code, `Cannot come in: this relay lets in ${asks}`, { methods });
}

/** Whether nobody can listen on the way: TLS, or this machine. */
export function isPrivateWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "wss:" || protocol === "https:" ||
    /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

/** The error for a relay that does not do its part. */
export function notProven(why: string, cause?: Error): ClientError {
  return new ClientError("relay_not_proven", `Cannot log in to this relay: ${why}`, { cause });
}

function orList(items: readonly string[]): string {
  if (items.length === 0) return "something that this client does not know";
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}
