/** A command line as data: what completions and manual pages are made from. @module */
import type { Command, Option } from "@commander-js/extra-typings";

/** What may stand where a value is expected. */
export type Values =
  | { kind: "any" }
  | { kind: "file" }
  | { kind: "folder" }
  | { kind: "words"; words: readonly string[] };

/** An option. */
export interface OptionNode {
  /** Its one-letter form, with its dash. */
  short?: string;
  /** Its name with both dashes. */
  long: string;
  /** What it does. */
  about: string;
  /** Its value, if it takes one. */
  value?: { name: string; optional: boolean; values: Values };
  /** Whether it may be given again and again. */
  many: boolean;
  /** The heading under which help lists it. */
  group?: string;
  /** Another name of an option that is listed already. */
  hidden: boolean;
}

/** A word that belongs to a command, by its place. */
export interface ArgumentNode {
  name: string;
  about: string;
  required: boolean;
  many: boolean;
  values: Values;
}

/** A command with all that may follow it. */
export interface CommandNode {
  name: string;
  about: string;
  arguments: readonly ArgumentNode[];
  /** Its own options, then those that it takes from the commands above. */
  options: readonly OptionNode[];
  commands: readonly CommandNode[];
}

/** How a tree is read. */
export interface ReadOptions {
  /** Words that an option's value is one of, where the parser does not know them. */
  choices?: (long: string) => readonly string[] | undefined;
  /** Options of the commands above that a command takes; without it none. */
  inherits?: (command: string, option: Option) => boolean;
}

// deno-lint-ignore no-explicit-any -- any command
type AnyCommand = Command<any, any, any>;

const HELP: OptionNode = {
  short: "-h",
  long: "--help",
  about: "show help",
  many: false,
  group: "About this program:",
  hidden: false,
};

/** Reads a command with everything below it. */
export function readTree(command: AnyCommand, options: ReadOptions = {}): CommandNode {
  return read(command, [], options);
}

/** Calls with a node and each one below it, and the names that lead there. */
export function walk(
  node: CommandNode,
  visit: (node: CommandNode, path: readonly string[]) => void,
  path: readonly string[] = [],
): void {
  visit(node, path);
  for (const each of node.commands) walk(each, visit, [...path, each.name]);
}

function read(command: AnyCommand, above: readonly Option[], how: ReadOptions): CommandNode {
  const own: readonly Option[] = command.options;
  const taken = above.filter((option) => how.inherits?.(command.name(), option) === true);
  const node = (option: Option): OptionNode => readOption(option, how);
  return {
    name: command.name(),
    about: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      about: argument.description,
      required: argument.required,
      many: argument.variadic,
      values: valuesOf(argument.name(), argument.argChoices),
    })),
    options: [...own.map(node), HELP, ...taken.map(node)],
    commands: command.commands.map((each: AnyCommand) => read(each, [...own, ...above], how)),
  };
}

function readOption(option: Option, { choices }: ReadOptions): OptionNode {
  const { short, long = "", description, required, optional, hidden, flags, parseArg } = option;
  const name = /[<[]([^\]>]+)[\]>]/.exec(flags)?.[1] ?? "value";
  return {
    ...(short === undefined ? {} : { short }),
    long,
    about: description,
    ...(required || optional
      ? { value: { name, optional, values: valuesOf(name, option.argChoices ?? choices?.(long)) } }
      : {}),
    many: parseArg !== undefined && parseArg.length > 1,
    ...(option.helpGroupHeading === undefined ? {} : { group: option.helpGroupHeading }),
    hidden,
  };
}

function valuesOf(name: string, words: readonly string[] | undefined): Values {
  if (words !== undefined) return { kind: "words", words };
  if (name === "file" || name === "path") return { kind: "file" };
  if (name === "dir" || name === "folder") return { kind: "folder" };
  return { kind: "any" };
}
