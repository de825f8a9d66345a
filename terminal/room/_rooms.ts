/** Rooms for tests. @module */
import type { MemberRef, MemberView, SessionEvent } from "../../client/events.ts";
import { RoomModel, type RoomModelOptions } from "./room_model.ts";

export const ALICE: MemberRef = { id: "a".repeat(32), nick: "alice" };
export const BOB: MemberRef = { id: "b".repeat(32), nick: "bob" };
export const CAROL: MemberRef = { id: "c".repeat(32), nick: "carol" };

/** 12:00 on a day where the tests run. */
export const NOON: number = new Date(2026, 10, 21, 12, 0).getTime();

/** A member as events name it. */
export function view(member: MemberRef, facts: Partial<MemberView> = {}): MemberView {
  return { ...member, operator: false, confirmed: true, online: true, verified: false, ...facts };
}

/** A clock that the test turns. */
export class TestTime {
  at: number = NOON;
  readonly now = (): number => this.at;
}

/** A room in which alice is, with others. */
export function roomOf(
  others: readonly MemberView[] = [view(BOB)],
  options: RoomModelOptions = {},
): RoomModel {
  const model = new RoomModel({ now: () => NOON, ...options });
  model.observe({
    type: "joined",
    room: "r",
    me: ALICE,
    members: [view(ALICE), ...others],
    founded: false,
    topic: "",
  });
  return model;
}

type Message = Extract<SessionEvent, { type: "message" }>;

/** A message of bob's, or whatever is said otherwise. */
export function message(number: number, text: string, facts: Partial<Message> = {}): Message {
  const from = facts.from ?? BOB;
  return {
    type: "message",
    id: `${from.id}-${number}`,
    from,
    kind: "text",
    text,
    time: new Date(NOON).toISOString(),
    replyTo: null,
    to: null,
    gap: false,
    ...facts,
  };
}
