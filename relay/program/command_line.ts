/** The command line of the relay's program. @module */
import { Command } from "@commander-js/extra-typings";
import type { Said } from "./settings.ts";
import { addSettings, parse } from "./setting_options.ts";
import { ALL_SETTINGS, type SettingName } from "./settings_table.ts";
import { UsageError } from "../usage_error.ts";
import { versionLine } from "./version.ts";

/** What the command line says, or what to print before ending with status 0. */
export type CommandLine =
  | { kind: "run"; flags: Map<SettingName, Said> }
  | { kind: "shown"; text: string };

const AFTER = `
Commands for a relay that runs with --admin-socket:
  status, top, rooms, close-room, connections, cut, bans, ban, unban, drain
  tokens, token-create, token-revoke, accounts, account-disable,
  account-enable, account-remove, account-reset, account-add

Commands for the account file of a relay that does not run:
  admin list | add | disable | enable | remove | reset | password

  server.ts <command> --help tells more of each.
  server.ts completions bash | zsh | fish | powershell    for your shell

Examples:
  server.ts                              on 127.0.0.1:4443, for this machine
  server.ts 0.0.0.0 --tls-self-signed    for others, certificate made in RAM
  server.ts 0.0.0.0 --tls-cert cert.pem --tls-key key.pem \\
            --password-file password     for others, who prove a password
`;

/** The command that runs a relay, and how to ask what was said behind it once it has been parsed. */
// deno-lint-ignore explicit-module-boundary-types -- commander's types
export function relayCommand() {
  const command = new Command("server.ts")
    .description("A relay for end-to-end encrypted rooms. It can read nothing and keeps nothing.")
    .usage("[host] [port] [options]")
    .argument("[host]", "the same as --host")
    .argument("[port]", "the same as --port")
    .addHelpText("after", AFTER);
  const flagsOf = addSettings(command, ALL_SETTINGS.map(([name]) => name));
  command.optionsGroup("About this program:")
    .version(versionLine(), "-V, --version", "show the version")
    .helpOption("-h, --help", "show this help");
  return { command, flagsOf };
}

/** Reads arguments. @throws {UsageError} On what it does not understand. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { command, flagsOf } = relayCommand();
  const text = parse(command, args);
  if (text !== undefined) return { kind: "shown", text };
  const [host, port] = command.processedArgs;
  if (host !== undefined && port === undefined && /^\d{1,5}$/.test(host)) {
    throw new UsageError(
      `Cannot use the host ${host}: that looks like a port, which goes with --port ${host}`,
    );
  }
  return { kind: "run", flags: flagsOf({ host, port }) };
}
