/** The client that the relay hands out. @module */
import { SUBPROTOCOL } from "../../wire/limits.ts";
import type { ClientFile } from "../site.ts";
import { UsageError } from "../usage_error.ts";
import { besideProgram, readServedFile } from "./served_file.ts";

/** Where it lies beside the program, in a checkout, in a compiled program, and beside a bundle. */
const BESIDE: readonly string[] = ["dist/client.js", "client.js"];

const MAKE = "make it with: deno task bundle";
/** What every client asks a relay for, as a program writes it. */
const SPEAKS = new RegExp(`["']${RegExp.escape(SUBPROTOCOL)}["']`);
/** What only the relay's own program holds. */
const RELAYS = "serve-client";

/** Reads the file that an option names. @throws {UsageError} When it cannot be the client. */
export async function readClientFile(path: string | URL, flag: string): Promise<ClientFile> {
  const { bytes, sha256, text, problem } = await readServedFile(path, flag, "the client");
  if (text === undefined || /^\s*(?:<|$)/.test(text) || text.includes("\0")) {
    throw problem("it is no JavaScript; make one with: deno task bundle");
  }
  if (!SPEAKS.test(text)) throw problem(`it is not Sotto's client; ${MAKE}`);
  if (text.includes(RELAYS)) throw problem(`it is the relay's program, not the client; ${MAKE}`);
  if (text.includes("createRequire(import.meta.url)")) {
    throw problem(`it runs only from a file, not from a URL; ${MAKE}`);
  }
  return { bytes, sha256 };
}

/** Finds the client beside the program. @throws {UsageError} When there is none. */
export async function ownClientFile(flag: string, main: string = Deno.mainModule): Promise<ClientFile> {
  const url = await besideProgram(BESIDE, main);
  if (url !== undefined) return await readClientFile(url, flag);
  throw new UsageError(
    `Cannot use ${flag}: there is no ${BESIDE[0]} beside this program; ${MAKE}, ` +
      "or name a file with --client-js",
  );
}
