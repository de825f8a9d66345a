/** Runs one of the programs of this package with Deno, which is a package of its own. Node starts it and does nothing else. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Numbers of the signals that end programs, as shells count them. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/**
 * Starts a program and ends as it ends.
 *
 * @param {string} name Its file in this folder.
 * @param {readonly string[]} own Flags of its own: what it may do, and how V8 keeps its memory.
 */
export function launch(name, own) {
  const deno = denoPath();
  if (deno === undefined) return;
  const flags = ["--no-prompt", "--no-config", "--no-lock", "--no-npm", "--no-remote", "--no-code-cache"];
  const file = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(
    deno,
    ["run", "--quiet", ...flags, "--deny-import", ...own, file, ...process.argv.slice(2)],
    {
      stdio: "inherit",
      env: { ...process.env, DENO_NO_UPDATE_CHECK: "1", DENO_NO_PACKAGE_JSON: "1" },
    },
  );
  // The terminal sends Ctrl-C to both; the program decides what comes of it.
  for (const signal of Object.keys(SIGNALS)) {
    process.on(signal, () => void (signal === "SIGINT" || child.kill(signal)));
  }
  child.on("error", (error) => fail(error.message));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (SIGNALS[signal] ?? 9)));
}

/** Where Deno is; undefined when it is not installed for this system. */
function denoPath() {
  try {
    return createRequire(import.meta.url)("deno/install_api.cjs").runInstall();
  } catch (error) {
    fail(`the npm package "deno" has nothing for this system: ${error.message}`);
    return undefined;
  }
}

/** @param {string} why A reason. */
function fail(why) {
  process.stderr.write(`Cannot start Sotto: ${why}\n`);
  process.exitCode = 1;
}
