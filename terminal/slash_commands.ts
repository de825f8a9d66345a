/** What a typed line means: talk, or a slash command. @module */
import { ClientError } from "../client/errors.ts";
import { COMMAND_EXAMPLES } from "./command_examples.ts";
import { type FindMessage, firstWord } from "./command_words.ts";
import type { LineAction } from "./line_action.ts";
import { nearest } from "./nearest.ts";
import { SLASH_COMMANDS, usage } from "./slash_command_table.ts";

/** Names of all slash commands, without the slash. */
export const COMMAND_NAMES: readonly string[] = Object.keys(SLASH_COMMANDS);

/** Names of the commands that are no business of a session: see `app/screen_commands.ts`. */
export const OTHER_NAMES: readonly string[] = ["alarms", "burn", "dnd", "lockscreen", "mute", "theme"];

/** All slash commands with how they are typed and what they do, for completion. */
export const COMMAND_WORDS: readonly { name: string; usage: string; does: string }[] = Object.entries(
  SLASH_COMMANDS,
)
  .map(([name, { usage, does }]) => ({ name, usage, does }));

/**
 * Reads a line.
 *
 * @param line What was typed. `/name …` is a command, `//…` says a text that starts with a slash, anything else is said.
 * @param find Finds messages by number.
 * @throws {ClientError} `unknown_command` or `usage`, with a sentence for the user.
 */
export function readLine(line: string, find: FindMessage): LineAction {
  if (line.trim() === "") return { kind: "nothing" };
  if (!line.startsWith("/") || line.startsWith("//")) {
    const text = line.startsWith("//") ? line.slice(1) : line;
    return { kind: "session", command: { command: "send", text } };
  }
  const [word, rest] = firstWord(line.slice(1));
  const name = word.toLowerCase();
  const command = Object.hasOwn(SLASH_COMMANDS, name) ? SLASH_COMMANDS[name] : undefined;
  if (command !== undefined) {
    if (command.usage === `/${name}` && rest !== "") throw usage(name); // `/quit smoking`: more may have been meant
    return command.read(rest, find);
  }
  const near = nearest(word, [...COMMAND_NAMES, ...OTHER_NAMES]);
  throw new ClientError(
    "unknown_command",
    `Cannot do /${word}: there is no such command; ${
      near === undefined ? "see /help" : `did you mean /${near}?`
    }`,
  );
}

/**
 * The help page, or what one command does.
 *
 * @param about A command's name, with or without its slash; empty for all.
 */
export function helpText(about: string): string {
  const name = about.replace(/^\//, "").toLowerCase();
  const one = Object.hasOwn(SLASH_COMMANDS, name) ? SLASH_COMMANDS[name] : undefined;
  if (one !== undefined) {
    const [typed, means] = COMMAND_EXAMPLES[name] ?? [one.usage, one.does];
    return `${one.usage}: ${one.does}\nFor example ${typed}: ${means}.`;
  }
  const rows = Object.values(SLASH_COMMANDS).map(({ usage, does }) => `  ${usage}: ${does}`);
  return [
    "Type to talk. A message's number, such as #12, names it in a command.",
    ...rows,
    `  /burn: wipe the room, the keys and the screen at once, and end`,
    `  //text: say a text that starts with a slash`,
  ].join("\n");
}
