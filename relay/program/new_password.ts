/** A new password of an account, asked for or read from a file. @module */
import { checkNewPassword, type Password } from "../../crypto/scram_prepare.ts";
import type { AdminRequest } from "../admin_requests.ts";
import { sameBytes } from "../hashing.ts";
import { makeVerifier } from "../password.ts";
import { readSecretFile } from "../secret_file.ts";
import { UsageError } from "../usage_error.ts";
import type { ProgramIo } from "./io.ts";
import { ask } from "./secrets.ts";

type Keys = Extract<AdminRequest, { command: "account-reset" }>["keys"];
/** Where a new password comes from, and what it must be. */
export interface Wanted {
  /** The file that holds it; asked for where there is none. */
  file: string | undefined;
  /** What to ask. */
  question: string;
  /** Whether it is an account's: that has a shortest length. @default false */
  account?: boolean;
}

/**
 * Asks twice, or reads the file.
 *
 * @throws {UsageError | CryptoError} When there is no password, or one that is too short.
 */
export async function newPassword(
  { file, question, account = false }: Wanted,
  io: ProgramIo,
): Promise<Password> {
  const first = file === undefined
    ? await ask(io, `${question}: `, "--new-password-file")
    : await readSecretFile(file, "--new-password-file");
  if (account) checkNewPassword(first); // before it is asked for again
  if (file !== undefined) return first;
  if (sameText(await ask(io, "Once more: ", "--new-password-file"), first)) return first;
  throw new UsageError("Cannot use that password: the two were not the same; start again");
}

/** What a relay stores of it, for the admin socket. @throws {UsageError} When there is no password. */
export async function newKeys(file: string | undefined, question: string, io: ProgramIo): Promise<Keys> {
  const password = await newPassword({ file, question, account: true }, io);
  const { salt, iterations, storedKey, serverKey } = await makeVerifier(password);
  if (typeof password === "object") password.fill(0);
  return {
    salt: salt.toBase64(),
    iterations,
    storedKey: storedKey.toBase64(),
    serverKey: serverKey.toBase64(),
  };
}

function sameText(a: Password, b: Password): boolean {
  const [left, right] = [a, b].map((each) =>
    typeof each === "string" ? new TextEncoder().encode(each) : each
  );
  return left !== undefined && right !== undefined && sameBytes(left, right);
}
