/**
 * Makes one file of an entry point and everything that it imports.
 *
 *     deno task bundle           dist/client.js and dist/server.js
 *
 * The files need nothing beside them: what they still import or require are modules that Deno has built in. Asked
 * for any other (ws looks for two native helpers), they say that there is none, instead of looking for one in the
 * folders around them, where somebody else may have put it. Built-in modules are loaded when they are first needed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { commitOf } from "./commit.ts";
import { lazyBuiltIns, withoutPaths } from "./lazy_builtins.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** How to bundle. */
export interface BundleOptions {
  /** Whether names and white space are shortened. @default {true} */
  minify?: boolean;
  /** The commit that the program names with its version. @default {what is checked out} */
  commit?: string;
}

/** A bundle on disk. */
export interface Bundle {
  path: string;
  /** Size in bytes. */
  size: number;
  /** SHA-256, 64 hex digits. */
  sha256: string;
}

/** What packages look for and do without. */
const OPTIONAL: readonly string[] = ["bufferutil", "utf-8-validate"];

/**
 * Writes the bundle of an entry point.
 *
 * @param entry The module, relative to the project.
 * @param out The file to write, relative to the project; its folder is made.
 * @throws {Error} If it cannot be bundled, or would need something beside it.
 */
export async function bundle(entry: string, out: string, options: BundleOptions = {}): Promise<Bundle> {
  const path = resolve(ROOT, out);
  await Deno.mkdir(dirname(path), { recursive: true });
  const made = `${path}.${Deno.pid}.js`; // never a half bundle under its name; the bundler looks at the ending
  try {
    await runBundler(entry, made, { minify: false });
    let text = lazyBuiltIns(selfContained(entry, await Deno.readTextFile(made)));
    if (options.minify ?? true) {
      await Deno.writeTextFile(made, withoutPaths(text));
      await runBundler(made, made, { minify: true });
      text = selfContained(entry, await Deno.readTextFile(made));
    }
    const bytes = new TextEncoder().encode(banner(options.commit ?? await commitOf()) + text);
    await Deno.writeFile(made, bytes, { mode: 0o644 });
    await Deno.rename(made, path);
    return { path, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  } finally {
    await Deno.remove(made).catch(() => {});
  }
}

async function runBundler(entry: string, out: string, { minify }: { minify: boolean }): Promise<void> {
  const args = ["bundle", "--quiet", "--frozen", "--platform", "deno", "--output", out];
  if (minify) args.push("--minify");
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, entry],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`Cannot bundle ${entry}: ${new TextDecoder().decode(stderr).trim()}`);
}

/** Who made this, and the commit, where the program's `--version` finds it. */
function banner(commit: string): string {
  const { version, license } = config;
  const mark = `globalThis[Symbol.for("sotto.commit")]=${JSON.stringify(commit)};`;
  return `/*! Sotto ${version}${commit === "" ? "" : ` ${commit}`}, ${license} licence */${mark}\n`;
}

/** The bundler's way to load a module by name at run time: from the folders around the file, and only from disk. */
const REQUIRE = /__deno_internal_createRequire\(import\.meta\.url\)/;

/** The same for built-in modules alone, wherever the file comes from. */
const BUILT_IN = `(name=>{const found=process.getBuiltinModule(name);` +
  `if(found===undefined)throw new Error("Cannot find module "+name);return found})`;

/** The bundle without a way to load what is not in it. @throws {Error} If it would need to. */
export function selfContained(entry: string, text: string): string {
  const missing = needs(text).filter((name) => !name.startsWith("node:") && !OPTIONAL.includes(name));
  if (missing.length > 0) throw new Error(`Cannot bundle ${entry}: it leaves out ${missing.join(", ")}`);
  if (text.includes("Dynamic require of")) {
    throw new Error(`Cannot bundle ${entry}: it could not load what Deno has`);
  }
  return text.replace(REQUIRE, BUILT_IN);
}

/** What a bundle loads when it runs: names of modules, or the code of an `import()` whose name is not fixed. */
export function needs(text: string): string[] {
  const loader = /(?:var|const|let)\s+([\w$]+)\s*=\s*__deno_internal_createRequire\(/.exec(text)?.[1];
  const found = new Set<string>();
  for (const [, name] of text.matchAll(/\b(?:from|import)\s*"([^"\n]+)"\s*(?:;|with\b)/g)) {
    found.add(name ?? "");
  }
  // Not a method that is called import: those have a body.
  for (const [call] of text.matchAll(/(?<![.\w$])import\s*\((?![\w$,\s]*\)\s*\{)[^)\n]{0,80}/g)) {
    found.add(/^import\s*\(\s*"([^"\n]+)"\s*$/.exec(call)?.[1] ?? call);
  }
  if (loader !== undefined) {
    const calls = new RegExp(`(?<![.\\w$])${loader.replaceAll("$", "\\$")}\\(([^)]*)\\)`, "g");
    for (const [, name = ""] of text.matchAll(calls)) {
      found.add(/^"[^"]+"$/.test(name) ? name.slice(1, -1) : `require(${name})`);
    }
  }
  return [...found].sort();
}

if (import.meta.main) {
  const write = (line: string): Promise<number> => Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
  for (const entry of ["client.ts", "server.ts"]) {
    const { path, size, sha256 } = await bundle(entry, `dist/${basename(entry, ".ts")}.js`);
    await write(`${sha256}  ${path} (${Math.round(size / 1000)} kB)`);
  }
}
