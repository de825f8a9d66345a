/** Leaving in order: what was said has arrived, the others know, the keys are gone (SPEC §9.4). @module */
import { audienceOf } from "./audience.ts";
import type { Body } from "./bodies.ts";
import type { Ending } from "./events.ts";
import type { Id } from "./ids.ts";
import type { Room } from "./room.ts";
import { type Member, present } from "./room_state.ts";
import { HOLD_MS } from "./upkeep.ts";

/** How long leaving waits for the others to have everything, in milliseconds. */
export const LEAVE_MS = 10_000;
/** How long it waits for a lost connection when there is nothing to be sent but the goodbye, in milliseconds. */
export const GOODBYE_MS = 2_000;
/** How long who leaves at once waits for the relay to take its goodbye, in milliseconds. */
export const LAST_WORD_MS = 200;
/** After how long without the relay's word it is asked whether there still is a connection, in milliseconds. */
export const PROBE_MS = 2_000;
/** For how long a place is new, in milliseconds: the others may still be on their way back to it. */
export const NEW_PLACE_MS = 60_000;
const LOOK_MS = 20;

/**
 * Says LEAVE, after all that waits to be said, and waits until everybody connected has it, or for {@linkcode LEAVE_MS}.
 *
 * @returns Whether LEAVE has been said.
 */
export async function leaveInOrder(room: Room): Promise<boolean> {
  const { sender, parts } = room;
  // A newcomer's words, its LEAVE among them, reach only those that have confirmed it: give them the time. And whoever
  // came in a moment ago owes us its chain; once we have left, we get none, and cannot read that our words have arrived.
  const confirmBy = parts.clock.now() + HOLD_MS;
  while ((room.upkeep.isOpen || anyoneNew(room)) && parts.clock.now() < confirmBy && !room.isOver) {
    await look(room);
  }
  if (room.isOver) return false;
  sender.releaseAll();
  const others = othersOf(room);
  const isThere = ({ id }: Member): boolean => room.presence.peerOf(id) !== undefined;
  const start = parts.clock.now();
  const deadline = start + LEAVE_MS;
  let number = Infinity;
  sender.say(goodbyeOf(room)).then((said) => number = said, () => number = -1);
  let connectedAt = start;
  let probed = false;
  let before = new Set<Id>(others.filter(isThere).map(({ id }) => id));
  while (parts.clock.now() < deadline && !room.isOver) {
    const missing = others.some((m) =>
      room.confirmation.has(m.id) && isThere(m) &&
      room.incoming.chains.knew(m.id) && room.have.coveredBy(m.id) < number
    );
    // Where the relay has begun anew, who is back first would say its last words to nobody.
    const early = room.returning.placeAgeMs < NEW_PLACE_MS && others.length > 0 && !others.some(isThere);
    // Who comes back now missed the goodbye, and may ask others for what it missed, who have nothing of it.
    const now = parts.clock.now();
    const there = new Set(others.filter(isThere).map(({ id }) => id));
    if (number < Infinity && [...there].some((id) => !before.has(id))) room.have.anew();
    before = there;
    if (number < Infinity && !missing && !early && room.receipts.allTaken) return true;
    if (parts.link.connected) connectedAt = now;
    else if (room.unsent === 0 && now - connectedAt >= GOODBYE_MS) break;
    if (!probed && now - start >= PROBE_MS && !room.receipts.allTaken) {
      // A connection that is gone without a word would have us say of what has arrived that it may not have.
      probed = true;
      parts.link.reconnectNow();
    }
    await look(room);
  }
  return number >= 0 && number < Infinity;
}

/**
 * Says LEAVE to whoever can read it by the keys at hand, and waits for the relay to take it, or for
 * {@linkcode LAST_WORD_MS}. The keys may be wiped as soon as this has returned.
 *
 * @returns Null when there is nothing to wait for.
 */
export function leaveAtOnce(room: Room): Promise<void> | null {
  const { parts, sender, state, me } = room;
  const said = state.members.get(me)?.status === "in" ? sender.lastWord(goodbyeOf(room)) : null;
  const { link, clock } = parts;
  if (said === null || !link.connected) return null;
  return new Promise<void>((resolve) => {
    const timer = clock.setTimer(resolve, LAST_WORD_MS);
    const done = (): void => {
      clock.clearTimer(timer);
      resolve();
    };
    let wanted = Infinity;
    let taken = 0;
    const nothing = (): void => {};
    link.listen({
      deliver: nothing,
      peerIn: nothing,
      peerOut: nothing,
      admitted: nothing,
      paused: nothing,
      acked: (ticket) => {
        taken = ticket;
        if (taken >= wanted) done();
      },
      closed: done,
    });
    link.letGo();
    said.then((ticket) => {
      wanted = ticket;
      if (taken >= wanted) done();
    }, done);
  });
}

function othersOf({ state, me }: Room): Member[] {
  return present(state).filter((member) => member.id !== me);
}

/** The last word; whoever was the only operator names the next one. */
function goodbyeOf(room: Room): Body {
  const others = othersOf(room);
  const operator = room.state.members.get(room.me)?.operator === true;
  const lastOperator = operator && !others.some((m) => m.operator);
  const heir = others.find((m) => room.confirmation.has(m.id) && room.presence.peerOf(m.id) !== undefined) ??
    others[0];
  return { kind: "leave", successor: lastOperator && heir !== undefined ? heir.id : null };
}

/** Whether somebody who counts, and whose connection is not gone, has not given us a chain yet. */
function anyoneNew(room: Room): boolean {
  return room.parts.link.connected &&
    [...audienceOf(room)].some((id) => !room.incoming.chains.knew(id) && !room.absence.has(id));
}

function look(room: Room): Promise<void> {
  return new Promise((resolve) => room.timers.after(LOOK_MS, resolve, resolve));
}

/** Says how much of what the user said is not known to have been sent; empty when all was. */
export function unsentWords({ sender, receipts }: Pick<Room, "sender" | "receipts">): string {
  const { waiting } = sender;
  const { untaken } = receipts;
  const words: string[] = [];
  if (waiting > 0) {
    words.push(waiting === 1 ? "One message was not sent" : `${waiting} messages were not sent`);
  }
  // It went out, and the relay's word for it may be what was lost.
  if (untaken > 0) {
    words.push(`${untaken === 1 ? "One message" : `${untaken} messages`} may not have been sent`);
  }
  return words.join(". ");
}

/** How the session of somebody ends who is no member any more: put out by `who`, or never let in rightly. */
export function putOutEnding(status: "removed" | undefined, who: string | null): Ending {
  if (status === "removed") {
    const message = `You were put out of the room by ${who ?? "an operator"}`;
    return { status: 1, code: "kicked", message };
  }
  const message = "You are not in the room: whoever let you in was not allowed to";
  return { status: 1, code: "void", message };
}
