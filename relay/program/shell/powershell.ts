/** Completions for PowerShell, from 5 on. @module */
import { type CommandNode, type OptionNode, type Values, walk } from "./command_tree.ts";

/** Makes the script. */
export function powershellScript(tree: CommandNode, name: string): string {
  const tables: string[] = [];
  walk(tree, (node, path) => {
    const commands = node.commands.map((each) => `      , @(${quoted(each.name)}, ${quoted(each.about)})`);
    const options = node.options.filter(({ hidden }) => !hidden)
      .flatMap((option) => names(option).map((each) => optionRow(each, option)));
    const places = node.arguments.map(({ values }) => valuesOf(values));
    tables.push(
      `    ${quoted(path.join(" "))} = @{`,
      `      commands = @(\n${commands.join("\n")}\n      )`,
      `      options = @(\n${options.join("\n")}\n      )`,
      `      places = @(${places.join(", ")})`,
      "    }",
    );
  });
  return `# PowerShell completion for ${name}
# Try it: ${name} completions powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName ${quoted(name)}, ${quoted(`${name}.exe`)} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  # A row of options: name, what it does, whether its value is the next word, what the value may be.
  $tables = @{
${tables.join("\n")}
  }
  $path = ''
  $place = 0
  $option = $null
  $ended = $false
  $table = $tables[$path]
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    ForEach-Object { $_.Extent.Text })
  foreach ($word in $words) {
    if ($option) { $option = $null; continue }
    if (-not $ended -and $word -ceq '--') { $ended = $true; continue }
    if (-not $ended -and $word.StartsWith('-')) {
      $option = $table.options | Where-Object { $_[0] -ceq $word -and $_[2] } | Select-Object -First 1
      continue
    }
    $next = "$path $word".Trim()
    if (-not $ended -and $place -eq 0 -and $tables.ContainsKey($next)) { $path = $next; $table = $tables[$next] }
    else { $place += 1 }
  }
  $found = @()
  $kind = $null
  $prefix = ''
  $current = $wordToComplete
  if ($option) { $kind = $option[3] }
  elseif (-not $ended -and $current -match '^(--[^=]+)=(.*)$') {
    $prefix = $Matches[1] + '='
    $current = $Matches[2]
    $same = $table.options | Where-Object { $_[0] + '=' -ceq $prefix } | Select-Object -First 1
    if ($same) { $kind = $same[3] }
  }
  elseif (-not $ended -and $current.StartsWith('-')) {
    $found = @($table.options | ForEach-Object { , @($_[0], $_[1]) })
  }
  else {
    if ($place -lt $table.places.Count) { $kind = $table.places[$place] }
    if ($place -eq 0 -and -not $ended) { $found = @($table.commands) }
  }
  # Nothing found: PowerShell offers files by itself, which is right where one is asked for.
  if ($kind -eq 'file') { return }
  if ($kind) { $found = @($kind.Split(' ') | ForEach-Object { , @($_, $_) }) }
  $found | Where-Object { $_ -and $_[0].StartsWith($current) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($prefix + $_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
}

/** A row of an array of arrays: the comma in front keeps it a row where it is the only one. */
function optionRow(name: string, { about, value }: OptionNode): string {
  const next = value !== undefined && !value.optional ? "$true" : "$false";
  const what = value === undefined ? "''" : valuesOf(value.values);
  return `      , @(${quoted(name)}, ${quoted(about)}, ${next}, ${what})`;
}

function names({ short, long }: OptionNode): string[] {
  return short === undefined ? [long] : [short, long];
}

function valuesOf(values: Values): string {
  if (values.kind === "words") return quoted(values.words.join(" "));
  return values.kind === "any" ? "''" : "'file'";
}

/** PowerShell takes typographic quotes for plain ones. */
function quoted(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, "$&$&")}'`;
}
