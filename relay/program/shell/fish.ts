/** Completions for fish. @module */
import { type CommandNode, type OptionNode, type Values, walk } from "./command_tree.ts";
import { functionName } from "./script.ts";

/** Makes the script. */
export function fishScript(tree: CommandNode, name: string): string {
  const own = `_${functionName(name)}`;
  const tables: string[] = [];
  const lines: string[] = [];
  walk(tree, (node, path) => {
    const at = path.join(" ");
    const valued = node.options.filter(({ value }) => value !== undefined && !value.optional).flatMap(names);
    tables.push(
      `        case ${quoted(at)}`,
      `            set commands ${node.commands.map((each) => each.name).join(" ")}`,
      `            set valued ${valued.join(" ")}`,
    );
    const here = (condition: string, rest: string): void =>
      void lines.push(`complete -c ${name} -n ${quoted(`${own}_at ${condition}`)} ${rest}`);
    for (const { name: command, about } of node.commands) {
      here(`${quotedAgain(at)} 0`, `-a ${command} -d ${quoted(about)}`);
    }
    node.arguments.forEach(({ values, many }, index) => {
      const what = valuesOf(values);
      if (what !== "") here(`${quotedAgain(at)} ${many ? `${index}+` : index}`, what);
    });
    // Other names too: else their files could not be completed.
    for (const option of node.options) here(quotedAgain(at), optionLine(option));
  });
  return `# fish completion for ${name}
# Try it: ${name} completions fish | source

# Whether the words so far lead to this command and, if that is asked, to this argument of it.
function ${own}_at
    set -l words (commandline -opc)
    set -l path ''
    set -l place 0
    set -l ended 0
    set -l skip 0
    set -l commands
    set -l valued
    ${own}_table ''
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
        else if test $ended = 0; and test $word = --
            set ended 1
        else if test $ended = 0; and string match -q -- '-*' $word
            contains -- $word $valued; and set skip 1
        else if test $ended = 0; and test $place = 0; and contains -- $word $commands
            set path (string trim -- "$path $word")
            ${own}_table $path
        else
            set place (math $place + 1)
        end
    end
    test "$path" = "$argv[1]"; or return 1
    set -q argv[2]; or return 0
    if string match -q '*+' -- $argv[2]
        test $place -ge (string trim -r -c + -- $argv[2])
    else
        test $place = $argv[2]
    end
end

function ${own}_table --no-scope-shadowing
    switch "$argv[1]"
${tables.join("\n")}
    end
end

complete -c ${name} -e
complete -c ${name} -f
${lines.join("\n")}
`;
}

function names({ short, long }: OptionNode): string[] {
  return short === undefined ? [long] : [short, long];
}

function optionLine({ short, long, about, value }: OptionNode): string {
  const flags = `${short === undefined ? "" : `-s ${short.slice(1)} `}-l ${long.slice(2)}`;
  const takes = value === undefined || value.optional ? "" : ` ${valuesOf(value.values) || "-x"}`;
  return `${flags}${takes} -d ${quoted(about)}`;
}

function valuesOf(values: Values): string {
  if (values.kind === "words") return `-x -a ${quoted(values.words.join(" "))}`;
  if (values.kind === "file") return "-r -F";
  return values.kind === "folder" ? "-x -a '(__fish_complete_directories)'" : "";
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** A path inside what is quoted already: names of commands need no escapes. */
function quotedAgain(path: string): string {
  return `"${path}"`;
}
