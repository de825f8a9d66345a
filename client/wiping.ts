/** What is left of a session at its end: no timers, no words, no keys. @module */
import type { Room } from "./room.ts";

/** Stops all parts of `room` and wipes what they hold. */
export function wipeRoom(room: Room): void {
  room.files.dispose();
  room.timers.dispose();
  room.have.dispose();
  room.delivery.dispose();
  room.incoming.dispose();
  room.sponsor.dispose();
  room.parts.late?.dispose();
  room.sender.dispose();
  room.doors.dispose();
  room.repair.reset();
  room.retention.clear();
  room.speech.history.clear();
  room.parts.keys.dispose();
  room.parts.login?.wipe();
  room.parts.identity.dispose();
}
