/** Scripts by which shells complete the words of a program. @module */
import type { CommandNode } from "./command_tree.ts";

/** The shells that scripts are made for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** A shell. */
export type Shell = (typeof SHELLS)[number];

/** Names that a program may be called by in a script. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Whether a program may be called this in a script: it is put there as it is. */
export function isProgramName(name: string): boolean {
  return NAME.test(name);
}

/**
 * Makes the script.
 *
 * @param shell For which shell.
 * @param tree What the program takes.
 * @param name What the program is called where the script is used.
 * @throws {RangeError} If that is no name of a program.
 */
export async function completionScript(shell: Shell, tree: CommandNode, name: string): Promise<string> {
  if (!isProgramName(name)) throw new RangeError("it must be letters, digits, dots, dashes and underscores");
  switch (shell) {
    case "bash":
      return (await import("./bash.ts")).bashScript(tree, name);
    case "zsh":
      return (await import("./zsh.ts")).zshScript(tree, name);
    case "fish":
      return (await import("./fish.ts")).fishScript(tree, name);
    case "powershell":
      return (await import("./powershell.ts")).powershellScript(tree, name);
  }
}

/** A name as it may stand in the name of a shell's function. */
export function functionName(name: string): string {
  return `_${name.replace(/[^A-Za-z0-9]/g, "_")}`;
}
