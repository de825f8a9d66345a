/** The licences of everything that is in the programs: most of them must go with every copy. @module */
import { fileURLToPath } from "node:url";
import { shippedPackages } from "./sbom.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Deno's own, which is in the binaries. Its parts have theirs, in its sources. */
const DENO =
  "The binaries hold Deno (https://deno.com), MIT licence, copyright the Deno authors, and what it is made " +
  "of: https://github.com/denoland/deno";

/** Our licence, and below it that of each package, as its authors wrote it. */
export async function licences(): Promise<string> {
  const parts = [`Sotto\n\n${(await Deno.readTextFile(`${ROOT}LICENSE`)).trim()}`, DENO];
  for (const { id, folder, license } of await shippedPackages()) {
    parts.push(`${id} (${license ?? "licence not named"})\n\n${await textIn(folder)}`);
  }
  return `${parts.join(`\n\n${"-".repeat(72)}\n\n`)}\n`;
}

/** What its files say; some packages name a licence and have no text of it. */
async function textIn(folder: string): Promise<string> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && /^(licen[cs]e|notice|copying)/i.test(name)) names.push(name);
  }
  const texts = await Promise.all(names.sort().map((name) => Deno.readTextFile(`${folder}/${name}`)));
  return texts.length === 0
    ? "The package has no text of it."
    : texts.map((text) => text.trim()).join("\n\n");
}
