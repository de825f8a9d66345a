/** `server.ts admin …`: the account file of a relay that does not run. @module */
import { Command } from "@commander-js/extra-typings";
import { ACCOUNT_ACTIONS, type AccountAction, changeAccounts } from "./account_changes.ts";
import { configuration } from "./configuration.ts";
import type { ProgramIo } from "./io.ts";
import { newPassword } from "./new_password.ts";
import { ask, relayPassword } from "./secrets.ts";
import { addSettings, parse } from "./setting_options.ts";
import type { Said } from "./settings.ts";
import type { SettingName } from "./settings_table.ts";
import { UsageError } from "../usage_error.ts";

/** The settings that these commands share with the relay. */
const SHARED = ["accounts", "password", "passwordFile", "askPassword", "envFile"] as const;

/** What some of the commands take besides. */
interface More {
  operator?: boolean;
  newPasswordFile?: string;
}

/** What is to be done with an account file. */
export interface Wanted {
  action: AccountAction;
  name: string;
  operator: boolean;
  newPasswordFile: string | undefined;
  flags: Map<SettingName, Said>;
}

/** Runs one of the commands; returns the exit status. @throws {UsageError} When it is asked for wrongly. */
export async function accountCommands(args: readonly string[], io: ProgramIo): Promise<number> {
  const wanted = read(args);
  if (typeof wanted === "string") {
    io.print(wanted);
    return 0;
  }
  const { action, name, operator } = wanted;
  const configured = await configuration(wanted.flags, (text) => io.complain(text));
  const path = configured.settings.accounts;
  if (path === undefined) throw new UsageError("Cannot find the accounts: name their file with --accounts");
  const password = await relayPassword(configured, io) ??
    await ask(io, "Password of the relay: ");
  const { asks, named } = ACCOUNT_ACTIONS[action];
  const fresh = asks === undefined
    ? undefined
    : await newPassword({ file: wanted.newPasswordFile, question: asks, account: named }, io);
  return await changeAccounts({ action, name, operator, path, password, newPassword: fresh }, io);
}

function read(args: readonly string[]): Wanted | string {
  let wanted: Wanted | undefined;
  const program = accountProgram((chosen) => wanted = chosen);
  const shown = parse(program, args.length === 0 ? ["--help"] : args, { what: "do this" });
  if (shown !== undefined) return shown;
  if (wanted === undefined) {
    throw new UsageError("Cannot do this: no command. server.ts admin --help lists what there is");
  }
  return wanted;
}

/** The commands; `choose` hears which was named. */
export function accountProgram(choose: (wanted: Wanted) => void): Command {
  const program = new Command("server.ts admin")
    .description(
      "The account file of a relay that does not run. For one that runs: server.ts accounts --help",
    )
    .helpCommand(false);
  for (const [action, { about, named, asks }] of Object.entries(ACCOUNT_ACTIONS)) {
    const command = program.command(action).description(about);
    if (named) command.argument("<name>", "name of the account");
    if (action === "add") command.option("--operator", "it may use the admin's HTTP calls");
    if (asks !== undefined) {
      command.option("--new-password-file <file>", "file whose first line is the new password");
    }
    const flagsOf = addSettings(command, SHARED);
    command.action(() => {
      const { operator = false, newPasswordFile }: More = command.opts();
      const name = command.args[0] ?? "";
      choose({ action: action as AccountAction, name, operator, newPasswordFile, flags: flagsOf() });
    });
  }
  return program;
}
