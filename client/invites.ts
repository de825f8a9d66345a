/** The room's doors: showing their codes, and turning them when somebody has been put out (SPEC §5.5). @module */
import { fromBase64Url, randomBytes } from "../crypto/bytes.ts";
import { formatInvite, newSpokenCode } from "../crypto/codes.ts";
import { type Door, doorCommitment, encodeDoor, inviteDoor, spokenDoor } from "../crypto/doors.ts";
import { ClientError } from "./errors.ts";
import type { Room } from "./room.ts";

/** Tells the codes by which others can come in. */
export function tellInvite(room: Room): void {
  const open = room.state.doors;
  const invite = room.doors.find("invite", open);
  const secret = invite === undefined ? undefined : fromBase64Url(invite.label);
  if (secret === undefined) {
    throw new ClientError(
      "no_door",
      "Cannot invite: the doors have just been turned and the new ones are not here yet",
    );
  }
  room.emit({
    type: "invite",
    invite: formatInvite({ relay: room.parts.relay, roomId: room.parts.roomId, secret }),
    code: room.doors.find("spoken", open)?.label ?? null,
    name: room.doors.find("named", open)?.label ?? null,
  });
}

/** The doors of a new room: an invite, and a code to say aloud. */
export async function newDoors(roomId: Uint8Array, spoken: boolean): Promise<Door[]> {
  const invite = inviteDoor(roomId, randomBytes(16));
  return spoken ? await Promise.all([invite, spokenDoor(newSpokenCode())]) : [await invite];
}

/** Shuts all doors and opens new ones; a named one stays shut, as its name is known to whoever was put out. */
export async function turnDoors(room: Room): Promise<void> {
  const { link, roomId } = room.parts;
  const old = [...room.doors.all];
  const doors = await newDoors(roomId, old.some((door) => door.kind !== "invite"));
  for (const door of old) if (door.kind !== "invite") link.door("drop", door.doorId);
  for (const door of doors) if (door.kind !== "invite") link.door("add", door.doorId);
  const encoded = doors.map(encodeDoor);
  const commitments = doors.map(doorCommitment);
  for (const door of doors) room.doors.add(door);
  await room.say({ kind: "door", commitments });
  await room.say({ kind: "doorSecrets", doors: encoded });
  const name = old.find((door) => door.kind === "named")?.label;
  if (name !== undefined) {
    room.emit({
      type: "notice",
      code: "name_shut",
      message:
        `The name "${name}" no longer opens this room, as whoever was put out knows it. Use /invite for a new code`,
    });
  }
  tellInvite(room);
}
