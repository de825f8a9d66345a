/** How a message looks in line mode: `12:03 #4 alice: hello`. @module */
import type { MemberRef, MessageKind, SessionEvent } from "../client/events.ts";
import type { FileInfo } from "../client/file_info.ts";
import { offerText } from "./files/file_wording.ts";
import { sanitize, sanitizeName } from "./sanitize.ts";
import { untilText } from "./until_text.ts";
import type { WordingContext } from "./wording.ts";

/** Events about what somebody said. */
export type SaidEvent = Extract<SessionEvent, { type: "message" | "edited" | "deleted" | "reaction" }>;

/** Further lines of one message stand under a bar, so that they cannot pass for lines of their own. */
const FURTHER_LINE = "\n      | ";
/** The same in words, for whoever hears them one by one. */
const SPOKEN_LINE = "\n   line ";

/**
 * Words a message, an edit, a deletion or a reaction.
 *
 * @param event What was said.
 * @param context Numbers and colours.
 */
export function messageWording(event: SaidEvent, context: WordingContext): string {
  const { book, colour } = context;
  if (event.type === "message") {
    const number = book.number(event.id);
    const gap = event.gap
      ? colour.faint(`-- Something that ${sanitizeName(event.from.nick)} said before this has not arrived.\n`)
      : "";
    const until = event.expireMs === undefined ? null : Date.parse(event.time) + event.expireMs;
    return gap + messageLine({ ...event, number, own: event.from.id === book.me?.id, until }, context);
  }
  const known = book.known(event.id);
  const which = known === undefined ? "an earlier message" : `#${known}`;
  const who = sanitizeName(event.from.nick);
  if (event.type === "deleted") return colour.faint(`-- ${who} deleted ${which}.`);
  if (event.type === "reaction") {
    return event.emoji === ""
      ? colour.faint(`-- ${who} took back the reaction to ${which}.`)
      : colour.faint(`-- ${who} reacted to ${which}: `) + sanitize(event.emoji);
  }
  return colour.faint(`-- ${who} changed ${which}: `) + body(event.text, context);
}

/** One line of talk, one's own or another's. */
export interface MessageLine {
  /** Short number to refer to it by; null while it has none. */
  number: number | null;
  /** Who said it. */
  from: MemberRef;
  /** Whether we did. */
  own: boolean;
  /** How it was said. */
  kind: MessageKind;
  /** What was said. */
  text: string;
  /** ISO 8601. */
  time: string;
  /** The message it answers. */
  replyTo: string | null;
  /** For a private message: whom it is for. */
  to: MemberRef | null;
  /** When it disappears, in milliseconds. @default it stays */
  until?: number | null;
  /** The file that it offers. */
  file?: FileInfo;
}

/** Words that a file of ours is offered now. */
export function offeredWording(
  { id, file, to }: Extract<SessionEvent, { type: "offered" }>,
  context: WordingContext,
): string {
  return messageLine({
    number: context.book.number(id),
    from: context.book.me ?? { id: "", nick: "?" },
    own: true,
    kind: to === null ? "file" : "private",
    text: file.name,
    time: new Date().toISOString(),
    replyTo: null,
    to,
    file,
  }, context);
}

/**
 * Lays out one message.
 *
 * @param line The message.
 * @param context Numbers and colours.
 */
export function messageLine(line: MessageLine, context: WordingContext): string {
  const { book, colour } = context;
  const head = colour.faint(`${clockTime(line.time)} ${line.number === null ? "…" : `#${line.number}`} `);
  const name = (line.own ? colour.own : colour.name)(sanitizeName(line.from.nick));
  const until = line.until === undefined || line.until === null
    ? ""
    : colour.faint(` (${untilText(line.until, Date.parse(line.time))})`);
  const text =
    (line.file === undefined
      ? body(line.text, context)
      : offerText(line.file, line.own ? null : line.number)) + until;
  if (line.kind === "action" || line.kind === "file") return `${head}* ${name} ${text}`;
  const manner: string[] = [];
  if (line.kind === "reply") {
    const known = line.replyTo === null ? undefined : book.known(line.replyTo);
    manner.push(known === undefined ? "answering an earlier message" : `answering #${known}`);
  }
  if (line.kind === "private") {
    manner.push(line.own && line.to !== null ? `to ${sanitizeName(line.to.nick)} alone` : "to you alone");
  }
  return `${head}${[name, ...manner].join(", ")}: ${text}`;
}

function body(text: string, { spoken = false }: WordingContext): string {
  const lines = sanitize(text, { newlines: true }).split("\n");
  return spoken
    ? lines.map((line, index) => index === 0 ? line : `${SPOKEN_LINE}${index + 1}: ${line}`).join("")
    : lines.join(FURTHER_LINE);
}

/** Hours and minutes where the user is. */
function clockTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "--:--";
  return `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
}
