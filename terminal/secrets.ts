/** Where a room's password may come from, other than the command line that everybody on this computer can read. @module */
import { ClientError } from "../client/errors.ts";
import type { CommonOptions } from "./tasks.ts";
import type { LineIo } from "./line_io.ts";
import { whyUnreadable } from "./unreadable.ts";

/** Where to look. */
export interface PasswordSources {
  /** From the command line. */
  given: string | undefined;
  /** `--password-file`, `--ask-password`. */
  options: Pick<CommonOptions, "passwordFile" | "askPassword">;
  /** Reads a line of standard input. */
  nextLine: () => Promise<string | null>;
  /** Who to ask; null where nobody sits. */
  io: LineIo | null;
}

/** One secret, and how it may be said. */
export interface SecretWanted {
  /** What it is, as in `Cannot read <what>`. */
  what: string;
  /** The file named for it; `-` is standard input. */
  file: string | undefined;
  /** Whether the user wants to be asked. */
  ask: boolean;
  /** How it is asked for. */
  question: string;
  /** The option that names a file, for whoever cannot be asked. */
  fileOption: string;
}

/**
 * Finds the room's password: command line, file or standard input, prompt, in this order.
 *
 * @param sources Where to look.
 * @returns The password; undefined if there is none.
 * @throws {ClientError} Status 2, when a source was named and gives nothing.
 */
export async function findPassword(sources: PasswordSources): Promise<string | undefined> {
  if (sources.given !== undefined) return sources.given;
  const { passwordFile, askPassword } = sources.options;
  return await readSecret({
    what: "the password",
    file: passwordFile,
    ask: askPassword,
    question: "Password: ",
    fileOption: "--password-file",
  }, sources);
}

/**
 * Reads a secret from a file or standard input, or asks for it.
 *
 * @param wanted Which secret.
 * @param where Where to look.
 * @returns The secret; undefined if no source was named.
 * @throws {ClientError} Status 2, when a source was named and gives nothing.
 */
export async function readSecret(
  { what, file, ask, question, fileOption }: SecretWanted,
  { nextLine, io }: Pick<PasswordSources, "nextLine" | "io">,
): Promise<string | undefined> {
  const refusal = (why: string, cause?: unknown): ClientError =>
    new ClientError("no_password", `Cannot read ${what}: ${why}`, { status: 2, cause });
  const notEmpty = (secret: string | null, why: string): string => {
    if (secret === null || secret === "") throw refusal(why);
    return secret;
  };
  if (file === "-" && io?.interactive !== true) return notEmpty(await nextLine(), "standard input is empty");
  if (ask || file === "-") {
    if (io?.interactive !== true) throw refusal(`there is no terminal to ask at; use ${fileOption}`);
    return notEmpty(await io.ask(question, { secret: true }), "none was given");
  }
  if (file === undefined) return undefined;
  return notEmpty(await firstLine(file, refusal), `${JSON.stringify(file)} is empty`);
}

async function firstLine(
  path: string,
  refusal: (why: string, cause?: unknown) => ClientError,
): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    throw refusal(`${JSON.stringify(path)} ${whyUnreadable(cause, path)}`, cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).split(/\r?\n/, 1)[0] ?? "";
  } catch (cause) {
    throw refusal(`${JSON.stringify(path)} is not text in UTF-8`, cause);
  } finally {
    bytes.fill(0);
  }
}
