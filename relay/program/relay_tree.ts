/** Everything that may be typed behind `server.ts`, and the command that tells shells of it. @module */
import { Command } from "@commander-js/extra-typings";
import { accountProgram } from "./account_commands.ts";
import { adminCommands } from "./admin_commands.ts";
import { relayCommand } from "./command_line.ts";
import type { ProgramIo } from "./io.ts";
import { parse } from "./setting_options.ts";
import { ALL_SETTINGS } from "./settings_table.ts";
import { type CommandNode, readTree } from "./shell/command_tree.ts";
import { addCompletions, type CompletionsWish } from "./shell/completions_command.ts";
import { completionScript } from "./shell/script.ts";

/** What the compiled relay is called. */
const NAME = "sotto-relay";
const SILENT: ProgramIo = { print() {}, complain() {} };

/** The whole tree. */
export function relayTree(): CommandNode {
  const choices = (long: string): readonly string[] | undefined =>
    ALL_SETTINGS.find(([, { flag, aliases = [] }]) =>
      [flag, ...aliases].some((each) => each?.split(" ")[0] === long)
    )?.[1].read.words;
  const relay = readTree(relayCommand().command, { choices });
  const admin = readTree(accountProgram(() => {}), { choices });
  const others = new Command();
  adminCommands(others, SILENT);
  addCompletions(others, NAME, () => {});
  const commands = [...readTree(others).commands, { ...admin, name: "admin" }];
  return { ...relay, name: NAME, commands };
}

/** Runs `completions`; returns the exit status. @throws {UsageError} When it is asked for wrongly. */
export async function relayCompletions(args: readonly string[], io: ProgramIo): Promise<number> {
  let wish: CompletionsWish | undefined;
  const program = new Command("server.ts").helpCommand(false);
  addCompletions(program, NAME, (chosen) => wish = chosen);
  const shown = parse(program, args, { what: "print completions", help: "server.ts completions --help" });
  if (shown !== undefined) io.print(shown);
  if (wish !== undefined) {
    const { shell, name } = wish as CompletionsWish;
    io.print((await completionScript(shell, relayTree(), name)).trimEnd());
  }
  return 0;
}
