/**
 * What counts of a member that was put out (SPEC §9.2): all that it said up to its cut. What of that has not come is
 * had from others, and told as lost when nobody can give it.
 *
 * Such a member may have given us no chain: it had confirmed us, and was put out before its distribution came. What it
 * said from when it knew of us was for us; that it knew, its contents show by depending on the ADD by which we came in.
 *
 * @module
 */
import type { PackedContent } from "../crypto/pack.ts";
import { type Id, idOf } from "./ids.ts";
import type { Room } from "./room.ts";

/** A member is out, and what it said up to `cut` counts: what of that was for us is waited for and asked for. */
export function cutOff(room: Room, id: Id, cut: number): void {
  const { state, parts, me, delivery } = room;
  const member = state.members.get(id);
  if (member === undefined || id === me) return;
  const older = member.order < (state.members.get(me)?.order ?? 0);
  // Who was let in twice may have been spoken to before the second welcome.
  const once = parts.log.addsOf(me).length <= 1;
  const from = older && once ? parts.welcome?.vector.find((entry) => entry.id === id)?.number ?? 0 : 0;
  delivery.end(id, { cut, from, unmet: older });
  room.repair.renew();
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
  const { members } = room.state;
  return members.get(author)?.status !== "removed" || members.get(by)?.operator === true;
}

/**
 * Whom of `those` to ask first for what an author said: who came in before us was to have what was for us. Of an author
 * that is out, an operator has all that counts.
 */
export function askFirst(room: Room, author: Id, those: readonly Id[]): Id[] {
  const { members } = room.state;
  if (members.get(author)?.status !== "removed") {
    const mine = members.get(room.me)?.order ?? 0;
    const older = those.filter((id) => (members.get(id)?.order ?? Infinity) < mine);
    return older.length > 0 ? older : [...those];
  }
  const operators = those.filter((id) => members.get(id)?.operator === true);
  return operators.length > 0 ? operators : [...those];
}
