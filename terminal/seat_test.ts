import assert from "node:assert/strict";
import type { RoomSession } from "../client/commands.ts";
import type { Ending } from "../client/events.ts";
import { Seat } from "./seat.ts";

const LEFT: Ending = { status: 0, code: "left", message: "You left the room" };

/** A session whose last word is under way until the test says so. */
function session(): { session: RoomSession; said: () => void } {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const abort = (): void => {};
  const leave = (): Promise<void> => promise.then(() => {});
  return {
    session: { ended: promise, abort, leave, run: () => Promise.resolve() } as unknown as RoomSession,
    said: () => resolve(LEFT),
  };
}

Deno.test("a terminal that closes and a signal that comes with it both wait for the last word", async () => {
  const seat = new Seat({ onEvent: () => {}, onEnded: () => {} });
  const { session: one, said } = session();
  await seat.enter(() => Promise.resolve(one));
  let over = 0;
  const ends = [seat.abort(), seat.leave(), seat.abort()].map((end) => end.then(() => over++));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(over, 0, "nobody may end the program before the last word is out");
  said();
  await Promise.all(ends);
  assert.equal(over, 3);
});
