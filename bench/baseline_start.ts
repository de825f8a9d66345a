/** Plain relays to compare with; what they need is fetched to a directory for temporary files, never into the project. @module */
import { Program, ROOT } from "./processes.ts";

/** A plain relay that can be started. */
export interface Baseline {
  name: "deno" | "ws" | "bun";
  start(): Program;
}

/** The plain relays that can be had here; `note` is told of those that cannot. */
export async function baselines(note: (text: string) => void): Promise<Baseline[]> {
  const found: Baseline[] = [{ name: "deno", start: () => new Program(["bench/baseline_deno.ts"]) }];
  const packages = await install();
  if (packages !== undefined && await answers("node", "--version")) {
    const script = `${packages}/baseline_ws.mjs`; // Node looks for `ws` beside the script
    for (const name of ["baseline_ws.mjs", "collect.mjs"]) {
      await Deno.copyFile(`${ROOT}bench/${name}`, `${packages}/${name}`);
    }
    found.push({ name: "ws", start: () => new Program([script], { command: "node" }) });
  } else {
    note("Node or npm is not here: `ws` is run by Deno.");
    found.push({ name: "ws", start: () => new Program(["bench/baseline_ws.mjs"]) });
  }
  const bun = `${packages}/node_modules/.bin/bun`;
  if (packages !== undefined && await answers(bun, "--version")) {
    found.push({
      name: "bun",
      start: () => new Program([`${ROOT}bench/baseline_bun.mjs`], { command: bun }),
    });
  } else note("The npm package `bun` cannot be had here: left out.");
  return found;
}

/** Installs the packages once; undefined where npm or its registry is not there. */
async function install(): Promise<string | undefined> {
  const directory = `${Deno.env.get("TMPDIR") ?? "/tmp"}/sotto-bench-${Deno.uid() ?? "user"}`;
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  const wanted = await Deno.readTextFile(`${ROOT}bench/baseline_packages.json`);
  const there = await Deno.readTextFile(`${directory}/installed.json`).catch(() => "");
  if (there === wanted) return directory;
  await Deno.writeTextFile(`${directory}/package.json`, wanted);
  const args = ["install", "--no-audit", "--no-fund"];
  if (!await answers("npm", ...args, "--prefix", directory)) return undefined;
  await Deno.writeTextFile(`${directory}/installed.json`, wanted);
  return directory;
}

/** Whether a program runs and ends well. */
async function answers(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    })
      .output();
    return success;
  } catch {
    return false;
  }
}
