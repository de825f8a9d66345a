/** Files that the relay hands out and that lie beside the program, or where an option says. @module */
import { createHash } from "node:crypto";
import { readProblem } from "../secret_file.ts";
import { UsageError } from "../usage_error.ts";

/** Far more than any of them needs. */
const MAX_BYTES = 16 * 1_048_576;

/** A file as it was read. */
export interface ServedFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** In hexadecimal digits. */
  sha256: string;
  /** What it says; undefined where it is no UTF-8. */
  text: string | undefined;
  /** Makes a refusal of it, with the reason. */
  problem: (why: string) => UsageError;
}

/**
 * Reads the file that an option names.
 *
 * @param path Where it is.
 * @param flag The option.
 * @param what What it should be, such as `the client`.
 * @throws {UsageError} When it cannot be read, or cannot be that.
 */
export async function readServedFile(path: string | URL, flag: string, what: string): Promise<ServedFile> {
  const problem = (why: string): UsageError => new UsageError(`Cannot use ${flag} ${path}: ${why}`);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw problem("it is no file");
    if (size > MAX_BYTES) throw problem(`it is too large to be ${what}`);
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw problem(readProblem(error));
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { bytes, sha256, text: decoded(bytes), problem };
}

/** The first of these names that is a file beside the program; undefined where none is. */
export async function besideProgram(names: readonly string[], main: string): Promise<URL | undefined> {
  for (const name of names) {
    const url = new URL(name, main);
    try {
      if (url.protocol === "file:" && (await Deno.stat(url)).isFile) return url;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) return url; // reading it says what is missing
    }
  }
  return undefined;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
