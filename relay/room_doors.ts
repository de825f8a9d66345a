/** What members do to the doors of their room. @module */
import type { DoorFrame, ErrorFrame, Limits } from "../wire/mod.ts";
import type { ClosedDoors } from "./closed_doors.ts";
import { type Doors, idKey } from "./doors.ts";
import { refusal } from "./refusal.ts";
import type { Place, Room } from "./room.ts";

/** The doors of a relay. */
export interface DoorKeeping {
  doors: Doors<Room>;
  closed: ClosedDoors;
  limits: Limits;
}

/** Opens or closes a door of the room. Whoever asks for doors that are taken is slowed. */
export function turnDoor(
  by: Place,
  { action, doorId }: DoorFrame,
  { doors, closed, limits, now }: DoorKeeping & { now: number },
): ErrorFrame | undefined {
  if (by.knock !== undefined) return refusal("notAMember");
  const { room } = by;
  const key = idKey(doorId);
  if (action === "drop") {
    if (room.doors.delete(key)) doors.drop(key, room);
    return undefined;
  }
  if (room.doors.has(key)) return undefined;
  if (room.doors.size >= limits.maxDoors) return refusal("tooManyDoors");
  if (closed.wait(key, now) > 0) return refusal("doorTaken");
  const probes = by.connection?.address.probes;
  const wait = probes?.wait(now) ?? 0;
  if (wait > 0) return refusal("rateLimited", { retryAfterMs: wait });
  if (!doors.add(doorId, room)) {
    probes?.take(now);
    return refusal("doorTaken");
  }
  room.doors.add(key);
  return undefined;
}
