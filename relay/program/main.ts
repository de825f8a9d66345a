/** The relay's program: reads what is asked for, runs the relay, ends it. @module */
import { CryptoError } from "../../crypto/errors.ts";
import { readCommandLine } from "./command_line.ts";
import { checkTogether } from "./contradictions.ts";
import { configuration } from "./configuration.ts";
import { logIo, type ProgramIo } from "./io.ts";
import { showConfiguration } from "./print_config.ts";
import { serve } from "./serve.ts";
import { UsageError } from "../usage_error.ts";

/**
 * Runs the relay, or a command about it.
 *
 * @param args The command line, without the program's name.
 * @param io Where it says things.
 * @returns The exit status: 0 ended in order, 1 a command was refused, 2 wrong usage.
 */
export async function runRelay(args: readonly string[], io: ProgramIo): Promise<number> {
  let log = io;
  const slips: string[] = [];
  const tellSlips = (): void => slips.splice(0).forEach((text) => log.complain(text));
  if (args[0] === "help") return await runRelay([...args.slice(1, 2), "--help"], io);
  try {
    const done = await runCommand(args, io);
    if (done !== undefined) return done;
    const line = readCommandLine(args[0] === "serve" ? args.slice(1) : args);
    if (line.kind === "shown") {
      io.print(line.text);
      return 0;
    }
    const configured = await configuration(line.flags, (text) => slips.push(text));
    const { settings } = configured;
    if (settings.printConfig) io.print(showConfiguration(configured, settings.envFile));
    checkTogether(configured);
    if (settings.printConfig) {
      tellSlips();
      return 0;
    }
    log = logIo(io, settings.logFormat);
    tellSlips();
    return await serve(configured, log);
  } catch (error) {
    // A password that cannot be one was the user's doing, wherever it is found out.
    if (!(error instanceof UsageError) && !(error instanceof CryptoError)) throw error;
    tellSlips();
    log.complain(error.message);
    return 2;
  }
}

/** Runs a command other than the relay itself; undefined when it is none. */
async function runCommand(args: readonly string[], io: ProgramIo): Promise<number | undefined> {
  const [word = ""] = args;
  if (word === "admin") {
    return await (await import("./account_commands.ts")).accountCommands(args.slice(1), io);
  }
  if (word === "completions") return await (await import("./relay_tree.ts")).relayCompletions(args, io);
  // Loaded only for what may be a command: a relay must be quick to start.
  if (!/^[a-z]+(-[a-z]+)?$/.test(word) || word === "serve" || word === "localhost") return undefined;
  const { ADMIN_COMMANDS, runAdminCommand } = await import("./admin_commands.ts");
  if (ADMIN_COMMANDS.includes(word)) return await runAdminCommand(args, io);
  const meant = (await import("./likely.ts")).likely(word, [
    ...ADMIN_COMMANDS,
    "admin",
    "completions",
    "serve",
  ]);
  if (meant === undefined) return undefined; // the name of a host
  throw new UsageError(
    `Cannot do this: there is no command ${word}; did you mean ${meant}? A host of that name goes with --host`,
  );
}
