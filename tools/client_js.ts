/**
 * Makes `dist/client.js`: the client in one file that Deno can run from anywhere, an `https:` URL included.
 *
 *     deno run -A tools/client_js.ts [file]
 *
 * @module
 */

/** Where the file goes unless told otherwise; a relay with `--serve-client` looks for it there. */
export const CLIENT_JS = "dist/client.js";

const ROOT = new URL("../", import.meta.url);

/**
 * What the bundler writes for packages that `require` modules of Node. It works in files only: a module from a URL has
 * no path. Built-in modules are all that is required, and any path does for those.
 */
const REQUIRE =
  /createRequire as (\w+)\s*\}\s*from\s*"node:module";\s*var (\w+)\s*=\s*\1\(import\.meta\.url\)/;

/** Where a `require` is said to stand; Windows wants a drive. */
const ANYWHERE = 'Deno.build.os==="windows"?"file:///C:/client.js":"file:///client.js"';

/** Makes the bundle fit to be run from a URL. Throws when it is not what it is taken for. */
export function fitForUrls(bundle: string): string {
  if (!REQUIRE.test(bundle)) throw new Error("Cannot mend the bundle: its beginning is not the usual one");
  const mended = bundle.replace(
    REQUIRE,
    (_, create, require) =>
      `createRequire as ${create} } from "node:module";var ${require}=${create}(${ANYWHERE})`,
  );
  const foreign = importsOf(mended).filter((name) => !name.startsWith("node:"));
  if (foreign.length > 0) throw new Error(`Cannot use the bundle: it still imports ${foreign.join(", ")}`);
  return mended;
}

/** Everything that a bundle still imports, at its start or later. */
export function importsOf(bundle: string): string[] {
  const first = bundle.matchAll(/^import\b[^;\n]*?["']([^"'\n]+)["'];?$/gm);
  const inLine = bundle.matchAll(/(?:^|;)import(?:[\w\s{},*$]+from)?\s*["']([^"']+)["']/g);
  const later = bundle.matchAll(/\bimport\(\s*["'`]([^"'`]+)["'`]\s*\)/g);
  return [...new Set([...first, ...inLine, ...later].map(([, name = ""]) => name))];
}

/** Bundles the client. `minify` makes it half as large, and is the default. */
export async function bundleClient({ minify = true }: { minify?: boolean } = {}): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-client-" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--quiet",
        ...(minify ? ["--minify"] : []),
        "--output",
        `${folder}/client.js`,
        "client.ts",
      ],
      cwd: ROOT,
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`Cannot bundle the client: ${new TextDecoder().decode(stderr).trim()}`);
    return fitForUrls(await Deno.readTextFile(`${folder}/client.js`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const path = Deno.args[0] ?? new URL(CLIENT_JS, ROOT);
  if (path instanceof URL) await Deno.mkdir(new URL("./", path), { recursive: true });
  const text = await bundleClient();
  await Deno.writeTextFile(path, text);
  const bytes = new TextEncoder().encode(text);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const line = `${hash}  ${path instanceof URL ? CLIENT_JS : path} (${Math.ceil(bytes.length / 1024)} KB)\n`;
  await Deno.stdout.write(new TextEncoder().encode(line));
}
