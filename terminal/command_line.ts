/** Reads the client's command line. @module */
import { CommanderError } from "@commander-js/extra-typings";
import { ClientError } from "../client/errors.ts";
import { helpWidth } from "../relay/program/help_width.ts";
import { clientCommand } from "./client_command.ts";
import type { CommonOptions, Task } from "./tasks.ts";

/** A command line that was understood, or what to print and exit with. */
export type Parsed =
  | { kind: "run"; task: Task; options: CommonOptions }
  | { kind: "exit"; status: number; out: string; err: string };

/**
 * Reads the command line.
 *
 * @param args The arguments, without the program's name.
 * @returns A task, or texts and the exit status: 0 for help and version, 2 for wrong usage.
 */
export function parseCommandLine(args: readonly string[]): Parsed {
  let out = "";
  let err = "";
  let task: Task = { action: "ask" };
  let said: Partial<CommonOptions> = {};
  const program = clientCommand((chosen, more) => {
    task = chosen;
    said = more ?? {};
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => out += text,
      writeErr: (text) => err += text,
      getOutHelpWidth: () => helpWidth(100),
      getErrHelpWidth: () => helpWidth(100),
    });
  }
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      return { kind: "exit", status: error.exitCode === 0 ? 0 : 2, out, err: helped(err) };
    }
    if (error instanceof ClientError) {
      return { kind: "exit", status: 2, out, err: `${error.message}.\n` };
    }
    throw error;
  }
  const flags = {
    json: false,
    plain: false,
    lines: false,
    askPassword: false,
    ssl: false,
    insecureToken: false,
  };
  const options = { ...flags, askRelayPassword: false, ...program.opts(), ...said };
  return { kind: "run", task, options };
}

/** An option that is not there may have brought a secret along, which is not repeated; who gives one is told where it goes. */
function helped(err: string): string {
  const plain = err.replace(/^(error: unknown option '-[^=']*)=[^']*'/, "$1'");
  const missing = /^error: missing required argument '([a-z]+)'/.exec(plain);
  const wanted = missing?.[1] === undefined ? undefined : MISSING[missing[1]];
  if (missing !== null && wanted !== undefined) return `error: ${wanted}${plain.slice(missing[0].length)}`;
  return plain.replace(/^(error: unknown option '--pass(?:word|wd|phrase)?')\n/, `$1\n${PASSWORDS}\n`);
}

/** What to say behind a command that lacks an argument. */
const MISSING: Readonly<Record<string, string>> = {
  code: "say which room to join: an invite link, a spoken code or a name",
  host: "say where to connect: connect <host> <port> <nick> [password]",
  port: "say which port to connect to: connect <host> <port> <nick> [password]",
  nick: "say what to call you: connect <host> <port> <nick> [password]",
  name: "say the account's name",
  invite: "give the invite link whose client is to be compared",
};

const PASSWORDS = "(A room's password follows its name: client.ts join lobby hunter2.\n" +
  "Other ways: --password-file, --relay-password-file, --account-password-file.)";
