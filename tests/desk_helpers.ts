/** Logins at a desk, as a client makes them. @module */
import { inspect } from "node:util";
import { ScramClient } from "../crypto/scram_client.ts";
import { deriveScramKeys } from "../crypto/scram_keys.ts";
import { decodeLoginAnswer, encodeLoginStep, errorName, SCRAM_ITERATIONS } from "../wire/mod.ts";
import type { Login, LoginResult } from "../relay/access.ts";
import type { Account } from "../relay/accounts.ts";
import { makeVerifier } from "../relay/password.ts";

/** Iterations that a test can afford. */
export const FEW: number = SCRAM_ITERATIONS.min;

/** What sends a step and gets what came of it. */
export type Sender = (step: Uint8Array) => Promise<LoginResult> | LoginResult;

/** Sends to a login of a desk. */
export function sender(login: Login, now: () => number = () => 0): Sender {
  return (step) => login.take(step, now());
}

/** An account with a password. */
export async function accountOf(
  name: string,
  password: string,
  rest: Partial<Account> = {},
): Promise<Account> {
  const verifier = await makeVerifier(password, { iterations: FEW });
  return { name, ...verifier, disabled: false, operator: false, created: "2026-11-21", ...rest };
}

/** A client that has not begun to log in. */
export function scram(name: string, password: string): ScramClient {
  const keys = (by: { salt: Uint8Array; iterations: number }) => deriveScramKeys(password, by);
  return new ScramClient({ name, iterations: SCRAM_ITERATIONS, keys });
}

/** Logs in by SCRAM; returns `ok` or the name of the refusal. The relay's signature is checked. */
export async function logIn(send: Sender, name: string, password: string): Promise<string> {
  const method = name === "" ? "password" : "account";
  const client = scram(name, password);
  const first = await send(encodeLoginStep({ method, message: client.first }));
  if ("refused" in first) return said(first);
  const message = await client.final(decodeLoginAnswer(first.step).message);
  const last = await send(encodeLoginStep({ method, message }));
  if ("refused" in last) return said(last);
  client.verify(decodeLoginAnswer(last.step).message);
  return said(last);
}

/** Comes in by a token. */
export async function useToken(send: Sender, token: string): Promise<string> {
  return said(await send(encodeLoginStep({ method: "token", token })));
}

/** Registers an account. */
export async function register(send: Sender, name: string, password: string): Promise<string> {
  const verifier = await makeVerifier(password, { iterations: FEW });
  return said(await send(encodeLoginStep({ method: "register", name, ...verifier })));
}

/** What came of a step, in a word. */
export function said(result: LoginResult): string {
  if ("refused" in result) return errorName(result.refused.code) ?? "?";
  return decodeLoginAnswer(result.step).done ? "ok" : "more";
}

/** Everything that `run` puts into maps and sets, private ones too, as text. */
export function keptBy(run: () => void): string {
  const kept: unknown[] = [];
  const { set } = Map.prototype;
  const { add } = Set.prototype;
  Map.prototype.set = function (key, value) {
    kept.push(key, value);
    return set.call(this, key, value);
  };
  Set.prototype.add = function (value) {
    kept.push(value);
    return add.call(this, value);
  };
  try {
    run();
  } finally {
    Map.prototype.set = set;
    Set.prototype.add = add;
  }
  return inspect(kept, { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null });
}
