/** The client that the relay hands out. @module */
import { createHash } from "node:crypto";
import { readProblem } from "../secret_file.ts";
import type { ClientFile } from "../site.ts";
import { UsageError } from "../usage_error.ts";

/** Far more than the client needs. */
const MAX_BYTES = 16 * 1_048_576;
/** Where it lies beside the program, in a checkout, in a compiled program, and beside a bundle. */
const BESIDE: readonly string[] = ["dist/client.js", "client.js"];

/** Reads the file that an option names. @throws {UsageError} When it cannot be the client. */
export async function readClientFile(path: string | URL, flag: string): Promise<ClientFile> {
  const problem = (why: string): UsageError => new UsageError(`Cannot use ${flag} ${path}: ${why}`);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw problem("it is no file");
    if (size > MAX_BYTES) throw problem("it is too large to be the client");
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw problem(readProblem(error));
  }
  const text = decoded(bytes);
  if (text === undefined || text.trim() === "" || text.includes("\0")) {
    throw problem("it is no JavaScript; make one with: deno task bundle");
  }
  if (text.includes("createRequire(import.meta.url)")) {
    throw problem("it runs only from a file, not from a URL; make it with: deno task bundle");
  }
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Finds the client beside the program. @throws {UsageError} When there is none. */
export async function ownClientFile(flag: string, main: string = Deno.mainModule): Promise<ClientFile> {
  for (const name of BESIDE) {
    const url = new URL(name, main);
    try {
      if (url.protocol !== "file:" || !(await Deno.stat(url)).isFile) continue;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) continue;
    }
    return await readClientFile(url, flag);
  }
  throw new UsageError(
    `Cannot use ${flag}: there is no ${BESIDE[0]} beside this program; make it with: deno task bundle, ` +
      "or name a file with --client-js",
  );
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
