/** Everything that may be typed behind `client.ts`, for completions and manual pages. @module */
import { type CommandNode, readTree } from "../relay/program/shell/command_tree.ts";
import { completionScript } from "../relay/program/shell/script.ts";
import { clientCommand } from "./client_command.ts";
import type { Offline } from "./tasks.ts";
import { THEMES } from "./screen/theme.ts";

/** What the compiled client is called. */
const NAME = "sotto";

const TLS = ["--ssl", "--ca", "--pin"];
const LOGINS = [
  "--token",
  "--insecure-token",
  "--relay-password-file",
  "--ask-relay-password",
  "--account",
  "--account-password-file",
];
const TRUST = TLS.filter((option) => option !== "--ca");
const PASSWORD = ["--password-file", "--ask-password"];
const ROOM = [...PASSWORD, "--limit", "--away"];

/** Options of the program that a command would refuse. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  host: ["--relay", ...TLS, ...LOGINS, ...PASSWORD],
  create: PASSWORD,
  list: ROOM,
  "check-client": ["--relay", ...TRUST, ...LOGINS, ...ROOM],
  register: [...ROOM, "--account"],
  login: [...ROOM, "--account"],
};

/** The whole tree. */
export function clientTree(): CommandNode {
  const tree = readTree(clientCommand(() => {}), {
    choices: (long) => long === "--theme" ? THEMES : undefined,
    inherits: (command, { long = "" }) =>
      command !== "completions" && long !== "--version" && REFUSED[command]?.includes(long) !== true,
  });
  // What stands where a command may stand is one: other words are refused.
  return { ...tree, name: NAME, arguments: [] };
}

/** The script that was asked for. */
export async function clientCompletions({ shell, name }: Offline): Promise<string> {
  return await completionScript(shell, clientTree(), name);
}
