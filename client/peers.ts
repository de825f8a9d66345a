/** What it means for members that connections of peers come and go. @module */
import type { Id } from "./ids.ts";
import type { Room } from "./room.ts";

/** A connection is gone. */
export function connectionGone(room: Room, peerId: number): void {
  room.chainAsks.forget(peerId);
  // First what arrived before: it may show whose connection this was, or say that its member has left or was put out.
  void room.incoming.settled().then(() => {
    if (room.isOver) return;
    room.sponsor.guarding.gone(peerId);
    const id = room.presence.peerOut(peerId);
    if (id === undefined || id === room.me) return;
    room.typing.stop(id);
    room.files.renew(id);
    const member = room.state.members.get(id);
    if (member?.status === "in" && !member.expired) room.absence.begin(id);
    room.strangers.mind(id);
    room.mindTime();
  });
}

/** A connection is there, perhaps again. */
export function connectionThere(room: Room, peerId: number): void {
  room.returning.again(peerId);
  void room.incoming.settled().then(() => {
    const id = room.isOver ? undefined : room.presence.peerIn(peerId);
    if (id !== undefined) room.arrived(id);
  });
}

/** A member's connection is there (again). */
export function memberArrived(room: Room, id: Id): void {
  const peerId = room.presence.peerOf(id);
  if (peerId !== undefined && room.returning.isPast(peerId)) return room.peerOut(peerId);
  if (peerId !== undefined) room.sponsor.guarding.there(id, peerId);
  room.delivery.waitAnew(id); // what was waited for as long as it was away has not been asked of it yet
  room.absence.end(id, { back: true });
  room.repair.renew();
  room.files.renew(id);
  room.mindTime();
  room.sender.introduce();
  room.away.met();
  room.strangers.there(id);
}
