/** The room's doors: showing their codes, and turning them when somebody has been put out (SPEC §5.5). @module */
import { fromBase64Url, randomBytes } from "../crypto/bytes.ts";
import { formatInvite, newSpokenCode } from "../crypto/codes.ts";
import {
  disposeDoor,
  type Door,
  doorCommitment,
  encodeDoor,
  inviteDoor,
  spokenDoor,
} from "../crypto/doors.ts";
import { ClientError } from "./errors.ts";
import type { RelayLink } from "./link.ts";
import type { Room } from "./room.ts";

/** How often a spoken code's number is drawn before giving up: the relay has too many rooms, or lies. */
const MAX_DRAWS = 8;

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
  const named = room.doors.find("named", open);
  const { relay, roomId, certHash, clientHash } = room.parts;
  room.emit({
    type: "invite",
    invite: formatInvite({
      relay,
      roomId,
      secret,
      ...(clientHash && { clientHash: new Uint8Array(clientHash) }),
      ...(certHash && { certHash: new Uint8Array(certHash) }),
    }),
    code: room.doors.find("spoken", open)?.label ?? null,
    name: named?.label ?? null,
    ...(named?.password === undefined ? {} : { password: named.password }),
  });
}

/** Makes an invite door and, if wanted, one with a code to say aloud, and opens them at the relay. */
export async function openDoors(link: RelayLink, roomId: Uint8Array, spoken: boolean): Promise<Door[]> {
  await link.desk.openDoor(roomId);
  const invite = inviteDoor(roomId, randomBytes(16));
  return spoken ? await Promise.all([invite, openSpoken(link)]) : [await invite];
}

/** A spoken code's number is drawn again while it leads to another room already. */
async function openSpoken(link: RelayLink): Promise<Door> {
  for (let tries = 1;; tries++) {
    const door = await spokenDoor(newSpokenCode());
    try {
      await link.desk.openDoor(door.doorId);
      return door;
    } catch (error) {
      disposeDoor(door);
      if (!(error instanceof ClientError) || error.code !== "door_taken" || tries >= MAX_DRAWS) throw error;
    }
  }
}

/**
 * Shuts all doors and opens new ones; a named one stays shut, as its name is known to whoever was put out. The
 * members' word for it does not wait for the relay's: one that refuses must not keep the old doors open.
 */
export async function turnDoors(room: Room): Promise<void> {
  const { link, roomId } = room.parts;
  const old = [...room.doors.all];
  const name = old.find((door) => door.kind === "named")?.label;
  for (const door of old) if (door.kind !== "invite") link.desk.shutDoor(door.doorId);
  const doors = [await inviteDoor(roomId, randomBytes(16))];
  let refused: unknown;
  try {
    await link.desk.openDoor(roomId);
    if (old.some((door) => door.kind !== "invite")) doors.push(await openSpoken(link));
  } catch (error) {
    refused = error;
  }
  const encoded = doors.map(encodeDoor);
  const commitments = doors.map(doorCommitment);
  try {
    await room.say({ kind: "door", commitments });
  } catch (error) {
    doors.forEach(disposeDoor);
    throw error;
  }
  // Not before: what the room's state does not have is wiped from the ring. Another operator may have been faster.
  for (const door of doors) room.doors.add(door);
  room.doors.prune(room.state.doors ?? new Set());
  room.listing.renew();
  await room.say({ kind: "doorSecrets", doors: encoded });
  if (name !== undefined) {
    room.emit({
      type: "notice",
      code: "name_shut",
      message:
        `The name "${name}" no longer opens this room, as whoever was put out knows it. Use /invite for a new code`,
    });
  }
  // Another operator may have turned them again meanwhile: its own invite is told once its secrets are here.
  if (room.doors.find("invite", room.state.doors) !== undefined) tellInvite(room);
  if (refused !== undefined) throw refused;
}
