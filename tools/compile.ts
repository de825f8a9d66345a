/**
 * Makes binaries of client and relay, with checksums, a list of what is in them, and its licences.
 *
 *     deno task compile          for this machine
 *     deno task compile:all      for all systems
 *
 * Deno downloads its base runtime, denort, for each system. Where it cannot, DENORT_BIN names one for this machine.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { bundle } from "./bundle.ts";
import { writeChecksums } from "./checksums.ts";
import { commitOf, commitTime } from "./commit.ts";
import { compileProgram, NoBaseRuntime, NotDenort, tryProgram } from "./compile_program.ts";
import { licences } from "./licences.ts";
import { sbom } from "./sbom.ts";
import { isTarget, TARGETS } from "./targets.ts";
import { webPage } from "./web.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

const write = (line: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const complain = (line: string): void => void Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

async function main(args: readonly string[]): Promise<number> {
  const targets = args.includes("--all") ? TARGETS : args.length > 0 ? args : [Deno.build.target];
  const unknown = targets.find((target) => !isTarget(target));
  if (unknown !== undefined) {
    complain(`Cannot compile for ${unknown}: it is none of ${TARGETS.join(", ")}`);
    return 2;
  }
  const folder = `${ROOT}dist`;
  await Deno.mkdir(folder, { recursive: true });
  const source = { commit: await commitOf(), time: await commitTime() };
  const missing: string[] = [];
  const made: string[] = [];
  for (const entry of ["client", "server"]) {
    made.push((await bundle(`${entry}.ts`, `dist/${entry}.js`, source)).path);
  }
  made.push((await webPage("dist/sotto.html")).path);
  for (const target of targets.filter(isTarget)) {
    try {
      for (const program of ["sotto", "sotto-relay"] as const) {
        const path = await compileProgram(program, { target, folder }, source);
        if (target === Deno.build.target) await mustWork(path, source.commit);
        made.push(path);
      }
    } catch (error) {
      if (!(error instanceof NoBaseRuntime || error instanceof NotDenort)) throw error;
      missing.push(error.message);
    }
  }
  const list = `${folder}/sotto-${config.version}.cdx.json`;
  await Deno.writeTextFile(list, await sbom(source));
  const texts = `${folder}/LICENSES.txt`;
  await Deno.writeTextFile(texts, await licences());
  for (const { sha256, name, size } of await writeChecksums(folder, [...made, list, texts])) {
    write(`${sha256}  dist/${name} (${(size / 1e6).toFixed(1)} MB)`);
  }
  for (const message of missing) complain(message);
  return missing.length > 0 ? 1 : 0;
}

/** A binary that is not what it should be does not stay. */
async function mustWork(path: string, commit: string): Promise<void> {
  try {
    await tryProgram(path, commit);
  } catch (error) {
    await Deno.remove(path);
    throw error;
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
