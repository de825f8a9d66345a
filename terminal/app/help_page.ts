/** The help: commands, and keys for where one is. @module */
import type { KeyMap, KeyPlace } from "../input/key_map.ts";
import type { Span } from "../screen/style.ts";
import { helpText } from "../slash_commands.ts";
import type { TextPage } from "./text_overlay.ts";

const PLACES: readonly KeyPlace[] = ["composer", "empty", "menu", "history", "find", "overlay", "everywhere"];
const KEYS_WIDTH = 24;

/**
 * The page that `/help` shows.
 *
 * @param about A command's name; empty for all commands and keys.
 * @param keyMap The keys in use.
 */
export function helpPage(about: string, keyMap: KeyMap): TextPage {
  const lines: Span[][] = helpText(about).split("\n").map((text) => [{ text }]);
  if (about !== "" && lines.length === 1) return { title: `/${about.replace(/^\//, "")}`, lines };
  for (const { group, bindings } of keyMap.help(PLACES)) {
    lines.push([], [{ text: group, style: { fg: "accent", bold: true } }]);
    for (const { keys, help } of bindings) {
      lines.push([{ text: keys.join(", ").padEnd(KEYS_WIDTH), style: { bold: true } }, { text: ` ${help}` }]);
    }
  }
  return { title: "Help", lines };
}
