/** Who may read what is said now, where they are, and how they look to the user. @module */
import type { MemberView } from "./events.ts";
import type { Id } from "./ids.ts";
import type { Room } from "./room.ts";
import { displayName, type Member, present } from "./room_state.ts";
import type { Recipient } from "./sender.ts";
import { pairWords, roomWords } from "../crypto/safety_words.ts";

/** All that may read: in the room, not expired, confirmed, not oneself. */
export function audienceOf(room: Room): Set<Id> {
  const out = new Set<Id>();
  for (const member of present(room.state)) {
    if (member.id !== room.me && !member.expired && room.confirmation.has(member.id)) out.add(member.id);
  }
  return out;
}

/** Whether nobody is left who could come and give us what is missing: the others have left, or stay away. */
export function isAloneForGood({ me, state, delivery, parts }: Room): boolean {
  if (!parts.link.connected) return false;
  return present(state).every(({ id, expired }) => id === me || expired || delivery.hasSaidGoodbye(id));
}

/** Whether somebody is a member that is not connected, and has not been gone for too long. */
export function isAway({ state, presence }: Room, id: Id): boolean {
  const member = state.members.get(id);
  return member?.status === "in" && !member.expired && presence.peerOf(id) === undefined;
}

/** The other members that are away, and may come back. */
export function absentees(room: Room): Id[] {
  const { me, state, delivery } = room;
  return [...state.members.keys()].filter((id) =>
    id !== me && isAway(room, id) && !delivery.hasSaidGoodbye(id)
  );
}

/** Where to send what is sealed to a member, if it is connected. */
export function recipientOf(room: Room, id: Id): Recipient | undefined {
  const member = room.state.members.get(id);
  const peerId = room.presence.peerOf(id);
  const addHash = member?.addHashes[0];
  if (member?.status !== "in" || peerId === undefined || addHash === undefined) return undefined;
  return { id, peerId, bundle: member.bundle, addHash };
}

/** A member as the user sees it. */
export function viewOf(room: Room, member: Member): MemberView {
  return {
    id: member.id,
    nick: displayName(room.state, member.id),
    operator: member.operator,
    confirmed: room.confirmation.has(member.id),
    online: member.id === room.me || room.presence.peerOf(member.id) !== undefined,
    verified: room.verified.has(member.id),
  };
}

/** Tells the safety words of a pair, or of the room. */
export function tellSafety(room: Room, member: Member | null): void {
  const mine = room.parts.identity.fingerprint;
  if (member !== null) {
    const words = pairWords(mine, member.bundle.fingerprint).join(" ");
    room.emit({ type: "safety", member: member.id, nick: displayName(room.state, member.id), words });
    return;
  }
  const here = present(room.state).map((m) => m.bundle.fingerprint);
  const words = roomWords(room.parts.log.foundHash, here).join(" ");
  room.emit({ type: "safety", member: null, nick: null, words });
}
