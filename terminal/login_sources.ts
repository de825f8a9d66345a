/** Where the logins for a relay may come from at the start: options, environment, a prompt. @module */
import type { Logins } from "../client/login.ts";
import type { CommonOptions } from "./tasks.ts";
import { readEnv } from "./env.ts";
import type { LineIo } from "./line_io.ts";
import { readSecret } from "./secrets.ts";

/** Logins as they were given. */
export interface GivenLogins extends Logins {
  /** The last word of `connect`: the relay's password too, but only where the relay asks for one. */
  word?: string;
  /** What of it was typed when it was asked for: a slip there may be mended by asking once more. */
  typed?: "password" | "account";
}

/** Where to look, and whom to ask. */
export interface LoginSources {
  /** Reads a line of standard input. */
  nextLine: () => Promise<string | null>;
  /** Who to ask; null where nobody sits. */
  io: LineIo | null;
  /** Reads the environment. @default the process's */
  env?: (name: string) => string | undefined;
}

type LoginOptions = Pick<
  CommonOptions,
  | "token"
  | "relayPassword"
  | "relayPasswordFile"
  | "askRelayPassword"
  | "account"
  | "accountPasswordFile"
>;

/**
 * Finds the logins that the user has given. An option wins over the environment.
 *
 * @param options Options of the command line.
 * @param sources Where else to look.
 * @throws {ClientError} Status 2, when a source was named and gives nothing.
 */
export async function findLogins(options: LoginOptions, sources: LoginSources): Promise<GivenLogins> {
  const { env = readEnv } = sources;
  const token = options.token ?? env("SOTTO_TOKEN");
  const password = await readSecret({
    what: "the relay's password",
    file: options.relayPasswordFile,
    ask: options.askRelayPassword,
    question: "The relay's password: ",
    fileOption: "--relay-password-file",
  }, sources) ?? env("SOTTO_RELAY_PASSWORD");
  const name = options.account ?? env("SOTTO_ACCOUNT");
  let typed: GivenLogins["typed"] = options.askRelayPassword && password !== undefined
    ? "password"
    : undefined;
  const account = name === undefined ? undefined : {
    name,
    password: await accountPassword(name, options.accountPasswordFile, sources, () => typed = "account"),
  };
  return {
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
    ...(account === undefined ? {} : { account }),
    ...(typed === undefined ? {} : { typed }),
    ...(options.relayPassword === undefined ? {} : { word: options.relayPassword }),
  };
}

/**
 * The password of an account: from its file, the environment, or asked for.
 *
 * @param asked Is called when it was typed, and a slip is possible.
 */
export async function accountPassword(
  name: string,
  file: string | undefined,
  sources: LoginSources,
  asked: () => void = () => {},
): Promise<string> {
  const { env = readEnv } = sources;
  const usual = file === undefined ? env("SOTTO_ACCOUNT_PASSWORD") : undefined;
  if (usual !== undefined) return usual;
  if (file === undefined) asked();
  const secret = await readSecret({
    what: "the account's password",
    file,
    ask: file === undefined,
    question: `Password of the account ${name}: `,
    fileOption: "--account-password-file or SOTTO_ACCOUNT_PASSWORD",
  }, sources);
  return secret ?? "";
}
