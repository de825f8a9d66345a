/** Leaving in order: what was said has arrived, the others know, the keys are gone (SPEC §9.4). @module */
import { audienceOf } from "./audience.ts";
import type { Room } from "./room.ts";
import { present } from "./room_state.ts";
import { HOLD_MS } from "./upkeep.ts";

/** How long leaving waits for the others to have everything, in milliseconds. */
export const LEAVE_MS = 10_000;
/** How long it waits for a lost connection when there is nothing to be sent but the goodbye, in milliseconds. */
export const GOODBYE_MS = 2_000;
const LOOK_MS = 20;

/** Says LEAVE and waits until everybody connected has it, or for {@linkcode LEAVE_MS}. */
export async function leaveInOrder(room: Room): Promise<void> {
  const { sender, me, parts } = room;
  // A newcomer's words, its LEAVE among them, reach only those that have confirmed it: give them the time. And whoever
  // came in a moment ago owes us its chain; once we have left, we get none, and cannot read that our words have arrived.
  const confirmBy = parts.clock.now() + HOLD_MS;
  while ((room.upkeep.isOpen || anyoneNew(room)) && parts.clock.now() < confirmBy && !room.isOver) {
    await look(room);
  }
  if (room.isOver) return;
  sender.releaseAll();
  const { state } = room;
  const others = present(state).filter((m) => m.id !== me);
  const lastOperator = state.members.get(me)?.operator === true && !others.some((m) => m.operator);
  const heir = others.find((m) => room.confirmation.has(m.id) && room.presence.peerOf(m.id) !== undefined) ??
    others[0];
  const start = parts.clock.now();
  const deadline = start + LEAVE_MS;
  const successor = lastOperator && heir !== undefined ? heir.id : null;
  let number = Infinity;
  sender.say({ kind: "leave", successor }).then((said) => number = said, () => number = -1);
  while (parts.clock.now() < deadline && !room.isOver) {
    const missing = others.some((m) =>
      room.confirmation.has(m.id) && room.presence.peerOf(m.id) !== undefined &&
      room.incoming.chains.knew(m.id) && room.have.coveredBy(m.id) < number
    );
    if (number < Infinity && !missing && room.receipts.allTaken) return;
    const nothing = !parts.link.connected && room.unsent === 0;
    if (nothing && parts.clock.now() - start >= GOODBYE_MS) return;
    await look(room);
  }
}

/** Whether somebody who counts, and whose connection is not gone, has not given us a chain yet. */
function anyoneNew(room: Room): boolean {
  return room.parts.link.connected &&
    [...audienceOf(room)].some((id) => !room.incoming.chains.knew(id) && !room.absence.has(id));
}

function look(room: Room): Promise<void> {
  return new Promise((resolve) => room.timers.after(LOOK_MS, resolve, resolve));
}
