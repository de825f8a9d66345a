/** A copy of the project in which one thing is switched off. @module */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What the scenarios need of the project. */
const PARTS = [
  "client",
  "crypto",
  "wire",
  "relay",
  "server.ts",
  "deno.json",
  "deno.lock",
  "web/deno.json",
  "tests/faults",
  "tests/model",
  "tests/crypto_rest.ts",
  "tests/free_port.ts",
  "tests/settle.ts",
];

/** One exact piece of one file, and what stands there instead. */
export interface Change {
  file: string;
  text: string;
  instead: string;
}

/** How the scenario ended in the copy. */
export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs the small scenario, or another `script` with these `args`, in a copy with these changes. Throws if a piece is
 * not there exactly once.
 */
export async function runMutant(
  changes: readonly Change[],
  { seed = 1, patienceMs = 90_000, script = "tests/faults/small.ts", args = [] as string[] } = {},
): Promise<Outcome> {
  const dir = await Deno.makeTempDir({ prefix: "mutant-" });
  try {
    for (const part of PARTS) await copy(`${ROOT}${part}`, `${dir}/${part}`);
    for (const change of changes) await apply(dir, change);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-prompt",
        "--no-check",
        "--cached-only",
        script,
        ...args.length > 0 ? args : [`${patienceMs}`],
      ],
      cwd: dir,
      env: { NO_COLOR: "1", FAULT_SEED: `${seed}` },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    return { status: code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function apply(dir: string, { file, text, instead }: Change): Promise<void> {
  const source = await Deno.readTextFile(`${dir}/${file}`);
  const found = source.split(text).length - 1;
  if (found !== 1) {
    throw new Error(
      `${file} has ${
        JSON.stringify(text)
      } ${found} times, not once: has the code moved? Choose the piece anew`,
    );
  }
  await Deno.writeTextFile(`${dir}/${file}`, source.replace(text, () => instead));
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) {
    await Deno.mkdir(dirname(to), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    if (!name.endsWith("_test.ts")) await copy(`${from}/${name}`, `${to}/${name}`);
  }
}
