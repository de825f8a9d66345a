/** The command `completions`, as client and relay have it. @module */
import { Argument, type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { isProgramName, type Shell, SHELLS } from "./script.ts";

/** What was asked for. */
export interface CompletionsWish {
  shell: Shell;
  /** What the program is called where the script is used. */
  name: string;
}

/**
 * Gives a program the command.
 *
 * @param program The program.
 * @param name What it is called unless its user says otherwise.
 * @param choose Hears what was asked for.
 */
export function addCompletions(
  // deno-lint-ignore no-explicit-any -- any program
  program: Command<any, any, any>,
  name: string,
  choose: (wish: CompletionsWish) => void,
): void {
  program.command("completions").description("print a script by which a shell completes what you type")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .option("--name <command>", `what you call this program there (default: ${name})`, programName)
    .action((shell, { name: called = name }) => choose({ shell, name: called }));
}

function programName(text: string): string {
  if (isProgramName(text)) return text;
  throw new InvalidArgumentError("Use letters, digits, dots, dashes and underscores.");
}
