/** What a room's model listens to: everything a session tells, and what comes beside the messages. @module */
import type { SessionEvent } from "../../client/events.ts";

/** Events that not every session knows. */
export type SideEvent =
  | { type: "typing"; id: string; nick: string; on: boolean }
  | { type: "expire"; ms: number | null; by: string }
  | { type: "expired"; ids: readonly string[] };

/** Anything that may happen in a room. */
export type RoomEvent = SessionEvent | SideEvent;
