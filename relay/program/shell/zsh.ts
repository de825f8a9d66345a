/** Completions for zsh. @module */
import { type ArgumentNode, type CommandNode, type OptionNode, type Values, walk } from "./command_tree.ts";
import { functionName } from "./script.ts";

/** Makes the script: a function for each command. */
export function zshScript(tree: CommandNode, name: string): string {
  const own = functionName(name);
  const functions: string[] = [];
  walk(tree, (node, path) => functions.push(oneFunction(node, [own, ...path].join("_"))));
  return `#compdef ${name}
# zsh completion for ${name}
# Try it: source <(${name} completions zsh)   Or put it into a folder of $fpath, as _${name}.

${functions.join("\n")}
if [[ $funcstack[1] == _${name} || $funcstack[1] == ${own} ]]; then
  ${own} "$@"
elif (( $+functions[compdef] )); then
  compdef ${own} ${name}
fi
`;
}

function oneFunction(node: CommandNode, own: string): string {
  const specs = node.options.map(optionSpec); // other names too: else their files could not be completed
  if (node.commands.length === 0) {
    const all = [...specs, ...node.arguments.map(argumentSpec)];
    return `${own}() {\n  _arguments -s -S ${lines(all)}\n}\n`;
  }
  const names = node.commands.map((each) => each.name).join("|");
  const described = node.commands.map((each) => `    ${quoted(`${plain(each.name)}:${each.about}`)}`).join(
    "\n",
  );
  const more = node.arguments.slice(1).map(argumentSpec);
  return `${own}() {
  local at=2 state state_descr line ret=1
  # What stands behind a command is its own.
  while (( at < CURRENT )); do
    case $words[at] in
      ${names})
        shift $(( at - 1 )) words
        (( CURRENT -= at - 1 ))
        ${own}_$words[1]
        return ;;
      ${withValue(node)}) (( at += 2 )) ;;
      -*) (( at += 1 )) ;;
      *) break ;;
    esac
  done
  local -a commands=(
${described}
  )
  _arguments -s -S -C ${lines([...specs, "'1: :->first'", ...more])} && ret=0
  if [[ $state == first ]]; then _describe -t commands command commands && ret=0; fi
  return ret
}
`;
}

/** Options whose value is the next word. */
function withValue({ options }: CommandNode): string {
  const names = options.filter(({ value }) => value !== undefined && !value.optional)
    .flatMap(({ short, long }) => short === undefined ? [long] : [long, short]);
  return names.length === 0 ? "''" : names.join("|");
}

function lines(specs: readonly string[]): string {
  return specs.map((spec) => `\\\n    ${spec}`).join(" ");
}

function optionSpec({ short, long, about, value, many }: OptionNode): string {
  const says = `[${inBrackets(about)}]`;
  const takes = value === undefined
    ? ""
    : `${value.optional ? "::" : ":"}${plain(value.name)}:${actionOf(value.values)}`;
  const equals = value === undefined ? "" : "=";
  if (short === undefined) return quoted(`${many ? "*" : ""}${long}${equals}${says}${takes}`);
  const alone = long === "--help" || long === "--version" ? "'(- *)'" : quoted(`(${short} ${long})`);
  return `${alone}{${short},${long}${equals}}${quoted(says + takes)}`;
}

function argumentSpec({ name, about, required, many, values }: ArgumentNode): string {
  const message = plain(about === "" ? name : about);
  // A lone space would keep options from being completed here.
  const action = values.kind === "any" ? "()" : actionOf(values);
  return quoted(`${many ? "*" : ""}${required || many ? ":" : "::"}${message}:${action}`);
}

function actionOf(values: Values): string {
  if (values.kind === "words") return `(${values.words.join(" ")})`;
  if (values.kind === "file") return "_files";
  return values.kind === "folder" ? "_files -/" : " ";
}

function inBrackets(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

function plain(text: string): string {
  return text.replace(/[\\:]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
