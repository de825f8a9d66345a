/** What somebody who comes back has missed. @module */
import type { Place } from "./room.ts";
import type { Outlet } from "./turn.ts";

/** Puts everything of the ring that came after `since` and is for `place` into its outlet, in order. */
export function replay({ room, peerId }: Place, outlet: Outlet, since: number): void {
  const at = room.turn.entries.length;
  for (const { seq, from, payload, parts } of room.ring.since(since)) {
    if (from === peerId) continue;
    if (parts === undefined) outlet.direct(at, { seq, from, payload, rest: undefined });
    for (const part of parts ?? []) {
      if (part.peerId === peerId) outlet.direct(at, { seq, from, payload, rest: part.bytes });
    }
  }
}
