/** Slash commands that only the full screen has. @module */
import type { ClientError } from "../../client/errors.ts";
import { misused } from "../slash_command_table.ts";
import { type ThemeName, THEMES } from "../screen/theme.ts";

/** What one of them asks for; `on` is undefined where it is to be turned over. */
export type ScreenCommand =
  | { name: "burn" | "alarms" }
  | { name: "mute" | "dnd"; on: boolean | undefined }
  | { name: "lockscreen"; change: boolean }
  | { name: "theme"; theme: ThemeName };

/** How a command is typed and what it does. */
export interface ScreenCommandHelp {
  name: ScreenCommand["name"];
  usage: string;
  does: string;
}

/** All of them, for help and completion. */
export const SCREEN_COMMANDS: readonly ScreenCommandHelp[] = [
  { name: "alarms", usage: "/alarms", does: "read warnings about members, and put them aside" },
  {
    name: "mute",
    usage: "/mute [on|off]",
    does: "let this room ring no more; without a word, turn that over",
  },
  { name: "dnd", usage: "/dnd [on|off]", does: "do not disturb: let nothing ring in any room" },
  {
    name: "lockscreen",
    usage: "/lockscreen [new]",
    does: "blank and lock the screen; new sets another passphrase",
  },
  { name: "theme", usage: `/theme ${THEMES.join("|")}`, does: "change the colours" },
  { name: "burn", usage: "/burn", does: "wipe all rooms, keys and the screen at once, and end" },
];

/**
 * Reads a line.
 *
 * @returns Null when it is none of these commands.
 * @throws {ClientError} `usage`, with a sentence for the user.
 */
export function readScreenCommand(line: string): ScreenCommand | null {
  const [, word = "", rest = ""] = /^\s*\/(\w+)\s*(.*?)\s*$/s.exec(line) ?? [];
  const help = SCREEN_COMMANDS.find(({ name }) => name === word.toLowerCase());
  if (help === undefined) return null;
  const said = rest.toLowerCase();
  const wrong = (): ClientError => misused(help.name, help.usage);
  switch (help.name) {
    case "burn":
    case "alarms":
      if (said !== "") throw wrong();
      return { name: help.name };
    case "mute":
    case "dnd":
      if (said !== "" && said !== "on" && said !== "off") throw wrong();
      return { name: help.name, on: said === "" ? undefined : said === "on" };
    case "lockscreen":
      if (said !== "" && said !== "new") throw wrong();
      return { name: "lockscreen", change: said === "new" };
    case "theme": {
      const theme = THEMES.find((one) => one === said);
      if (theme === undefined) throw wrong();
      return { name: "theme", theme };
    }
  }
}
