/** How one's own messages and deeds are shown in line mode. @module */
import type { SessionCommand } from "../client/commands.ts";
import type { MessageKind } from "../client/events.ts";
import { ClientError } from "../client/errors.ts";
import { colours } from "./colour.ts";
import { messageLine } from "./message_wording.ts";
import type { RoomBook } from "./room_book.ts";
import { notice, type WordingContext } from "./wording.ts";

/** Commands that say something new, which gets a number of its own. */
export type SpokenCommand = Extract<SessionCommand, { command: "send" | "me" | "msg" | "reply" }>;

const KINDS: Record<SpokenCommand["command"], MessageKind> = {
  send: "text",
  me: "action",
  msg: "private",
  reply: "reply",
};

/** Whether a command says something new. */
export function isSpoken(command: SessionCommand): command is SpokenCommand {
  return Object.hasOwn(KINDS, command.command);
}

/** Whether a typed line holds text that would be missed if it were lost. */
export function isSpeech(line: string): boolean {
  return line.trim() !== "" && (!line.startsWith("/") || /^\/(?:\/|(?:me|msg|reply|edit)\s)/i.test(line));
}

/**
 * Words what we have just said ourselves.
 *
 * @param command What was said.
 * @param number Its number; null while it has none.
 * @param context Numbers and colours.
 */
export function ownLine(command: SpokenCommand, number: number | null, context: WordingContext): string {
  const now = Date.now();
  const { expireMs } = context.book;
  return messageLine({
    number,
    from: context.book.me ?? { id: "", nick: "?" },
    own: true,
    kind: KINDS[command.command],
    text: command.text,
    time: new Date(now).toISOString(),
    until: number === null || expireMs === null ? null : now + expireMs,
    replyTo: command.command === "reply" ? command.id ?? null : null,
    to: command.command === "msg" ? { id: "", nick: command.to } : null,
  }, context);
}

/** Words what we have said and what cannot go out yet: of little weight until it does. */
export function waitingLine(command: SpokenCommand, context: WordingContext): string {
  const line = ownLine(command, null, { ...context, colour: colours(false) });
  return `${line} (waits for the connection)`.split("\n").map(context.colour.faint).join("\n");
}

/**
 * Words a deed of ours that no event tells of.
 *
 * @param command What was done.
 * @param context Numbers and colours.
 * @param options.offline Whether there was no connection then.
 * @returns A line, or null for commands that are answered by events.
 */
export function deedLine(
  command: SessionCommand,
  { book, colour }: WordingContext,
  options: { offline: boolean },
): string | null {
  if (command.command === "reconnect") {
    return notice(
      options.offline ? "Trying to reconnect now." : "The connection is up; asking the relay, to be sure.",
      colour,
    );
  }
  if (command.command !== "edit" && command.command !== "delete" && command.command !== "react") return null;
  const number = command.id === undefined ? undefined : book.known(command.id);
  const whose = command.command === "react" ? "the last message" : "your last message";
  const which = number === undefined ? whose : `#${number}`;
  if (command.command === "edit") return notice(`You changed ${which}: ${command.text}`, colour);
  if (command.command === "delete") return notice(`You deleted ${which}.`, colour);
  return notice(`You reacted to ${which}: ${command.emoji}`, colour);
}

/**
 * Says which message an answer or a reaction without a number is for. What was said to us alone is answered in private,
 * and is not reacted to, as everybody would see that. For the same reason a change without a number is refused when what
 * we said last was for one member alone: it would change an older message before everybody's eyes.
 *
 * @param command What was typed.
 * @param book What has been heard.
 */
export function targeted(command: SessionCommand, book: RoomBook): SessionCommand {
  if ((command.command === "edit" || command.command === "delete") && command.id === undefined) {
    if (!book.lastOwnPrivate) return command;
    throw new ClientError(
      "private",
      `Cannot ${command.command} your last message: it was for one member alone. Name another by its number`,
    );
  }
  if (command.command !== "reply" && command.command !== "react") return command;
  const id = command.id ?? (command.command === "reply" ? book.lastOfOthers : book.lastPublic);
  if (id === undefined) return command;
  const alone = book.privateFrom(id);
  if (alone === undefined) return { ...command, id };
  if (command.command === "reply") return { command: "msg", to: alone.nick, text: command.text };
  throw new ClientError(
    "private",
    "Cannot react to what was said to you alone: everybody would see it. Use /reply",
  );
}
