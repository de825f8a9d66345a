/** Help: the keys for where one is, all commands, or one of them with an example. @module */
import { COMMAND_EXAMPLES } from "../../command_examples.ts";
import type { KeyMap, KeyPlace } from "../../input/key_map.ts";
import { nearest } from "../../nearest.ts";
import { COMMAND_WORDS } from "../../slash_commands.ts";
import { keyLabel } from "../hints.ts";
import { SCREEN_COMMANDS } from "../screen_commands.ts";
import type { TextPage } from "../text_overlay.ts";
import type { Line } from "./page.ts";

/** A command as the help shows it. */
interface Command {
  name: string;
  usage: string;
  does: string;
}

const KEYS_WIDTH = 24;
const USAGE_WIDTH = 34;
const HEADING = { fg: "accent", bold: true } as const;
const STRONG = { bold: true } as const;

/** All commands of the full screen, for help and completion. */
export const ALL_COMMANDS: readonly Command[] = [
  ...COMMAND_WORDS,
  ...SCREEN_COMMANDS.filter(({ name }) => !COMMAND_WORDS.some((other) => other.name === name)),
];

const WHERE: Readonly<Record<KeyPlace, string>> = {
  everywhere: "everywhere",
  composer: "while you write",
  empty: "while nothing is typed",
  history: "while you search what you sent",
  menu: "while the menu is open",
  find: "while you look for a text",
  overlay: "in a window",
};

/**
 * The keys for where one is, the innermost place first, and then the commands.
 *
 * @param keyMap The keys in use.
 * @param places Where one is: `["empty", "composer", "everywhere"]`.
 */
export function keysPage(keyMap: KeyMap, places: readonly KeyPlace[]): TextPage {
  const lines: Line[] = [];
  for (const place of places) {
    lines.push([{ text: `Keys ${WHERE[place]}`, style: HEADING }]);
    for (const { bindings } of keyMap.help([place])) {
      for (const { keys, help } of bindings) {
        const names = keysText(keys).padEnd(KEYS_WIDTH);
        lines.push([{ text: `${names} `, style: STRONG }, { text: help }]);
      }
    }
    lines.push([]);
  }
  return { title: "Keys for where you are", lines: [...lines, ...commandLines()] };
}

/** As many of the keys as there is space for, at least one. */
function keysText(keys: readonly string[]): string {
  const labels = keys.map(keyLabel);
  while (labels.length > 1 && labels.join(", ").length > KEYS_WIDTH) labels.pop();
  return labels.join(", ");
}

/** What `/help` shows: commands first, and all keys; with a command's name, that one with an example. */
export function commandPage(about: string, keyMap: KeyMap): TextPage {
  const name = about.trim().replace(/^\//, "").toLowerCase();
  if (name === "") {
    const keys = keysPage(keyMap, ["composer", "empty", "menu", "history", "find", "overlay", "everywhere"]);
    return { title: "Help", lines: [...commandLines(), [], ...keys.lines.slice(0, -commandLines().length)] };
  }
  const command = ALL_COMMANDS.find((one) => one.name === name);
  if (command === undefined) {
    const near = nearest(name, ALL_COMMANDS.map((one) => one.name));
    const meant = near === undefined ? "/help shows all of them." : `Did you mean /help ${near}?`;
    return { title: "Help", lines: [[{ text: `There is no command /${shown(name)}. ${meant}` }]] };
  }
  const example = COMMAND_EXAMPLES[name];
  return {
    title: `/${name}`,
    lines: [
      [{ text: command.usage, style: STRONG }],
      [{ text: command.does }],
      ...(example === undefined ? [] : [
        [],
        [{ text: "Example: ", style: { fg: "dim" } }, { text: example[0], style: STRONG }],
        [{ text: example[1] }],
      ] as Line[]),
    ],
  };
}

function commandLines(): Line[] {
  return [
    [{ text: "Commands", style: HEADING }, {
      text: "  /help <command> shows an example",
      style: { fg: "dim" },
    }],
    ...ALL_COMMANDS.map(({ usage, does }): Line => [
      { text: `${usage.padEnd(USAGE_WIDTH)} `, style: STRONG },
      { text: does },
    ]),
    [{ text: "//text".padEnd(USAGE_WIDTH) + " ", style: STRONG }, {
      text: "say a text that starts with a slash",
    }],
    [{ text: "A message's number, such as #12, names it in a command." }],
  ];
}

/** What was typed, as far as it may be shown. */
function shown(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}_-]/gu, "").slice(0, 20);
}
