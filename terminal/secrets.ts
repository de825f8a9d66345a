/** Where a room's password may come from, other than the command line that everybody on this computer can read. @module */
import { ClientError } from "../client/errors.ts";
import type { CommonOptions } from "./command_line.ts";
import type { LineIo } from "./line_io.ts";

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

/**
 * Finds the password: command line, file or standard input, prompt, in this order.
 *
 * @param sources Where to look.
 * @returns The password; undefined if there is none.
 * @throws {ClientError} Status 2, when a source was named and gives nothing.
 */
export async function findPassword(sources: PasswordSources): Promise<string | undefined> {
  const { given, options, io } = sources;
  if (given !== undefined) return given;
  if (options.passwordFile === "-" && io?.interactive !== true) {
    return notEmpty(await sources.nextLine(), "standard input is empty");
  }
  if (options.askPassword || options.passwordFile === "-") {
    if (io?.interactive !== true) throw refusal("there is no terminal to ask at; use --password-file");
    return notEmpty(await io.ask("Password: ", { secret: true }), "none was given");
  }
  if (options.passwordFile !== undefined) {
    return notEmpty(
      await firstLine(options.passwordFile),
      `${JSON.stringify(options.passwordFile)} is empty`,
    );
  }
  return undefined;
}

async function firstLine(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read";
    throw refusal(`${JSON.stringify(path)} ${why}`, cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).split(/\r?\n/, 1)[0] ?? "";
  } catch (cause) {
    throw refusal(`${JSON.stringify(path)} is not text in UTF-8`, cause);
  } finally {
    bytes.fill(0);
  }
}

function notEmpty(password: string | null, why: string): string {
  if (password === null || password === "") throw refusal(why);
  return password;
}

function refusal(why: string, cause?: unknown): ClientError {
  return new ClientError("no_password", `Cannot read the password: ${why}`, { status: 2, cause });
}
