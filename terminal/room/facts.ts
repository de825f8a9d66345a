/** What holds for a whole room: topic, lock, limit, timer. @module */
import type { SessionEvent } from "../../client/events.ts";

/** The facts of one room. */
export class RoomFacts {
  /** Id of the room; null before we are in. */
  room: string | null = null;
  /** As it was written; empty when there is none. */
  topic = "";
  locked = false;
  /** Most members, as far as we have been told; null without a limit. */
  limit: number | null = null;
  /** After how long messages disappear, in milliseconds; null when they stay. */
  expireMs: number | null = null;

  /** Takes note of what changes them. */
  observe(event: SessionEvent): void {
    switch (event.type) {
      case "joined":
        this.clear();
        this.room = event.room;
        this.topic = event.topic;
        return;
      case "topic":
        this.topic = event.topic;
        return;
      case "lock":
        this.locked = event.locked;
        return;
      case "limit":
        this.limit = event.limit;
        return;
      case "expire":
        this.expireMs = event.ms;
        return;
      case "ended":
        this.clear(); // nothing of a room that one is no longer in holds
    }
  }

  /** Forgets them. */
  clear(): void {
    this.room = this.limit = this.expireMs = null;
    this.topic = "";
    this.locked = false;
  }
}
