/** What a room's model listens to: everything a session tells, and what comes beside the messages. @module */
import type { SessionEvent } from "../../client/events.ts";

/** Events that not every session knows. */
export type SideEvent =
  | { type: "typing"; id: string; nick: string; on: boolean }
  | { type: "expire"; ms: number | null; by: string }
  | { type: "expired"; ids: readonly string[] }
  | { type: "presence"; id: string; nick: string; away: boolean; text: string };

/** Anything that may happen in a room. */
export type RoomEvent = SessionEvent | SideEvent;

const SIDE: ReadonlySet<string> = new Set<SideEvent["type"]>(["typing", "expire", "expired", "presence"]);

/** Whether an event comes beside the messages. */
export function isSide(event: RoomEvent): event is SideEvent {
  return SIDE.has(event.type);
}
