/** Settings as options of a command. @module */
import { helpWidth } from "./help_width.ts";
import { type Command, CommanderError, Option } from "@commander-js/extra-typings";
import type { Setting } from "./setting.ts";
import type { Said } from "./settings.ts";
import { type SettingName, SETTINGS } from "./settings_table.ts";
import { UsageError } from "../usage_error.ts";

/** What the words of the command line say beside its options. */
export type Words = Partial<Record<SettingName, string | undefined>>;

/**
 * Gives a command the options of these settings.
 *
 * @param command The command.
 * @param names The settings.
 * @returns What to call once the command line has been parsed: what it says, by setting.
 */
// deno-lint-ignore no-explicit-any -- the types of what a command has already got do not matter here
export function addSettings(command: Command<any, any>, names: readonly SettingName[]) {
  const settings = new Map<Option, SettingName>();
  for (const name of names) {
    for (const option of optionsOf(SETTINGS[name] as Setting<unknown>)) {
      settings.set(option, name);
      command.addOption(option);
    }
  }
  return (words: Words = {}): Map<SettingName, Said> => {
    const flags = new Map<SettingName, Said>();
    const say = (name: SettingName, said: Said): void => {
      const before = flags.get(name);
      if (before !== undefined && before.given !== said.given) {
        const why = "they say the same thing differently, leave one out";
        throw new UsageError(`Cannot use ${said.by} with ${before.by}: ${why}`);
      }
      flags.set(name, said);
    };
    for (const [option, name] of settings) {
      const attribute = option.attributeName();
      if (command.getOptionValueSource(attribute) !== "cli") continue;
      say(name, { by: option.long ?? name, given: asText(command.getOptionValue(attribute)) });
    }
    for (const [name, given] of Object.entries(words) as [SettingName, string | undefined][]) {
      if (given !== undefined) say(name, { by: `the ${name}`, given });
    }
    return flags;
  };
}

/**
 * Parses arguments; returns what to show instead of running.
 *
 * @param what What cannot be done where a command does not know something.
 * @param help What shows the command's help.
 * @throws {UsageError} On what a command does not know.
 */
export function parse(
  // deno-lint-ignore no-explicit-any -- any command
  command: Command<any, any>,
  args: readonly string[],
  { what = "start", help = `${command.name()} --help` }: { what?: string; help?: string } = {},
): string | undefined {
  let shown = "";
  for (const each of [command, ...command.commands]) {
    each.exitOverride().configureOutput({
      writeOut: (text) => shown += text,
      writeErr: (text) => shown += text,
      outputError: () => {},
      getOutHelpWidth: () => helpWidth(110),
      getErrHelpWidth: () => helpWidth(110),
    });
  }
  try {
    command.parse(args, { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return shown.trimEnd();
    throw new UsageError(asSentence(error, { what, help }));
  }
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

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  return value === true ? "yes" : value === false ? "no" : String(value);
}

/** What commander says, in one line: what cannot be done, why, and what to do next. */
export function asSentence(
  { message }: CommanderError,
  { what, help }: { what: string; help: string },
): string {
  // A mistyped option may have brought a secret: `--passwrod=…`.
  const [why = "", hint] = message.replace(/^error: /, "").replace(/'(-[^'=]*)=.*'/s, "'$1'").split("\n");
  const plain = why.replace(
    /^command-argument value ('.*') is invalid for argument '(.+?)'\./,
    "$1 is no $2 known here.",
  )
    .replace(" is invalid. ", " is invalid: ").replace(/\.$/, "");
  const next = hint === undefined ? `${help} lists what there is` : hint.replace(/^\(|\)$/g, "");
  return `Cannot ${what}: ${plain}. ${next}`;
}
