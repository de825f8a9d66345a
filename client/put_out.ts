/**
 * What counts of a member that was put out, or has left (SPEC §9.2): all that it said up to its cut, or its LEAVE. What
 * of that has not come is had from others, and told as lost when nobody can give it. What somebody said that is expired
 * is had from others, too.
 *
 * Such a member may have given us no chain: it had confirmed us, and was gone before its distribution came. What it
 * said from when it knew of us was for us; that it knew, its contents show by depending on the ADD by which we came in.
 *
 * @module
 */
import { decodePack, type PackedContent } from "../crypto/pack.ts";
import { type Id, idOf } from "./ids.ts";
import type { Room } from "./room.ts";
import type { Member } from "./room_state.ts";

/** A member is out, and what it said up to `cut` counts: what of that was for us is waited for and asked for. */
export function cutOff(room: Room, id: Id, cut: number): void {
  const { state, me, delivery } = room;
  const member = state.members.get(id);
  if (member === undefined || id === me) return;
  delivery.end(id, { cut, ...beginning(room, member) });
  room.repair.renew();
}

/**
 * A member has left, and others have told us so: it never gave us its chain. What it said to us before its goodbye, as
 * to all others, is asked for.
 */
export function leftUnread(room: Room, id: Id): void {
  const { state, parts, me, delivery } = room;
  const member = state.members.get(id);
  const leave = parts.log.leaveOf(id);
  if (member === undefined || leave === null || id === me || delivery.startOf(id) !== null) return;
  delivery.end(id, { cut: leave.number, ...beginning(room, member) });
  delivery.accept(decodePack(leave.pack)); // this one is here
  room.repair.renew();
}

/**
 * A member has been away for too long, and never gave us its chain: what it said to us is had from others. Unlike one
 * that is out it may come back, so that nobody's word on how much it said counts for more than a rumour.
 */
export function expiredUnread(room: Room, id: Id): void {
  const member = room.state.members.get(id);
  if (member === undefined || id === room.me || room.delivery.startOf(id) !== null) return;
  room.strangers.mind(id);
  room.delivery.begin(id, beginning(room, member));
}

/** Above which number something of a member that gave us no chain may have been for us, and whether that has to show. */
function beginning({ state, parts, me }: Room, member: Member): { from: number; unmet: boolean } {
  const older = member.order < (state.members.get(me)?.order ?? 0);
  // Who was let in twice may have been spoken to before the second welcome.
  const once = parts.log.addsOf(me).length <= 1;
  const from = older && once ? parts.welcome?.vector.find(({ id }) => id === member.id)?.number ?? 0 : 0;
  return { from, unmet: older };
}

/** Whether a content shows that its author knew that we are in the room. */
export function knewUs(room: Room, author: Id, { content }: PackedContent): boolean {
  const adds = room.parts.log.addsOf(room.me);
  if (adds.some((add) => add.author === author && content.number > add.number)) return true;
  return content.deps.some(({ memberId, number }) => {
    const id = idOf(memberId);
    return id === room.me || adds.some((add) => add.author === id && number >= add.number);
  });
}

/**
 * Whether `by` is believed when it passes on what `author` said about the room. Whoever is out could say something else
 * now under a number that counts, and have it passed on; an operator can do as much as that by itself.
 */
export function mayPassOn(room: Room, author: Id, by: Id): boolean {
  return !isOut(room, author) || room.state.members.get(by)?.operator === true;
}

/** Whether somebody is out, and could say something else now: of one that has left, unless it gave us its chain. */
function isOut({ state, delivery }: Room, author: Id): boolean {
  const status = state.members.get(author)?.status;
  return status === "removed" || (status === "left" && !delivery.hasMet(author));
}

/**
 * Whom of `those` to ask first for what an author said: who came in before us was to have what was for us. Of an author
 * that is out, an operator has all that counts.
 */
export function askFirst(room: Room, author: Id, those: readonly Id[]): Id[] {
  const { members } = room.state;
  if (!isOut(room, author)) {
    const mine = members.get(room.me)?.order ?? 0;
    const older = those.filter((id) => (members.get(id)?.order ?? Infinity) < mine);
    return older.length > 0 ? older : [...those];
  }
  const operators = those.filter((id) => members.get(id)?.operator === true);
  return operators.length > 0 ? operators : [...those];
}
