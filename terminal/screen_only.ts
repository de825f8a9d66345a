/** What the commands of the full screen come down to in lines: a sentence that says what to do there, or the deed. @module */
import { readScreenCommand, type ScreenCommand } from "./app/screen_commands.ts";

const SENTENCES: Readonly<Record<Exclude<ScreenCommand["name"], "burn">, string>> = {
  alarms: "Warnings stand among the lines above, behind !!. /verify <nick> shows the words to compare.",
  mute: "There is nothing to mute: lines never ring.",
  dnd: "There is nothing to turn off: lines never ring.",
  lockscreen:
    "Lines cannot be locked: only the full screen can. /clear empties this one; /burn wipes all, and ends.",
  theme:
    "Lines have the colours of your terminal. --plain or NO_COLOR=1 take them away; the full screen has themes.",
};

/**
 * Reads a line.
 *
 * @returns What to say, or that all is to be wiped; null when it is none of these commands.
 * @throws {ClientError} `usage`, with a sentence for the user.
 */
export function screenOnly(line: string): { burn: true } | { say: string } | null {
  const command = readScreenCommand(line);
  if (command === null) return null;
  return command.name === "burn" ? { burn: true } : { say: SENTENCES[command.name] };
}

/** What `/help` says of one of them. @param about The command's name, with or without its slash. */
export function helpOfScreenOnly(about: string): string | null {
  const name = about.replace(/^\//, "").toLowerCase();
  if (name === "burn") return "/burn: wipe the room, the keys and the screen at once, and end";
  return Object.hasOwn(SENTENCES, name) ? SENTENCES[name as keyof typeof SENTENCES] : null;
}
