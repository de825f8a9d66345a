/**
 * What a newcomer may have missed (SPEC §5.5): statements that their authors said after its sponsor wrote the welcome
 * and before they knew of it. The sponsor passes them on; where a connection broke meanwhile the newcomer asks.
 *
 * @module
 */
import type { Range } from "./repair_frames.ts";
import type { Room } from "./room.ts";
import { present } from "./room_state.ts";

/** When a newcomer asks, in milliseconds after it came in. */
export const CATCH_UP_MS: readonly number[] = [4_000, 15_000, 40_000];

/** Asks for `room` when it is time. */
export function catchUp(room: Room): void {
  if (room.parts.welcome === undefined) return;
  for (const ms of CATCH_UP_MS) {
    room.timers.after(ms, () => {
      const ranges = unheard(room);
      room.repair.askOnce(ranges);
      const isLast = ms === CATCH_UP_MS.at(-1);
      if (isLast && room.reachable().length === 0) room.strangers.owe(ranges.map(({ author }) => author));
    });
  }
}

/** For each author, the numbers between the welcome and its own introduction; open where it has not come yet. */
function unheard(room: Room): Range[] {
  const vector = new Map(room.parts.welcome?.vector.map(({ id, number }) => [id, number]));
  const ranges: Range[] = [];
  for (const { id } of present(room.state)) {
    if (id === room.me) continue;
    const from = (vector.get(id) ?? 0) + 1;
    const to = room.delivery.startOf(id) ?? Number.MAX_SAFE_INTEGER;
    if (to >= from) ranges.push({ author: id, from, to });
  }
  return ranges;
}
