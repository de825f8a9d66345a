import assert from "node:assert/strict";
import { Events, FakeClock, keysAtRest, refusalOf } from "../tests/helpers.ts";
import { CONNECTION_LIMITS } from "./connection.ts";
import type { Socket } from "./options.ts";
import { SOON_MS } from "./patience.ts";
import { createRoom, joinRoom } from "./session.ts";

/** A relay that takes the connection and says nothing, or where nothing answers at all. */
const deaf = (_url: string, { signal }: { signal: AbortSignal }): Promise<Socket> =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

Deno.test("createRoom() and joinRoom() tell after two seconds that the relay has not answered, and when they give up", async () => {
  for (const way of ["create", "join"] as const) {
    const clock = new FakeClock();
    const events = new Events();
    const common = { relay: "ws://relay.test/ws", nick: "ada", clock, connect: deaf, onEvent: events.take };
    const refused = refusalOf(way === "create" ? createRoom(common) : joinRoom({ ...common, code: "lobby" }));
    await keysAtRest();
    clock.advance(SOON_MS - 1);
    assert.deepEqual(events.all, [{ type: "connection", state: "connecting" }]);
    clock.advance(1);
    const message = "The relay has not answered yet: this is given up in 7 s";
    assert.deepEqual(events.all.slice(1), [{ type: "notice", code: "slow_relay", message }]);
    clock.advance(CONNECTION_LIMITS.answerMs - SOON_MS - 1);
    await keysAtRest();
    assert.equal(clock.waiting, 1, "not before");
    clock.advance(1);
    assert.match(await refused, /^unreachable 3: .*it did not answer within 9 s$/);
    assert.deepEqual([events.all.length, clock.waiting], [2, 0]);
  }
});
