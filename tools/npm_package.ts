/**
 * Makes the npm package: both bundles, and a launcher that runs them with the npm package `deno`.
 *
 *     deno task npm              dist/npm/, for `npm pack` or `npm publish`
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { bundle } from "./bundle.ts";
import { commitOf } from "./commit.ts";
import { PERMISSIONS, type ProgramName, v8Flags } from "./compile_program.ts";
import { licences } from "./licences.ts";
import { webPage } from "./web.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Writes the package. */
export async function npmPackage(folder: string): Promise<void> {
  const at = resolve(ROOT, folder);
  await Deno.remove(at, { recursive: true }).catch(() => {}); // what an older one left would be in it
  for (const part of ["bin", "lib"]) await Deno.mkdir(`${at}/${part}`, { recursive: true });
  const commit = await commitOf();
  const client = await bundle("client.ts", `${at}/lib/sotto.js`, { commit });
  await bundle("server.ts", `${at}/lib/sotto-relay.js`, { commit });
  await Deno.copyFile(client.path, `${at}/lib/client.js`); // what --serve-client hands out
  await webPage(`${at}/lib/sotto.html`); // what --web hands out
  for (const name of ["sotto", "sotto-relay"] as const) {
    await Deno.writeTextFile(`${at}/bin/${name}.js`, starter(name), { mode: 0o755 });
  }
  await Deno.copyFile(`${ROOT}tools/npm/launch.js`, `${at}/lib/launch.js`);
  await Deno.copyFile(`${ROOT}tools/npm/README.md`, `${at}/README.md`);
  await Deno.copyFile(`${ROOT}LICENSE`, `${at}/LICENSE`);
  await Deno.writeTextFile(`${at}/LICENSES.txt`, await licences());
  await Deno.writeTextFile(`${at}/package.json`, `${JSON.stringify(manifest(), null, 2)}\n`);
}

function starter(name: ProgramName): string {
  return `#!/usr/bin/env node
import { launch } from "../lib/launch.js";
launch("${name}.js", ${JSON.stringify([...PERMISSIONS[name], ...v8Flags(name)])});
`;
}

function manifest(): Record<string, unknown> {
  const { name, version, license } = config;
  return {
    name,
    version,
    license,
    description: "End-to-end encrypted rooms in the terminal, and their relay",
    type: "module",
    bin: { sotto: "bin/sotto.js", "sotto-relay": "bin/sotto-relay.js" },
    files: ["bin", "lib", "LICENSES.txt"],
    engines: { node: ">=18" },
    dependencies: { deno: Deno.version.deno },
  };
}

if (import.meta.main) await npmPackage("dist/npm");
