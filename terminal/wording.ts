/**
 * Says in one clear line what happened. Names, topics and texts of others pass the sanitiser here, and only here.
 *
 * Lines that Sotto itself says begin with `--`, alarms with `!!`, messages with the time and a number: a member cannot
 * make a message look like either.
 *
 * @module
 */
import type { MemberView, SessionEvent } from "../client/events.ts";
import type { Colour } from "./colour.ts";
import { durationText } from "./duration.ts";
import { fileText } from "./files/file_wording.ts";
import { messageWording, offeredWording } from "./message_wording.ts";
import type { RoomBook } from "./room_book.ts";
import { sanitize, sanitizeName } from "./sanitize.ts";

/** What the words depend on. */
export interface WordingContext {
  /** Numbers and who we are. */
  book: RoomBook;
  /** Colours of the output. */
  colour: Colour;
  /** The relay in use, as people write it. */
  relay?: string;
  /** Whether the lines may be read aloud: no signs where words will do. @default false */
  spoken?: boolean;
}

/** A line of Sotto's own; line breaks in it begin further ones. */
export function notice(text: string, colour: Colour): string {
  return sanitize(text, { newlines: true }).split("\n").map((line) => colour.faint(`-- ${line}`)).join("\n");
}

/** Something went wrong, in a sentence; a missing full stop is added. */
export function problem(message: string, colour: Colour): string {
  return colour.error(`-- ${sentence(sanitize(message))}`);
}

/** Ends a text as a sentence. */
export function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}

/**
 * Words an event.
 *
 * @param event What happened.
 * @param context Numbers, names and colours.
 * @returns What to print, without a line break at its end; null when a person need not be told.
 */
export function wording(event: SessionEvent, context: WordingContext): string | null {
  const { colour } = context;
  switch (event.type) {
    case "message":
    case "edited":
    case "deleted":
    case "reaction":
      return messageWording(event, context);
    case "offered":
      return offeredWording(event, context);
    case "typing": // too fleeting for lines that stay
    case "invite": // the welcome has a page of its own for it
    case "pending": // shown as such when it was said
    case "sent":
    case "delivered":
      return null;
    case "error":
      return problem(event.message, colour);
    case "ended": {
      if (event.status === 0) return notice(sentence(event.message), colour);
      const next = WHAT_NEXT[event.code];
      return problem(next === undefined ? event.message : `${sentence(event.message)} ${next}`, colour);
    }
    case "equivocation":
    case "split_view":
      return colour.alarm(`!! ${alarmText(event)}`);
    default: {
      const text = eventText(event, context);
      return text === null ? null : notice(text, colour);
    }
  }
}

/** What can be done when the relay has ended a session. */
const WHAT_NEXT: Readonly<Record<string, string>> = {
  banned: "Ask its operator, or meet at another relay.",
  logged_out: "It was revoked, changed or has run out: come in again with another one.",
  cut: "You may try to join again.",
  room_closed: "Meet in a new room, here or at another relay.",
  auth_failed: "The login has changed or run out: come in again with another one.",
  auth_required: "It asks for a login now: come in again with one.",
};

type Alarm = Extract<SessionEvent, { type: "equivocation" | "split_view" }>;

function alarmText(event: Alarm): string {
  const nick = sanitizeName(event.nick);
  if (event.type === "equivocation") {
    return `${nick} has said two different things under one number (${event.number}). Somebody may be cheating under ` +
      `this name: trust nothing from ${nick} until you have compared safety words (/verify ${nick}).`;
  }
  return `You and ${
    sanitizeName(event.witness)
  } have been shown different messages from ${nick}. Either ${nick} or ` +
    `the relay is cheating: compare safety words by another way (/verify).`;
}

type Told = Exclude<
  SessionEvent,
  Alarm | {
    type:
      | "message"
      | "offered"
      | "edited"
      | "deleted"
      | "reaction"
      | "typing"
      | "invite"
      | "pending"
      | "sent"
      | "delivered"
      | "error"
      | "ended";
  }
>;

function eventText(event: Told, { book, relay }: WordingContext): string | null {
  const by = (nick: string): string => book.isMe(nick) ? "you" : sanitizeName(nick);
  const By = (nick: string): string => book.isMe(nick) ? "You" : sanitizeName(nick);
  switch (event.type) {
    case "connection": // a loss is told by connection_notes.ts
      return event.state === "connecting" ? `Connecting to ${relay ?? "the relay"}...` : null;
    case "joined":
      return joinedText(event);
    case "member_joined":
      return `${sanitizeName(event.nick)} came in, let in by ${by(event.by)}.`;
    case "member_left":
      return leftText(event, event.by === null ? null : by(event.by));
    case "member_away":
      return `${sanitizeName(event.nick)} has lost the connection.`;
    case "member_back":
      return `${sanitizeName(event.nick)} is back.`;
    case "member_confirmed":
      return `${sanitizeName(event.nick)} is confirmed and reads what you write.`;
    case "member_unconfirmed":
      return `${sanitizeName(event.nick)} is not yet confirmed: it has not shown that it knows you, ` +
        "and cannot read what you write until it has.";
    case "nick":
      return event.id === book.me?.id
        ? `You are now called ${sanitizeName(event.nick)}.`
        : `${sanitizeName(event.old)} is now called ${sanitizeName(event.nick)}.`;
    case "role":
      return roleText(sanitizeName(event.nick), event.id === book.me?.id, event.operator, By(event.by));
    case "lock":
      return event.locked
        ? `${By(event.by)} locked the room: nobody new comes in until it is unlocked.`
        : `${By(event.by)} unlocked the room.`;
    case "limit":
      return event.limit === null
        ? `${By(event.by)} lifted the limit: any number of members may come in.`
        : `${By(event.by)} set the limit to ${event.limit} members.`;
    case "topic":
      return event.topic === ""
        ? `${By(event.by)} removed the topic.`
        : `${By(event.by)} set the topic: ${sanitize(event.topic)}`;
    case "expire":
      return event.ms === null
        ? `${By(event.by)} turned the timer off: what is said from now on stays.`
        : `${By(event.by)} set a timer: what is said from now on disappears ${
          durationText(event.ms)
        } later, ` +
          "from every member whose client honours it.";
    case "expired":
      return `${
        counted(event.ids.length, "message")
      } disappeared. The lines above stay until you /clear them.`;
    case "presence":
      return presenceText(event, event.id === book.me?.id);
    case "privacy":
      return `Typing is ${event.typing ? "" : "not "}sent and shown. Being away is ` +
        `${event.presence ? "" : "not "}sent and shown. /privacy typing off, or presence on, changes that.`;
    case "doors_turned":
      return `${
        By(event.by)
      } changed the room's codes: old invites and codes no longer work. /invite shows the new ones.`;
    case "knock_failed":
      return knockText(event);
    case "lost":
      return `${counted(event.count, "message")} from ${sanitizeName(event.nick)} ${
        event.count === 1 ? "was" : "were"
      } ` +
        "lost: nobody here has them any more.".replace("them", event.count === 1 ? "it" : "them");
    case "file":
    case "file_taken":
    case "file_reading":
      return fileText(event);
    case "members":
      return event.members.map((member) => memberText(member, member.id === book.me?.id)).join("\n");
    case "safety":
      return safetyText(event.nick, event.words);
    case "notice":
      return sentence(sanitize(event.message));
  }
}

function joinedText(event: Extract<SessionEvent, { type: "joined" }>): string {
  const others = event.members.filter((member) => member.id !== event.me.id);
  const names = others.map((member) =>
    sanitizeName(member.nick) + (member.confirmed ? "" : " (not yet confirmed)")
  );
  const with_ = others.length === 0 ? "Nobody else is here yet." : `With you: ${names.join(", ")}.`;
  const topic = event.topic === "" ? "" : ` Topic: ${sanitize(event.topic)}`;
  return `You are in the room as ${sanitizeName(event.me.nick)}. ${with_}${topic}`;
}

function leftText(event: Extract<SessionEvent, { type: "member_left" }>, by: string | null): string {
  const nick = sanitizeName(event.nick);
  switch (event.reason) {
    case "left":
      return `${nick} left.`;
    case "kicked":
      return `${nick} was put out${by === null ? "" : ` by ${by}`}.`;
    case "expired":
      return `${nick} was away for too long and is no longer a member.`;
    case "void":
      return `${nick} is no member any more: letting it in has turned out not to be valid.`;
  }
}

function roleText(nick: string, me: boolean, operator: boolean, by: string): string {
  const whom = me ? "you" : nick;
  return operator ? `${by} made ${whom} an operator.` : `${by} took the operator's role from ${whom}.`;
}

function presenceText(
  { nick, away, text }: Extract<SessionEvent, { type: "presence" }>,
  me: boolean,
): string {
  const who = me ? "You are" : `${sanitizeName(nick)} is`;
  if (!away) return `${who} here again.`;
  return text === "" ? `${who} away.` : `${who} away: ${sanitize(text)}`;
}

function knockText({ door, count, proof }: Extract<SessionEvent, { type: "knock_failed" }>): string {
  const way = { spoken: "the spoken code", named: "the room's name", invite: "an invite" }[door];
  const secret = { spoken: "wrong words", named: "a wrong password", invite: "a wrong secret" }[door];
  const known = { spoken: "its words", named: "the password", invite: "its secret" }[door];
  // At another member it may have been a wrong guess as well: only that member knows.
  const what = proof === "wrong" ? `with ${secret}` : `and did not show that they know ${known}`;
  const used = door === "spoken"
    ? `${count} of 1,000 guesses used`
    : `${counted(count, "wrong try", "wrong tries")} so far`;
  return `Someone tried to come in by ${way} ${what} (${used}).`;
}

function memberText(member: MemberView, me: boolean): string {
  const facts = [
    me ? "you" : null,
    member.operator ? "operator" : null,
    member.online ? null : "connection lost",
    member.confirmed || me ? null : "not yet confirmed",
    me ? null : member.verified ? "verified" : "not verified",
  ].filter((fact) => fact !== null);
  return sanitizeName(member.nick) + (facts.length === 0 ? "" : ` (${facts.join(", ")})`);
}

function safetyText(nick: string | null, words: string): string {
  if (nick === null) {
    return `Safety words of this room: ${words}\nEverybody in it should see the same words. ` +
      "Read them to each other in a call or face to face. They change with the members: /verify shows those of now.";
  }
  const name = sanitizeName(nick);
  return `Safety words of you and ${name}: ${words}\nCompare them in a call or face to face. ` +
    `If they are the same: /verify ${name} yes`;
}

/** Says that a member has been marked as verified, or no longer is. */
export function markedText(nick: string, verified: boolean): string {
  const name = sanitizeName(nick);
  return verified
    ? `You have compared safety words with ${name}: /who calls ${name} verified.`
    : `${name} no longer counts as verified.`;
}

/** A number with its noun. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
