/**
 * Makes one binary: a bundle inside of Deno's base runtime, with the permissions that it needs and no others.
 *
 * The bundle is ours (tools/bundle.ts) and not that of `deno compile --bundle`: it is smaller by what the
 * configuration takes, knows its commit, and loads nothing from the folders around it. Without a code cache, which Deno
 * would keep in the folder for temporary files, where others of the machine may write.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { versionLine } from "../relay/program/version.ts";
import { bundle } from "./bundle.ts";
import { fileName, type Target, targetOfFile } from "./targets.ts";
import { webPage } from "./web.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** What a program is called, and what it is made of. */
export type ProgramName = "sotto" | "sotto-relay";

/** Of which commit, and when that was made, in milliseconds: the only time that is in the binary. */
export interface Source {
  commit: string;
  time: number;
}

/** The base runtime for a system cannot be had here. */
export class NoBaseRuntime extends Error {
  /** @param target The system. */
  constructor(target: Target, cause: string) {
    const { deno } = Deno.version;
    super(
      `Cannot compile for ${target}: its base runtime, denort ${deno}, cannot be downloaded; name one in DENORT_BIN, or put ` +
        `https://dl.deno.land/release/v${deno}/denort-${target}.zip into the folder dl/release/v${deno}/ of DENO_DIR`,
      { cause },
    );
  }
}

/** What was made does not run as our program. */
export class NotDenort extends Error {}

const { relay, client } = config.permissions;

/** What each program may do. Files are any: people name them, with `--ca` or `--tls-cert`. */
export const PERMISSIONS: Readonly<Record<ProgramName, readonly string[]>> = {
  sotto: [
    "--allow-net",
    `--allow-env=${[...client.env.allow, "HOME", "XDG_*"].join(",")}`,
    "--ignore-env",
    "--allow-read",
    `--allow-sys=${client.sys.join(",")}`,
  ],
  "sotto-relay": [
    "--allow-net",
    `--allow-env=${relay.env.allow.join(",")}`,
    "--ignore-env",
    "--allow-read",
    "--allow-write",
    "--allow-sys", // the flag does not know "umask", which the admin socket needs
  ],
};

/**
 * How V8 keeps its memory. A client is at rest most of the time: it gives back what a flood took, and compiles less
 * ahead. Of V8's four tiers it has the first and the third: cryptography that is worth more is native, and the code
 * that TurboFan and Sparkplug make, and what they need to make it, would stay. Maglev takes less than a millisecond
 * for a function, so it needs no thread of its own, which would keep the memory that it worked in. The relay has little
 * that lives long and much that does not: under load V8 would enlarge the space for what is new step by step, by 50 MiB
 * in some minutes, and a message costs no less for it.
 */
export const V8_FLAGS: Readonly<Record<ProgramName, readonly string[]>> = {
  sotto: [
    "--max-semi-space-size=1",
    "--optimize-for-size",
    "--no-opt",
    "--no-sparkplug",
    "--no-concurrent-recompilation",
  ],
  "sotto-relay": ["--max-semi-space-size=2"],
};

/** The flag of `deno run` and `deno compile` that gives a program its V8 flags, where it has any. */
export function v8Flags(program: ProgramName): string[] {
  const flags = V8_FLAGS[program];
  return flags.length === 0 ? [] : [`--v8-flags=${flags.join(",")}`];
}

/** Where a program goes. */
export interface Place {
  target: Target;
  /** An absolute path. */
  folder: string;
  /** Variables for the compiler, above all `DENORT_BIN`. @default {those of this process} */
  env?: Record<string, string>;
}

/** Writes a program for a system. @returns The path of the file. @throws {NoBaseRuntime} */
export async function compileProgram(program: ProgramName, place: Place, source: Source): Promise<string> {
  const { target, folder } = place;
  const stage = await Deno.makeTempDir({ prefix: "sotto-compile-" });
  try {
    const { commit } = source;
    const main = await bundle(program === "sotto" ? "client.ts" : "server.ts", `${stage}/${program}.js`, {
      commit,
    });
    const include: string[] = [];
    if (program === "sotto-relay") { // with the clients that --serve-client and --web hand out
      include.push((await bundle("client.ts", `${stage}/client.js`, { commit })).path);
      include.push((await webPage(`${stage}/sotto.html`)).path);
    }
    for (const path of [main.path, ...include]) {
      await Deno.utime(path, new Date(source.time), new Date(source.time));
    }
    const out = `${folder}/${fileName(program, config.version, target)}`;
    const env = await baseRuntimeFor(target, place.env ?? Deno.env.toObject());
    await embed({ program, target, stage, out, include, env });
    const found = await targetOfFile(out);
    if (found === target) return out;
    await Deno.remove(out);
    throw new Error(
      `Cannot compile for ${target}: the base runtime in DENORT_BIN is for ${found ?? "no known system"}`,
    );
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
}

interface Embedding {
  program: ProgramName;
  target: Target;
  stage: string;
  out: string;
  include: readonly string[];
  env: Record<string, string>;
}

async function embed({ program, target, stage, out, include, env }: Embedding): Promise<void> {
  const args = [
    "compile",
    "--no-config",
    "--no-lock",
    "--no-npm",
    "--no-remote",
    "--no-check",
    "--no-code-cache",
  ];
  args.push(
    "--no-prompt",
    "--deny-import",
    ...PERMISSIONS[program],
    ...v8Flags(program),
    "--app-name",
    program,
    "--target",
    target,
  );
  for (const path of include) args.push("--include", path);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--output", out, `${program}.js`],
    cwd: stage,
    env,
    clearEnv: true,
    stdout: "null",
  }).output();
  if (success) return;
  const said = new TextDecoder().decode(stderr).trim();
  if (/denort|base binary/i.test(said)) throw new NoBaseRuntime(target, said);
  throw new Error(`Cannot compile ${program} for ${target}: ${said}`);
}

/** The environment, with DENORT_BIN only if it is for this system: Deno would take it for any. */
async function baseRuntimeFor(target: Target, env: Record<string, string>): Promise<Record<string, string>> {
  const { DENORT_BIN = "", ...others } = { ...env, NO_COLOR: "1" };
  return DENORT_BIN !== "" && await targetOfFile(DENORT_BIN) === target ? { ...others, DENORT_BIN } : others;
}

/** Starts a binary of this machine, and throws if it is not the program that it should be. */
export async function tryProgram(path: string, commit: string): Promise<void> {
  const { stdout } = await new Deno.Command(path, { args: ["--version"], stderr: "null" }).output();
  const said = new TextDecoder().decode(stdout).trim();
  if (said === versionLine(commit)) return;
  throw new NotDenort(
    `Cannot use ${path.replace(ROOT, "")}: asked for its version it says ${
      JSON.stringify(said.split("\n")[0])
    }; ` +
      "DENORT_BIN must be denort, which is not deno",
  );
}
