/** The relay's program: reads what is asked for, runs the relay, ends it. @module */
import { readCommandLine } from "./command_line.ts";
import { checkTogether } from "./contradictions.ts";
import { processEnv, readEnvFile } from "./env_file.ts";
import { logIo, type ProgramIo } from "./io.ts";
import { showConfiguration } from "./print_config.ts";
import { serve } from "./serve.ts";
import { type Configuration, configure, type Flags } from "./settings.ts";
import { ALL_SETTINGS, SETTINGS } from "./settings_table.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Runs the relay, or a command about it.
 *
 * @param args The command line, without the program's name.
 * @param io Where it says things.
 * @returns The exit status: 0 ended in order, 1 a command was refused, 2 wrong usage.
 */
export async function runRelay(args: readonly string[], io: ProgramIo): Promise<number> {
  let log = io;
  try {
    const line = readCommandLine(args[0] === "serve" ? args.slice(1) : args);
    if (line.kind === "shown") {
      io.print(line.text);
      return 0;
    }
    const configuration = await readAll(line.flags);
    const { settings } = configuration;
    if (settings.printConfig) io.print(showConfiguration(configuration, settings.envFile));
    checkTogether(configuration);
    if (settings.printConfig) return 0;
    log = logIo(io, settings.logFormat);
    return await serve(configuration, log);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    log.complain(error.message);
    return 2;
  }
}

/** Reads flags, environment and env file. */
async function readAll(flags: Flags): Promise<Configuration> {
  const path = flags.get("envFile")?.given;
  const secrets = ALL_SETTINGS.flatMap(([, { env, secret }]) => secret && env !== undefined ? [env] : []);
  const file = path === undefined
    ? undefined
    : { path: SETTINGS.envFile.read(path) ?? path, variables: await readEnvFile(path, secrets) };
  return configure({ flags, env: processEnv(), file });
}
