/**
 * A manual page made from what a program takes.
 *
 * @module
 */
import type { ArgumentNode, CommandNode, OptionNode } from "../relay/program/shell/command_tree.ts";

/** What a page says beside what the tree knows. */
export interface PageText {
  /** The version of the program. */
  version: string;
  /** What the program is, in a few words. */
  brief: string;
  /** Paragraphs on what it does. */
  description: readonly string[];
  /** Variables, and what each is for. */
  environment: readonly (readonly [string, string])[];
  /** Exit statuses, and what each means. */
  statuses: readonly (readonly [string, string])[];
  /** Files, and what each is for. */
  files?: readonly (readonly [string, string])[];
  /** Command lines, and what each does. */
  examples: readonly (readonly [string, string])[];
  /** Other pages and documents. */
  seeAlso: readonly string[];
}

/** Writes the page in the macros of man(7). */
export function manPage(tree: CommandNode, text: PageText): string {
  const { name } = tree;
  const lines = [
    `.\\" Made from the program's own options: deno task man`,
    `.TH ${name.toUpperCase()} 1 "" "Sotto ${text.version}" "User Commands"`,
    ".SH NAME",
    `${escape(name)} \\- ${escape(text.brief)}`,
    ".SH SYNOPSIS",
    ...synopsis(tree),
    ".SH DESCRIPTION",
    ...text.description.flatMap((paragraph) => [".PP", escape(paragraph)]),
    ".SH OPTIONS",
    ...options(tree.options),
    ".SH COMMANDS",
    ...tree.commands.flatMap((each) => command(each, tree, [])),
    ".SH ENVIRONMENT",
    ...list(text.environment),
    ".SH EXIT STATUS",
    ...list(text.statuses),
    ...(text.files === undefined ? [] : [".SH FILES", ...list(text.files)]),
    ".SH EXAMPLES",
    ...list(text.examples),
    ".SH SEE ALSO",
    escape(text.seeAlso.join(", ")),
  ];
  return lines.join("\n") + "\n";
}

function synopsis({ name, arguments: words, commands }: CommandNode): string[] {
  const rows = [[...words.map(argument), "[\\fIoption\\fR ...]"]];
  if (commands.length > 0) rows.push(["\\fIcommand\\fR", "[\\fIargument\\fR ...]", "[\\fIoption\\fR ...]"]);
  return rows.flatMap((row) => [".PP", `\\fB${escape(name)}\\fR ${row.join(" ")}`]);
}

/** A command with its own options; what it takes from the program is described there. */
function command(node: CommandNode, above: CommandNode, path: readonly string[]): string[] {
  const known = new Set(above.options.map(({ long }) => long));
  const called = [...path, node.name];
  const own = node.options.filter(({ long }) => !known.has(long));
  const words = [`\\fB${escape(called.join(" "))}\\fR`, ...node.arguments.map(argument)].join(" ");
  if (node.commands.length > 0) return node.commands.flatMap((each) => command(each, above, called));
  const about = [".TP", words, escape(sentence(node.about))];
  return own.length === 0 ? about : [...about, ".RS", ...options(own), ".RE"];
}

function options(all: readonly OptionNode[]): string[] {
  const lines: string[] = [];
  let group: string | undefined;
  for (const option of all.filter(({ hidden }) => !hidden)) {
    if (option.group !== undefined && option.group !== group) {
      group = option.group;
      lines.push(`.SS ${escape(group.replace(/:$/, ""))}`);
    }
    lines.push(".TP", flags(option), escape(sentence(option.about)));
    if (option.many) lines.push("It may be given again and again.");
  }
  return lines;
}

function flags({ short, long, value }: OptionNode): string {
  const names = [short, long].filter((each) => each !== undefined).map((each) => `\\fB${escape(each)}\\fR`);
  if (value === undefined) return names.join(", ");
  const shown = `\\fI${escape(value.name)}\\fR`;
  return `${names.join(", ")} ${value.optional ? `[${shown}]` : shown}`;
}

function argument({ name, required, many, values }: ArgumentNode): string {
  const shown = values.kind === "words"
    ? values.words.map((word) => `\\fB${escape(word)}\\fR`).join("|")
    : `\\fI${escape(name)}\\fR`;
  const one = many ? `${shown} ...` : shown;
  return required ? one : `[${one}]`;
}

function list(rows: readonly (readonly [string, string])[]): string[] {
  return rows.flatMap(([term, about]) => [".TP", `\\fB${escape(term)}\\fR`, escape(about)]);
}

function sentence(text: string): string {
  const begun = /^[a-z][a-z]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** Text that the macros show as it is. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("'", "\\(aq").replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha").replaceAll("~", "\\(ti").replaceAll("…", "...")
    .replaceAll('"', "\\(dq").replace(/^\./, "\\&.")
    .replace(
      /[^\x20-\x7e]/g,
      (letter) => `\\[u${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}
