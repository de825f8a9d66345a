/**
 * A session goes live: it shows where it is connected, tells the user what room this is, and listens to its link from
 * then on.
 *
 * @module
 */
import { toHex } from "../crypto/bytes.ts";
import { catchUp } from "./catching_up.ts";
import type { ClientError } from "./errors.ts";
import { unsentWords } from "./leaving.ts";
import { KEPT_MS } from "./late_answers.ts";
import type { Deliver } from "./link.ts";
import type { Room } from "./room.ts";
import { displayName, present } from "./room_state.ts";

/** What came before a session goes live. */
export interface StartOptions {
  /** What others sent meanwhile. */
  held?: readonly Deliver[];
  /** Connections that have ended meanwhile. */
  gone?: readonly number[];
  /** Whether we have founded the room. */
  founded?: boolean;
}

/** Sets `room` going, and reads what has come meanwhile. */
export async function goLive(
  room: Room,
  { held = [], gone = [], founded = false }: StartOptions = {},
): Promise<void> {
  const { link, roomId, joined, late } = room.parts;
  link.keep(room.returning);
  await link.slot();
  await room.returning.announce(joined);
  room.returning.keepDoor({ now: founded });
  room.emit({
    type: "joined",
    room: toHex(roomId),
    me: room.ref(room.me),
    members: room.members(),
    founded,
    topic: room.state.topic,
  });
  const { timerMs, timerBy } = room.state;
  if (timerMs !== null) {
    room.emit({ type: "expire", ms: timerMs, by: displayName(room.state, timerBy) });
  }
  if (present(room.state).length > 1) room.tellRoomWords();
  room.upkeep.start();
  catchUp(room);
  late?.onWrong(() => room.notices.wrongAnswer());
  if (late !== undefined && late.open.length > 0) room.timers.after(KEPT_MS, () => late.dispose());
  // Before anything that comes from now on, so that everything is read in the order in which it came.
  for (const frame of held) room.incoming.receive(frame);
  for (const peerId of gone) room.peerOut(peerId);
  link.listen({
    deliver: (frame) => {
      room.returning.heard(frame);
      room.incoming.receive(frame);
    },
    peerIn: (peerId) => room.peerIn(peerId),
    peerOut: (peerId) => room.peerOut(peerId),
    acked: (ticket) => {
      room.receipts.acked(ticket);
      room.sender.acked(ticket);
    },
    admitted: () => {},
    paused: (ms) => room.notices.paused(ms),
    told: (code, sentence) => room.notices.relaySays(code, sentence),
    closed: (error) => lost(room, error),
  });
  room.sender.introduce();
}

/** The link is gone for good. */
function lost(room: Room, { status, code, message }: ClientError): void {
  const unsent = unsentWords(room);
  const told = unsent === "" ? message : `${message}. ${unsent}`;
  room.end({ status: status === 1 ? 1 : 3, code, message: told });
}
