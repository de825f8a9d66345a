/**
 * Two rooms under one name (SPEC §5.7). After a restart of the relay a stranger may have opened a room under the name
 * of ours before we were back. If its founder is alone there it gives way; two rooms with members each never merge,
 * and everybody is told.
 *
 * @module
 */
import { concat } from "../crypto/bytes.ts";
import type { Door } from "../crypto/doors.ts";
import { ClientError } from "./errors.ts";
import { encodeOlderRoom } from "./payload.ts";
import type { Room } from "./room.ts";

/** How long whoever was not the first to come back leaves it to the first to claim the doors, in milliseconds. */
export const LEAVE_IT_MS = 8_000;
/**
 * How often it is looked whether a lone founder has given way, in milliseconds: well before a stranger that finds nobody
 * behind the name would found a room.
 */
export const GIVE_WAY_MS = 500;
const LOOKS = 12;
/** How long a room may give way after it was founded, in milliseconds. */
export const YOUNG_MS = 600_000;
/** Most connections in the other room that are told; a knocker has few frames. */
const MAX_TOLD = 8;

/** Opens the room's doors at the relay again, and deals with those who have them. */
export class Rivals {
  readonly #room: Room;
  readonly #since: number;

  /** Speaks for `room`. */
  constructor(room: Room) {
    this.#room = room;
    this.#since = room.parts.clock.now();
  }

  /** Opens all doors again; the others than the `first` that is back look whether that has been done. */
  async openDoors({ first }: { first: boolean }): Promise<void> {
    if (!first) await this.#pause(LEAVE_IT_MS * (1 + Math.random()));
    for (const door of [...this.#room.doors.all]) {
      if (this.#room.isOver) return;
      const taken = await this.#isTaken(door);
      if (taken && !(first && await this.#claim(door))) this.#tell(door, { ours: false });
    }
  }

  /** Somebody says that an older room of our name is back: a founder that is alone goes there. */
  older(): void {
    const { state, me } = this.#room;
    const named = this.#room.doors.find("named", state.doors);
    if (named === undefined) return;
    // Nobody has signed this: it ends nothing but a young room into which nobody has ever come.
    const young = this.#room.parts.clock.now() - this.#since < YOUNG_MS;
    if (!young || state.members.size > 1 || !state.members.has(me)) return this.#tell(named, { ours: true });
    this.#room.end({
      status: 1,
      code: "older_room",
      message: "The room that had this name before is back: join again to come into it",
    });
  }

  async #isTaken(door: Door): Promise<boolean> {
    try {
      await this.#room.parts.link.desk.openDoor(door.doorId);
      return false;
    } catch (error) {
      return error instanceof ClientError && error.code === "door_taken";
    }
  }

  /** Tells those behind our door that we are back; true when they have given way. */
  async #claim(door: Door): Promise<boolean> {
    if (!(await this.#tellThem(door).catch(() => false))) return false;
    for (let look = 0; look < LOOKS && !this.#room.isOver; look++) {
      await this.#pause(GIVE_WAY_MS);
      if (!(await this.#isTaken(door))) return true;
    }
    return false;
  }

  /** True when whoever is there is alone, and so may give way. */
  async #tellThem(door: Door): Promise<boolean> {
    const link = await this.#room.parts.link.beside();
    try {
      const { peers } = await link.join(door.doorId, "mustExist");
      const bytes = encodeOlderRoom(this.#room.parts.roomId);
      const parts = peers.slice(0, MAX_TOLD).map((peerId) => ({ peerId, bytes }));
      link.sendTable(new Uint8Array(0), parts);
      await this.#pause(GIVE_WAY_MS / 2);
      return peers.length <= 1;
    } finally {
      link.leave();
    }
  }

  /** Tells of the two rooms, and where the door leads to: to `ours` or to the other. */
  #tell(door: Door, { ours }: { ours: boolean }): void {
    if (this.#room.isOver) return;
    const message = ours
      ? `An older room of the name "${door.label}" is back, and the two do not merge. ` +
        "The name leads to this one, and so does /rejoin; an invite of the other leads there"
      : `Another room has "${door.label}" at the relay now, and the two do not merge. ` +
        "/rejoin goes there; /invite gives other codes for this one";
    this.#room.notices.tell({ type: "notice", code: "rival_room", message }, concat(door.doorId).join("."));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#room.timers.after(ms, resolve, resolve));
  }
}
