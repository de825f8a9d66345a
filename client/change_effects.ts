/**
 * What follows when the room has changed (SPEC §8): the user is told, whoever came is met, and what was kept of
 * whoever went is forgotten.
 *
 * @module
 */
import { changesBetween, sameSet } from "./changes.ts";
import type { SessionEvent } from "./events.ts";
import type { Id } from "./ids.ts";
import { cutOff, expiredUnread, leftUnread } from "./put_out.ts";
import type { Room } from "./room.ts";
import { present, type RoomState } from "./room_state.ts";

/** Above this many members, safety words are not told at each coming and going. */
const WORDS_UP_TO = 10;
/** How long what a removed member said can still be opened, for its REMOVEs alone, in milliseconds. */
const GRACE_MS = 60_000;

/** The room was `before` and is `after`, by what `by` said: tells so, and does what follows from it. */
export function followChange(
  room: Room,
  { before, after, by }: { before: RoomState; after: RoomState; by: Id },
): void {
  // Who leaves need not hear what its own going changes for the others.
  const leaving = by === room.me && after.members.get(by)?.status === "left";
  if (!leaving) {
    for (const event of changesBetween(before, after, { me: room.me, by })) {
      room.emit(event.type === "member_joined" ? come(room, event, after) : event);
    }
  }
  for (const member of after.members.values()) {
    const was = before.members.get(member.id);
    if (member.status === "in" && was === undefined) room.incoming.memberKnown(member.id);
    if (was === undefined) room.strangers.mind(member.id);
    if (member.status === "in" && !member.expired) {
      room.retention.enter(member.id);
      if (member.id !== room.me) room.sender.meet(member.id);
    } else room.retention.exit(member.id);
    if (member.expired && was?.expired === false) {
      room.sender.chains.revoke(member.id);
      room.absence.end(member.id, { back: false });
      room.delivery.look(); // what it could have brought is waited for no longer
    } else if (was?.expired === true && !member.expired) room.files.renew(member.id);
    if (member.expired && was?.expired !== true) expiredUnread(room, member.id);
    // Who leaves itself is there until the others have its last words.
    const other = member.id !== room.me;
    if (other && member.status !== "in" && was?.status === "in") gone(room, member.id, member.status);
    if (member.status === "left" && was?.status !== "left") leftUnread(room, member.id);
  }
  for (const id of before.members.keys()) if (!after.members.has(id)) gone(room, id, "removed");
  for (const [id, cut] of after.cuts) {
    const isOut = before.members.get(id)?.status === "removed";
    if (after.members.get(id)?.status !== "removed" || (isOut && before.cuts.get(id) === cut)) continue;
    cutOff(room, id, cut);
  }
  const turned = !sameDoors(before.doors, after.doors);
  if (after.doors !== null && turned) {
    // Whoever was away when they were turned may have opened the old ones again.
    for (const door of room.doors.prune(after.doors)) {
      if (door.kind !== "invite") room.parts.link.desk.shutDoor(door.doorId);
    }
  }
  const me = after.members.get(room.me);
  if (me?.status !== "in") return room.putOut(me?.status, me?.removedBy ?? null);
  if (me.expired) room.upkeep.stay();
  if (before.unlisted !== after.unlisted && after.unlistedBy !== room.me) room.listing.obey();
  if (before.topic !== after.topic || turned) room.listing.renew();
  room.afterChange();
  const here = idsOf(after);
  if (here.size <= WORDS_UP_TO && here.size > 1 && !sameSet(here, idsOf(before))) room.tellRoomWords();
}

/** Whether the doors are the same, though the state has been made anew. */
function sameDoors(a: RoomState["doors"], b: RoomState["doors"]): boolean {
  return a === b || (a !== null && b !== null && sameSet(a, b));
}

/** Who is in the room. */
function idsOf(state: RoomState): Set<Id> {
  return new Set(present(state).map(({ id }) => id));
}

/** What is known of a newcomer at once. */
function come(
  room: Room,
  event: Extract<SessionEvent, { type: "member_joined" }>,
  after: RoomState,
): SessionEvent {
  const member = after.members.get(event.id);
  if (member === undefined) return event;
  const confirmed = room.confirmation.expects(member);
  return { ...event, confirmed, operator: member.operator };
}

/** Somebody is no member any more. */
function gone(room: Room, id: Id, status: "left" | "removed"): void {
  room.sender.chains.revoke(id);
  if (status === "removed" && !room.state.cuts.has(id)) room.delivery.drop(id);
  else room.delivery.look(); // what depends on it may not have to wait any more
  // What it said before it knew may still be on its way: another operator's REMOVE counts whoever was faster.
  if (status === "removed") room.timers.after(GRACE_MS, () => room.incoming.drop(id));
  else room.incoming.drop(id);
  for (const peerId of room.presence.forget(id)) room.returning.outsider(id, peerId);
  room.typing.forget(id);
  room.away.forget(id);
  room.absence.end(id, { back: false });
  room.repair.forget(id);
  room.repairAnswers.forget(id);
  room.files.forget(id);
}
