/** Emoji that are written out by name: `:tada:` goes out as 🎉. Code and links go out as they were typed. @module */
import type { SessionCommand } from "../../client/commands.ts";
import { emojiNames } from "./emoji_names.ts";

/** Code, links, and names in a row; names only where no word or other colon touches them, as in `std::x::y` or `10:30:00`. */
const PIECES =
  /```[\s\S]*?(?:```|$)|`[^`\n]+`|(?<![a-z])[a-z]{2,10}:\/\/\S*|(?<![\p{L}\p{N}_:])(?::[a-z0-9_+-]{1,40}:)+(?![\p{L}\p{N}_:])/giu;

/** Puts emoji in place of their names. Names that are not known stay. */
export function withEmoji(text: string): string {
  return text.replace(
    PIECES,
    (piece) =>
      !piece.startsWith(":")
        ? piece
        : piece.replace(/:([^:]+):/g, (typed, name: string) => emojiNames().get(name) ?? typed),
  );
}

/** Puts emoji into what a typed command says to others. */
export function emojiCommand(command: SessionCommand): SessionCommand {
  switch (command.command) {
    case "send":
    case "me":
    case "msg":
    case "reply":
    case "edit":
      return { ...command, text: withEmoji(command.text) };
    case "react":
      return { ...command, emoji: withEmoji(command.emoji) };
  }
  return command;
}
