/** The rooms that their members have listed for everybody. @module */
import { type ErrorFrame, type ListedRoom, MAX_LISTED_ROOMS, type PublishFrame } from "../wire/mod.ts";
import { refusal } from "./refusal.ts";
import type { Room } from "./room.ts";

/** What a room says of itself. */
type Listing = Omit<ListedRoom, "members">;

/** Listed rooms, the oldest first. */
export class ListedRooms {
  readonly #allowed: boolean;
  readonly #listings = new Map<Room, Listing>();

  /** An empty list, which stays empty unless `allowed`. */
  constructor(allowed: boolean) {
    this.#allowed = allowed;
  }

  /** Rooms in it. */
  get size(): number {
    return this.#listings.size;
  }

  /** Lists a room, changes what it says, or takes it off when the name is empty. */
  publish(room: Room, { name, topic, invite }: PublishFrame): ErrorFrame | undefined {
    if (name === "") {
      this.#listings.delete(room);
      return undefined;
    }
    if (!this.#allowed) return refusal("publicForbidden");
    if (!this.#listings.has(room) && this.#listings.size >= MAX_LISTED_ROOMS) {
      const sentence = "The list of rooms is full; this room is open, but not listed.";
      return refusal("relayFull", { retryAfterMs: 60_000, sentence });
    }
    this.#listings.set(room, { name, topic, invite: invite.slice() });
    return undefined;
  }

  /** Takes a room off that has died. */
  forget(room: Room): void {
    this.#listings.delete(room);
  }

  /** The list as it is sent. */
  list(): ListedRoom[] {
    return [...this.#listings].map(([room, listing]) => ({ ...listing, members: room.members.size }));
  }
}
