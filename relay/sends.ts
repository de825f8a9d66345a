/** Takes payloads from members and knockers, or refuses them. @module */
import {
  deliverLength,
  type ErrorFrame,
  type Limits,
  type SendFrame,
  type SendTableFrame,
} from "../wire/mod.ts";
import type { Counters } from "./counters.ts";
import type { Outflow } from "./outflow.ts";
import { refusal, type RefusalOptions } from "./refusal.ts";
import type { Place } from "./room.ts";
import type { Direct } from "./turn.ts";

/** What sends need of the relay. */
export interface SendContext {
  readonly limits: Limits;
  readonly outflow: Outflow;
  readonly counters: Counters;
}

/**
 * Takes a frame in for those whom it is for. A reliable frame that is refused is told once with its sendId, which
 * stands for everything sent after it as well; the peer sends again from there.
 */
export function takeSend(
  place: Place,
  frame: SendFrame | SendTableFrame,
  context: SendContext,
): ErrorFrame | undefined {
  if (frame.droppable) return takeDroppable(place, frame, context);
  const { sendId } = frame;
  const expected = place.lastSendId + 1;
  if (sendId < expected) {
    place.connection?.acknowledge(place.lastSendId, 0);
    return undefined;
  }
  if (sendId > expected) {
    if (place.refusedSendId === expected) return undefined; // part of the refusal told already
    place.refusedSendId = expected;
    return refusal("outOfOrder", { sendId: expected });
  }
  const refused = frame.type === "send" ? takeRoom(place, frame, context) : takeTable(place, frame, context);
  if (refused === undefined) {
    place.lastSendId = sendId;
    place.refusedSendId = 0;
    place.connection?.acknowledge(sendId, place.knock === undefined ? place.room.seq : 0);
    return undefined;
  }
  place.refusedSendId = sendId;
  return { ...refused, sendId };
}

function takeRoom(place: Place, frame: SendFrame, context: SendContext): ErrorFrame | undefined {
  const { room, connection } = place;
  if (connection === undefined) return refusal("notInRoom");
  const { payload } = frame;
  const { limits } = context;
  const now = connection.heardAt;
  if (place.knock !== undefined) return refusal("notAMember");
  if (payload.length > limits.maxPayload) return tooLarge(limits);
  const wait = place.budgets.room(now, payload.length);
  if (wait > 0) return slowDown(wait, context);
  context.counters.messages++;
  context.outflow.reserve(room, deliverLength(payload.length));
  const seq = ++room.seq;
  room.ring.push(seq, place.peerId, payload, now);
  connection.outlet.omit(room.turn.entries.length);
  room.turn.deliver(seq, place.peerId, payload, false);
  return undefined;
}

function takeTable(place: Place, frame: SendTableFrame, context: SendContext): ErrorFrame | undefined {
  const { room, connection } = place;
  if (connection === undefined) return refusal("notInRoom");
  const refused = allowTable(place, frame, context);
  if (refused !== undefined) return refused;
  context.counters.messages++;
  if (place.knock !== undefined) {
    deliverTable(place, frame, 0);
    return undefined;
  }
  context.outflow.reserve(room, 0);
  const seq = ++room.seq;
  const kept = frame.parts.filter((part) => room.members.has(part.peerId));
  if (kept.length > 0) room.ring.push(seq, place.peerId, frame.common, connection.heardAt, kept);
  deliverTable(place, frame, seq);
  return undefined;
}

/** Droppable frames have no number, no ack and no place in the ring; beyond their allowance they are dropped. */
function takeDroppable(
  place: Place,
  frame: SendFrame | SendTableFrame,
  context: SendContext,
): ErrorFrame | undefined {
  const { room, connection } = place;
  if (connection === undefined) return refusal("notInRoom");
  if (frame.type === "send_table") {
    if (allowTable(place, frame, context) !== undefined) return undefined;
    context.counters.messages++;
    context.counters.drops.congested += deliverTable(place, frame, 0);
    return undefined;
  }
  const { payload } = frame;
  if (place.knock !== undefined) return refusal("notAMember");
  if (payload.length > context.limits.maxPayload) return tooLarge(context.limits);
  if (place.budgets.droppable(connection.heardAt) > 0) {
    context.counters.drops.droppable++;
    return undefined;
  }
  context.counters.messages++;
  context.outflow.reserve(room, deliverLength(payload.length));
  connection.outlet.omit(room.turn.entries.length);
  room.turn.deliver(0, place.peerId, payload, true);
  return undefined;
}

/** Charges a table to its author: members by bytes going out, knockers by their quota. */
function allowTable(
  place: Place,
  frame: SendTableFrame,
  context: SendContext,
): ErrorFrame | undefined {
  const { connection, knock } = place;
  const { limits } = context;
  if (connection === undefined) return refusal("notInRoom");
  const now = connection.heardAt;
  let own = 0;
  for (const part of frame.parts) own += part.bytes.length;
  if (frame.common.length + own > limits.maxPayload) return tooLarge(limits);
  const out = deliverLength(frame.common.length) * frame.parts.length + own; // as it goes out: nothing is for nothing
  if (knock !== undefined) {
    if (knock.frames >= limits.knockerFrames || knock.bytes + out > limits.knockerBytes) {
      context.counters.drops.knockQuota++;
      return refusal("knockQuota");
    }
    knock.frames++;
    knock.bytes += out;
    return undefined;
  }
  const wait = place.budgets.table(now, out, frame);
  if (wait === Infinity) return tooLarge(limits);
  return wait > 0 ? slowDown(wait, context) : undefined;
}

/** Members reach members and knockers, knockers only members; peers that are gone are passed over. Returns what it dropped. */
function deliverTable(place: Place, frame: SendTableFrame, seq: number): number {
  const { room, peerId } = place;
  let dropped = 0;
  for (const part of frame.parts) {
    if (part.peerId === peerId) continue;
    const member = room.members.get(part.peerId);
    const to = member ?? (place.knock === undefined ? room.knockers.get(part.peerId) : undefined);
    if (to?.connection === undefined) continue;
    if (frame.droppable && to.connection.congested) {
      dropped++;
      continue;
    }
    const direct: Direct = {
      seq: member === undefined ? 0 : seq,
      from: peerId,
      payload: frame.common,
      rest: part.bytes,
    };
    to.connection.deliver(direct);
  }
  return dropped;
}

function slowDown(retryAfterMs: number, { counters }: SendContext): ErrorFrame {
  counters.drops.rateLimited++;
  const seconds = Math.ceil(retryAfterMs / 1_000);
  const options: RefusalOptions = {
    retryAfterMs,
    sentence: `Too many messages at once; it goes on in ${seconds} second${seconds === 1 ? "" : "s"}.`,
  };
  return refusal("rateLimited", options);
}

function tooLarge(limits: Limits): ErrorFrame {
  return refusal("tooLarge", { sentence: `This relay takes at most ${limits.maxPayload} bytes at once.` });
}
