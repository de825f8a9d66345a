/** What a change of the room's state means for the people in it, as events. @module */
import type { LeaveReason, SessionEvent } from "./events.ts";
import type { Id } from "./ids.ts";
import { displayName, type Member, type RoomState } from "./room_state.ts";

/** The events between two states, in an order that reads well. One's own coming and going is not among them. */
export function changesBetween(before: RoomState, after: RoomState, who: { me: Id; by: Id }): SessionEvent[] {
  const { me, by } = who;
  const events: SessionEvent[] = [];
  for (const member of after.members.values()) {
    const old = before.members.get(member.id);
    if (member.id !== me) events.push(...comingAndGoing(before, after, old, member));
    if (old === undefined || member.status !== "in") continue;
    if (old.nick !== member.nick) {
      events.push({
        type: "nick",
        id: member.id,
        nick: displayName(after, member.id),
        old: displayName(before, member.id),
      });
    }
    if (old.operator !== member.operator) {
      const nick = displayName(after, member.id);
      events.push({
        type: "role",
        id: member.id,
        nick,
        operator: member.operator,
        by: displayName(after, by),
      });
    }
  }
  for (const old of before.members.values()) {
    if (old.status === "in" && old.id !== me && !after.members.has(old.id)) {
      events.push(gone(before, old, "void", null));
    }
  }
  if (before.locked !== after.locked) {
    events.push({ type: "lock", locked: after.locked, by: displayName(after, after.lockedBy) });
  }
  if (before.limit !== after.limit) {
    events.push({ type: "limit", limit: after.limit, by: displayName(after, after.limitBy) });
  }
  if (before.topic !== after.topic) {
    events.push({ type: "topic", topic: after.topic, by: displayName(after, after.topicBy) });
  }
  if (before.timerMs !== after.timerMs) {
    events.push({ type: "expire", ms: after.timerMs, by: displayName(after, after.timerBy) });
  }
  if (before.unlisted !== after.unlisted && after.unlisted !== null && after.unlistedBy !== me) {
    const message =
      `${
        displayName(after, after.unlistedBy)
      } has taken this room off the relay's list. Whoever has its invite can ` +
      "still come in; /lock lets nobody new in";
    events.push({ type: "notice", code: "private", message });
  }
  if (before.doors !== null && after.doors !== null && !sameSet(before.doors, after.doors)) {
    events.push({ type: "doors_turned", by: displayName(after, after.doorsBy) });
  }
  return events;
}

function comingAndGoing(
  before: RoomState,
  after: RoomState,
  old: Member | undefined,
  now: Member,
): SessionEvent[] {
  const was = old?.status === "in" && !old.expired;
  const is = now.status === "in" && !now.expired;
  if (!was && is) {
    const nick = displayName(after, now.id);
    if (old?.expired === true) return [{ type: "member_back", id: now.id, nick }];
    return [{ type: "member_joined", id: now.id, nick, by: displayName(after, now.addedBy) }];
  }
  if (!was || is || old === undefined) return [];
  const reason: LeaveReason = now.status === "left"
    ? "left"
    : now.status === "removed"
    ? "kicked"
    : "expired";
  return [gone(before, old, reason, now.removedBy === null ? null : displayName(after, now.removedBy))];
}

function gone(before: RoomState, member: Member, reason: LeaveReason, by: string | null): SessionEvent {
  return { type: "member_left", id: member.id, nick: displayName(before, member.id), reason, by };
}

/** Whether two sets hold the same. */
export function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
