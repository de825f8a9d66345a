/** The command line of the relay's program. @module */
import { Command, CommanderError, Option } from "@commander-js/extra-typings";
import config from "../../deno.json" with { type: "json" };
import type { Said } from "./settings.ts";
import type { Setting } from "./setting.ts";
import { ALL_SETTINGS, type SettingName } from "./settings_table.ts";
import { UsageError } from "./usage_error.ts";

/** What the command line says, or what to print before ending with status 0. */
export type CommandLine =
  | { kind: "run"; flags: Map<SettingName, Said> }
  | { kind: "shown"; text: string };

const AFTER = `
Commands for a relay that runs with --admin-socket:
  status, top, tokens, bans, ban, unban, close-room, cut, drain, accounts

Commands for the account file of a relay that does not run:
  admin list | add | disable | enable | remove | reset | password

  server.ts <command> --help tells more of each.

Examples:
  server.ts                                        on 127.0.0.1:4443, for this machine
  server.ts 0.0.0.0 --tls-self-signed              for others, with a certificate made in RAM
  server.ts 0.0.0.0 --tls-cert cert.pem --tls-key key.pem --password-file password
`;

/** Reads arguments. @throws {UsageError} On what it does not understand. */
export function readCommandLine(args: readonly string[]): CommandLine {
  let shown = "";
  const command = new Command("server.ts")
    .description("A relay for end-to-end encrypted rooms. It can read nothing and keeps nothing.")
    .usage("[host] [port] [options]")
    .argument("[host]", "the same as --host")
    .argument("[port]", "the same as --port")
    .configureOutput({
      writeOut: (text) => shown += text,
      writeErr: () => {},
      getOutHelpWidth: () => 110,
    })
    .exitOverride()
    .addHelpText("after", AFTER);
  const names = new Map<string, SettingName>();
  for (const [name, its] of ALL_SETTINGS) {
    for (const option of optionsOf(its)) {
      names.set(option.attributeName(), name);
      command.addOption(option);
    }
  }
  command.optionsGroup("About this program:")
    .version(config.version, "-V, --version", "show the version")
    .helpOption("-h, --help", "show this help");
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "shown", text: shown.trimEnd() };
    throw new UsageError(sentence(error.message));
  }
  const flags = new Map<SettingName, Said>();
  const say = (name: SettingName, said: Said): void => {
    const before = flags.get(name);
    if (before !== undefined && before.given !== said.given) {
      throw new UsageError(
        `Cannot use ${said.by} with ${before.by}: they say the same thing differently, leave one out`,
      );
    }
    flags.set(name, said);
  };
  for (const option of command.options) {
    const attribute = option.attributeName();
    const name = names.get(attribute);
    if (name === undefined || command.getOptionValueSource(attribute as never) !== "cli") continue;
    const value = command.getOptionValue(attribute);
    const given = Array.isArray(value)
      ? value.join(",")
      : value === true
      ? "yes"
      : value === false
      ? "no"
      : `${value}`;
    say(name, { by: option.long ?? name, given });
  }
  const [host, port] = command.processedArgs;
  if (host !== undefined) say("host", { by: "the host", given: host });
  if (port !== undefined) say("port", { by: "the port", given: port });
  return { kind: "run", flags };
}

function optionsOf(its: Setting<unknown>): Option[] {
  const { flag, aliases = [], group, many } = its;
  if (flag === undefined) return [];
  return [flag, ...aliases].map((flags, index) => {
    const option = new Option(flags, describe(its));
    option.helpGroup(`${group}:`);
    if (many) option.argParser((value, before: string[] | undefined) => [...before ?? [], value]);
    if (index > 0) option.hideHelp();
    return option;
  });
}

function describe({ about, env, fallback, show = String }: Setting<unknown>): string {
  const notes = env === undefined ? [] : [env];
  if (typeof fallback === "string" || typeof fallback === "number") notes.push(`default ${show(fallback)}`);
  return notes.length === 0 ? about : `${about} (${notes.join(", ")})`;
}

/** What commander says, in one line. */
function sentence(message: string): string {
  const [what = "", hint] = message.replace(/^error: /, "").split("\n");
  const next = hint === undefined ? "server.ts --help lists what there is" : hint.replace(/^\(|\)$/g, "");
  return `Cannot start: ${what.replace(/\.$/, "")}. ${next}`;
}
