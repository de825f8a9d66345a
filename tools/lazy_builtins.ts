/**
 * Lets a bundle load Deno's built-in modules when they are first needed.
 *
 * Static imports stand at the top of a file, and a bundle has those of all its modules there: a client that shows its
 * screen and connects without TLS would first load Node's servers, its TLS and its file system, for 30 ms and 5 MiB.
 * The bundler wraps modules that are imported late: what they import is moved into the wrapper.
 *
 * @module
 */

/** A module in a bundle that has not been minified: a comment with its path, and what is in it. */
const MODULE = /^(?=\/\/ \S+$)/m;
const PATH = /^\/\/ (\S+)\n/;
/** One import of a built-in module: by a name of its own, by names in braces, or both. */
const IMPORT = /^import (?:([\w$]+)|\{ ([^}]+) \}) from "(node:[\w/]+)";\n/gm;
/** What the bundler puts around a module that is run late. */
const WRAPPER = /^var [\w$]+ = __esm\(\{\n {2}"([^"\n]+)"\(\) \{\n/m;
/** Left without use once {@linkcode lazyBuiltIns} is called: see `selfContained()` in bundle.ts. */
const LOADER = /^import \{ createRequire as (__deno_internal_createRequire) \} from "node:module";\n/m;

const HELPERS = `function __builtIn(name) { return globalThis.process.getBuiltinModule(name); }
function __later(name) { return new Proxy({}, { get: (_, key) => __builtIn(name)[key] }); }
`;

/**
 * Moves imports of built-in modules to where they are needed.
 *
 * @param text A bundle that has not been minified.
 */
export function lazyBuiltIns(text: string): string {
  const loader = LOADER.exec(text);
  const unused = loader !== null && text.split(loader[1] as string).length === 2;
  const modules = (unused ? text.replace(LOADER, "") : text).split(MODULE);
  return modules.map(late).join("") + HELPERS;
}

/** The module with its imports in its wrapper; as it is where it has none, since then it runs at once. */
function late(text: string): string {
  const wrapper = WRAPPER.exec(text);
  if (wrapper === null || wrapper[1] !== PATH.exec(text)?.[1]) return text;
  const names: string[] = [];
  const loading: string[] = [];
  const rest = text.replaceAll(
    IMPORT,
    (_, whole: string | undefined, some: string | undefined, from: string) => {
      if (whole !== undefined) {
        names.push(whole);
        // Used property by property: most of what imports a whole module needs it seldom.
        loading.push(`${whole} = ${from === "node:process" ? "__builtIn" : "__later"}("${from}");`);
        return "";
      }
      const pairs = (some ?? "").split(", ").map((name) => name.split(" as ") as [string, string?]);
      names.push(...pairs.map(([name, as]) => as ?? name));
      loading.push(
        `({ ${pairs.map(([name, as]) => `${name}: ${as ?? name}`).join(", ")} } = __builtIn("${from}"));`,
      );
      return "";
    },
  );
  if (names.length === 0) return text;
  return rest.replace(WRAPPER, (start) => `var ${names.join(", ")};\n${start}${loading.join("\n")}\n`);
}

/** The bundle without the paths that the bundler names its wrappers by. */
export function withoutPaths(text: string): string {
  return text.replaceAll(/( = __(?:esm|commonJS)\(\{\n {2})"[^"\n]+"(?=\()/g, '$1""');
}
