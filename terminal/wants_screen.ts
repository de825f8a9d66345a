/** Whether the full screen is used, or lines. @module */
import type { CommonOptions } from "./tasks.ts";
import { mayReadEnv, readEnv } from "./env.ts";

/** Reads the environment; tests give their own. */
export interface Environment {
  /** A variable's value; undefined when it is unset, empty or may not be read. */
  read: (name: string) => string | undefined;
  /** Whether a variable may be read. */
  may: (name: string) => boolean;
}

/**
 * Whether the full screen is used: a person sits at a terminal that can be painted on. Where the environment may not be
 * read, the terminal is taken to be an ordinary one.
 *
 * @param options Options of the command line.
 * @param where.terminal Whether standard input and output are a terminal.
 * @param where.env The environment. @default the process's
 */
export function wantsScreen(
  { json, plain, lines }: Pick<CommonOptions, "json" | "plain" | "lines">,
  { terminal, env = { read: readEnv, may: mayReadEnv } }: { terminal: boolean; env?: Environment },
): boolean {
  if (json || plain || lines || !terminal || env.read("CI") !== undefined) return false;
  const term = env.read("TERM");
  return term === undefined ? !env.may("TERM") : term !== "dumb";
}

/** Commands that lead to the screen. */
const COMMANDS: ReadonlySet<string> = new Set(["create", "join", "host", "connect"]);
/** Options that change nothing about the first frame. */
const OPTIONS: ReadonlySet<string> = new Set([
  "--relay",
  "--ssl",
  "--ca",
  "--pin",
  "--token",
  "--insecure-token",
  "--account",
  "--nick",
  "--limit",
  "--away",
  "--give-up",
  "--lock",
  "--lan",
  "--port",
  "--public",
  "--topic",
]);

/**
 * Whether these arguments will open the screen, as far as one can tell without reading them properly; what reads them
 * takes longer to load than the first frame takes to paint. Where this is wrong, the screen is closed again.
 */
export function opensScreen(args: readonly string[]): boolean {
  const [command] = args;
  if (command === undefined) return true;
  return COMMANDS.has(command) &&
    args.every((arg) => !arg.startsWith("-") || OPTIONS.has(arg.replace(/=.*$/s, "")));
}
