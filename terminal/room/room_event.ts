/** What a room's model listens to. @module */
import type { SessionEvent } from "../../client/events.ts";

/** Anything that may happen in a room. */
export type RoomEvent = SessionEvent;
