/** The client for browsers that the relay serves. @module */
import { createHash } from "node:crypto";
import type { WebPage } from "../site.ts";
import { UsageError } from "../usage_error.ts";
import { besideProgram, readServedFile } from "./served_file.ts";

/** Where it lies beside the program, in a checkout, in a compiled program, and beside a bundle. */
const BESIDE: readonly string[] = ["dist/sotto.html", "sotto.html"];
const MAKE = "make it with: deno task web";

/** Reads the file that an option names. @throws {UsageError} When it cannot be the page. */
export async function readWebPage(path: string | URL, flag: string): Promise<WebPage> {
  const { bytes, sha256, text, problem } = await readServedFile(path, flag, "the page");
  const script = text === undefined ? undefined : onlyOne(text, "script");
  const style = text === undefined ? undefined : onlyOne(text, "style");
  if (script === undefined || style === undefined) throw problem(`it is not the page; ${MAKE}`);
  return { bytes, sha256, script, style };
}

/** Finds the page beside the program. @throws {UsageError} When there is none. */
export async function ownWebPage(flag: string, main: string = Deno.mainModule): Promise<WebPage> {
  const url = await besideProgram(BESIDE, main);
  if (url !== undefined) return await readWebPage(url, flag);
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
