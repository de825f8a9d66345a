/**
 * Fails when an import goes upwards or sideways between the layers, or when the relay can reach anything that
 * could decrypt: what the relay cannot import it cannot do.
 *
 *     deno task layers
 *
 * @module
 */

/** What each layer may import, itself apart. Entry points may import everything. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  crypto: [],
  wire: [],
  relay: ["wire"], // and RELAY_CRYPTO
  client: ["wire", "crypto"],
  terminal: ["client", "wire", "crypto", "relay"],
  web: ["client", "wire", "crypto"], // and WEB_TERMINAL
};

/**
 * What web/ may import of terminal/: what a person is told, which is the same in a page. Like all that the page reaches
 * it has to run in a browser.
 */
export const WEB_TERMINAL: readonly string[] = [
  "colour",
  "duration",
  "failure",
  "files/safe_name",
  "friendly_name",
  "own_wording",
  "relay_url",
  "room/entries",
  "room/presence",
  "room/room_model",
  "sanitize",
  "screen/style",
  "slash_commands",
  "until_text",
  "view/markdown",
  "wording",
].map((name) => `terminal/${name}.ts`);

/**
 * What relay/ may reach of crypto/: what checks a password at its own door. Nothing here opens, derives or signs
 * anything of a room, and none of it needs a package.
 */
export const RELAY_CRYPTO: readonly string[] = [
  "base64",
  "bytes",
  "errors",
  "scram_keys",
  "scram_messages",
  "scram_prepare",
  "scram_proof",
  "scram_server",
].map((name) => `crypto/${name}.ts`);

/** Layers that must run in a browser: no `Deno`, no Node modules. */
export const BROWSER: readonly string[] = ["crypto", "wire", "client", "web"];

/** What parses options and prints; the relay itself runs without it. */
const PROGRAM = "relay/program/";

/** One import between two modules. */
export interface Import {
  from: string;
  to: string;
}

/** The imports that break a rule, each as a sentence. Paths are relative to the project. */
export function violations(imports: readonly Import[]): string[] {
  const out: string[] = [];
  for (const { from, to } of imports) {
    const layer = layerOf(from);
    const allowed = layer === undefined ? undefined : LAYERS[layer];
    if (layer === undefined || allowed === undefined || /_test\.ts$/.test(from)) continue;
    if (to.startsWith("node:") && BROWSER.includes(layer)) {
      out.push(`${from} imports ${to}: ${layer}/ must run in a browser`);
    }
    if (to.includes(":") || to === "deno.json") continue; // packages; the version
    if (layer === "relay" && to.startsWith(PROGRAM) && !from.startsWith(PROGRAM)) {
      out.push(`${from} imports ${to}: the relay must not need its program`);
    }
    const target = layerOf(to);
    if (layer === "relay" && RELAY_CRYPTO.includes(to)) continue;
    if (layer === "web" && WEB_TERMINAL.includes(to)) continue;
    if (target !== layer && (target === undefined || !allowed.includes(target))) {
      out.push(`${from} imports ${to}: ${layer}/ may import only ${allowed.join(", ") || "itself"}`);
    }
  }
  return out;
}

/** Everything that can be reached from the modules of a layer. */
export function reachable(imports: readonly Import[], start: (path: string) => boolean): Set<string> {
  const seen = new Set<string>();
  const queue = imports.filter(({ from }) => start(from)).map(({ from }) => from);
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const next of imports) if (next.from === path) queue.push(next.to);
  }
  return seen;
}

/** Of what the relay can reach, that with which it could decrypt or act as a member. */
export function tooFar(reached: readonly string[]): string[] {
  return reached.filter((path) =>
    (/^(crypto|client|terminal)\//.test(path) && !RELAY_CRYPTO.includes(path)) ||
    /noble|scure|cborg/.test(path)
  );
}

function layerOf(path: string): string | undefined {
  const [first, ...rest] = path.split("/");
  return rest.length > 0 && first !== undefined && first in LAYERS ? first : undefined;
}

interface Graph {
  modules: {
    specifier: string;
    dependencies?: { code?: { specifier: string }; type?: { specifier: string } }[];
  }[];
}

/** Reads the module graph below the given entry points, as `deno info` sees it. */
export async function readImports(entries: readonly string[]): Promise<Import[]> {
  const root = new URL("../", import.meta.url).href;
  const short = (url: string): string => url.startsWith(root) ? url.slice(root.length) : url;
  const imports = new Map<string, Import>();
  for (const entry of entries) {
    const info = new Deno.Command("deno", { args: ["info", "--json", entry], cwd: new URL(root) });
    const { success, stdout } = await info.output();
    if (!success) throw new Error(`Cannot read the imports of ${entry}: deno info failed`);
    const graph = JSON.parse(new TextDecoder().decode(stdout)) as Graph;
    for (const { specifier, dependencies } of graph.modules) {
      for (const { code, type } of dependencies ?? []) {
        const target = (code ?? type)?.specifier;
        if (target === undefined) continue;
        const found = { from: short(specifier), to: short(target) };
        imports.set(`${found.from} ${found.to}`, found);
      }
    }
  }
  return [...imports.values()];
}

/** All source files of a layer, those of its folders too, tests apart. */
export async function sources(layer: string): Promise<string[]> {
  const out: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(new URL(`../${layer}/`, import.meta.url))) {
    if (isDirectory) out.push(...await sources(`${layer}/${name}`));
    else if (isFile && name.endsWith(".ts") && !name.endsWith("_test.ts")) out.push(`${layer}/${name}`);
  }
  return out;
}

/** Files of the browser layers that speak of `Deno`, and those of `more`. */
export async function denoUsers(more: readonly string[] = []): Promise<string[]> {
  const out: string[] = [];
  const paths = new Set([...(await Promise.all(BROWSER.map(sources))).flat(), ...more]);
  for (const path of paths) {
    const text = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
    if (/\bDeno\.[a-z]/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ""))) out.push(path);
  }
  return out;
}

/** Of what the page can reach, what no browser has. */
export function notInBrowsers(reached: readonly string[]): string[] {
  return reached.filter((path) => path.startsWith("node:"));
}

if (import.meta.main) {
  const entries = ["server.ts", "client.ts", "mod.ts", "web/main.ts", ...(await sources("relay"))];
  const imports = await readImports(entries);
  const broken = violations(imports);
  const relayReach = [...reachable(imports, (path) => path.startsWith("relay/"))];
  for (const path of tooFar(relayReach)) {
    broken.push(`relay/ can reach ${path}: the relay must not be able to decrypt`);
  }
  const webReach = [...reachable(imports, (path) => path === "web/main.ts")];
  for (const path of notInBrowsers(webReach)) broken.push(`web/ can reach ${path}: no browser has it`);
  const shared = webReach.filter((path) => path.startsWith("terminal/"));
  for (const path of await denoUsers(shared)) {
    broken.push(`${path} uses Deno: its layer must run in a browser`);
  }
  const write = (text: string): Promise<number> => Deno.stdout.write(new TextEncoder().encode(text));
  for (const line of broken) await write(`${line}\n`);
  if (broken.length > 0) Deno.exit(1);
  await write(`layers: ${imports.length} imports, none out of place\n`);
}
