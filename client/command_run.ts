/** Carries out what a user asks of a session; every refusal is a sentence. @module */
import { CryptoError } from "../crypto/errors.ts";
import { checkNickname } from "../crypto/nickname.ts";
import { tellSafety } from "./audience.ts";
import { MAX_TIMER_MS, MIN_TIMER_MS } from "./bodies.ts";
import type { SessionCommand } from "./commands.ts";
import { ClientError } from "./errors.ts";
import { tellInvite, turnDoors } from "./invites.ts";
import type { Room } from "./room.ts";
import { displayName, type Member, nickIsFree, present } from "./room_state.ts";
import { MAX_AWAY_TEXT } from "./side.ts";

const MAX_TOPIC_BYTES = 400;

/** Carries out one command. */
export async function runCommand(room: Room, command: SessionCommand): Promise<void> {
  const { speech } = room;
  switch (command.command) {
    case "send":
      return await speech.speak("text", command.text, { ref: command.ref ?? null });
    case "me":
      return await speech.speak("action", command.text, { ref: command.ref ?? null });
    case "reply":
      return await speech.speak("reply", command.text, { id: command.id, ref: command.ref ?? null });
    case "msg":
      return await speech.whisper(recipient(room, command.to), command.text, command.ref ?? null);
    case "edit":
      return await speech.change("edit", { id: command.id, text: command.text, ref: command.ref ?? null });
    case "delete":
      return await speech.change("delete", { id: command.id, ref: command.ref ?? null });
    case "react":
      return await speech.change("react", { id: command.id, emoji: command.emoji, ref: command.ref ?? null });
    case "file":
      return await room.files.offer(command.source, {
        to: command.to === undefined ? null : recipient(room, command.to),
        ref: command.ref ?? null,
      });
    case "save":
      return room.files.save(command.id, command.sink);
    case "cancel":
      return command.id === undefined
        ? room.files.cancelLast(command.ref ?? null)
        : await room.files.cancel(command.id);
    case "nick":
      return await changeNick(room, command.nick);
    case "who":
      return room.emit({ type: "members", members: room.members() });
    case "verify":
      return verify(room, command.member, command.mark);
    case "invite":
      return await tellInvite(room);
    case "typing":
      return room.typing.type(command.on);
    case "away":
      return setAway(room, command.text ?? "");
    case "back":
      return room.away.set({ away: false, text: "" });
    case "privacy":
      return setPrivacy(room, command);
    case "reconnect":
      return room.parts.link.reconnectNow();
    case "leave":
      return await room.leave();
    default:
      return await govern(room, command);
  }
}

/** Finds a member by the name shown, by nickname or by id (or the beginning of one). */
export function findMember(room: Room, name: string): Member {
  const { state } = room;
  const here = present(state);
  const wanted = name.replace(/^@/, "").normalize("NFC");
  const exact = here.filter((m) => m.id === wanted || displayName(state, m.id) === wanted);
  const loose = here.filter((m) =>
    m.nick.toLowerCase() === wanted.toLowerCase() ||
    (wanted.length >= 8 && m.id.startsWith(wanted.toLowerCase()))
  );
  const found = exact.length > 0 ? exact : loose;
  if (found[0] !== undefined && found.length === 1) return found[0];
  if (found.length > 1) {
    const names = found.map((m) => displayName(state, m.id)).join(", ");
    throw new ClientError("ambiguous", `Cannot tell whom you mean: ${names}`);
  }
  throw new ClientError(
    "no_member",
    `Cannot find ${JSON.stringify(name)}: nobody of that name is in the room. Try /who`,
  );
}

/** Somebody that something can be said to in private. */
function recipient(room: Room, name: string): Member {
  const to = findMember(room, name);
  if (to.id === room.me) throw new ClientError("self", "Cannot send a private message to yourself");
  if (!room.confirmation.has(to.id)) {
    const nick = displayName(room.state, to.id);
    throw new ClientError("unconfirmed", `Cannot send: ${nick} is not yet confirmed`);
  }
  return to;
}

type GovernCommand = Extract<
  SessionCommand,
  { command: "kick" | "role" | "lock" | "unlock" | "limit" | "topic" | "expire" | "public" | "private" }
>;

async function govern(room: Room, command: GovernCommand): Promise<void> {
  if (room.state.members.get(room.me)?.operator !== true) {
    throw new ClientError("not_operator", `Cannot do this: only operators may use /${command.command}`);
  }
  switch (command.command) {
    case "kick": {
      const target = findMember(room, command.member);
      if (target.id === room.me) throw new ClientError("self", "Cannot kick yourself: use /leave");
      const cut = room.delivery.head(target.id)?.number ?? 0;
      await room.say({ kind: "remove", target: target.id, cut });
      return await turnDoors(room);
    }
    case "role": {
      const target = findMember(room, command.member);
      await room.say({ kind: "role", target: target.id, operator: command.operator });
      return;
    }
    case "lock":
    case "unlock":
      await room.say({ kind: "lock", locked: command.command === "lock" });
      return;
    case "limit":
      if (
        command.limit !== null &&
        (!Number.isSafeInteger(command.limit) || command.limit < 2 || command.limit > 65_535)
      ) {
        throw new ClientError("bad_limit", "Cannot set the limit: give a whole number from 2 to 65535");
      }
      await room.say({ kind: "limit", limit: command.limit });
      return;
    case "topic":
      await room.say({ kind: "topic", topic: readTopic(command.text) });
      return;
    case "expire":
      return await setTimer(room, command.ms);
    case "public":
      return await room.listing.publish(command.name);
    case "private":
      await room.say({ kind: "listed", listed: false }); // for the client of whoever has listed it
      return room.listing.withdraw();
  }
}

async function setTimer(room: Room, ms: number | null): Promise<void> {
  if (ms !== null && (!Number.isSafeInteger(ms) || ms < MIN_TIMER_MS || ms > MAX_TIMER_MS)) {
    throw new ClientError("bad_timer", "Cannot set the time: give one from 5 seconds to 7 days");
  }
  await room.expiry.announce(ms, room.say({ kind: "timer", ms }));
}

function setAway(room: Room, text: string): void {
  if (!room.away.wanted) {
    throw new ClientError("not_wanted", "Cannot say that you are away: your privacy settings keep it to you");
  }
  if (!text.isWellFormed()) {
    throw new ClientError("bad_text", "Cannot say that you are away: the text is not valid Unicode");
  }
  if (new TextEncoder().encode(text).length > MAX_AWAY_TEXT) {
    throw new ClientError(
      "too_long",
      `Cannot say that you are away: the text is longer than ${MAX_AWAY_TEXT} bytes`,
    );
  }
  room.away.set({ away: true, text });
}

type PrivacyCommand = Extract<SessionCommand, { command: "privacy" }>;

function setPrivacy(room: Room, { typing, presence, receipts }: PrivacyCommand): void {
  if (receipts === false) {
    throw new ClientError(
      "receipts_needed",
      "Cannot hide what has arrived here: what you tell of it is also how lost messages are noticed and asked for",
    );
  }
  if (typing !== undefined) room.typing.want(typing);
  if (presence !== undefined) room.away.want(presence);
  room.emit({ type: "privacy", typing: room.typing.wanted, presence: room.away.wanted, receipts: true });
}

/** Checks a topic before anything is sent. */
export function readTopic(topic: string): string {
  if (new TextEncoder().encode(topic).length <= MAX_TOPIC_BYTES) return topic;
  throw new ClientError("too_long", `Cannot set the topic: it is longer than ${MAX_TOPIC_BYTES} bytes`);
}

async function changeNick(room: Room, text: string): Promise<void> {
  const nick = readNick(text);
  if (!nickIsFree(room.state, nick, room.me)) {
    throw new ClientError(
      "nick_taken",
      "Cannot change your nickname: somebody here has it, or one that looks like it",
    );
  }
  await room.say({ kind: "nick", nick });
}

/** Checks a nickname before anything is sent. */
export function readNick(text: string): string {
  try {
    return checkNickname(text);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new ClientError("bad_nick", error.message, { status: 2, cause: error });
  }
}

function verify(room: Room, name: string | undefined, mark: boolean | undefined): void {
  if (name === undefined) return tellSafety(room, null);
  const member = findMember(room, name);
  if (member.id === room.me) {
    throw new ClientError("self", "Cannot compare words with yourself: name another member");
  }
  if (mark === true) room.verified.add(member.id);
  if (mark === false) room.verified.delete(member.id);
  tellSafety(room, member);
}
