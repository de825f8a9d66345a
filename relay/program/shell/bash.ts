/** Completions for bash, from 3.2 on. @module */
import { type CommandNode, type OptionNode, type Values, walk } from "./command_tree.ts";
import { functionName } from "./script.ts";

/** Makes the script. */
export function bashScript(tree: CommandNode, name: string): string {
  const own = functionName(name);
  const tables: string[] = [];
  const values: string[] = [];
  walk(tree, (node, path) => {
    const at = path.join(" ");
    const row = [
      `commands='${node.commands.map((each) => each.name).join(" ")}'`,
      `options='${node.options.filter(({ hidden }) => !hidden).flatMap(names).join(" ")}'`,
      `valued=' ${node.options.filter(needsValue).flatMap(names).join(" ")} '`,
      `places=${node.arguments.length}`,
    ];
    tables.push(`    '${at}') ${row.join(" ")} ;;`);
    for (const option of node.options) {
      const action = option.value === undefined ? undefined : actionOf(option.value.values);
      if (action === undefined) continue;
      values.push(`    ${names(option).map((each) => `'${at}:${each}'`).join("|")}) ${action} ;;`);
    }
    node.arguments.forEach((argument, index) => {
      const action = actionOf(argument.values);
      if (action !== undefined) values.push(`    '${at}:${index}'${argument.many ? "*" : ""}) ${action} ;;`);
    });
  });
  return `# bash completion for ${name}
# Try it: source <(${name} completions bash)

# What stands at a place of the command line: "path:option", or "path:number of the argument".
${own}_value() {
  words='' kind=''
  case $1 in
${values.join("\n")}
  esac
}

${own}() {
  local -a line
  local word glue='' count=0 i current part prefix
  local separators='^[:=]+$'
  COMPREPLY=()
  # bash takes words apart at = and :, here they are put together again.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $count -gt 0 && ( -n $glue || $word =~ $separators ) ]]; then
      line[count - 1]+=$word
    else
      line[count]=$word
      count=$((count + 1))
    fi
    glue=''
    if [[ $word =~ $separators ]]; then glue=1; fi
  done
  current=\${line[count - 1]}
  part=\${COMP_WORDS[COMP_CWORD]}
  if [[ $part =~ $separators ]]; then part=''; fi
  prefix=\${current%"$part"}

  # Which command this is, how many arguments it has, and the option whose value is asked for.
  local path='' place=0 option='' ended='' commands options valued places words kind
  ${own}_table ''
  for ((i = 0; i < count - 1; i++)); do
    word=\${line[i]}
    if [[ -n $option ]]; then
      option=''
    elif [[ -z $ended && $word == -- ]]; then
      ended=1
    elif [[ -z $ended && $word == -* ]]; then
      if [[ $valued == *" $word "* ]]; then option=$word; fi
    elif [[ -z $ended && $place -eq 0 && " $commands " == *" $word "* ]]; then
      path=\${path:+$path }$word
      ${own}_table "$path"
    else
      place=$((place + 1))
    fi
  done

  if [[ -n $option ]]; then
    ${own}_value "$path:$option"
  elif [[ -z $ended && $current == --*=* ]]; then
    ${own}_value "$path:\${current%%=*}"
    current=\${current#*=}
    prefix=''
    if [[ $current != "$part" ]]; then prefix=\${current%"$part"}; fi
  elif [[ -z $ended && $current == -* ]]; then
    words=$options
  else
    ${own}_value "$path:$place"
    if [[ $place -eq 0 && -z $ended ]]; then words="$words $commands"; fi
    if [[ -z $ended && -z $commands && $places -eq 0 ]]; then words=$options; fi
  fi

  if [[ -n $kind ]]; then
    # Readline's own way with files knows quotes and the tilde; before bash 4 it cannot be asked for.
    if ! compopt -o "$kind" 2>/dev/null; then
      while IFS= read -r word; do COMPREPLY+=("\${word#"$prefix"}"); done < <(compgen -f -- "$current")
    fi
    return
  fi
  for word in $words; do
    if [[ $word == "$current"* ]]; then COMPREPLY+=("\${word#"$prefix"}"); fi
  done
}

${own}_table() {
  case $1 in
${tables.join("\n")}
  esac
}

complete -F ${own} ${name}
`;
}

function names({ short, long }: OptionNode): string[] {
  return short === undefined ? [long] : [long, short];
}

function needsValue({ value }: OptionNode): boolean {
  return value !== undefined && !value.optional;
}

function actionOf(values: Values): string | undefined {
  if (values.kind === "words") return `words='${values.words.join(" ")}'`;
  if (values.kind === "file") return "kind=default";
  return values.kind === "folder" ? "kind=dirnames" : undefined;
}
