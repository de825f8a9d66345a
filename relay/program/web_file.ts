/** The client for browsers that the relay serves. @module */
import { createHash } from "node:crypto";
import { readProblem } from "../secret_file.ts";
import type { WebPage } from "../site.ts";
import { UsageError } from "../usage_error.ts";

/** Far more than the page needs. */
const MAX_BYTES = 16 * 1_048_576;
/** Where it lies beside the program, in a checkout, in a compiled program, and beside a bundle. */
const BESIDE: readonly string[] = ["dist/sotto.html", "sotto.html"];
const MAKE = "make it with: deno task web";

/** Reads the file that an option names. @throws {UsageError} When it cannot be the page. */
export async function readWebPage(path: string | URL, flag: string): Promise<WebPage> {
  const problem = (why: string): UsageError => new UsageError(`Cannot use ${flag} ${path}: ${why}`);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw problem("it is no file");
    if (size > MAX_BYTES) throw problem("it is too large to be the page");
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw problem(readProblem(error));
  }
  const text = decoded(bytes);
  const script = text === undefined ? undefined : onlyOne(text, "script");
  const style = text === undefined ? undefined : onlyOne(text, "style");
  if (script === undefined || style === undefined) throw problem(`it is not the page; ${MAKE}`);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex"), script, style };
}

/** Finds the page beside the program. @throws {UsageError} When there is none. */
export async function ownWebPage(flag: string, main: string = Deno.mainModule): Promise<WebPage> {
  for (const name of BESIDE) {
    const url = new URL(name, main);
    try {
      if (url.protocol !== "file:" || !(await Deno.stat(url)).isFile) continue;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) continue;
    }
    return await readWebPage(url, flag);
  }
  throw new UsageError(
    `Cannot use ${flag}: there is no ${
      BESIDE[0]
    } beside this program; ${MAKE}, or name a file with --web-page`,
  );
}

/** What a policy calls the text of the only element of a name; undefined where there is none, or more than one. */
function onlyOne(html: string, name: string): string | undefined {
  const found = [...html.matchAll(new RegExp(`<${name}(?: type="module")?>([\\s\\S]*?)</${name}>`, "g"))];
  const [, text] = found[0] ?? [];
  if (found.length !== 1 || text === undefined) return undefined;
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
